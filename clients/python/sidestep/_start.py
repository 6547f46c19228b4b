"""Starting the user's daemon: one for all who want it at the same time."""

from __future__ import annotations

import os
import socket
import sys
import time

from ._errors import DaemonNotFound
from ._places import Places

START_SECONDS = 10.0


def start_daemon(places: Places, path: str, database: str) -> None:
    """Start `sidestepd` at `path`, detached, wait until it accepts, and say so.

    A lock file beside the socket makes two starters at the same time start one daemon. Raises
    DaemonNotFound.
    """
    import fcntl

    directory = os.path.dirname(path)
    if path == places.standard_socket:
        try:
            os.mkdir(directory, 0o700)
        except FileExistsError:
            pass
        except OSError as error:
            raise DaemonNotFound(f"cannot make {directory}: {error.strerror}") from None
    reason = places.distrust(path)
    if reason is not None:
        raise DaemonNotFound(f"no daemon is started: {reason}")
    flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW
    lock = os.open(f"{directory}/start.lock", flags, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _accepts(path):
            log = f"{directory}/sidestepd.log"
            _spawn(path, log)
            _announce(f"{places.name}: socket {path}, database {database}, log {log}")
    finally:
        os.close(lock)


def _announce(text: str) -> None:
    # A daemon that was not asked for is no secret: its files decide which runs there are.
    if os.environ.get("SIDESTEP_AUTOSTART") != "quiet" and sys.stderr is not None:
        print(f"sidestep: started a daemon for {text}", file=sys.stderr, flush=True)


def daemon_program() -> str:
    """Return the path of `sidestepd`: SIDESTEPD, the search path, that of a wheel.

    Raises DaemonNotFound.
    """
    import shutil

    bundled = os.path.join(os.path.dirname(__file__), "bin", "sidestepd")
    program = os.environ.get("SIDESTEPD") or shutil.which("sidestepd")
    if program is None and os.access(bundled, os.X_OK):
        program = bundled
    if program is None:
        raise DaemonNotFound(
            "sidestepd is not installed",
            data={
                "hint": "`make install` in Sidestep's sources installs it, or `make wheel` makes a "
                f"wheel that carries it; tried SIDESTEPD, PATH and {bundled}"
            },
        )
    return program


def _spawn(path: str, log_path: str) -> None:
    import subprocess

    program = daemon_program()
    # A shell in between exits at once, so that the daemon is nobody's child and leaves no zombie.
    script = '"$@" </dev/null >&2 & echo $!'
    with open(log_path, "ab") as log:
        begin = log.tell()
        started = subprocess.run(
            ["/bin/sh", "-c", script, "sh", program, "--user", "--autostarted", "--socket", path],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=log,
            start_new_session=True,
            cwd="/",
            check=False,
        )
    pid = int(started.stdout or 0)
    end = time.monotonic() + START_SECONDS
    while not _accepts(path):
        if not _lives(pid):
            raise DaemonNotFound(
                f"{program} ended at once: {_last_words(log_path, begin)}",
                data={"hint": f"its messages are in {log_path}"},
            )
        if time.monotonic() > end:
            raise DaemonNotFound(
                f"{program} was started and does not accept at {path}",
                data={"hint": f"its messages are in {log_path}"},
            )
        time.sleep(0.005)


def _lives(pid: int) -> bool:
    """Return whether a process has not ended; its corpse stays where nobody waits for orphans."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:
            return file.read().rpartition(b") ")[2][:1] not in (b"Z", b"X")
    except OSError:
        return pid > 0 and not os.path.exists("/proc/self/stat")


def _last_words(log_path: str, begin: int) -> str:
    """Return the last line that was written to a log since then."""
    try:
        with open(log_path, "rb") as file:
            file.seek(begin)
            lines = file.read(1 << 16).decode(errors="replace").splitlines()
    except OSError:
        lines = []
    return lines[-1] if lines else "it said nothing"


def _accepts(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
