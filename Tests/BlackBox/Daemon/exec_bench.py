"""A daemon that executes programs for steps, and what is known of its processes."""

import contextlib
import os
import signal
from pathlib import Path

from harness import DaemonTest, Refused


def alive(mark: str, *, as_argument: bool = False) -> list[int]:
    """The processes whose command line holds `mark`: anywhere, as in a script's text, or as an argument of its own."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                line = (entry / "cmdline").read_bytes()
                if mark.encode() in (line.split(b"\0") if as_argument else line):
                    found.append(int(entry.name))
            except OSError:
                pass
    return found


def processor_seconds(pid: int) -> float:
    """The processor time that a process has had: proc(5), `utime` and `stime`."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def blocked(pid: int, thread: int) -> int:
    """The signals that a thread blocks, as the kernel writes them."""
    status = Path(f"/proc/{pid}/task/{thread}/status").read_text()
    return int(next(line.split()[1] for line in status.splitlines() if line.startswith("SigBlk")), 16)


class Bench(DaemonTest):
    """A daemon with a run, and how to ask it for programs."""

    def setUp(self):
        self.mark = f"600.{os.getpid()}{id(self) % 100000}"
        # After the daemon's end, which a test may have brought about in a way that leaves them.
        self.addCleanup(self.end_programs)
        super().setUp()
        self.open()

    def end_programs(self) -> None:
        for pid in alive(self.mark):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def open(self, **more) -> None:
        self.connection = self.daemon.connect()
        self.addCleanup(self.connection.close)
        self.connection.call("resume", run="r", **more)

    def step(self, name: str, *argv: str, wait_ms: int | None = None, step: dict | None = None, **more) -> dict:
        params = {"run": "r", "step": name, "exec": {"argv": list(argv), **more}, **(step or {})}
        if wait_ms is not None:
            params["wait_ms"] = wait_ms
        return self.connection.call("run-step", **params)

    def failure(self, *arguments, **more) -> dict:
        with self.assertRaises(Refused) as caught:
            self.step(*arguments, **more)
        self.assertEqual(caught.exception.kind, "step_failed")
        return caught.exception.data["failure"]

    def begin(self, name: str, *argv: str, **more) -> None:
        with self.assertRaises(Refused) as caught:
            self.step(name, *argv, wait_ms=0, **more)
        self.assertEqual((caught.exception.kind, caught.exception.data["which"]), ("timeout", "wait"))

    def status(self, name: str) -> dict:
        return self.connection.call("step.get", run="r", step=name)
