"""A daemon to which the system gives no descriptor or process any more, and its users."""

import os
import tempfile
import unittest

from harness import Daemon, Refused, wait_for
from test_users import ANN, BOB, Users


class Exhausted(Users):
    """No descriptor, thread or process is left."""

    def test_without_a_descriptor_root_gets_in_others_are_told_and_all_is_well_when_there_are_some_again(self):
        ann = self.connect(ANN)
        ann.call("resume", run="r")
        open_now = len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))
        # A number below which nothing is free.
        highest = max(int(name) for name in os.listdir(f"/proc/{self.daemon.process.pid}/fd"))
        fillers = [self.connect(ANN) for _ in range(highest + 1 - open_now)]
        self.assertEqual([one.call("ping") for one in fillers], [{}] * len(fillers))
        used = sorted(int(name) for name in os.listdir(f"/proc/{self.daemon.process.pid}/fd"))
        self.daemon.limit("nofile", used[-1] + 1)
        refused = self.refusal(BOB)
        self.assertEqual(refused["data"]["kind"], "overloaded")
        self.assertIn("RLIMIT_NOFILE", refused["data"]["hint"])
        for _ in range(20):
            self.assertEqual(self.refusal(BOB)["data"]["kind"], "overloaded")
        self.assertEqual(self.connect().call("system.info")["connections"], len(fillers) + 2)
        self.assertEqual(ann.call("step.complete", step="s", output=1)["step"], "s")
        self.assertEqual(self.daemon.text().count("no descriptor is left for connections"), 1)
        self.daemon.limit("nofile")
        self.assertEqual(self.connect(BOB).call("ping"), {})
        again = "there are descriptors for connections again"
        wait_for(lambda: again in self.daemon.text(), what="the word that there are some")
        self.assertEqual(self.daemon.text().count(again), 1)

    def test_a_process_that_cannot_be_made_is_an_error_of_its_step(self):
        """The daemon is a user of its own here: root is under no limit of processes."""
        with tempfile.TemporaryDirectory() as folder:
            os.chown(folder, ANN, ANN)
            prefix = ("setpriv", f"--reuid={ANN}", f"--regid={ANN}", "--clear-groups")
            with Daemon(folder=folder, prefix=prefix) as daemon:
                connection = daemon.connect()
                connection.call("resume", run="r")
                self.assertEqual(connection.call("run-step", run="r", step="a", exec={"argv": ["true"]})["output"]["exit"], 0)
                daemon.limit("nproc", 1)
                with self.assertRaises(Refused) as caught:
                    connection.call("run-step", run="r", step="b", exec={"argv": ["true"]})
                self.assertEqual(caught.exception.kind, "step_failed")
                with self.assertRaises(Refused):
                    connection.call("run-step", run="r", step="c", http={"url": "http://no-such-host.invalid/"})
                self.assertEqual(connection.call("step.complete", step="d", output=1)["step"], "d")
                daemon.limit("nproc")
                self.assertEqual(connection.call("run-step", run="r", step="e", exec={"argv": ["true"]})["output"]["exit"], 0)
                connection.close()


if __name__ == "__main__":
    unittest.main()
