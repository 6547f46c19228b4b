"""A daemon that drains: nothing new starts, what runs ends, and it leaves."""

import subprocess
import unittest

from harness import DaemonTest, Refused, binary, wait_for

CLAIM = {"workflows": ["w"], "queues": ["default"]}


class Drain(DaemonTest):
    def setUp(self):
        super().setUp()
        self.connection = self.daemon.connect()

    def gone(self) -> int:
        return self.daemon.process.wait(60)

    def test_with_nothing_under_way_it_leaves_as_after_a_signal(self):
        self.assertEqual(self.connection.call("system.drain"), {"runs": [], "steps": 0})
        self.assertEqual(self.gone(), 0)
        self.assertIn("drained; leaving", self.daemon.text())

    def test_who_has_a_run_ends_it_and_nobody_begins_one(self):
        owner, other = self.daemon.connect(), self.daemon.connect()
        owner.call("resume", run="old", workflow="w")
        self.connection.call("run.enqueue", run="waiting", workflow="w")
        self.assertEqual(self.connection.call("system.drain")["runs"], ["old"])
        with self.assertRaises(Refused) as caught:
            other.call("resume", run="new", workflow="w")
        self.assertEqual(caught.exception.kind, "shutting_down")
        self.assertIn("drain --undo", caught.exception.data["hint"])
        self.assertIsNone(other.call("worker.claim", **CLAIM).get("run"))
        self.connection.call("run.enqueue", run="later", workflow="w")
        owner.call("step.complete", run="old", step="s", output=1)
        self.assertIsNone(self.daemon.process.poll())
        owner.call("run.complete", run="old")
        self.assertEqual(self.gone(), 0)
        self.daemon.start()
        again = self.daemon.connect()
        self.assertEqual(again.call("run.get", run="old")["run"]["status"], "completed")
        with self.assertRaises(Refused):
            again.call("run.get", run="new")
        self.assertEqual(again.call("worker.claim", **CLAIM)["run"]["id"], "waiting")

    def test_a_worker_that_waits_gets_its_run_when_draining_is_undone(self):
        owner, worker = self.daemon.connect(), self.daemon.connect()
        owner.call("resume", run="old", workflow="other")
        self.connection.call("system.drain")
        self.connection.call("run.enqueue", run="waiting", workflow="w")
        claim = worker.send("worker.claim", wait_ms=60_000, **CLAIM)
        self.assertEqual(self.connection.call("system.drain", on=False)["runs"], ["old"])
        self.assertEqual(worker.reply(claim)["run"]["id"], "waiting")
        owner.call("run.complete", run="old")
        worker.call("run.complete", run="waiting")
        self.assertEqual(self.connection.call("ping"), {})
        acts = [act for act in self.connection.call("system.acts")["acts"] if act["method"] == "system.drain"]
        self.assertEqual([act["subject"] for act in acts], ["on", "off"])

    def test_a_step_that_the_daemon_executes_is_waited_for(self):
        owner = self.daemon.connect()
        owner.call("resume", run="r")
        step = owner.send("run-step", run="r", step="s", exec={"argv": ["sleep", "2"]})
        wait_for(lambda: self.connection.call("system.drain")["steps"] == 1, what="the step")
        self.assertEqual(owner.reply(step)["status"], "completed")
        owner.call("run.complete", run="r")
        self.assertEqual(self.gone(), 0)

    def test_others_than_administrators_may_not(self):
        self.daemon.open_to_all()
        with self.assertRaises(Refused) as caught:
            self.daemon.connect_as(65534).call("system.drain")
        self.assertEqual(caught.exception.kind, "not_permitted")

    def test_the_command_waits_until_the_daemon_has_left_and_starts_no_other(self):
        owner = self.daemon.connect()
        owner.call("resume", run="old")
        command = [binary("sidestep"), "drain", "--socket", self.daemon.socket]
        done = subprocess.run([*command, "--timeout", "1s"], capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("1 run goes on: old", done.stderr)
        self.assertIn("drain --undo", done.stderr)
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        self.assertIn("old", process.stderr.readline())
        owner.call("run.complete", run="old")
        rest = process.communicate(timeout=60)[1]
        self.assertEqual((process.returncode, rest.splitlines()[-1]), (0, "drained: the daemon has left"))
        self.assertEqual(self.gone(), 0)


if __name__ == "__main__":
    unittest.main()
