"""What the tests of the recorder stand on: a daemon of their own, and agents under `sidestep run --record`."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[3]
BIN = Path(os.environ.get("BIN", ROOT / ".build/debug"))
HERE = Path(__file__).parent
# Only a hang takes as long.
LONG = int(os.environ.get("LONG", "240"))


def wait_for(fact, what):
    end = time.monotonic() + LONG
    while not (found := fact()):
        if time.monotonic() > end:
            raise AssertionError(f"it never came: {what}")
        time.sleep(0.02)
    return found


class Bench(unittest.TestCase):
    """Each test has its own daemon, folder and upstream."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="sidestep-endpoint-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.socket = self.folder / "s.sock"
        kept = ("PATH", "LANG", "TZ", "SWIFT_BACKTRACE")
        self.environment = {name: value for name, value in os.environ.items() if name in kept} | {
            "HOME": str(self.folder),
            "SIDESTEP_SOCKET": str(self.socket),
            "SIDESTEP_AUTOSTART": "0",
            "PYTHONPATH": str(HERE),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        self.daemon = None
        self.start_daemon()
        self.addCleanup(self.stop_daemon)

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

    def run_agent(self, text, *options, run="agent", environment=None, restart="no"):
        """Begins the Python program `text` under `sidestep run --record`; its functions are those of agent.py."""
        program = self.folder / "program.py"
        program.write_text("from agent import *\n" + text)
        variables = self.environment | {"PLACE": str(self.folder)} | (environment or {})
        process = subprocess.Popen(
            [BIN / "sidestep", "run", "--record", "--id", run, "--restart", restart, *map(str, options), "--",
             sys.executable, program],
            env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)  # fmt: skip
        self.addCleanup(self.end, process)
        return process

    def end(self, process):
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        process.communicate(timeout=LONG)

    def finished(self, process):
        """What an agent said line by line, once it has succeeded."""
        out, err = process.communicate(timeout=LONG)
        self.assertEqual(process.returncode, 0, out + err)
        self.said = err
        return [json.loads(line) for line in out.splitlines()]
