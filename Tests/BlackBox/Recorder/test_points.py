"""Death at every point of a call's life, each exactly there: the message between recorder and daemon is held while somebody is killed.

| point | where | agent dies | daemon dies | supervisor dies |
|---|---|---|---|---|
| C1 | before a request | `test_c1` | not asked | `test_c8` (third call) |
| C2 | `started` is asked for, and not written | `test_c2` | `test_c2` | `test_c2` |
| C3, C6 | the call is in flight | `test_kills` | `test_kills` | `test_kills` |
| C4 | the answer is recorded and handed out, and not used | `test_c4` | not asked | `test_c8` |
| C5 | `started` is written, nothing is sent | `test_c5` | `test_c5` | `test_c5` |
| C7 | the provider has ended, `completed` is not written | `test_c7` | `test_c7` | `test_c7` |
| C8 | `completed` is written, the end is not handed out | `test_c8` | `test_c8` | `test_c8` |
| C9 | the machine loses its power | `test_disks.Power` | the same | the same |
| C10 | the supervisor is killed: its agent dies with it | | | `test_c10` |
| C11 | a process of an earlier start lives on | `test_c11` | | |
| C12 | a second supervisor | | | `test_c12` |
| C13 | `started` cannot be written | | `test_disks.Full` | |
| C14 | `completed` cannot be written | | `test_disks.Full` | |

The recorder lives in the supervisor, so the daemon's death costs nothing, an agent's death costs nothing, and the supervisor's death
costs the call in flight: at C7 it is paid twice, at C2, C5 and C8 nothing is.
"""

from __future__ import annotations

import json
import unittest
from pathlib import Path

from points import RIGHT, TURNS, Point
from stage import Staged, comes, sockets

FIRST = RIGHT.format(1)


class Points(Staged):
    """Who dies where, and what that costs."""

    def check_at(self, method: str, side: str, who: str, paid: int, told: int) -> Point:
        """Kill it there; every call is told whole, and so many were paid."""
        name = f"{method.split('.')[1]}-{side}-{who}"
        with Point(self.stage, name, method, side, "--budget-tokens", "100000") as point:
            # Of the second answer the agent has no end: it goes on only with one.
            comes("the calls before", lambda: len(point.told) == 1)
            self.assertEqual(len(self.stage.calls()), told)
            point.dies(who)
        second = RIGHT.format(2) if paid > 3 else FIRST
        self.assertEqual(point.told, [FIRST, second, FIRST])
        self.assertEqual(len(self.stage.calls()), paid)
        self.stage.log.unlink()
        return point

    def test_c1_an_agent_that_dies_before_it_asks_is_given_all_it_had_and_goes_on(self) -> None:
        it = self.stage.program("c1", TURNS + 'turns(int(os.environ["SIDESTEP_EPOCH"]))\nlen(out.read_text().split("\\n")) < 3 and os.kill(os.getpid(), 9)')
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.stage.answers("c1"), [FIRST] * 3)
        self.assertEqual(len(self.stage.calls()), 3)

    def test_c2_a_call_that_was_not_written_down_was_not_sent_and_is_sent_once(self) -> None:
        for who in ("agent", "daemon", "supervisor"):
            with self.subTest(who):
                point = self.check_at("recording.begin", "request", who, paid=3, told=1)
                # The next start may have its lease before the message of the last one comes: then it is refused.
                withdrawn = self.withdrawn(point, who) if "cancelled" in point.states else []
                self.assertEqual(point.states, withdrawn + ["completed"] * 3)

    def test_a_start_of_an_agent_has_no_connection_of_the_recorders(self) -> None:
        # The connection to the provider is kept for the next call.
        own = 'import os\nplaces = [f"/proc/self/fd/{name}" for name in os.listdir("/proc/self/fd") if int(name) > 2]\n'
        own += 'own = [os.readlink(place) for place in places if os.path.lexists(place)]\n'
        end = '\nturns(1)\nos.environ["SIDESTEP_EPOCH"] == "1" and os.kill(os.getpid(), 9)\nout.write_text(json.dumps(own))\nopen(out.with_suffix(".there"), "w").close()\ntime.sleep(60)'
        it = self.stage.program("own", own + TURNS + end)
        comes("the second start", (self.stage.folder / "own.there").exists)
        connections = {inode for _, _, state, inode in sockets() if state == "01"}
        held = json.loads((self.stage.folder / "own.out").read_text())
        it.kill()
        self.assertEqual([one for one in held if one.removeprefix("socket:[").rstrip("]") in connections], [])

    def test_c4_an_agent_that_dies_with_an_answer_in_its_hands_is_given_it_again(self) -> None:
        it = self.stage.program("c4", TURNS + 'turns()\nos.environ["SIDESTEP_EPOCH"] == "1" and os.kill(os.getpid(), 9)')
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.stage.answers("c4"), [FIRST] * 3)
        self.assertEqual(len(self.stage.calls()), 3)

    def test_c5_a_call_that_was_written_down_and_not_sent_is_sent_once_and_its_end_is_not_known(self) -> None:
        for who in ("agent", "daemon", "supervisor"):
            with self.subTest(who):
                point = self.check_at("recording.begin", "answer", who, paid=3, told=1)
                doubts = [entry for entry in point.recordings if entry["state"] == "in_doubt"]
                withdrawn = self.withdrawn(point, who)
                self.assertEqual(point.states, withdrawn + ["completed"] * 3 + ["in_doubt"] * len(doubts))
                self.assertEqual(len(doubts), int(who == "supervisor"))
                for entry in doubts:
                    # It may have been paid: what was set aside stays booked.
                    self.assertEqual(entry["usage_source"], "estimated")
                    self.assertGreater(entry["usage"]["input_tokens"], 0)

    def withdrawn(self, point: Point, who: str) -> list[str]:
        """The states of calls that were not sent since their agent had died: they cost nothing."""
        found = [entry for entry in point.recordings if entry["state"] == "cancelled"]
        self.assertEqual(len(found), int(who == "agent"))
        self.assertEqual([entry["usage_source"] for entry in found], ["none"] * len(found))
        return ["cancelled"] * len(found)

    def test_a_call_whose_agent_dies_while_it_is_written_down_for_long_is_not_sent_and_holds_nobody_up(self) -> None:
        with Point(self.stage, "long", "recording.begin", "answer", "--detach-grace", "1ms") as point:
            self.stage.kill_agent("long")
            # More than the grace is over when its start is.
            comes("the end of its start", lambda: self.stage.call("run.get", run="long")["run"]["epoch"] == 2)
            point.goes(is_withdrawn=True)
            self.assertEqual(point.supervised.end(), 0, point.supervised.said)
        self.assertEqual(point.told, [FIRST] * 3)
        self.assertEqual(len(self.stage.calls()), 3)
        self.assertEqual(point.states, self.withdrawn(point, "agent") + ["completed"] * 3)

    def test_a_call_that_is_being_written_down_when_its_recorder_ends_has_an_end_as_well(self) -> None:
        with Point(self.stage, "ends", "recording.begin", "answer") as point:
            point.supervised.process.terminate()
            # The run is let go of, and then the recorder ends.
            comes("the end", lambda: self.stage.call("run.get", run="ends")["run"]["status"] != "running")
            point.place.with_suffix(".go").touch()
            point.supervised.end()
            self.assertEqual(point.states, ["cancelled", "completed"])
            self.assertNotIn("failed", point.supervised.said)

    def test_c7_an_answer_that_was_not_recorded_has_no_end_and_only_the_supervisors_death_loses_it(self) -> None:
        for who in ("agent", "daemon", "supervisor"):
            with self.subTest(who):
                lost = int(who == "supervisor")
                point = self.check_at("recording.complete", "request", who, paid=3 + lost, told=2)
                self.assertEqual(point.states, ["completed"] * 3 + ["in_doubt"] * lost)

    def test_c8_an_answer_that_was_recorded_is_given_whoever_dies_before_its_end_is_out(self) -> None:
        for who in ("agent", "daemon", "supervisor"):
            with self.subTest(who):
                point = self.check_at("recording.complete", "answer", who, paid=3, told=2)
                self.assertEqual(point.states, ["completed"] * 3)

    def test_c10_the_agent_of_a_killed_supervisor_dies_with_it_and_the_run_is_interrupted(self) -> None:
        it = self.stage.program("c10", TURNS + "turns()", TROUBLE="[gate:c10-%]")
        self.stage.open("c10-0", "c10-2")
        self.stage.reached("c10-1")
        agent = (self.stage.folder / "c10.pid").read_text()
        it.kill()
        comes("the agent's end", lambda: not Path(f"/proc/{agent}").exists())
        comes("the end of the lease", lambda: self.stage.call("run.get", run="c10")["run"]["status"] == "interrupted")
        self.stage.open("c10-1")
        again = self.stage.program("c10", TURNS + "turns()", TROUBLE="[gate:c10-%]")
        self.assertEqual(again.end(), 0, again.said)
        self.assertEqual(self.stage.answers("c10"), [FIRST, RIGHT.format(2), FIRST])

    def test_c11_a_process_that_outlives_its_start_can_neither_ask_nor_be_recorded(self) -> None:
        # In a session of its own it is none of the agent's group; its father is killed with his whole start.
        text = TURNS + """
import subprocess, time
late = out.with_suffix(".late")
if len(sys.argv) > 1:
    while not out.with_suffix(".go").exists():
        time.sleep(0.01)
    late.write_text(ask("late"))
elif os.environ["SIDESTEP_EPOCH"] == "1":
    later = subprocess.Popen([sys.executable, __file__, "late"], start_new_session=True)
    out.with_suffix(".later").write_text(str(later.pid))
    os.kill(os.getpid(), 9)
else:
    out.with_suffix(".go").touch()
    later = pathlib.Path("/proc/" + out.with_suffix(".later").read_text())
    while later.exists():
        time.sleep(0.01)
    turns()
"""
        it = self.stage.program("c11", text)
        self.assertEqual(it.end(), 0, it.said)
        late = self.stage.folder / "c11.late"
        # Where the supervisor finds it, it ends it; where not, its address leads nowhere.
        if late.exists():
            self.assertIn("sidestep_lease_lost", late.read_text())
        self.assertEqual(self.stage.answers("c11"), [FIRST] * 3)
        self.assertEqual(len(self.stage.calls()), 3)

    def test_c12_a_second_supervisor_of_a_run_is_refused_and_the_first_notices_nothing(self) -> None:
        first = self.stage.program("c12", TURNS + "turns()", TROUBLE="[gate:c12-%]")
        self.stage.open("c12-0", "c12-2")
        self.stage.reached("c12-1")
        second = self.stage.program("c12", TURNS + "turns()", TROUBLE="[gate:c12-%]")
        self.assertEqual(second.end(), 75, second.said)
        self.stage.open("c12-1")
        self.assertEqual(first.end(), 0, first.said)
        self.assertEqual(self.stage.answers("c12"), [FIRST] * 3)
        self.assertEqual(len(self.stage.calls()), 3)


if __name__ == "__main__":
    unittest.main()
