"""A real daemon for tests, on a socket and a database of its own."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


def find_daemon() -> str:
    """Return `sidestepd`: SIDESTEPD, the build of this checkout, else the search path."""
    for candidate in (
        os.environ.get("SIDESTEPD"),
        ROOT / ".build/release/sidestepd",
        ROOT / ".build/debug/sidestepd",
        shutil.which("sidestepd"),
    ):
        if candidate and os.access(candidate, os.X_OK):
            return str(candidate)
    raise SystemExit("no sidestepd: build it (swift build --product sidestepd) or set SIDESTEPD")


class Daemon:
    """Starts, kills and stops a daemon; the database outlives it."""

    def __init__(self, directory: str | None = None, flags: tuple[str, ...] = ()) -> None:
        self.program = find_daemon()
        self.flags = flags
        self._owned = directory is None
        self.directory = Path(directory or tempfile.mkdtemp(prefix="sidestep-test-"))
        self.socket = str(self.directory / "s.sock")
        self.database = self.directory / "sidestep.db"
        self.log = self.directory / "sidestepd.log"
        self.process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Daemon:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._owned:
            shutil.rmtree(self.directory, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """The environment for clients: this socket, and no other daemon."""
        return {**os.environ, "SIDESTEP_SOCKET": self.socket, "SIDESTEP_AUTOSTART": "0"}

    def start(self) -> None:
        """Start it and wait until it accepts."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    self.program,
                    "--socket",
                    self.socket,
                    "--database",
                    str(self.database),
                    *self.flags,
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        end = time.monotonic() + 120
        while not self._accepts():
            if self.process.poll() is not None or time.monotonic() > end:
                raise RuntimeError(f"sidestepd does not start: {self.log.read_text()[-2000:]}")
            time.sleep(0.002)

    def kill(self) -> None:
        """SIGKILL."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """SIGTERM, and wait."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """SIGKILL, and start again."""
        self.kill()
        self.start()

    def _end(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)
            try:
                self.process.wait(timeout=60)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
                raise RuntimeError("sidestepd ignored SIGTERM") from None
            self.process = None

    def _accepts(self) -> bool:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
            try:
                probe.connect(self.socket)
            except OSError:
                return False
        return True
