"""A program that dies at a step: a process of its own, and SIGKILL."""

from __future__ import annotations

import os
import signal
import time
import traceback
import warnings
from collections.abc import Callable
from typing import Any, Literal

from .. import sync
from .._aio import _step as _aio_step
from .._sync import _step as _sync_step
from ._ends import to_its_end

Moment = Literal["begun", "done", "recorded"]

# How long the daemon may take to see the death, seconds.
_PATIENCE = 30.0


def crash_at(
    step: str, function: Callable[..., Any], *args: Any, moment: Moment = "done", **kwargs: Any
) -> None:
    """Call `function` in a child of this process that is killed at a step; return when it is dead.

    `step` is the name that the step has on record. `moment` is the worst by default: ``done``, the
    body has done its work and nothing of it is recorded; ``begun`` is before the body, ``recorded``
    behind the record. Then call `function` here, as the next start of the program would, and look
    at what was done. Coroutine functions and asynchronous workflows get an event loop.

    Raises AssertionError when the function ends before the step comes to that moment.
    """
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        # A child that is made beside threads may hang in their locks; this one makes its own.
        warnings.simplefilter("ignore", DeprecationWarning)
        child = os.fork()
    if child == 0:
        os.close(reader)
        _live(writer, step, moment, function, args, kwargs)
    os.close(writer)
    with os.fdopen(reader, "rb") as words:
        said = words.read().decode(errors="replace")
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
        how = said or "it returned"
        raise AssertionError(f"the program did not come to `{step}` ({moment}): {how}")
    _wait_for_daemon(child)


def _live(
    words: int, step: str, moment: Moment, function: Callable[..., Any], args: Any, kwargs: Any
) -> None:
    """Be the child: never returns."""
    try:
        _set(_aio_step.StepExecution, step, moment)
        _set(_sync_step.StepExecution, step, moment)
        to_its_end(function(*args, **kwargs))
    except BaseException:
        os.write(words, traceback.format_exc(limit=-5).encode())
    finally:
        os._exit(1)


def _set(execution: Any, step: str, moment: Moment) -> None:
    """Have all executions of steps in this process look for the moment."""
    # What is recorded is kept in the journal of the process, by no coroutine.
    name = {"begun": "_body", "done": "complete", "recorded": "_keep"}[moment]
    original = getattr(execution, name)

    def die(self: Any) -> None:
        if self.name == step:
            os.kill(os.getpid(), signal.SIGKILL)

    def before(self: Any, *args: Any, **kwargs: Any) -> Any:
        die(self)
        return original(self, *args, **kwargs)

    def behind(self: Any, *args: Any, **kwargs: Any) -> Any:
        found = original(self, *args, **kwargs)
        die(self)
        return found

    setattr(execution, name, behind if moment == "recorded" else before)


def _wait_for_daemon(process: int) -> None:
    """Return when the daemon has seen the death: the next start finds the runs free."""
    end = time.monotonic() + _PATIENCE
    with sync.connect() as client:
        while any(_owner(run) == process for run in client.runs(status="running")):
            assert time.monotonic() < end, f"the daemon has not seen the end of process {process}"
            time.sleep(0.005)


def _owner(run: dict[str, Any]) -> Any:
    return (run.get("owner") or {}).get("pid")
