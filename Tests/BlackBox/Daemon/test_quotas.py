"""What a user may keep: his new runs are refused, what exists goes on, and the others notice nothing."""

import signal
from pathlib import Path

from harness import Refused, wait_for
from test_users import ANN, BOB, Users


class Runs(Users):
    settings = "limits.user_runs = 3\n"

    def refused(self, connection, method, **params) -> Refused:
        with self.assertRaises(Refused) as caught:
            connection.call(method, **params)
        self.assertEqual(caught.exception.kind, "limit_exceeded")
        return caught.exception

    def test_the_fourth_run_is_refused_with_limit_figure_and_what_to_do(self):
        ann = self.connect(ANN)
        for run in "abc":
            ann.call("resume", run=run)
        for method, params in (
            ("resume", {"run": "d"}), ("run.enqueue", {"run": "d", "workflow": "w"}),
            ("run.fork", {"run": "a", "new_run": "d"}),
        ):  # fmt: skip
            with self.subTest(method):
                refusal = self.refused(ann, method, **params)
                self.assertEqual(refusal.data["limit"], "user_runs")
                self.assertIn("3", refusal.message)
                self.assertIn("sidestep delete", refusal.data["hint"])
        self.assertEqual(ann.call("hello")["limits"]["user_runs"], 3)

    def test_what_exists_goes_on_over_a_reconnect_and_ends(self):
        ann = self.connect(ANN)
        for run in "abc":
            ann.call("resume", run=run)
        self.refused(ann, "resume", run="d")
        ann.call("step.complete", run="a", step="s", output="x" * 100_000)
        ann.close()
        again = self.connect(ANN)
        self.assertEqual(again.call("resume", run="a", if_owned="take_over")["steps"][0]["step"], "s")
        again.call("run.complete", run="a")
        self.refused(again, "resume", run="d")
        again.call("run.delete", run="a")
        again.call("resume", run="d")

    def test_others_and_administrators_go_on(self):
        ann, bob, root = self.connect(ANN), self.connect(BOB), self.connect()
        for run in "abc":
            ann.call("resume", run=run)
        self.refused(ann, "resume", run="d")
        for run in "abc":
            bob.call("resume", run=run)
        for run in "abcde":
            root.call("resume", run=run)

    def test_runs_are_counted_over_the_death_of_the_daemon_and_a_limit_that_is_raised_lets_them_in(self):
        ann = self.connect(ANN)
        for run in "abc":
            ann.call("run.enqueue", run=run, workflow="w")
        self.daemon.kill()
        self.daemon.start().open_to_all()
        ann = self.connect(ANN)
        self.refused(ann, "run.enqueue", run="d", workflow="w")
        Path(f"{self.daemon.folder}/conf").write_text("limits.user_runs = 4\n")
        self.daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: "changed=limits.user_runs" in self.daemon.text(), what="a reload")
        ann.call("run.enqueue", run="d", workflow="w")
        self.assertIn("4", self.refused(ann, "run.enqueue", run="e", workflow="w").message)


class Bytes(Users):
    settings = "limits.user_stored_bytes = 100000\n"

    def test_new_runs_are_refused_once_the_bytes_were_counted_and_let_in_when_they_are_deleted(self):
        ann, bob = self.connect(ANN), self.connect(BOB)
        ann.call("resume", run="big")
        ann.call("step.complete", step="s", output="x" * 100_000)
        number = iter(range(1000))

        def refused() -> bool:
            try:
                ann.call("run.enqueue", run=f"r{next(number)}", workflow="w")
            except Refused as refusal:
                self.assertEqual((refusal.kind, refusal.data["limit"]), ("limit_exceeded", "user_stored_bytes"))
                return True
            ann.call("system.usage", max_age_ms=0)
            return False

        wait_for(refused, what="a refusal")
        bob.call("resume", run="his")
        ann.call("step.complete", step="t", output="y" * 100_000)
        ann.call("run.complete")
        ann.call("run.delete", run="big")
        wait_for(lambda: not refused(), what="room")
