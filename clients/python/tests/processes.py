"""Processes that a test kills: forked, so that what they use is imported already."""

from __future__ import annotations

import os
import signal
import traceback
from collections.abc import Callable
from typing import Any


def die() -> None:
    """Kill the calling process with SIGKILL."""
    os.kill(os.getpid(), signal.SIGKILL)


def in_child(function: Callable[[], Any]) -> str:
    """Call the function in a child process; return ``done``, ``failed`` or ``killed``."""
    status, _ = child_says(lambda _: function())
    if status == -signal.SIGKILL:
        return "killed"
    return "done" if status == 0 else "failed"


def child_says(function: Callable[[Callable[[str], Any]], Any]) -> tuple[int, str]:
    """Call the function in a child process with what says a text to the parent.

    Returns the exit status, -signal when it was killed, and what was said.
    """
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            function(lambda text: os.write(writing, text.encode()))
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said = pipe.read()
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), said
