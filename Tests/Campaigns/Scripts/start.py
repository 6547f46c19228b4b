"""One start of a script."""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import signal
import subprocess
import termios
import time
from typing import Any

from verdict import Wrong

#: What only a hang takes, seconds.
HANG = 120

#: After so many seconds Ctrl-C is pressed once more. bash forgets one that comes while a `$(…)` ends by itself: it takes it that the
#: command has dealt with it. A loop of nothing but `x=$(printf a)` loses 8 of 300.
AGAIN = 3


class Start:
    """A start of a round's script as the leader of a session: with a terminal, whose end would hang up on all of it, or
    without one, as cron starts it."""

    def __init__(self, owner: Any, at_terminal: bool) -> None:
        self.owner = owner
        self.is_pressed = False
        self.terminal, side = pty.openpty() if at_terminal else (None, os.open("/dev/null", os.O_RDWR))
        self.error = owner.place / f"error-{time.monotonic_ns()}"
        with self.error.open("wb") as error:
            self.process = subprocess.Popen(
                [owner.shell, str(owner.place / "script")],
                env=owner.environment,
                cwd=owner.place,
                stdin=side,
                stdout=subprocess.DEVNULL,
                stderr=error,
                start_new_session=True,
                preexec_fn=lambda: self.as_a_person(at_terminal),
            )
        os.close(side)

    @staticmethod
    def as_a_person(at_terminal: bool) -> None:
        # Who runs the campaign in the background may have left it ignored: then a shell would not die of Ctrl-C.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        if at_terminal:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)

    @property
    def errors(self) -> str:
        return self.error.read_text(errors="replace")

    def kill(self, how: str) -> bool:
        """Kill it; whether it was there to be killed."""
        if self.process.poll() is not None:
            return False
        if how == "script":
            self.process.kill()
        elif how == "group":
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.press()
        return True

    def press(self) -> None:
        if self.terminal is not None:
            self.is_pressed = True
            os.write(self.terminal, b"\x03")

    def end(self) -> int:
        try:
            for _ in range(HANG // AGAIN):
                with contextlib.suppress(subprocess.TimeoutExpired):
                    return self.process.wait(AGAIN)
                if self.is_pressed:
                    self.press()
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            raise Wrong(f"the script does not end: {self.errors}")
        finally:
            if self.terminal is not None:
                os.close(self.terminal)
