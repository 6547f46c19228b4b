"""A daemon for a whole pass of a foreign suite."""

from __future__ import annotations

import atexit
import os

from daemon import Daemon

_started: list[Daemon] = []


def socket() -> str:
    """Return where the daemon of this process answers; it ends with the process."""
    if not _started:
        daemon = Daemon()
        daemon.__enter__()
        os.environ.update(SIDESTEP_SOCKET=daemon.socket, SIDESTEP_AUTOSTART="0")
        _started.append(daemon)
        atexit.register(daemon.__exit__)
    return _started[0].socket
