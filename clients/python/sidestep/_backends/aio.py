"""What the client on asyncio is made of; its connection is in `_loop_link`."""

from __future__ import annotations

import asyncio
import inspect
from asyncio import Lock as Lock
from asyncio import sleep as sleep
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from .._context import STEP
from .._failures import BodyExpired
from ._background import Background as Background
from ._branches import Branches as Branches
from ._branches import follow as follow
from ._loop_link import Link as Link

T = TypeVar("T")

# What is thrown into a body from outside, and says nothing about the body.
CANCELLED: tuple[type[BaseException], ...] = (asyncio.CancelledError,)


async def call_body(
    function: Callable[..., Any], args: Any, kwargs: Any, timeout: float | None
) -> Any:
    """Call the body of a step: an async one on the loop, a plain one in a thread."""
    if timeout is None:
        if _is_async(function):
            return await function(*args, **kwargs)
        return await _call(function, args, kwargs)
    task = asyncio.ensure_future(_call(function, args, kwargs))
    try:
        await asyncio.wait({task}, timeout=timeout)
    except asyncio.CancelledError:
        task.cancel()
        raise
    if not task.done():
        task.cancel()
        await asyncio.wait({task}, timeout=1)
        raise BodyExpired
    return task.result()


def _is_async(function: Any) -> bool:
    # What `inspect` knows more of takes ten calls.
    code = getattr(function, "__code__", None)
    return code is not None and bool(code.co_flags & inspect.CO_COROUTINE)


async def _call(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if _is_async(function) or inspect.iscoroutinefunction(function):
        return await function(*args, **kwargs)
    with STEP.get().run._branches.in_thread(STEP.get().name):
        result = await asyncio.to_thread(function, *args, **kwargs)
    return await result if inspect.isawaitable(result) else result


async def call_workflow(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call the function of a workflow."""
    result = function(*args, **kwargs)
    return await result if inspect.isawaitable(result) else result


async def contained(function: Callable[[Any], Awaitable[None]], run: Any) -> None:
    """Call the function, which raises nothing, for a run that a worker executes.

    It has a task of its own: only when ours is cancelled is the run given up.
    """
    task = asyncio.ensure_future(function(run))
    try:
        await asyncio.wait({task})
    except asyncio.CancelledError:
        run._contained = False
        task.cancel()
        await asyncio.wait({task})
        raise
    task.result()


async def in_thread(function: Callable[..., T], *args: Any) -> T:
    """Call a blocking function beside the loop."""
    return await asyncio.to_thread(function, *args)


def from_thread(awaitable: Awaitable[Any], loop: asyncio.AbstractEventLoop) -> Any:
    """Return the awaitable to a caller on the loop, its result to a caller in another thread.

    A caller on another loop gets an awaitable of its own; what it calls is executed on `loop`.
    """
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run_coroutine_threadsafe(_wrap(awaitable), loop).result()
    if running is loop:
        return awaitable
    return asyncio.wrap_future(asyncio.run_coroutine_threadsafe(_wrap(awaitable), loop))


async def _wrap(awaitable: Awaitable[Any]) -> Any:
    return await awaitable


def check_caller() -> asyncio.AbstractEventLoop:
    """Return the running loop."""
    return asyncio.get_running_loop()


async def aside(function: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """Call the function."""
    return await function(*args)


async def in_slots(function: Callable[..., Awaitable[None]], argument: Any, count: int) -> None:
    """Call the function `count` times at the same time; return when all have returned.

    The first that raises, and our own end, cancel the others and wait for them.
    """
    tasks = [asyncio.ensure_future(function(argument)) for _ in range(count)]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
    for task in tasks:
        if not task.cancelled():
            task.result()
