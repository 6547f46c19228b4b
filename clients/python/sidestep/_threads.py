"""Threads that a workflow uses: what is handed to a pool belongs to the run as the caller does."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from typing import Any

from ._context import RUN, STEP
from ._entering import enter, leave
from ._inside import branches

_installed = False


def install() -> None:
    """Have pools of threads take along which run the caller works for; called by every run.

    `ThreadPoolExecutor.submit` serves `map`, `loop.run_in_executor` and `asyncio.to_thread` as
    well. A thread that a workflow starts by itself may outlive the run and work for others: it is
    marked, and a step that is called in it says what to do, instead of going unrecorded.
    """
    global _installed
    if _installed:
        return
    _installed = True
    from concurrent.futures import ThreadPoolExecutor

    submit, start = ThreadPoolExecutor.submit, threading.Thread.start

    def submit_for_run(self: Any, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        run = RUN.get()
        if run is None:
            return submit(self, fn, *args, **kwargs)
        branches(run).begin()
        # Not what starts the pool's own threads: they work for others later.
        token = RUN.set(None)
        try:
            future = submit(self, _carrying(run, STEP.get(), fn), *args, **kwargs)
        except BaseException:
            branches(run).end()
            raise
        finally:
            RUN.reset(token)
        future.add_done_callback(branches(run).end)
        return future

    def start_for_run(self: Any) -> None:
        run = RUN.get()
        if run is not None:
            self._sidestep_run = weakref.ref(run)
        start(self)

    ThreadPoolExecutor.submit = submit_for_run  # type: ignore[method-assign]
    threading.Thread.start = start_for_run  # type: ignore[method-assign]


def _carrying(run: Any, step: Any, function: Callable[..., Any]) -> Callable[..., Any]:
    def carried(*args: Any, **kwargs: Any) -> Any:
        entered = enter(run, step)
        try:
            return function(*args, **kwargs)
        finally:
            leave(entered)

    return carried


def refuse_stray(step: str) -> None:
    """Raise RuntimeError when a thread calls a step that a workflow has started by itself."""
    marked = getattr(threading.current_thread(), "_sidestep_run", None)
    run = None if marked is None else marked()
    if run is None or run.closed:
        return
    raise RuntimeError(
        f"the step {step} is called in a thread that run {run.id} has started and that does not"
        " belong to it, so it would not be recorded; use a ThreadPoolExecutor or"
        " asyncio.to_thread, or start the thread with contextvars.copy_context().run as its target"
    )
