"""Runs that wait for a worker: `run.explain` says why, and its very command helps."""

import unittest

from harness import wait_for
from reasons import HOUR, Why, tells


class Queued(Why):
    """Without an owner."""

    @tells("delayed")
    def test_a_run_that_begins_later_says_when_and_begins_then(self):
        self.call("run.enqueue", run="r", workflow="w", delay_ms=1500)
        self.says(self.expect("delayed"), "It was to begin later")
        self.completes()

    @tells("run_backoff")
    def test_a_run_that_failed_says_which_attempt_comes_when(self):
        retry = {"max_attempts": 3, "initial_ms": 1500, "jitter": 0}
        self.call("resume", run="r", workflow="w", retry=retry)
        self.call("run.fail", run="r", error={"type": "x", "message": "m"})
        self.says(self.expect("run_backoff"), "Attempt 2 of it begins in")
        self.call("run.release", run="r")
        self.says(self.expect("run_backoff"), "Attempt 2 of it begins in")
        self.completes()

    @tells("crash_backoff")
    def test_a_run_whose_owners_keep_dying_says_when_it_is_handed_out(self):
        self.call("run.enqueue", run="r", workflow="w")
        for _ in range(2):
            owner = self.puppet()
            owner.call("worker.claim", workflows=["w"], wait_ms=20_000)
            owner.kill()
            wait_for(lambda: self.status() == "interrupted", what="the loss of the owner")
        found = self.expect("crash_backoff")
        self.says(found, "its owners keep dying", "lost 2 times without progress (died)")
        self.completes()

    @tells("interrupted")
    def test_a_run_whose_owner_is_gone_says_how_it_went(self):
        owner = self.puppet()
        owner.call("resume", run="r", workflow="w")
        owner.kill()
        found = self.expect("interrupted", first=False)
        self.says(found, "lost 1 times without progress (died); more than 10 pause it.")
        self.completes()

    @tells("queue_paused")
    def test_a_paused_queue_goes_on(self):
        self.call("queue.pause", queue="q 1", paused=True)
        self.call("run.enqueue", run="r", workflow="w", queue="q 1")
        thread = self.waiting_claim(queues=["q 1"])
        found = self.expect("queue_paused")
        self.assertEqual(found["command"], "sidestep queue unpause 'q 1'")
        self.do(found)
        thread.join(20)
        self.assertEqual(self.status(), "completed")

    @tells("queue_full")
    def test_a_full_queue_names_who_is_there_and_is_made_wider_and_keeps_its_other_limits(self):
        self.call("queue.put", queue="default", concurrency=1, key_concurrency=5,
                  rate={"count": 100, "per_ms": 1500, "burst": 7})
        self.call("run.enqueue", run="first", workflow="w")
        self.claims("first")
        for run in ("before", "r"):
            self.call("run.enqueue", run=run, workflow="w")
        threads = [self.waiting_claim(), self.waiting_claim()]
        found = self.expect("queue_full")
        self.says(found, "at its limit of 1 runs: 'first' have owners; one run goes before it")
        self.do(found)
        for thread in threads:
            thread.join(20)
        self.assertEqual(self.status(), "completed")
        queue = next(q for q in self.call("queue.list")["queues"] if q["queue"] == "default")
        self.assertEqual((queue["key_concurrency"], queue["rate"]), (5, {"count": 100, "per_ms": 1500, "burst": 7}))

    @tells("queue_rate")
    def test_a_queue_that_has_handed_out_its_share_is_made_faster(self):
        self.call("queue.put", queue="default", rate={"count": 1, "per_ms": HOUR})
        self.call("run.enqueue", run="first", workflow="w")
        self.claims("first")
        self.call("run.enqueue", run="r", workflow="w")
        thread = self.waiting_claim()
        found = self.expect("queue_rate")
        self.says(found, "hands out 1 in 60 min", "it is the next one")
        self.do(found)
        thread.join(20)
        self.assertEqual(self.status(), "completed")

    @tells("key_full")
    def test_a_full_concurrency_key_names_who_has_it_and_is_widened(self):
        self.call("queue.put", queue="default", key_concurrency=1)
        for run in ("first", "r"):
            self.call("run.enqueue", run=run, workflow="w", concurrency_key="k")
        self.claims("first")
        thread = self.waiting_claim()
        found = self.expect("key_full")
        self.says(found, "lets 1 runs of key 'k' have owners: 'first' do.")
        self.do(found)
        thread.join(20)
        self.assertEqual(self.status(), "completed")

    @tells("other_version")
    def test_a_run_pinned_to_another_version_names_those_that_are_there(self):
        self.call("run.enqueue", run="r", workflow="w", code_version="v2")
        worker = self.daemon.connect()
        worker.call("worker.claim", workflows=["w"], code_version="v1", wait_ms=0)
        self.says(self.expect("other_version"), "code version 'v2': those that are have 'v1'")
        self.completes(code_version="v2")

    @tells("no_worker")
    def test_a_run_that_nobody_serves_says_what_a_worker_would_need(self):
        self.call("run.enqueue", run="r", workflow="w")
        self.says(self.expect("no_worker"), "serves queue 'default' and has workflow 'w'")
        self.completes()

    @tells("workers_busy")
    def test_a_run_whose_workers_have_others_says_its_place(self):
        for run in ("first", "before", "r"):
            self.call("run.enqueue", run=run, workflow="w")
        worker = self.claims("first")
        self.says(self.expect("workers_busy"), "The one connected worker that would take it has a run; one run goes")
        worker.call("run.complete", run="first")
        self.completes("before")
        self.completes()

    @tells("ready")
    def test_a_run_that_the_next_worker_gets_says_so(self):
        worker = self.daemon.connect()
        worker.call("worker.claim", workflows=["w"], wait_ms=0)
        self.call("run.enqueue", run="r", workflow="w")
        self.says(self.expect("ready"), "1 connected workers serve queue 'default'", "it is the next one")
        self.completes()

    @tells("start_deadline")
    def test_a_run_that_has_to_be_claimed_in_time_says_so(self):
        self.call("run.enqueue", run="r", workflow="w", schedule_to_start_ms=HOUR)
        self.says(self.expect("start_deadline", first=False), "has to claim it within 60 min")
        self.completes()


if __name__ == "__main__":
    unittest.main()
