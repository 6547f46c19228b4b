"""The connection on asyncio."""

from __future__ import annotations

import asyncio
import inspect
import os
from asyncio import Lock as Lock
from asyncio import sleep as sleep
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from .._autostart import listener
from .._context import STEP
from .._errors import TimeoutExpired
from .._failures import BodyExpired
from .._wire import IN_FLIGHT, LineBuffer, LinkLost, request
from ._background import Background as Background
from ._branches import Branches as Branches
from ._branches import follow as follow

# Seconds that a line without a reply waits for the next one; the daemon itself waits 25 ms for the
# outcome of a begin before it writes it.
_HOLD = 0.005
T = TypeVar("T")
_background: set[asyncio.Future[None]] = set()

# What is thrown into a body from outside, and says nothing about the body.
CANCELLED: tuple[type[BaseException], ...] = (asyncio.CancelledError,)


# What is done with the reply to a request that was given up: what it returns is waited for.
Late = Callable[[dict[str, Any]], "Coroutine[Any, Any, None] | None"]


class Link(asyncio.Protocol):
    """One connection: lines out, replies back to the callers that wait for them."""

    def __init__(
        self,
        lost: Callable[[], Coroutine[Any, Any, None]],
        heard: Callable[[dict[str, Any]], None],
    ) -> None:
        self.alive = False
        self._lost = lost
        self._heard = heard
        self._lines = LineBuffer()
        self._waiting: dict[int, asyncio.Future[dict[str, Any]]] = {}
        self._late: dict[int, Late] = {}
        self._held: list[bytes] = []
        self._flushing: asyncio.TimerHandle | None = None
        self._slots = asyncio.Semaphore(IN_FLIGHT)

    @classmethod
    async def open(
        cls,
        path: str,
        lost: Callable[[], Coroutine[Any, Any, None]],
        heard: Callable[[dict[str, Any]], None],
    ) -> Link:
        """Connect to the socket at `path`.

        `lost` runs once when the connection ends, `heard` for each notification of the daemon.
        """
        loop = asyncio.get_running_loop()
        _, link = await loop.create_unix_connection(lambda: cls(lost, heard), path)
        return link

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport (asyncio calls this)."""
        self._transport: Any = transport  # uvloop's are no subclass of asyncio.Transport
        self._loop = asyncio.get_running_loop()
        self.alive = True

    def data_received(self, data: bytes) -> None:
        """Hand replies to their callers (asyncio calls this)."""
        for message in self._lines.feed(data):
            if "method" in message:
                self._heard(message)
                continue
            identifier = message.get("id") or 0
            future = self._waiting.pop(identifier, None)
            if future is not None and not future.done():
                future.set_result(message)
            elif (late := self._late.pop(identifier, None)) is not None:
                self._tell_late(late, message)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell everybody who waits (asyncio calls this)."""
        was_alive, self.alive = self.alive, False
        for future in self._waiting.values():
            if not future.done():
                future.set_exception(LinkLost())
        self._waiting.clear()
        if was_alive:
            task = asyncio.ensure_future(self._lost())
            _background.add(task)
            task.add_done_callback(_background.discard)

    async def post(self, line: bytes) -> None:
        """Write a line that has no reply: with the next request, or after `_HOLD` seconds."""
        if not self.alive:
            raise LinkLost
        if not self._held:
            self._flushing = self._loop.call_later(_HOLD, self._flush)
        self._held.append(line)

    def withdraw(self, line: bytes) -> bool:
        """Take a line that was posted back; False when it is written already."""
        if line not in self._held:
            return False
        self._held.remove(line)
        return True

    async def call(
        self,
        identifier: int,
        line: bytes,
        timeout: float | None,
        late: Late | None,
    ) -> dict[str, Any]:
        """Write a request and wait for its reply.

        A caller that leaves before gives the request up; `late` is called with a reply that comes
        all the same.
        """
        if self._loop is not asyncio.get_running_loop():
            raise RuntimeError(
                "this client belongs to another event loop; connect in each loop, or hand the call"
                " to the client's: asyncio.run_coroutine_threadsafe(…, loop)"
            )
        await self._slots.acquire()
        future: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        try:
            if not self.alive:
                raise LinkLost
            self._waiting[identifier] = future
            self._held.append(line)
            self._flush()
            if timeout is None:
                return await future
            try:
                return await asyncio.wait_for(future, timeout)
            except asyncio.TimeoutError:
                raise TimeoutExpired(
                    f"no reply within {timeout} s", data={"which": "call"}
                ) from None
        except LinkLost:
            raise
        except BaseException:
            self._give_up(identifier, future, late)
            raise
        finally:
            self._waiting.pop(identifier, None)
            self._slots.release()

    def _give_up(
        self, identifier: int, future: asyncio.Future[dict[str, Any]], late: Late | None
    ) -> None:
        if future.done() and not future.cancelled():
            if late is not None and future.exception() is None:
                self._tell_late(late, future.result())
            return
        if not self.alive:
            return
        if late is not None:
            self._late[identifier] = late
        self._held.append(request(None, "rpc.cancel", {"id": identifier}))
        self._flush()

    def _tell_late(self, late: Late, message: dict[str, Any]) -> None:
        back = late(message)
        if back is not None:
            task = asyncio.ensure_future(back)
            _background.add(task)
            task.add_done_callback(_background.discard)

    def _flush(self) -> None:
        if self._flushing is not None:
            self._flushing.cancel()
            self._flushing = None
        if self._held and self.alive:
            self._transport.write(b"".join(self._held))
        self._held.clear()

    def listener(self) -> int | None:
        """Return the uid of whoever listens."""
        return listener(self._transport.get_extra_info("socket"))

    async def close(self) -> None:
        """End the connection; nobody is told."""
        self._flush()
        self.alive = False
        self._transport.close()
        await sleep(0)

    def leave(self) -> None:
        """Let go of a connection that is another process's, and of a loop that is not ours.

        The loop's own descriptor is shared with the parent, so the transport is left as it is; its
        number stays taken, by something else.
        """
        self.alive = False
        self._held.clear()
        socket = self._transport.get_extra_info("socket")  # None: uvloop's after its end
        number = -1 if socket is None else socket.fileno()
        if number >= 0:
            with open(os.devnull, "rb") as nothing:
                os.dup2(nothing.fileno(), number, inheritable=False)


async def call_body(
    function: Callable[..., Any], args: Any, kwargs: Any, timeout: float | None
) -> Any:
    """Call the body of a step: an async one on the loop, a plain one in a thread."""
    if timeout is None:
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


async def _call(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    if inspect.iscoroutinefunction(function):
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
