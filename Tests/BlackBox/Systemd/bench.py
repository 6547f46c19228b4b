"""What the tests on a real systemd share: the unit, its journal, and clients at work."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "Tests" / "BlackBox" / "Daemon"))

from harness import Connection, wait_for

SOCKET = "/run/sidestep/sidestep.sock"
STATE = Path("/var/lib/sidestep")
DATABASE = STATE / "sidestep.db"
CONFIGURATION = Path("/etc/sidestep/sidestep.conf")
DROP_INS = Path("/etc/systemd/system/sidestepd.service.d")


def command(*words: str, check: bool = True, **more) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, **more)
    assert not check or done.returncode == 0, f"{words}: {done.stdout}{done.stderr}"
    return done.stdout.strip()


def systemctl(*words: str, check: bool = True) -> str:
    return command("systemctl", *words, check=check)


def show(name: str, unit: str = "sidestepd.service") -> str:
    return systemctl("show", "-P", name, unit)


def main_pid() -> int:
    return int(show("MainPID"))


class Unit(unittest.TestCase):
    """The installed units, at the beginning of each test with an empty state and only the socket started."""

    def setUp(self):
        systemctl("stop", "sidestepd.socket", "sidestepd.service", check=False)
        shutil.rmtree(STATE, ignore_errors=True)
        shutil.rmtree(DROP_INS, ignore_errors=True)
        CONFIGURATION.unlink(missing_ok=True)
        systemctl("daemon-reload")
        systemctl("reset-failed", check=False)
        command("journalctl", "--sync")
        self.cursor = command("journalctl", "-n1", "-o", "cat", "--show-cursor").split("-- cursor: ")[1]
        systemctl("start", "sidestepd.socket")

    def drop_in(self, *lines: str) -> None:
        DROP_INS.mkdir(parents=True, exist_ok=True)
        (DROP_INS / "test.conf").write_text("\n".join(["[Service]", *lines, ""]))
        systemctl("daemon-reload")

    def connect(self) -> Connection:
        connection = Connection(SOCKET)
        self.addCleanup(connection.close)
        return connection

    def call(self, method: str, **params) -> dict:
        """One call on a connection of its own."""
        connection = Connection(SOCKET)
        try:
            return connection.call(method, **params)
        finally:
            connection.close()

    def journal(self, *matches: str) -> list[dict]:
        """The entries since the test began."""
        matches = matches or ("_SYSTEMD_UNIT=sidestepd.service", "+", "UNIT=sidestepd.service")
        # Not --after-cursor: journalctl 252 skips the first match where the cursor's own entry is none.
        lines = command("journalctl", "-o", "json", "--cursor", self.cursor, *matches).splitlines()
        return [json.loads(line) for line in lines]

    def said(self, text: str) -> bool:
        return any(text in str(entry.get("MESSAGE")) for entry in self.journal())

    def wait_for_state(self, state: str, unit: str = "sidestepd.service") -> None:
        wait_for(lambda: show("ActiveState", unit) == state, 20, f"{unit} {state}")

    def wait_for_successor(self, old: int) -> int:
        """Waits for another process of the daemon, and returns its pid."""
        new = wait_for(lambda: (pid := main_pid()) not in (0, old) and pid, 30, f"the successor of {old}")
        self.wait_for_state("active")
        return new

    def assert_kept(self, notes: dict[str, list[list[str]]]) -> None:
        self.assertEqual(notes["error"], [])
        told = by_run(notes["told"])
        self.assertEqual(len(told), 50)
        self.assertEqual(self.lost(told), set())
        self.assertEqual(len(notes["ran"]), len({tuple(words) for words in notes["ran"]}), "a step ran twice")

    def lost(self, acknowledged: dict[str, set[str]]) -> set[str]:
        """The acknowledged steps that are not recorded."""
        connection = self.connect()
        return {f"{run}/{step}" for run, steps in acknowledged.items() for step in steps - recorded(connection, run)}


def recorded(connection: Connection, run: str) -> set[str]:
    found, more = set(), {}
    while True:
        page = connection.call("step.list", run=run, limit=1000, **more)
        found |= {step["step"] for step in page["steps"] if step["status"] == "completed"}
        if not page.get("more"):
            return found
        more = {"cursor": page["more"]}


class Load:
    """A process of clients at work (load.py, SwiftLoad); ended with the block that made it."""

    PYTHON = [sys.executable, str(Path(__file__).with_name("load.py"))]
    SWIFT = [str(ROOT / ".build" / "debug" / "sidestep-load")]

    def __init__(self, clients: int = 50, socket: str = SOCKET, program: list[str] = PYTHON):
        self.output = tempfile.NamedTemporaryFile("r")
        with open(self.output.name, "wb") as output:
            self.process = subprocess.Popen([*program, socket, str(clients)], stdin=subprocess.PIPE, stdout=output)

    def __enter__(self) -> "Load":
        return self

    def __exit__(self, *_) -> None:
        self.process.kill()
        self.process.wait()
        self.output.close()

    def told(self) -> int:
        return sum(line.startswith("told") for line in Path(self.output.name).read_text().splitlines())

    def more(self, count: int) -> None:
        """Waits for so many further acknowledged steps."""
        wanted = self.told() + count
        wait_for(lambda: self.told() >= wanted, 60, f"{count} more acknowledged steps")

    def finish(self) -> dict[str, list[list[str]]]:
        """Ends the clients; what they noted: `ran`, `told` and `error`, each with its words."""
        self.process.communicate(timeout=60)
        notes: dict[str, list[list[str]]] = {"ran": [], "told": [], "error": []}
        for line in Path(self.output.name).read_text().splitlines():
            kind, *words = line.split(" ", 2)
            notes[kind].append(words)
        return notes


def by_run(pairs: list[list[str]]) -> dict[str, set[str]]:
    runs: dict[str, set[str]] = {}
    for run, step in pairs:
        runs.setdefault(run, set()).add(step)
    return runs


def memory_group(pid: int) -> Path | None:
    """The directory of the process's memory cgroup, where there is one with a limit that can be set."""
    for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        for base in ("/sys/fs/cgroup/memory", "/sys/fs/cgroup"):
            place = Path(base + path)
            name = "memory.limit_in_bytes" if controllers == "memory" else "memory.max"
            if (place / name).exists() and os.access(place / name, os.W_OK):
                return place / name
    return None
