"""Where the daemon listens, and how it is started when nobody does.

The order: the argument, ``SIDESTEP_SOCKET``, ``$XDG_RUNTIME_DIR/sidestep/sidestep.sock``,
``/run/sidestep/sidestep.sock``, and, without ``XDG_RUNTIME_DIR``, a directory of the user below
the temporary directory. A socket that was named (the first two) is the only one tried, and no
daemon is started for it.
"""

from __future__ import annotations

import os
import socket
import stat
import time

from ._errors import DaemonNotFound

START_SECONDS = 10.0
SYSTEM_SOCKET = "/run/sidestep/sidestep.sock"


class Finder:
    """Knows the sockets to try, and the one at which a daemon may be started."""

    def __init__(self, path: str | os.PathLike[str] | None, autostart: bool | None) -> None:
        named = os.fspath(path) if path is not None else os.environ.get("SIDESTEP_SOCKET")
        if autostart is None:
            autostart = os.environ.get("SIDESTEP_AUTOSTART", "1") != "0"
        if named:
            self.paths = [named]
            self.start_at: str | None = None
            return
        runtime = os.environ.get("XDG_RUNTIME_DIR")
        own = f"{runtime or user_directory()}/sidestep.sock"
        if runtime:
            own = f"{runtime}/sidestep/sidestep.sock"
        self.paths = [own, SYSTEM_SOCKET] if runtime else [SYSTEM_SOCKET, own]
        self.start_at = own if autostart else None

    def trusted(self, path: str) -> str | None:
        """Return why a socket must not be used, or None when it may be."""
        directory = os.path.dirname(path)
        if directory != user_directory():
            return None
        try:
            facts = os.lstat(directory)
        except OSError as error:
            return error.strerror or str(error)
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
            return f"{directory} is not a directory of this user"
        if facts.st_mode & 0o077:
            return f"{directory} is open to other users (mode must be 0700)"
        return None


def user_directory() -> str:
    """Return the directory of this user's daemon below the temporary directory."""
    return f"{(os.environ.get('TMPDIR') or '/tmp').rstrip('/') or '/'}/sidestep-{os.getuid()}"


def start_daemon(path: str) -> None:
    """Start `sidestepd` at `path`, detached, and wait until it accepts.

    A lock file beside the socket makes two starters at the same time start one daemon. Raises
    DaemonNotFound.
    """
    import fcntl

    directory = os.path.dirname(path)
    try:
        os.makedirs(directory, mode=0o700, exist_ok=True)
    except OSError as error:
        raise DaemonNotFound(f"cannot make {directory}: {error.strerror}") from None
    reason = Finder(path, False).trusted(path)
    if reason is not None:
        raise DaemonNotFound(f"cannot start sidestepd: {reason}")
    lock = os.open(f"{directory}/start.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _accepts(path):
            _spawn(path, f"{directory}/sidestepd.log")
    finally:
        os.close(lock)


def _spawn(path: str, log_path: str) -> None:
    import shutil
    import subprocess

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
    # A shell in between exits at once, so that the daemon is nobody's child and leaves no zombie.
    with open(log_path, "ab") as log:
        subprocess.run(
            ["/bin/sh", "-c", '"$@" &', "sh", program, "--user", "--socket", path, "--autostarted"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            cwd="/",
            check=False,
        )
    end = time.monotonic() + START_SECONDS
    while not _accepts(path):
        if time.monotonic() > end:
            raise DaemonNotFound(
                f"{program} was started and does not accept at {path}",
                data={"hint": f"its messages are in {log_path}"},
            )
        time.sleep(0.005)


def _accepts(path: str) -> bool:
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(path)
        except OSError:
            return False
    return True
