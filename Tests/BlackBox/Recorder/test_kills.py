"""Agents with real SDKs, killed in the middle of an answer: nothing is paid twice, and all of it is there."""

from __future__ import annotations

import os
import sys
import unittest

from agent import WAYS
from stage import HERE, Stage, Supervised, killed_at

FIRST = "SAMPLE 1 " + " ".join(f"word{number}" for number in range(6))


class Kills(unittest.TestCase):
    """What is killed, and what that costs."""

    stage: Stage

    @classmethod
    def setUpClass(cls) -> None:
        cls.stage = cls.enterClassContext(Stage())

    def check_all_first(self, run: str, supervised: Supervised) -> None:
        """Every answer is the first sample of its question, and each was asked once."""
        self.assertEqual(supervised.end(), 0, supervised.said)
        self.assertEqual(self.stage.answers(run), [FIRST, FIRST, FIRST, "done"])
        asked = [call["body"] for call in self.stage.calls()]
        self.assertEqual(len(asked), len(set(asked)), self.stage.calls())
        self.assertEqual({call["end"] for call in self.stage.calls()}, {"sent"})
        self.stage.log.unlink()

    def test_an_agent_killed_in_the_middle_of_an_answer_gets_it_whole_and_it_is_asked_for_once(self) -> None:
        for how in WAYS:
            run = f"agent-{how}"
            socket = ("--http-socket", str(self.stage.folder / "http.sock")) if how == "openai_by_socket" else ()
            with self.subTest(how), killed_at(self.stage, run, how, self.kill_agent(run), *socket) as it:
                self.check_all_first(run, it)

    @unittest.skipUnless(os.geteuid() == 0, "taking away the network needs root")
    def test_an_agent_without_any_network_reaches_its_provider_by_the_socket(self) -> None:
        place = self.stage.folder / "alone.sock"
        agent = [sys.executable, str(HERE / "agent.py"), "openai_by_socket", "2", "[words:8]", str(self.stage.folder / "alone.out")]
        it = self.stage.supervise("alone", ["unshare", "--net", *agent], "--http-socket", str(place))
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.stage.answers("alone"), [FIRST, FIRST, "done"])
        self.assertFalse(place.exists())
        self.stage.log.unlink()

    def test_a_daemon_killed_in_the_middle_of_an_answer_is_noticed_by_nobody(self) -> None:
        for how in ("openai_chat_stream", "anthropic_messages", "gemini_stream", "openai_websocket"):
            with self.subTest(how), killed_at(self.stage, f"daemon-{how}", how, lambda _: self.stage.daemon.restart()) as it:
                self.check_all_first(f"daemon-{how}", it)

    def test_a_daemon_that_is_away_when_the_answer_ends_is_waited_for(self) -> None:
        with killed_at(self.stage, "away", "openai_chat_stream", lambda _: self.stage.daemon.kill()) as it:
            # The provider has sent all of it by now; the end is held back.
            self.assertEqual(len(self.stage.answers("away")), 1)
            self.stage.daemon.start()
            self.check_all_first("away", it)

    def test_a_supervisor_killed_in_the_middle_costs_the_call_in_flight_and_no_other(self) -> None:
        with killed_at(self.stage, "supervisor", "openai_chat_stream", lambda it: it.kill()) as killed:
            again = self.stage.start("supervisor", "openai_chat_stream", 3, "[words:8][gate:supervisor-%]")
            self.assertEqual(again.end(), 0, again.said)
            self.assertIsNotNone(killed.process.returncode)
        self.assertEqual(self.stage.answers("supervisor"), [FIRST, FIRST.replace("E 1", "E 2"), FIRST, "done"])
        self.assertEqual(len(self.stage.calls()), 4)
        states = [entry["state"] for entry in self.stage.call("recording.list", run="supervisor")["recordings"]]
        self.assertEqual(sorted(states), ["completed", "completed", "completed", "in_doubt"])
        self.stage.log.unlink()

    def test_a_run_that_is_over_is_not_run_again_and_asks_nothing(self) -> None:
        first = self.stage.start("over", "openai_chat", 2, "[words:8]")
        self.assertEqual(first.end(), 0, first.said)
        again = self.stage.start("over", "openai_chat", 2, "[words:8]")
        self.assertEqual(again.end(), 0, again.said)
        self.assertEqual(len(self.stage.calls()), 2)
        self.stage.log.unlink()

    def test_an_agent_killed_at_any_frame_of_its_websocket_repeats_no_turn(self) -> None:
        # response.created … response.completed: 8 deltas and 6 others.
        for frame in range(14):
            run = f"frame-{frame}"
            with self.subTest(frame):
                it = self.stage.start(run, "openai_websocket", 1, f"[words:8][at:{frame}][gate:{run}]")
                self.stage.reached(run)
                self.stage.kill_agent(run)
                self.stage.open(run)
                self.assertEqual(it.end(), 0, it.said)
                self.assertEqual(self.stage.answers(run), [FIRST, "done"])
        self.assertEqual([call["sample"] for call in self.stage.calls()], [1] * 14)
        self.stage.log.unlink()

    def kill_agent(self, run: str):  # type: ignore[no-untyped-def]
        return lambda _: self.stage.kill_agent(run)


if __name__ == "__main__":
    unittest.main()
