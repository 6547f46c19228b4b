"""Supervisors that the daemon runs (`--detach`): they outlive it, and there is one owner, whoever else comes."""

from __future__ import annotations

import os
import signal
import unittest
from pathlib import Path

from points import RIGHT, TURNS
from stage import Staged, Supervised, comes

FIRST = RIGHT.format(1)


class Detached(Staged):
    """Three turns, each of which waits for leave to go on."""

    def begin(self, run: str, *options: str) -> Supervised:
        """Start the program, or hand it over."""
        trouble = f"[gate:{run}-%]"
        given = [word for name in (f"OUT={self.stage.folder / run}.out", f"TROUBLE={trouble}") for word in ("--env", name)]
        return self.stage.program(run, TURNS + "turns()", *options, *given, TROUBLE=trouble)

    def detach(self, run: str) -> int:
        """Hand it to the daemon, and wait for its second turn; its supervisor's process."""
        it = self.begin(run, "--detach")
        self.assertEqual(it.end(), 0, it.said)
        self.stage.open(f"{run}-0")
        self.stage.reached(f"{run}-1")
        return self.owner(run)

    def owner(self, run: str) -> int:
        found = self.stage.call("run.get", run=run)["run"].get("owner")
        return int(found["pid"]) if found else 0

    def agent(self, run: str) -> str:
        return (self.stage.folder / f"{run}.pid").read_text()

    def finish(self, run: str, *turns: str) -> None:
        """Let the rest of the turns go, and look at what was told in all of them."""
        self.stage.open(*(f"{run}-{number}" for number in range(3)))
        self.stage.sidestep("result", run, "--wait", "60s")
        self.assertEqual([line for line in self.stage.answers(run) if line], list(turns))
        self.assertEqual(self.stage.call("run.get", run=run)["run"]["status"], "completed")

    def states(self, run: str) -> list[str]:
        return sorted(entry["state"] for entry in self.stage.call("recording.list", run=run)["recordings"])

    def test_a_daemon_that_is_killed_costs_nothing_and_its_supervisor_works_on(self) -> None:
        owner = self.detach("kept")
        agent = self.agent("kept")
        self.stage.daemon.kill()
        # The provider ends while nobody can record it.
        self.stage.open("kept-1")
        comes("the end of the answer", lambda: len(self.stage.calls()) == 2)
        self.assertEqual(len([line for line in self.stage.answers("kept") if line]), 1)
        self.stage.daemon.start()
        self.stage.reached("kept-2")
        self.assertEqual((self.owner("kept"), self.agent("kept")), (owner, agent))
        self.stage.daemon.restart()
        self.finish("kept", *[FIRST] * 3)
        self.assertEqual(len(self.stage.calls()), 3)
        self.assertEqual(self.states("kept"), ["completed"] * 3)
        comes("the supervisor's end", lambda: not Path(f"/proc/{owner}").exists())
        steps = self.stage.call("run.get", run="kept")["steps"]
        self.assertNotIn("running", steps)

    def test_a_supervisor_that_outlived_its_daemon_and_is_killed_then_has_a_successor(self) -> None:
        owner = self.detach("watched")
        self.stage.daemon.restart()
        self.assertEqual(self.owner("watched"), owner)
        os.kill(owner, signal.SIGKILL)
        comes("its successor", lambda: self.owner("watched") not in (0, owner))
        # It costs the call in flight.
        self.finish("watched", FIRST, RIGHT.format(2), FIRST)
        self.assertEqual(self.states("watched"), ["completed"] * 3 + ["in_doubt"])

    def test_a_supervisor_that_is_killed_while_there_is_no_daemon_has_a_successor(self) -> None:
        owner = self.detach("both")
        self.stage.daemon.kill()
        os.kill(owner, signal.SIGKILL)
        self.stage.daemon.start()
        comes("its successor", lambda: self.owner("both") not in (0, owner))
        self.finish("both", FIRST, RIGHT.format(2), FIRST)
        self.assertEqual(self.states("both"), ["completed"] * 3 + ["in_doubt"])

    def test_a_supervisor_that_outlived_its_daemon_is_ended_with_its_run(self) -> None:
        owner = self.detach("ended")
        agent = self.agent("ended")
        self.stage.daemon.restart()
        self.stage.sidestep("cancel", "ended")
        comes("the end", lambda: not any(Path(f"/proc/{pid}").exists() for pid in (owner, agent)))
        comes("the run's end", lambda: self.stage.call("run.get", run="ended")["run"]["status"] == "cancelled")

    def test_who_comes_while_a_detached_supervisor_works_is_told_who_has_the_run(self) -> None:
        owner = self.detach("one")
        for _ in range(2):
            other = self.begin("one")
            self.assertEqual(other.end(), 75, other.said)
            self.assertIn(str(owner), other.said)
            again = self.begin("one", "--detach")
            self.assertEqual(again.end(), 75, again.said)
            # The same after the daemon's death.
            self.stage.daemon.restart()
        self.assertEqual(self.owner("one"), owner)
        self.finish("one", *[FIRST] * 3)
        self.assertEqual(len(self.stage.calls()), 3)
        late = self.begin("one")
        self.assertEqual(late.end(), 0, late.said)
        self.assertIn("is not run again", late.said)

    def test_a_run_that_somebody_works_at_is_not_handed_over_and_one_that_he_left_is(self) -> None:
        first = self.begin("left")
        self.stage.open("left-0")
        self.stage.reached("left-1")
        refused = self.begin("left", "--detach")
        self.assertEqual(refused.end(), 75, refused.said)
        self.assertIn(str(first.process.pid), refused.said)
        first.process.terminate()
        first.end()
        it = self.begin("left", "--detach")
        self.assertEqual(it.end(), 0, it.said)
        self.finish("left", FIRST, RIGHT.format(2), FIRST)
        self.assertEqual(self.states("left"), ["cancelled"] + ["completed"] * 3)


if __name__ == "__main__":
    unittest.main()
