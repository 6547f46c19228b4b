"""`run.explain` knows every reason: each is brought about on a real daemon, the very command that it names is run by
a shell, and the run goes on."""

import os
import re
import subprocess
import threading
from pathlib import Path

from harness import ROOT, Connection, Daemon, DaemonTest, Refused, binary, wait_for
from puppet import Puppet

REASONS = re.findall(r"^\| `(\w+)`", (ROOT / "docs/reference/reasons.md").read_text(), re.M)
# Told in whole minutes, it is 60 of them for the next half minute.
HOUR = 3_630_000
covered: set[str] = set()


def tells(reason: str):
    """Says which reason a test is about."""
    covered.add(reason)
    return lambda test: test


class Why(DaemonTest):
    def setUp(self):
        super().setUp()
        self.open(self.daemon)

    def open(self, daemon: Daemon) -> None:
        self.daemon = daemon
        self.connection = daemon.connect()
        self.addCleanup(self.connection.close)
        self.call = self.connection.call

    def puppet(self) -> Puppet:
        puppet = Puppet(self.daemon.socket)
        self.addCleanup(puppet.kill)
        return puppet

    def why(self, run: str = "r") -> dict:
        return self.call("run.explain", run=run)

    def expect(self, reason: str, run: str = "r", first: bool = True) -> dict:
        """What is said once the reason is among those that are given, or the first of them."""
        found: dict = {}

        def is_there() -> bool:
            found.update(self.why(run))
            names = found["reasons"][:1] if first else found["reasons"]
            return reason in names

        try:
            wait_for(is_there, what=f"the reason {reason}")
        except AssertionError as error:
            raise AssertionError(f"{error}; there are {found}") from None
        return found

    def do(self, found: dict) -> str:
        """Runs the command as a person who pastes it; answers what it prints."""
        self.assertIsNotNone(found.get("command"), found)
        tools = str(Path(binary("sidestep")).parent)
        environment = {"PATH": f"{tools}:{os.environ['PATH']}", "SIDESTEP_SOCKET": self.daemon.socket,
                       "HOME": self.folder}
        done = subprocess.run(["sh", "-c", found["command"]], capture_output=True, text=True, timeout=60,
                              cwd=self.folder, env=environment)
        self.assertEqual(done.returncode, 0, (found["command"], done.stdout, done.stderr))
        return done.stdout

    def says(self, found: dict, *words: str) -> None:
        text = " ".join([*found["sentences"], found["next"]])
        for word in words:
            self.assertIn(word, text)

    def status(self, run: str = "r") -> str:
        return self.call("run.get", run=run)["run"]["status"]

    def claims(self, run: str = "r", **more) -> Connection:
        """A worker gets the run and completes it: it has gone on."""
        worker = self.daemon.connect()
        self.addCleanup(worker.close)
        claimed = worker.call("worker.claim", workflows=["w"], wait_ms=20_000, **more)
        self.assertEqual(claimed["run"]["id"], run)
        return worker

    def completes(self, run: str = "r", **more) -> None:
        self.claims(run, **more).call("run.complete", run=run, output=1)
        self.assertEqual(self.status(run), "completed")

    def refused(self, method: str, kind: str, **params) -> Refused:
        with self.assertRaises(Refused) as caught:
            self.call(method, **params)
        self.assertEqual(caught.exception.kind, kind)
        return caught.exception

    def waiting_claim(self, **params) -> threading.Thread:
        """A worker that waits for a run; the thread ends when it has one, which it completes."""
        worker = self.daemon.connect()
        self.addCleanup(worker.close)
        # Once it was seen, it is known as a worker.
        worker.call("worker.claim", workflows=["w"], wait_ms=0, **params)

        def wait() -> None:
            claimed = worker.call("worker.claim", workflows=["w"], wait_ms=19_000, **params)
            worker.call("run.complete", run=claimed["run"]["id"], output=1)

        thread = threading.Thread(target=wait, daemon=True)
        thread.start()
        return thread
