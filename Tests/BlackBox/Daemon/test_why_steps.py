"""Steps that wait, and what they wait for: `run.explain` says why, and its very command helps."""

import unittest
from pathlib import Path

from harness import wait_for
from puppet import Puppet
from reasons import HOUR, Why, tells


class Steps(Why):
    """What its steps wait for."""

    def begin(self, run: str, step: str, **more) -> Puppet:
        """Another process opens the run and is about to begin the step."""
        owner = self.puppet()
        owner.call("resume", run=run, workflow="w")
        owner.send("run-step", run=run, step=step, client=True, **more)
        return owner

    @tells("limit_full")
    def test_a_full_limit_names_who_holds_it_and_is_made_wider(self):
        self.call("limit.put", limit="l", concurrency=1, rate={"count": 100, "per_ms": 250, "burst": 50})
        self.begin("other", "holding", limit="l").answer()
        owner = self.begin("r", "waiting", limit="l")
        found = self.expect("limit_full")
        self.says(found, "Step 'waiting' waits for room in limit 'l', which 1 of 1 steps hold",
                  "step 'holding' of run 'other' since")
        self.do(found)
        self.assertEqual(owner.answer()["result"]["status"], "execute")
        limit = self.call("limit.list")["limits"][0]
        self.assertEqual(limit["rate"], {"count": 100, "per_ms": 250, "burst": 50})
        self.assertNotIn("limit_full", self.why()["reasons"])

    @tells("limit_rate")
    def test_a_limit_that_lets_no_more_begin_is_made_faster(self):
        self.call("limit.put", limit="l", rate={"count": 1, "per_ms": HOUR})
        self.begin("other", "one", limit="l").answer()
        owner = self.begin("r", "two", limit="l")
        found = self.expect("limit_rate")
        self.says(found, "lets 1 in 60 min begin", "the next one in 60 min")
        self.do(found)
        self.assertEqual(owner.answer()["result"]["status"], "execute")

    @tells("limit_full")
    def test_a_call_that_gave_up_waits_no_longer(self):
        self.call("limit.put", limit="l", concurrency=1)
        self.begin("other", "holding", limit="l").answer()
        owner = self.begin("r", "waiting", limit="l")
        self.expect("limit_full")
        owner.kill()
        wait_for(lambda: "limit_full" not in self.why()["reasons"], what="the end of the wait")

    @tells("breaker_open")
    def test_an_open_breaker_says_until_when_and_is_closed(self):
        self.call("breaker.put", breaker="b", failures=1, cooldown_ms=HOUR)
        self.call("resume", run="r", workflow="w")
        begin = {"run": "r", "client": True, "breaker": "b"}
        self.call("run-step", step="one", **begin)
        self.fail_step("one")
        self.refused("run-step", "circuit_open", step="two", **begin)
        found = self.expect("breaker_open")
        self.says(found, "Breaker 'b' is open after 1 failures in a row, for 60 min more; it refused step 'two'.")
        self.do(found)
        self.assertEqual(self.call("run-step", step="two", **begin)["status"], "execute")
        self.assertNotIn("breaker_open", self.why()["reasons"])

    def fail_step(self, step: str) -> None:
        self.call("step.fail", run="r", step=step, error={"type": "x", "message": "m"}, retryable=True)

    @tells("breaker_open")
    def test_a_step_of_the_daemon_that_a_breaker_holds_up_goes_on_when_it_is_closed(self):
        self.call("breaker.put", breaker="b", failures=1, cooldown_ms=HOUR)
        self.call("resume", run="r", workflow="w")
        program = {"argv": ["sh", "-c", f"echo x >> {self.folder}/tries; [ -e {self.folder}/well ]"]}
        number = self.connection.send("run-step", run="r", step="s", exec=program, breaker="b",
                                      retry={"max_attempts": 9, "initial_ms": 1})
        other = self.daemon.connect()
        found: dict = {}

        def is_open() -> bool:
            found.update(other.call("run.explain", run="r"))
            return found["reasons"][0] == "breaker_open"

        wait_for(is_open, what="the breaker")
        Path(f"{self.folder}/well").touch()
        self.do(found)
        self.assertEqual(self.connection.reply(number)["status"], "completed")
        self.assertEqual(Path(f"{self.folder}/tries").read_text(), "x\nx\n")

    @tells("execution_waits")
    def test_a_program_that_waits_for_its_turn_says_so(self):
        self.call("resume", run="r", workflow="w")
        self.call("resume", run="many", workflow="w")
        for number in range(128):
            self.refused("run-step", "timeout", run="many", step=f"s{number}", exec={"argv": ["sleep", "600"]},
                         wait_ms=0)
        self.refused("run-step", "timeout", run="r", step="s", exec={"argv": ["true"]}, wait_ms=0)
        self.says(self.expect("execution_waits"), "Step 's' waits its turn")
        self.call("run.cancel", run="many", grace_ms=0)
        self.assertEqual(self.call("run-step", run="r", step="s", exec={"argv": ["true"]})["output"]["exit"], 0)

    @tells("step_backoff")
    def test_a_step_that_is_tried_again_says_when(self):
        self.call("resume", run="r", workflow="w")
        self.call("step.begin", run="r", step="s", retry={"max_attempts": 3, "initial_ms": HOUR, "max_ms": HOUR, "jitter": 0})
        self.fail_step("s")
        self.says(self.expect("step_backoff"), "Step 's' is tried again (attempt 2) in 60 min.")

    @tells("wait_given_up")
    def test_a_wait_that_was_given_up_says_so_until_it_is_taken_up_again(self):
        lease = self.call("resume", run="r", workflow="w")["lease"]
        waiter = self.daemon.connect()
        self.addCleanup(waiter.close)
        waiter.send("signal.wait", run="r", lease=lease, signal="go", step="w")
        self.expect("awaits_signal")
        self.call("wait.cancel", run="r", step="w")
        self.says(self.expect("wait_given_up"), "Step 'w' is a wait that was given up", "takes it up again")
        self.call("signal.send", run="r", signal="go")
        self.call("signal.wait", run="r", signal="go", step="w")
        self.assertNotIn("wait_given_up", self.call("run.explain", run="r")["reasons"])

    @tells("step_running")
    def test_a_step_that_runs_says_since_when_and_for_how_long_at_most(self):
        self.call("resume", run="r", workflow="w")
        self.call("step.begin", run="r", step="s", timeouts={"start_to_close_ms": HOUR})
        self.says(self.expect("step_running"), "Step 's' runs since", "min more at most.")

    def wait_in(self, step: str, method: str = "wait.first", run: str = "r", **more) -> Puppet:
        owner = self.puppet()
        owner.call("resume", run=run, workflow="w")
        owner.send(method, step=step, **more)
        return owner

    @tells("awaits_signal")
    def test_a_signal_is_sent_with_the_command(self):
        owner = self.wait_in("s", any=[{"signal": "it's fine"}])
        found = self.expect("awaits_signal")
        self.says(found, "waits for signal 'it's fine'")
        self.do(found)
        self.assertEqual(owner.answer()["result"]["status"], "completed")

    @tells("awaits_promise")
    def test_a_promise_is_settled_with_the_command(self):
        owner = self.wait_in("s", any=[{"promise": "p"}])
        self.do(self.expect("awaits_promise"))
        self.assertEqual(owner.answer()["result"]["status"], "completed")

    @tells("awaits_run")
    def test_a_run_that_is_waited_for_is_explained_by_the_command(self):
        self.call("run.enqueue", run="other", workflow="w")
        owner = self.wait_in("s", any=[{"run": "other"}])
        printed = self.do(self.expect("awaits_run"))
        self.assertIn("Run 'other' of workflow 'w' is queued", printed)
        self.completes("other")
        self.assertEqual(owner.answer()["result"]["status"], "completed")

    @tells("awaits_time")
    def test_a_sleep_says_for_how_long(self):
        owner = self.wait_in("s", any=[], timeout_ms=1500)
        self.says(self.expect("awaits_time"), "Step 's' sleeps since")
        self.assertEqual(owner.answer()["result"]["status"], "completed")


if __name__ == "__main__":
    unittest.main()
