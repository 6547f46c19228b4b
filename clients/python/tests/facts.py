"""Tests wait for facts, never for a time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

# Seconds that only a hang takes.
_BOUND = 60.0
_PAUSE = 0.002


def until(fact: Callable[[], Any]) -> Any:
    """Wait until the fact is true, and return it."""
    end = time.monotonic() + _BOUND
    while not (value := fact()):
        assert time.monotonic() < end, "it does not come true"
        time.sleep(_PAUSE)
    return value


async def until_async(fact: Callable[[], Awaitable[Any]]) -> Any:
    """Wait until what the coroutine function returns is true, and return it."""
    end = time.monotonic() + _BOUND
    while not (value := await fact()):
        assert time.monotonic() < end, "it does not come true"
        await asyncio.sleep(_PAUSE)
    return value
