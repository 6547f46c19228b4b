"""The tasks that a run consists of on asyncio, and which of them wait for which."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from .._context import RUN

# A call that fits no record waits for so long after the last time that another got one, seconds.
_PAUSES = (0.0, 0.0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4)
# Tasks in which nothing but these packages executes keep something running: pools of connections,
# sessions, streams. No step of the user's is called there.
_LIBRARIES = {
    "aiohttp", "anthropic", "anyio", "asyncio", "asyncpg", "fastmcp", "google", "grpc", "h11", "h2",
    "httpcore", "httpx", "langchain_core", "langgraph", "mcp", "openai", "psycopg", "pydantic_ai",
    "pydantic_graph", "redis", "sqlalchemy", "uvloop", "websockets", "wsproto",
}  # fmt: skip

Task = asyncio.Task[Any]
# The tasks from whose calls the calling code comes, the workflow's first.
_CALLERS: ContextVar[tuple[Task, ...]] = ContextVar("sidestep_callers", default=())


class Branches:
    """The tasks of one run, for calls that fit no record: others may yet get theirs."""

    def __init__(self) -> None:
        self._waiting: dict[Task, str] = {}
        self._bodies: dict[str, Task | None] = {}

    @contextmanager
    def in_thread(self, step: str) -> Iterator[None]:
        """Note that the calling task waits for the body of a step, which a thread executes."""
        self._bodies[step] = asyncio.current_task()
        try:
            yield
        finally:
            del self._bodies[step]

    def begin(self) -> None:
        """Note nothing: whoever hands something to a thread waits for it in a task."""

    def end(self, _: object = None) -> None:
        """Note nothing."""

    async def settle(self, run: Any, base: str) -> bool | None:
        """Wait until it is known whether another task will get the record that is left.

        True says that one got a record, False that all others wait for what waits here, None that
        some get on by themselves and got none for a while.
        """
        task, before = asyncio.current_task(), run._calls.given
        assert task is not None
        self._waiting[task] = base
        try:
            for pause in _PAUSES:
                if not self._get_on(run):
                    return False
                await asyncio.sleep(pause)
                if run._calls.given != before:
                    return True
            return None
        finally:
            del self._waiting[task]

    def _get_on(self, run: Any) -> bool:
        """Whether there is a task of the run that does not wait for one that waits here."""
        new = blocked = set(self._waiting)
        left = {task for task in asyncio.all_tasks() if _works_for(task, run)} - blocked
        woken: set[int] = set()
        callers = {caller for task in blocked for caller in _context_of(task).get(_CALLERS, ())}
        while new:
            for task in new:
                woken.update(_woken_by(task))
            new = {t for t in left if self._is_blocked(t, blocked, woken, callers)}
            left, blocked = left - new, blocked | new
        return not all(map(_is_library, left))

    def _is_blocked(
        self, task: Task, blocked: set[Task], woken: set[int], callers: set[Task]
    ) -> bool:
        waits_for = getattr(task, "_fut_waiter", None)
        if waits_for is None:
            return False
        if waits_for in blocked or id(waits_for) in woken:
            return True
        within = [step for step, by in self._bodies.items() if by is task]
        if within:  # of a step in a thread: a call within it waits here
            return any(w.startswith(f"{s}/") for s in within for w in self._waiting.values())
        # What waits here comes of a call that it made, and it makes no other meanwhile.
        return task in callers


def follow() -> None:
    """Note that the calling task belongs to the run; the tasks that it makes come from it."""
    task = asyncio.current_task()
    callers = _CALLERS.get()
    if task is not None and task not in callers[-1:]:
        _CALLERS.set((*callers, task))


def _works_for(task: Task, run: Any) -> bool:
    found = _context_of(task).get(RUN)
    while found is not None and found is not run:
        found = found._parent
    return found is run


def _context_of(task: Task) -> Any:
    if sys.version_info >= (3, 12):
        return task.get_context()
    import gc

    found = [item for item in gc.get_referents(task) if isinstance(item, contextvars.Context)]
    return found[0] if found else {}


def _is_library(task: Task) -> bool:
    packages = {str(frame.f_globals.get("__name__")).partition(".")[0] for frame in _frames(task)}
    return bool(packages) and packages <= _LIBRARIES


def _frames(task: Task) -> Iterator[Any]:
    """Iterate over the frames of a task that waits, from its function to what it waits in."""
    item: Any = task.get_coro()
    for _ in range(1000):
        frame = getattr(item, "cr_frame", None) or getattr(item, "gi_frame", None)
        frame = frame or getattr(item, "ag_frame", None)
        if frame is not None:
            yield frame
        item = getattr(item, "cr_await", None) or getattr(item, "gi_yieldfrom", None)
        if item is None:
            return


def _woken_by(task: Task) -> set[int]:
    """Return the ids of the futures that the end of a task settles: of gather, wait, groups."""
    found: set[int] = set()
    for callback, _ in getattr(task, "_callbacks", None) or ():
        for item in _parts(callback):
            if isinstance(item, asyncio.Queue):
                found.update(map(id, getattr(item, "_getters", ())))
            for future in (item, getattr(item, "_on_completed_fut", None)):
                if isinstance(future, asyncio.Future):
                    found.add(id(future))
    return found


def _parts(callback: Any) -> list[Any]:
    """Return what a callback was made with."""
    if isinstance(callback, functools.partial):
        return [*callback.args, *_parts(callback.func)]
    held = [getattr(callback, "__self__", None)]
    for cell in getattr(callback, "__closure__", None) or ():
        try:
            held.append(cell.cell_contents)
        except ValueError:  # not filled yet
            pass
    return held
