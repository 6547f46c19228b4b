"""One user's trouble is nobody else's: a good neighbour beside a hostile one, and beside one who takes all he may."""

import os
import socket
import time
import unittest

from harness import Daemon
from neighbours import ENOUGH, GOOD, HOSTILE, Neighbour, good, greedy, hostile

SECONDS = float(os.environ.get("SIDESTEP_NEIGHBOUR_SECONDS", "3"))


@unittest.skipUnless(os.geteuid() == 0, "only root can be several users")
class Neighbours(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon(settings="http_allow_private = yes\n").start().open_to_all()
        self.addCleanup(self.daemon.close)

    def live(self, uid: int, work, *arguments) -> Neighbour:
        neighbour = Neighbour(self.daemon.socket, uid, work, *arguments)
        self.addCleanup(neighbour.end)
        return neighbour

    def assert_well(self, report: dict) -> None:
        self.assertEqual(report["errors"], [])
        self.assertEqual(report["run"], "running")
        self.assertGreaterEqual(report["calls"], ENOUGH)
        self.assertIsNone(self.daemon.process.poll(), self.daemon.text()[-2000:])
        for word in ("SQLITE", "UNIQUE constraint", "Fatal error"):
            self.assertNotIn(word, self.daemon.text())

    def test_bad_calls_of_every_method_are_no_error_of_another_users(self):
        bad = self.live(HOSTILE, hostile)
        neighbour = self.live(GOOD, good)
        time.sleep(SECONDS)
        report, theirs = neighbour.report(), bad.report()
        self.assert_well(report)
        self.assertGreaterEqual(theirs["calls"], theirs["kinds"], "not every bad call was sent")

    def test_one_user_at_every_limit_is_no_error_of_anothers(self):
        silent = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.addCleanup(silent.close)
        taker = self.live(HOSTILE, greedy, f"http://127.0.0.1:{silent.getsockname()[1]}/")
        neighbour = self.live(GOOD, good)
        time.sleep(SECONDS)
        report, theirs = neighbour.report(), taker.report()
        self.assert_well(report)
        self.assertIn("user_connections", theirs["met"])
        self.assertEqual(self.daemon.connect().call("system.info")["storage"]["state"], "ok")


if __name__ == "__main__":
    unittest.main()
