"""A real daemon for tests, on a socket and a database of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING

from .. import sync
from .._errors import DaemonNotFound
from .._start import daemon_program
from .._times import milliseconds

if TYPE_CHECKING:
    from .._times import Span

# What only a daemon that hangs takes to start or to end, seconds.
_PATIENCE = 30.0


class Daemon:
    """A daemon in a folder of its own, whose time tests move; its database outlives a kill.

    As a context manager it is started, and is gone with its folder afterwards. Programs find it by
    `environment`; the fixtures set that for the test's own process.
    """

    def __init__(self, folder: str | os.PathLike[str] | None = None) -> None:
        self._is_ours = folder is None
        # A socket's path has 107 bytes at most: unix(7).
        self.folder = Path(folder or tempfile.mkdtemp(prefix="sidestep-"))
        self.socket = str(self.folder / "s")
        self.database = self.folder / "sidestep.db"
        self.log = self.folder / "log"
        self._process: subprocess.Popen[bytes] | None = None
        self._passed = 0

    def __enter__(self) -> Daemon:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        if self._is_ours:
            shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """What programs need in their environment to find this daemon, and to start no other."""
        return {"SIDESTEP_SOCKET": self.socket, "SIDESTEP_AUTOSTART": "0"}

    @property
    def is_running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start it, and wait until it answers; nothing where it runs already.

        Raises DaemonNotFound when no `sidestepd` is installed or it does not start.
        """
        if self.is_running:
            return
        command = [daemon_program(), "--user", "--socket", self.socket]
        command += ["--database", str(self.database), "--test-time", str(self._passed)]
        # Not the configuration of whoever runs the tests.
        command += ["--config", os.devnull]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )
        end = time.monotonic() + _PATIENCE
        while not self._answers():
            if not self.is_running or time.monotonic() > end:
                words = self.log.read_text(errors="replace")[-2000:]
                raise DaemonNotFound(f"sidestepd does not start: {words}")
            time.sleep(0.005)

    def kill(self) -> None:
        """End it by SIGKILL, as a crash of the machine would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it by SIGTERM: it answers what it has read."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Kill it and start it again, at the time that it had."""
        self.kill()
        self.start()

    def connect(self) -> sync.Client:
        """Return a client on a connection of its own."""
        return sync.connect(self.socket, autostart=False)

    def advance(self, span: Span) -> datetime:
        """Let so many seconds pass for the daemon; return what time it is there then.

        Sleeps, time-outs, back-offs, schedules and leases that are due then are done as if the
        machine had slept meanwhile (``system.advance``). What lives in a client goes by the time
        of its process: the time-out of a body, patience.
        """
        with self.connect() as client:
            now = client.system.advance(span)
        self._passed += milliseconds(span)
        return datetime.fromtimestamp(now / 1000, timezone.utc)

    def _end(self, number: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.send_signal(number)
        try:
            process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise RuntimeError(f"sidestepd did not end within {_PATIENCE:g} s") from None

    def _answers(self) -> bool:
        try:
            with self.connect() as client:
                client.system.ping()
        except DaemonNotFound:
            return False
        return True
