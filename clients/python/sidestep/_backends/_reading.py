"""Who reads the replies of a connection on threads.

Callers read their replies themselves, one of them at a time, so a step costs no change of
threads: whoever finds nobody reading leads, reads until its own reply is there and passes the lead
on.

An interrupt may come between any two calls (Control-C, a handler that raises). It ends the
connection, since what was read by halves cannot be told, and never leaves anything locked: only
locks of the interpreter's own are used, by `with`, which no interrupt divides; the conditions,
events, semaphores and starts of threads of `threading` are Python, and it does divide these.
"""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from .._errors import TimeoutExpired
from .._wire import CHUNK, LineBuffer

# Seconds between two moments at which a thread that sleeps looks up, to be interrupted.
LOOK_UP = 0.2

# What a thread is told about itself: `looks_up` when an interrupt reaches it between calls alone.
HERE = threading.local()

# What is done with the reply to a request that was given up.
Late = Callable[[dict[str, Any]], object]


class Waiting:
    """Somebody who waits for a reply, asleep until the reply or the lead is there."""

    __slots__ = ("done", "message", "waits", "woken")

    def __init__(self) -> None:
        self.waits = False
        self.done = False
        self.message: dict[str, Any] | None = None
        self.woken = threading.Lock()
        self.woken.acquire()

    def wake(self) -> None:
        """Let the sleeper look again; only the one who leads calls this."""
        if self.woken.locked():
            self.woken.release()


class Reader:
    """The half of a connection that reads; `Link` writes as well."""

    def __init__(self, peer: socket.socket, heard: Callable[[dict[str, Any]], None]) -> None:
        self.alive = True
        self._socket = peer
        self._heard = heard
        self._lines = LineBuffer()
        self._waiting: dict[int, Waiting] = {}
        self._late: dict[int, Late] = {}
        # Who reads; held for a moment to decide who does.
        self._leading = threading.Lock()
        self._leader: Waiting | None = None
        self._watcher = Waiting()

    def _wait(self, waiting: Waiting, timeout: float | None) -> None:
        """Read when nobody else does, else sleep until somebody has read the reply."""
        end = None if timeout is None else time.monotonic() + timeout
        interrupt: BaseException | None = None
        try:
            while not waiting.done:
                if self._leads(waiting):
                    self._read(waiting, timeout, end)
                elif not waiting.woken.acquire(timeout=_span(end)) and _left(end) == 0:
                    raise _expired(timeout)
        except TimeoutExpired:
            raise
        except BaseException:  # interrupted, perhaps with what was read in hand
            self.alive = False
            raise
        finally:
            while waiting.waits:
                try:
                    self._leave(waiting)
                except BaseException as error:  # another interrupt: after this is done
                    interrupt = error
            if interrupt is not None:
                raise interrupt

    def _leads(self, waiting: Waiting) -> bool:
        with self._leading:
            waiting.waits = True
            if self._leader is None and not waiting.done:
                self._leader = waiting
            return self._leader is waiting

    def _leave(self, waiting: Waiting) -> None:
        """Wait no more, and let another one read; interrupted, it is called again."""
        if not self.alive:
            self._end()
        with self._leading:
            if self._leader is waiting:
                alone = self.alive and len(self._waiting) == 1
                heir = None if alone else self._heir(waiting)
                if heir is not None:
                    heir.wake()
                self._leader = heir
            waiting.waits = False

    def _heir(self, waiting: Waiting) -> Waiting | None:
        if not self.alive:
            return self._watcher
        for one in list(self._waiting.values()):
            if one.waits and not one.done and one is not waiting:
                return one
        return None

    def _read(self, waiting: Waiting, timeout: float | None, end: float | None) -> None:
        if end is not None or hasattr(HERE, "looks_up"):
            self._wait_for_data(timeout, end)
        try:
            data = self._socket.recv(CHUNK)
        except OSError:
            data = b""
        if not data:
            self._end()
            self._tell_all()
            return
        for message in self._lines.feed(data):
            if "method" in message:
                self._heard(message)
                continue
            found = self._waiting.get(message.get("id") or 0)
            if found is not None:
                found.message = message
                found.done = True
                if found is not waiting:
                    found.wake()
            # After the message: whoever gives up looks in the other order.
            if self._late and (late := self._late.pop(message.get("id") or 0, None)) is not None:
                late(message)

    def _wait_for_data(self, timeout: float | None, end: float | None) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        while True:
            left = _left(end)
            # An exception that another thread raises here comes between two calls of the system.
            span = LOOK_UP if left is None else min(left, LOOK_UP)
            if poll.poll(span * 1000):
                return
            if left is not None and left <= span:
                raise _expired(timeout)

    def _tell_all(self) -> None:
        for waiting in list(self._waiting.values()):
            waiting.done = True
            waiting.wake()

    def _lead_for_good(self) -> None:
        """Tell everybody that nothing comes any more; nobody reads from now on."""
        self.alive = False
        while not self._leads(self._watcher):
            self._watcher.woken.acquire()
        self._tell_all()

    def _end(self) -> None:
        # The watcher hears the shutdown, tells the client and closes the socket.
        self.alive = False
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass


def _left(end: float | None) -> float | None:
    return None if end is None else max(0.0, end - time.monotonic())


def _span(end: float | None) -> float:
    """Return for how many seconds to sleep at once, as a lock takes it."""
    longest = LOOK_UP if hasattr(HERE, "looks_up") else threading.TIMEOUT_MAX
    left = _left(end)
    return longest if left is None else min(longest, left)


def _expired(timeout: float | None) -> TimeoutExpired:
    return TimeoutExpired(f"no reply within {timeout} s", data={"which": "call"})
