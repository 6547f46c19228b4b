# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""A connection to the daemon that comes back by itself."""

from __future__ import annotations

import os
import time
import weakref
from functools import partial
from types import TracebackType
from typing import Any, TypeVar

from .. import _wire
from .._backends.sync import sleep
from .._codec import Codec
from .._errors import StorageFull, error_from_wire
from .._failures import warn
from .._given_up import GRANTING, given_back
from .._passing import passes
from ._opening import Opening

C = TypeVar("C", bound="Connection")
_open: weakref.WeakSet[Connection] = weakref.WeakSet()


class Connection(Opening):
    """The daemon, for one connection at a time.

    A lost connection is not an error: it is made again, the leases it held are presented, and what
    had no reply is sent once more (every call may be sent again).
    """

    def __init__(
        self,
        socket: str | os.PathLike[str] | None,
        *,
        autostart: bool | None,
        reconnect_timeout: float,
        codec: Codec,
    ) -> None:
        super().__init__(
            socket, autostart=autostart, reconnect_timeout=reconnect_timeout, codec=codec
        )
        _open.add(self)
        # Further connections, for calls that wait and have no place on this one; and those on this.
        self._spares: list[Connection] = []
        self._roamers: set[int] = set()
        # Whether it was said that the disk is full: once, until something is recorded again.
        self._said_full = False

    def __enter__(self: C) -> C:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection; runs that are still held are interrupted."""
        self._closed = True
        self._runs.clear()
        if self._link is not None:
            self._link.close()
        for spare in self._spares:
            spare.close()

    # Calls

    def call(
        self, method: str, params: dict[str, Any] | None = None, *, timeout: float | None = None
    ) -> Any:
        """Call a method of the protocol and return its result.

        `timeout` is in seconds, None waits as long as it takes. Raises the error that the daemon
        answers, ConnectionLost, TimeoutExpired. A call that is given up, by the time-out or by
        cancelling its task, is given up in the daemon as well: what it would grant is given back.
        """
        if method in _wire.ROAMING:
            return self._roam(method, params, timeout)
        return self._call(next(self._ids), method, params, timeout)

    def _roam(self, method: str, params: dict[str, Any] | None, timeout: float | None) -> Any:
        """Make a call that may wait for long, on a connection that has a place for it."""
        if len(self._roamers) >= _wire.ROAMERS:
            return self._spare()._roam(method, params, timeout)
        identifier = next(self._ids)
        self._roamers.add(identifier)
        try:
            return self._call(identifier, method, params, timeout)
        finally:
            self._roamers.discard(identifier)

    def _spare(self) -> Connection:
        """Return a connection that has a place for a call that waits."""
        for spare in self._spares:
            if len(spare._roamers) < _wire.ROAMERS:
                return spare
        spare = Connection(
            self.socket,
            autostart=False,
            reconnect_timeout=self._reconnect_timeout,
            codec=self.codec,
        )
        spare.socket, spare._finder = self.socket, self._finder
        self._spares.append(spare)
        return spare

    def _call(
        self, identifier: int, method: str, params: dict[str, Any] | None, timeout: float | None
    ) -> Any:
        line = _wire.request(identifier, method, params)
        late = partial(self._came_late, method, params) if method in GRANTING else None
        pause, end = 0.01, None
        while True:
            link = self._link
            if link is None or not link.alive:
                link = self._linked()
            try:
                reply = link.call(identifier, line, timeout, late)
            except _wire.LinkLost:
                continue
            if "error" not in reply:
                if end is not None:
                    self._said_full = False
                return reply.get("result")
            error = error_from_wire(reply["error"])
            if not passes(error):
                raise error
            # Later it can: the daemon is back, the disk has space, others have their replies.
            if end is None:
                end = time.monotonic() + self._reconnect_timeout
            if time.monotonic() > end:
                raise error
            if isinstance(error, StorageFull) and not self._said_full:
                self._said_full = True
                warn(f"{error.message}; waiting for space. {error.hint or ''}".rstrip())
            sleep((error.retry_after_ms or 0) / 1000 or pause)
            pause = min(pause * 2, 1.0)

    def notify(self, method: str, params: dict[str, Any] | None = None) -> None:
        """Send a notification, with what comes next or in some milliseconds.

        There is no reply, and no word of an error.
        """
        line = _wire.request(None, method, params)
        while not self.hold(line):
            self._linked()

    def hold(self, notice: _wire.Notice) -> bool:
        """Keep a notification for the next line; False when there is no connection now."""
        return self._link is not None and self._link.hold(notice)

    def withdraw(self, notice: _wire.Notice) -> bool:
        """Take back what is kept; False when it has been written already."""
        return self._link is not None and self._link.withdraw(notice)

    def _tell(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification without ever waiting: now, or first of all on the next connection."""
        line = _wire.request(None, method, params)
        link = self._link
        try:
            if link is None:
                raise _wire.LinkLost
            link.post(line)
        except _wire.LinkLost:
            self._unsaid.append(line)

    def _came_late(self, method: str, params: dict[str, Any] | None, reply: dict[str, Any]) -> Any:
        """Give back what a call was granted that was given up meanwhile."""
        message = given_back(method, params or {}, reply.get("result") or {})
        return None if message is None else self._tell(*message)

    def _forked(self) -> None:
        super()._forked()
        self._roamers = set()


def _after_fork() -> None:
    for connection in list(_open):
        connection._forked()


os.register_at_fork(after_in_child=_after_fork)
