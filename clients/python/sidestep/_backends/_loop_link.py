"""The connection on asyncio."""

from __future__ import annotations

import asyncio
import os
from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any

from .._autostart import listener
from .._errors import TimeoutExpired
from .._wire import CHUNK, IN_FLIGHT, LineBuffer, LinkLost, Notice, request, written

# Seconds between two looks at what is kept for the next line: what is there at the second one is
# written. The daemon itself waits 25 ms for the outcome of a begin before it writes it.
_TICK = 0.0025

_OTHER_LOOP = (
    "this client belongs to another event loop; connect in each loop, or hand the call to the"
    " client's: asyncio.run_coroutine_threadsafe(…, loop)"
)

_background: set[asyncio.Future[None]] = set()

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
        # Replies to callers that are being cancelled, and have not heard of that yet.
        self._missed: dict[int, dict[str, Any]] = {}
        # What waits for the next line, in its order, and the first of it at the last look.
        self._held: list[Notice] = []
        self._oldest: Notice | None = None
        self._ticks = False
        # How many more requests may be without a reply, and who waits for that.
        self._places = IN_FLIGHT
        self._queue: deque[asyncio.Future[None]] = deque()

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
        if hasattr(transport, "max_size"):  # of asyncio's own loops
            transport.max_size = CHUNK
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
            if future is not None:
                if future.done():
                    self._missed[identifier] = message
                else:
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
            _in_background(self._lost())

    # Writing

    def post(self, line: bytes) -> None:
        """Write a line, behind what waits for one."""
        if not self.alive:
            raise LinkLost
        if self._held:
            line = written(self._held) + line
            self._held.clear()
        self._transport.write(line)

    def hold(self, notice: Notice) -> bool:
        """Keep what has no reply for the next line, or for some milliseconds.

        False when the connection has ended.
        """
        if not self.alive:
            return False
        self._held.append(notice)
        if not self._ticks:
            self._ticks = True
            self._loop.call_later(_TICK, self._look)
        return True

    def withdraw(self, notice: Notice) -> bool:
        """Take back what was kept; False when it has been written."""
        for place, one in enumerate(self._held):
            if one is notice:
                del self._held[place]
                return True
        return False

    def _look(self) -> None:
        """Write what was here at the last look already."""
        if self._held and self._held[0] is self._oldest:
            self._flush()
        self._oldest = self._held[0] if self._held else None
        self._ticks = self._oldest is not None
        if self._ticks:
            self._loop.call_later(_TICK, self._look)

    def _flush(self) -> None:
        if self._held and self.alive:
            self.post(b"")
        self._held.clear()

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
            raise RuntimeError(_OTHER_LOOP)
        if self._places:
            self._places -= 1
        else:
            await self._line_up()
        future: asyncio.Future[dict[str, Any]] = self._loop.create_future()
        try:
            self.post(line)
            self._waiting[identifier] = future
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
            self._make_room()

    async def _line_up(self) -> None:
        """Wait for a place, behind those who wait already."""
        turn: asyncio.Future[None] = self._loop.create_future()
        self._queue.append(turn)
        try:
            await turn
        except BaseException:
            if turn.done() and not turn.cancelled():
                self._make_room()  # it had got one
            raise

    def _make_room(self) -> None:
        while self._queue:
            turn = self._queue.popleft()
            if not turn.done():
                turn.set_result(None)
                return
        self._places += 1

    def _give_up(
        self, identifier: int, future: asyncio.Future[dict[str, Any]], late: Late | None
    ) -> None:
        message = self._missed.pop(identifier, None)
        if message is None and future.done() and not future.cancelled():
            if future.exception() is not None:
                return
            message = future.result()
        if message is not None:
            if late is not None:
                self._tell_late(late, message)
            return
        if not self.alive:
            return
        if late is not None:
            self._late[identifier] = late
        self.post(request(None, "rpc.cancel", {"id": identifier}))

    def _tell_late(self, late: Late, message: dict[str, Any]) -> None:
        back = late(message)
        if back is not None:
            _in_background(back)

    # The end

    def left(self) -> list[Notice]:
        """Return what a connection that has ended did not write: it is for the next one."""
        return self._held

    def listener(self) -> int | None:
        """Return the uid of whoever listens."""
        return listener(self._transport.get_extra_info("socket"))

    async def close(self) -> None:
        """End the connection; nobody is told."""
        self._flush()
        self.alive = False
        self._transport.close()
        await asyncio.sleep(0)

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


def _in_background(coroutine: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(coroutine)
    _background.add(task)
    task.add_done_callback(_background.discard)
