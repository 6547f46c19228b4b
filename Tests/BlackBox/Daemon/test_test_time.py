"""Time that tests move: `sidestepd --test-time` and `system.advance`."""

import subprocess
import unittest

from harness import Daemon, DaemonTest, Refused, binary, wait_for

HOUR = 3_600_000


class Moved(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon("--test-time", "0").start()
        self.addCleanup(self.daemon.close)
        self.connection = self.daemon.connect()

    def later(self, milliseconds: int) -> int:
        return self.connection.call("system.advance", ms=milliseconds)["now"]

    def test_a_sleep_of_a_day_is_over_when_a_day_has_passed_and_not_before(self):
        self.connection.call("resume", run="r")
        with self.assertRaises(Refused) as caught:
            self.connection.call("run-step", run="r", step="nap", sleep_ms=24 * HOUR, wait_ms=0)
        self.assertEqual(caught.exception.kind, "timeout")
        self.later(23 * HOUR)
        self.assertEqual(self.connection.call("step.get", run="r", step="nap")["status"], "waiting")
        self.later(2 * HOUR)
        wait_for(lambda: self.connection.call("step.get", run="r", step="nap")["status"] == "completed")

    def test_a_wait_that_somebody_is_in_ends_with_its_time(self):
        self.connection.call("resume", run="r")
        number = self.connection.send("signal.wait", run="r", step="w", signal="s", timeout_ms=HOUR)
        self.connection.call("ping")
        other = self.daemon.connect()
        other.call("system.advance", ms=HOUR + 1000)
        self.assertEqual(self.connection.reply(number)["output"]["by"], "time")

    def test_a_schedule_fires_as_often_as_it_would_have(self):
        self.connection.call("schedule.put", schedule="s", workflow="w", every_ms=HOUR, overlap="allow")
        for _ in range(3):
            self.later(HOUR)
        wait_for(lambda: len(self.connection.call("run.list", workflow="w")["runs"]) == 3)

    def test_after_a_kill_it_goes_on_from_the_time_that_it_is_given(self):
        before = self.later(HOUR)
        self.daemon.kill()
        self.daemon.flags = ("--test-time", str(HOUR))
        self.daemon.start()
        self.assertGreaterEqual(self.daemon.connect().call("system.advance", ms=0)["now"], before)


class NotMoved(DaemonTest):
    def test_nobody_moves_the_time_of_another_daemon(self):
        with self.assertRaises(Refused) as caught:
            self.daemon.connect().call("system.advance", ms=1000)
        self.assertEqual(caught.exception.kind, "not_permitted")
        self.assertIn("--test-time", caught.exception.data["hint"])

    def test_a_daemon_for_the_whole_machine_is_not_started_with_it(self):
        done = subprocess.run([binary("sidestepd"), "--system", "--test-time", "0"], capture_output=True, text=True)
        self.assertEqual(done.returncode, 64)
        self.assertIn("no time of its own", done.stderr)
