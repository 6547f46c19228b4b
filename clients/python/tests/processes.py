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
    pid = os.fork()
    if pid == 0:
        try:
            function()
            os._exit(0)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status):
        return "killed" if os.WTERMSIG(status) == signal.SIGKILL else "failed"
    return "done" if os.waitstatus_to_exitcode(status) == 0 else "failed"
