"""What a client gives up is over: requests that wait, and the waits of runs."""

import unittest

from harness import Connection, DaemonTest, Refused


class Cancelling(DaemonTest):
    def setUp(self):
        super().setUp()
        self.connection = self.daemon.connect()
        self.addCleanup(self.connection.close)

    def refusal(self, number: int, connection: Connection | None = None) -> str:
        with self.assertRaises(Refused) as caught:
            (connection or self.connection).reply(number)
        return caught.exception.kind

    def parked(self, method: str, **params) -> int:
        """Sends a request that waits: it does so when the call behind it is answered."""
        number = self.connection.send(method, **params)
        self.connection.call("run.list")
        return number

    def pending(self, run: str) -> list[str]:
        return [signal["message_id"] for signal in self.connection.call("signal.list", run=run)["signals"]]


class Requests(Cancelling):
    """rpc.cancel"""

    def test_a_claim_that_was_given_up_takes_no_run(self):
        claim = self.parked("worker.claim", workflows=["w"], wait_ms=60_000)
        self.connection.notify("rpc.cancel", id=claim)
        self.assertEqual(self.refusal(claim), "request_cancelled")
        self.connection.call("run.enqueue", run="r", workflow="w")
        self.assertEqual(self.connection.call("run.get", run="r")["run"]["status"], "queued")

    def test_the_run_goes_to_the_next_who_waits(self):
        first = self.parked("worker.claim", workflows=["w"], wait_ms=60_000)
        second = self.parked("worker.claim", workflows=["w"], wait_ms=60_000)
        self.connection.call("rpc.cancel", id=first)
        self.connection.call("run.enqueue", run="r", workflow="w")
        self.assertEqual(self.connection.reply(second)["run"]["id"], "r")
        self.assertEqual(self.refusal(first), "request_cancelled")

    def test_a_resume_that_was_given_up_owns_nothing(self):
        holder = self.daemon.connect()
        holder.call("resume", run="r")
        resume = self.parked("resume", run="r", if_owned="wait", wait_ms=60_000)
        self.connection.notify("rpc.cancel", id=resume)
        self.assertEqual(self.refusal(resume), "request_cancelled")
        holder.call("run.release")
        self.assertNotEqual(self.connection.call("run.get", run="r")["run"]["status"], "running")
        holder.close()

    def test_sent_in_one_breath_with_its_request_it_ends_it(self):
        number = self.connection.send("run.enqueue", run="r", workflow="w")
        self.connection.reply(number)
        result = self.connection.send("run.result", run="r", wait_ms=60_000)
        self.connection.notify("rpc.cancel", id=result)
        self.assertEqual(self.refusal(result), "request_cancelled")

    def test_every_request_that_waits_can_be_given_up(self):
        self.connection.call("limit.put", limit="one", concurrency=1)
        self.connection.call("resume", run="r")
        self.connection.call("run-step", run="r", step="holder", client=True, limit="one")
        self.connection.call("stream.append", run="r", stream="s", items=[1])
        waits = [
            ("run-step", {"run": "r", "step": "second", "client": True, "limit": "one"}),
            ("signal.wait", {"run": "r", "signal": "go"}),
            ("promise.wait", {"run": "r", "promise": "p"}),
            ("wait.first", {"run": "r", "step": "first", "any": [{"signal": "a"}]}),
            ("run-step", {"run": "r", "step": "nap", "sleep_ms": 600_000}),
            ("run.result", {"run": "r", "wait_ms": 60_000}),
            ("worker.claim", {"workflows": ["w"], "wait_ms": 60_000}),
            ("stream.read", {"run": "r", "stream": "s", "from": 1, "wait_ms": 60_000}),
            ("event.list", {"wait_ms": 60_000}),
        ]
        for method, params in waits:
            with self.subTest(method=method, params=params):
                number = self.parked(method, **params)
                self.assertEqual(self.connection.call("rpc.cancel", id=number), {})
                self.assertEqual(self.refusal(number), "request_cancelled")

    def test_ids_are_those_of_the_connection_alone(self):
        claim = self.parked("worker.claim", workflows=["w"], wait_ms=60_000)
        other = self.daemon.connect()
        other.call("rpc.cancel", id=claim)
        other.close()
        self.connection.call("run.enqueue", run="r", workflow="w")
        self.assertEqual(self.connection.reply(claim)["run"]["id"], "r")

    def test_a_text_is_an_id_as_well_and_what_is_none_is_refused(self):
        line = b'{"jsonrpc":"2.0","id":"a-1","method":"worker.claim","params":{"workflows":["w"],"wait_ms":60000}}'
        self.connection.send_line(line)
        self.connection.notify("rpc.cancel", id="a-1")
        self.assertEqual(self.refusal("a-1"), "request_cancelled")
        for id in (None, True, [1], {"a": 1}):
            self.assertEqual(self.refusal(self.connection.send("rpc.cancel", id=id)), "invalid_argument")

    def test_of_what_is_answered_or_unknown_nothing_is_said(self):
        answered = self.connection.send("ping")
        self.assertEqual(self.connection.reply(answered), {})
        self.assertEqual(self.connection.call("rpc.cancel", id=answered), {})
        self.assertEqual(self.connection.call("rpc.cancel", id=99_999), {})


class Waits(Cancelling):
    """wait.cancel"""

    def setUp(self):
        super().setUp()
        self.connection.call("resume", run="r")

    def test_a_signal_is_for_the_wait_after_the_one_that_was_given_up(self):
        wait = self.parked("signal.wait", run="r", signal="go", step="first")
        self.assertEqual(
            self.connection.call("wait.cancel", run="r", step="first"), {"step": "first", "cancelled": True})
        self.assertEqual(self.refusal(wait), "request_cancelled")
        self.connection.call("signal.send", run="r", signal="go", value=1, message_id="m")
        self.assertEqual(self.pending("r"), ["m"])
        answer = self.connection.call("signal.wait", run="r", signal="go", step="second")
        self.assertEqual(answer["output"]["value"], 1)

    def test_a_signal_that_nobody_saw_is_given_back_in_its_old_place(self):
        self.parked("signal.wait", run="r", signal="go", step="first")
        for number in (1, 2):
            self.connection.call("signal.send", run="r", signal="go", value=number, message_id=f"m{number}")
        self.assertEqual(self.pending("r"), ["m2"])
        self.assertTrue(self.connection.call("wait.cancel", run="r", step="first")["cancelled"])
        self.assertEqual(self.pending("r"), ["m1", "m2"])
        self.assertEqual(
            self.connection.call("signal.wait", run="r", signal="go", step="second")["output"]["value"], 1)

    def test_it_goes_to_a_wait_that_is_open_for_it(self):
        self.parked("signal.wait", run="r", signal="go", step="first")
        second = self.parked("signal.wait", run="r", signal="go", step="second")
        self.connection.call("signal.send", run="r", signal="go", value=1)
        self.connection.call("wait.cancel", run="r", step="first")
        self.assertEqual(self.connection.reply(second)["output"]["value"], 1)

    def test_what_has_another_outcome_keeps_it(self):
        self.connection.call("run-step", run="r", step="nap", sleep_ms=0)
        self.connection.call("step.begin", run="r", step="paid")
        self.connection.call("step.complete", run="r", step="paid", output=1)
        for step in ("nap", "paid", "never"):
            self.assertFalse(self.connection.call("wait.cancel", run="r", step=step)["cancelled"], step)
        self.assertEqual(self.connection.call("step.get", run="r", step="paid")["output"], 1)

    def test_a_replay_waits_again_for_the_same_and_no_longer_than_at_first(self):
        self.parked("signal.wait", run="r", signal="go", step="w", timeout_ms=600_000)
        ends = self.connection.call("step.get", run="r", step="w")["attempt_deadline_at"]
        self.connection.call("wait.cancel", run="r", step="w")
        self.assertEqual(self.connection.call("timer.list", run="r")["timers"], [])
        self.daemon.kill()
        self.daemon.start()
        again = self.daemon.connect()
        again.call("resume", run="r", if_owned="take_over")
        again.send("signal.wait", run="r", signal="go", step="w", timeout_ms=600_000)
        self.assertEqual(again.call("step.get", run="r", step="w")["attempt_deadline_at"], ends)
        self.assertEqual(again.call("timer.list", run="r")["timers"][0]["due_at"], ends)
        with self.assertRaises(Refused) as caught:
            again.call("signal.wait", run="r", signal="other", step="w")
        self.assertEqual(caught.exception.kind, "step_mismatch")
        again.close()

    def test_a_sleep_whose_time_is_over_meanwhile_ends_at_once_when_it_is_asked_for_again(self):
        self.parked("run-step", run="r", step="nap", sleep_ms=50)
        self.connection.call("wait.cancel", run="r", step="nap")
        self.connection.call("run-step", run="r", step="another", sleep_ms=100)
        self.assertEqual(
            self.connection.call("run-step", run="r", step="nap", sleep_ms=600_000)["output"], {"by": "time"})

    def test_only_the_owner_gives_up_a_wait(self):
        self.parked("signal.wait", run="r", signal="go", step="w")
        other = self.daemon.connect()
        self.assertEqual(self.refusal(other.send("wait.cancel", run="r", step="w"), other), "lease_required")
        other.close()

    def test_the_journal_and_why_tell_it(self):
        self.parked("signal.wait", run="r", signal="go", step="w")
        self.connection.call("wait.cancel", run="r", step="w")
        entries = [entry["kind"] for entry in self.connection.call("run.history", run="r")["entries"]]
        self.assertIn("step.given_up", entries)
        self.assertIn("given up", str(self.connection.call("run.explain", run="r")))


if __name__ == "__main__":
    unittest.main()
