"""Programs of both worlds, executed to their end."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any


def to_its_end(found: Any) -> None:
    """Wait for what a call has returned, in an event loop of its own, if it is to be awaited."""
    if inspect.isawaitable(found):
        asyncio.run(_awaited(found))


async def _awaited(found: Any) -> None:
    await found
