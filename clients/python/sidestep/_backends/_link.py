"""The connection on threads.

Callers read their replies themselves, one of them at a time, so a step costs no change of
threads: whoever finds nobody reading leads, reads until its own reply is there and passes the lead
on. A thread beside them only waits for the hang-up: the client notices a lost connection while
user code blocks, and takes its leases to a new one within the daemon's grace.

An interrupt may come between any two calls (Control-C, a handler that raises). It ends the
connection, since what was read or written by halves cannot be told, and never leaves anything
locked: only locks of the interpreter's own are used, by `with`, which no interrupt divides; the
conditions, events and semaphores of `threading` are Python, and it does divide these.
"""

from __future__ import annotations

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable
from time import sleep
from typing import Any

from .._autostart import listener
from .._errors import TimeoutExpired
from .._wire import IN_FLIGHT, LineBuffer, LinkLost, request

_CHUNK = 1 << 18

# Seconds between two looks whether a request of another thread has been answered, when there are
# too many of them.
_ROOM = 0.005

# Seconds between two moments at which a thread that sleeps looks up, to be interrupted.
LOOK_UP = 0.2

# What a thread is told about itself: `looks_up` when an interrupt reaches it between calls alone.
HERE = threading.local()

# What is done with the reply to a request that was given up.
Late = Callable[[dict[str, Any]], object]


class _Waiting:
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


class Link:
    """One connection: lines out, replies back to the callers that wait for them."""

    def __init__(
        self,
        peer: socket.socket,
        lost: Callable[[], None],
        heard: Callable[[dict[str, Any]], None],
    ) -> None:
        self.alive = True
        self._socket = peer
        self._lost = lost
        self._heard = heard
        self._lines = LineBuffer()
        self._waiting: dict[int, _Waiting] = {}
        self._late: dict[int, Late] = {}
        self._writing = threading.Lock()
        # Who reads; held for a moment to decide who does.
        self._leading = threading.Lock()
        self._leader: _Waiting | None = None
        self._watcher = _Waiting()
        threading.Thread(target=self._watch, name="sidestep", daemon=True).start()

    @classmethod
    def open(
        cls, path: str, lost: Callable[[], None], heard: Callable[[dict[str, Any]], None]
    ) -> Link:
        """Connect to the socket at `path`.

        `lost` runs once when the connection ends. `heard` runs for each notification of the
        daemon, when a caller reads a reply.
        """
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            peer.connect(path)
        except BaseException:
            peer.close()
            raise
        try:
            return cls(peer, lost, heard)
        except BaseException:
            peer.shutdown(socket.SHUT_RDWR)  # the watcher may be there already, and closes it
            raise

    def post(self, line: bytes) -> None:
        """Write a line that has no reply."""
        if not self.alive:
            raise LinkLost
        try:
            with self._writing:
                self._socket.sendall(line)
        except OSError:
            self._end()
            raise LinkLost from None
        except BaseException:  # interrupted, perhaps with half a line written
            self.alive = False
            try:
                self._socket.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            raise

    def withdraw(self, line: bytes) -> bool:
        """Return False: a posted line is written at once."""
        return False

    def call(
        self,
        identifier: int,
        line: bytes,
        timeout: float | None,
        late: Late | None,
    ) -> dict[str, Any]:
        """Write a request and wait for its reply.

        A caller whose time is over gives the request up; `late` is called with a reply that comes
        all the same.
        """
        while len(self._waiting) >= IN_FLIGHT:
            sleep(_ROOM)
        waiting = self._waiting[identifier] = _Waiting()
        try:
            self.post(line)
            self._wait(waiting, timeout)
            if waiting.message is None:
                raise LinkLost
            return waiting.message
        except TimeoutExpired:
            self._give_up(identifier, waiting, late)
            raise
        finally:
            self._waiting.pop(identifier, None)

    def listener(self) -> int | None:
        """Return the uid of whoever listens."""
        return listener(self._socket)

    def _give_up(self, identifier: int, waiting: _Waiting, late: Late | None) -> None:
        if late is not None:
            self._late[identifier] = late
        with contextlib.suppress(LinkLost):
            self.post(request(None, "rpc.cancel", {"id": identifier}))
        if waiting.message is not None and self._late.pop(identifier, None) is not None:
            assert late is not None
            late(waiting.message)

    def close(self) -> None:
        """End the connection; nobody is told."""
        self._end()

    def leave(self) -> None:
        """Let go of a connection that is another process's."""
        self.alive = False
        self._socket.close()

    # Reading

    def _wait(self, waiting: _Waiting, timeout: float | None) -> None:
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

    def _leads(self, waiting: _Waiting) -> bool:
        with self._leading:
            waiting.waits = True
            if self._leader is None and not waiting.done:
                self._leader = waiting
            return self._leader is waiting

    def _leave(self, waiting: _Waiting) -> None:
        """Wait no more, and let another one read; interrupted, it is called again."""
        if not self.alive:
            self._end()
        with self._leading:
            if self._leader is waiting:
                heir = self._heir(waiting)
                if heir is not None:
                    heir.wake()
                self._leader = heir
            waiting.waits = False

    def _heir(self, waiting: _Waiting) -> _Waiting | None:
        if not self.alive:
            return self._watcher
        for one in list(self._waiting.values()):
            if one.waits and not one.done and one is not waiting:
                return one
        return None

    def _read(self, waiting: _Waiting, timeout: float | None, end: float | None) -> None:
        if end is not None or hasattr(HERE, "looks_up"):
            self._wait_for_data(timeout, end)
        try:
            data = self._socket.recv(_CHUNK)
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

    # The end

    def _end(self) -> None:
        # The watcher hears the shutdown, tells the client and closes the socket.
        self.alive = False
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _watch(self) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLRDHUP)
        poll.poll()
        self.alive = False
        # Leads from now on: nobody reads a closed socket.
        while not self._leads(self._watcher):
            self._watcher.woken.acquire()
        self._tell_all()
        self._socket.close()
        self._lost()


def _left(end: float | None) -> float | None:
    return None if end is None else max(0.0, end - time.monotonic())


def _span(end: float | None) -> float:
    """Return for how many seconds to sleep at once, as a lock takes it."""
    longest = LOOK_UP if hasattr(HERE, "looks_up") else threading.TIMEOUT_MAX
    left = _left(end)
    return longest if left is None else min(longest, left)


def _expired(timeout: float | None) -> TimeoutExpired:
    return TimeoutExpired(f"no reply within {timeout} s", data={"which": "call"})
