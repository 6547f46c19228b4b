"""What a task does on its own."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Generic, TypeVar

from .._failures import still_going

T = TypeVar("T")


class Background(Generic[T]):
    """Something that a task of its own does."""

    def __init__(self, function: Callable[..., Awaitable[T]], *args: Any) -> None:
        self._task = asyncio.ensure_future(function(*args))
        # How it ended is on record, whoever asks for it here.
        self._task.add_done_callback(lambda task: task.cancelled() or task.exception())

    async def result(self, timeout: float | None) -> T:
        """Return what it returns, or raise what it raises; the time-out leaves it going on."""
        await asyncio.wait({self._task}, timeout=timeout)
        if not self._task.done():
            raise still_going(timeout)
        return self._task.result()
