"""A test with a daemon, a folder and an environment of its own, for suites that use the built programs as they are."""

import os
import subprocess
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[2]
BIN = Path(os.environ.get("BIN", ROOT / ".build/debug"))
# Only a hang takes as long.
LONG = int(os.environ.get("LONG", "240"))


def wait_for(fact, what):
    end = time.monotonic() + LONG
    while not (found := fact()):
        if time.monotonic() > end:
            raise AssertionError(f"it never came: {what}")
        time.sleep(0.02)
    return found


class OwnDaemon(unittest.TestCase):
    """Each test has its own daemon and folder."""

    prefix = "sidestep-"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix=self.prefix)
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.socket = self.folder / "s.sock"
        kept = ("PATH", "LANG", "TZ", "SWIFT_BACKTRACE")
        self.environment = {name: value for name, value in os.environ.items() if name in kept} | {
            "HOME": str(self.folder),
            "SIDESTEP_SOCKET": str(self.socket),
            "SIDESTEP_AUTOSTART": "0",
        }
        self.environment |= self.more_environment()
        self.daemon = None
        self.start_daemon()
        self.addCleanup(self.stop_daemon)

    def more_environment(self):
        """What the programs of a suite find besides."""
        return {}

    def start_daemon(self):
        log = open(self.folder / "daemon.log", "ab")
        self.daemon = subprocess.Popen(
            [BIN / "sidestepd", "--socket", self.socket, "--database", self.folder / "d.db"],
            env=self.environment, stdout=log, stderr=log, stdin=subprocess.DEVNULL)  # fmt: skip
        log.close()
        wait_for(lambda: self.sidestep("ping").returncode == 0, "a daemon")

    def stop_daemon(self):
        if self.daemon.poll() is None:
            self.daemon.kill()
        self.daemon.wait(LONG)

    def sidestep(self, *arguments):
        return subprocess.run(
            [BIN / "sidestep", *map(str, arguments)], env=self.environment, capture_output=True, timeout=LONG,
            stdin=subprocess.DEVNULL)  # fmt: skip
