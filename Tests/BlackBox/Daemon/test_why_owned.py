"""Runs that a process has: `run.explain` says why, and its very command helps."""

import os
import signal
import time
import unittest

from harness import wait_for
from reasons import HOUR, Why, tells


class Owned(Why):
    """With an owner."""

    @tells("owner_stopped")
    def test_a_stopped_owner_is_let_go_on(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        os.kill(owner.pid, signal.SIGSTOP)
        owner.send("run.complete", run="r", output=1)
        found = self.expect("owner_stopped")
        self.says(found, f"Process {owner.pid} is stopped")
        self.do(found)
        self.assertEqual(owner.answer()["result"]["run"]["status"], "completed")

    @tells("owner_away")
    def test_an_owner_whose_connection_is_closed_may_come_back(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        owner.call("close")
        self.expect("owner_away")
        owner.call("open")
        owner.call("resume", run="r", if_owned="wait")
        owner.call("run.complete", run="r")
        self.assertEqual(self.status(), "completed")

    @tells("owner_silent")
    def test_a_run_of_a_silent_owner_is_given_to_another_one(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        self.expect("between_steps")
        found = self.expect("owner_silent")
        self.says(found, "has called nothing for")
        self.do(found)
        self.completes()

    @tells("lease_ending")
    def test_a_lease_that_ends_by_itself_says_when(self):
        self.call("resume", run="r", workflow="w", owner="ttl", ttl_ms=2000)
        self.says(self.expect("lease_ending", first=False), "Its lease is over in", "unless it is renewed")
        self.completes()

    @tells("between_steps")
    def test_an_owner_between_two_steps_is_just_that(self):
        self.call("resume", run="r", workflow="w")
        self.says(self.expect("between_steps"), f"Process {os.getpid()} of uid {os.getuid()} owns it")
        self.assertEqual(self.why()["command"], "sidestep pause r")

    @tells("deadline")
    def test_a_deadline_is_told(self):
        self.call("resume", run="r", workflow="w", deadline_at=int(time.time() * 1000) + HOUR)
        self.says(self.expect("deadline", first=False), "Its deadline is in 60 min")

    @tells("schedule_waits")
    def test_a_schedule_that_waits_for_the_run_goes_on_with_its_end(self):
        for overlap, words in (("queue", "waits for its end"), ("skip", "leaves out what is due")):
            with self.subTest(overlap):
                schedule = f"s-{overlap}"
                self.call("schedule.put", schedule=schedule, workflow="w", every_ms=1000, overlap=overlap)
                first = wait_for(lambda: self.runs(schedule), what="the first run")[0]
                found = self.expect("schedule_waits", first, first=False)
                self.says(found, f"Schedule '{schedule}' {words}")
                self.do(found)
                wait_for(lambda: len(self.runs(schedule)) > 1, what="the next run")
                self.call("schedule.delete", schedule=schedule)

    def runs(self, schedule: str) -> list[str]:
        runs = self.call("run.list", limit=100)["runs"]
        return sorted(run["id"] for run in runs if run["id"].startswith(f"{schedule}/"))


if __name__ == "__main__":
    unittest.main()
