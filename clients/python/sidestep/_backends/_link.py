"""The connection on threads: callers write and read by themselves (`_reading` says who reads).

A thread beside them waits for the hang-up: the client notices a lost connection while user code
blocks, and takes its leases to a new one within the daemon's grace. It also writes what was kept
for the next line when none comes (`Link.hold`).

An interrupt ends the connection when it may have divided a line.
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import threading
from _thread import start_new_thread
from collections.abc import Callable
from time import sleep
from typing import Any

from .._autostart import listener
from .._errors import TimeoutExpired
from .._wire import IN_FLIGHT, LinkLost, Notice, request, written
from ._reading import Late, Reader, Waiting

# Seconds between two looks whether a request of another thread has been answered, when there are
# too many of them.
_ROOM = 0.005

# Milliseconds between two looks at what is kept for the next line: what is there at the second one
# is written. The daemon itself waits 25 ms for the outcome of a begin before it writes it.
_TICK = 4
# After so many looks at which nothing was kept since the one before, the thread goes to sleep.
_QUIET = 4


class Link(Reader):
    """One connection: lines out, replies back to the callers that wait for them."""

    def __init__(
        self,
        peer: socket.socket,
        lost: Callable[[], None],
        heard: Callable[[dict[str, Any]], None],
    ) -> None:
        super().__init__(peer, heard)
        self._lost = lost
        self._writing = threading.Lock()
        # What waits for the next line, in its order; and how much has waited ever.
        self._held: list[Notice] = []
        self._holds = 0
        # Whether the thread looks at it by the clock; the bell tells it to.
        self._ticks = False
        self._bell = _bell()
        # Not by `threading`, which waits for the thread's first word with a condition.
        start_new_thread(self._watch, ())

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
            with contextlib.suppress(OSError):  # the watcher may be there already, and closes it
                peer.shutdown(socket.SHUT_RDWR)
            raise

    # Writing

    def post(self, line: bytes) -> None:
        """Write a line, behind what waits for one."""
        if not self.alive:
            raise LinkLost
        try:
            with self._writing:
                if self._held:
                    line = written(self._held) + line
                    self._held.clear()
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

    def hold(self, notice: Notice) -> bool:
        """Keep what has no reply for the next line, or for some milliseconds.

        False when the connection has ended.
        """
        with self._writing:
            if not self.alive:
                return False
            self._held.append(notice)
            self._holds += 1
            if self._ticks:
                return True
            if self._bell is not None:
                os.eventfd_write(self._bell, 1)
                return True
        with contextlib.suppress(LinkLost):  # nobody looks later
            self.post(b"")
        return True

    def withdraw(self, notice: Notice) -> bool:
        """Take back what was kept; False when it has been written."""
        with self._writing:
            for place, one in enumerate(self._held):
                if one is notice:
                    del self._held[place]
                    return True
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
        waiting = self._waiting[identifier] = Waiting()
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

    def _give_up(self, identifier: int, waiting: Waiting, late: Late | None) -> None:
        if late is not None:
            self._late[identifier] = late
        with contextlib.suppress(LinkLost):
            self.post(request(None, "rpc.cancel", {"id": identifier}))
        if waiting.message is not None and self._late.pop(identifier, None) is not None:
            assert late is not None
            late(waiting.message)

    # The end

    def left(self) -> list[Notice]:
        """Return what a connection that has ended did not write: it is for the next one."""
        return self._held

    def listener(self) -> int | None:
        """Return the uid of whoever listens."""
        return listener(self._socket)

    def close(self) -> None:
        """End the connection; nobody is told."""
        if self._held and self.alive:
            with contextlib.suppress(LinkLost):
                self.post(b"")
        self._end()

    def leave(self) -> None:
        """Let go of a connection that is another process's."""
        self.alive = False
        self._held.clear()
        self._socket.close()
        self._unhang()

    def _watch(self) -> None:
        """Be the thread beside the callers."""
        poll = select.poll()
        peer, bell = self._socket.fileno(), self._bell
        poll.register(peer, select.POLLRDHUP)
        if bell is not None:
            poll.register(bell, select.POLLIN)
        oldest, holds, quiet = None, 0, 0
        while True:
            ready = poll.poll(_TICK if self._ticks else None)
            if any(number == peer for number, _ in ready):
                break
            with self._writing:
                if ready and bell is not None:
                    os.eventfd_read(bell)
                elif self._held and self._held[0] is oldest:
                    self._flush()
                oldest = self._held[0] if self._held else None
                quiet = 0 if oldest or holds != self._holds else quiet + 1
                holds, self._ticks = self._holds, quiet < _QUIET
        self._lead_for_good()
        self._socket.close()
        with self._writing:
            self._unhang()
        self._lost()

    def _flush(self) -> None:
        lines = written(self._held)
        self._held.clear()
        try:
            self._socket.sendall(lines)
        except OSError:  # the hang-up is heard next
            self._end()

    def _unhang(self) -> None:
        if self._bell is not None:
            os.close(self._bell)
            self._bell = None


def _bell() -> int | None:
    """Return what wakes the thread of a connection; None where the system refuses it."""
    try:
        return os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
    except (AttributeError, OSError):
        return None
