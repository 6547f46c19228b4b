"""Runs that have ended: `run.explain` says why, and its very command helps."""

import os
import unittest

from reasons import HOUR, Why, tells


class Ended(Why):
    """Closed runs."""

    @tells("completed")
    def test_a_completed_run_needs_nothing(self):
        self.call("resume", run="r", workflow="w")
        self.call("run.complete", run="r")
        self.assertIsNone(self.expect("completed").get("command"))

    @tells("failed")
    def test_a_failed_run_of_workers_is_queued_again(self):
        self.call("run.enqueue", run="r", workflow="w", input={"x": 1})
        self.claims().call("run.fail", run="r", error={"type": "x", "message": "m"}, retryable=False)
        self.do(self.expect("failed"))
        self.completes()

    @tells("failed")
    def test_a_failed_run_of_a_script_is_opened_in_the_shell(self):
        self.call("resume", run="r", workflow="w", owner="process", owner_pid=os.getpid())
        self.call("run.fail", run="r", error={"type": "x", "message": "m"}, retryable=False)
        found = self.expect("failed")
        found["command"] += "; sidestep finish"
        self.do(found)
        self.assertEqual(self.status(), "completed")

    @tells("cancelled")
    def test_a_cancelled_run_says_who_did_it_and_is_queued_again(self):
        self.call("run.enqueue", run="r", workflow="w")
        self.call("run.cancel", run="r", reason="enough")
        found = self.expect("cancelled")
        self.says(found, f"(enough), by process {os.getpid()} of uid {os.getuid()}.")
        self.do(found)
        self.completes()

    @tells("undone")
    def test_a_run_whose_steps_were_undone_is_run_anew(self):
        self.call("resume", run="r", workflow="w", owner="process", owner_pid=os.getpid(), compensates=True)
        self.call("step.complete", run="r", step="book")
        self.call("run.cancel", run="r", grace_ms=HOUR)
        self.call("step.begin", run="r", step="return", compensation=True)
        self.call("step.complete", run="r", step="return")
        self.call("run.release", run="r")
        found = self.expect("undone")
        self.says(found, "undone by 'return'")
        found["command"] += "; sidestep finish"
        self.do(found)
        self.assertEqual((self.status(), self.call("run.get", run="r")["run"]["generation"]), ("completed", 2))


if __name__ == "__main__":
    unittest.main()
