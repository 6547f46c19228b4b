"""A connection to the daemon that comes back by itself."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
import weakref
from functools import partial
from types import TracebackType
from typing import Any, Protocol, TypeVar

from .. import _wire
from .._autostart import Finder
from .._backends.aio import Link, Lock, check_caller, in_thread, sleep
from .._codec import Codec
from .._errors import (
    ConnectionLost,
    DaemonNotFound,
    LeaseLost,
    Overloaded,
    ShuttingDown,
    SidestepError,
    StorageError,
    StorageFull,
    cancelled,
    error_from_wire,
)
from .._failures import warn
from .._given_up import GRANTING, given_back

C = TypeVar("C", bound="Connection")
_open: weakref.WeakSet[Connection] = weakref.WeakSet()


class Leased(Protocol):
    """What a connection knows of a run whose lease it presents."""

    id: str

    def _end(self, error: SidestepError) -> None:
        """Note that the run is lost to this process."""


class Connection:
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
        check_caller()
        self.codec = codec
        self.socket: str | None = None
        self._finder = Finder(socket, autostart)
        self._reconnect_timeout = reconnect_timeout
        self._link: Link | None = None
        self._connecting = Lock()
        self._closed = False
        self._ids = itertools.count(1)
        self._runs: dict[str, Leased] = {}
        # What could not be told while there was no connection: told first on the next one.
        self._unsaid: list[bytes] = []
        _open.add(self)
        # Further connections, for calls that wait and have no place on this one; and those on this.
        self._spares: list[Connection] = []
        self._roamers: set[int] = set()
        # Whether it was said that the disk is full: once, until something is recorded again.
        self._said_full = False

    async def __aenter__(self: C) -> C:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self.close()

    @property
    def connected(self) -> bool:
        """Whether there is a connection now; a call makes one when there is none."""
        return self._link is not None and self._link.alive

    async def close(self) -> None:
        """Close the connection; runs that are still held are interrupted."""
        self._closed = True
        self._runs.clear()
        if self._link is not None:
            await self._link.close()
        for spare in self._spares:
            await spare.close()

    # Calls

    async def call(
        self, method: str, params: dict[str, Any] | None = None, *, timeout: float | None = None
    ) -> Any:
        """Call a method of the protocol and return its result.

        `timeout` is in seconds, None waits as long as it takes. Raises the error that the daemon
        answers, ConnectionLost, TimeoutExpired. A call that is given up, by the time-out or by
        cancelling its task, is given up in the daemon as well: what it would grant is given back.
        """
        if method in _wire.ROAMING:
            return await self._roam(method, params, timeout)
        return await self._call(next(self._ids), method, params, timeout)

    async def _roam(self, method: str, params: dict[str, Any] | None, timeout: float | None) -> Any:
        """Make a call that may wait for long, on a connection that has a place for it."""
        if len(self._roamers) >= _wire.ROAMERS:
            return await self._spare()._roam(method, params, timeout)
        identifier = next(self._ids)
        self._roamers.add(identifier)
        try:
            return await self._call(identifier, method, params, timeout)
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

    async def _call(
        self, identifier: int, method: str, params: dict[str, Any] | None, timeout: float | None
    ) -> Any:
        line = _wire.request(identifier, method, params)
        late = partial(self._came_late, method, params) if method in GRANTING else None
        pause, end = 0.01, None
        while True:
            link = await self._linked()
            try:
                reply = await link.call(identifier, line, timeout, late)
            except _wire.LinkLost:
                continue
            if "error" not in reply:
                if end is not None:
                    self._said_full = False
                return reply.get("result")
            error = error_from_wire(reply["error"])
            if not isinstance(error, (ShuttingDown, Overloaded, StorageFull, StorageError)):
                raise error
            # The daemon could not write; it can again when it is back or the disk has space.
            if end is None:
                end = time.monotonic() + self._reconnect_timeout
            if time.monotonic() > end:
                raise error
            if isinstance(error, StorageFull) and not self._said_full:
                self._said_full = True
                warn(f"{error.message}; waiting for space. {error.hint or ''}".rstrip())
            await sleep((error.retry_after_ms or 0) / 1000 or pause)
            pause = min(pause * 2, 1.0)

    async def notify(self, method: str, params: dict[str, Any] | None = None) -> bytes:
        """Send a notification: no reply, and no word of an error.

        It may wait for the next call for some milliseconds; `withdraw` takes what is returned.
        """
        line = _wire.request(None, method, params)
        while True:
            link = await self._linked()
            try:
                await link.post(line)
                return line
            except _wire.LinkLost:
                continue

    async def _tell(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification without ever waiting: now, or first of all on the next connection."""
        line = _wire.request(None, method, params)
        link = self._link
        try:
            if link is None:
                raise _wire.LinkLost
            await link.post(line)
        except _wire.LinkLost:
            self._unsaid.append(line)

    def _came_late(self, method: str, params: dict[str, Any] | None, reply: dict[str, Any]) -> Any:
        """Give back what a call was granted that was given up meanwhile."""
        message = given_back(method, params or {}, reply.get("result") or {})
        return None if message is None else self._tell(*message)

    def withdraw(self, notification: bytes) -> bool:
        """Take a notification back; False when it has been written already."""
        return self._link is not None and self._link.withdraw(notification)

    # The connection

    async def _connect(self, wait: float) -> None:
        end = time.monotonic() + (wait if self._finder.named is not None else 0.0)
        while True:
            try:
                return await self._find()
            except DaemonNotFound:
                if time.monotonic() > end:
                    raise
            await sleep(0.02)

    async def _find(self) -> None:
        search = self._finder.search()
        for path in search:
            await sleep(search.pause)
            try:
                link = await Link.open(path, self._came_apart, self._notified)
            except OSError as error:
                search.note(error.strerror or str(error))
                continue
            try:
                reason = search.accept(link.listener())
            except DaemonNotFound:
                await link.close()
                raise
            if reason is None:
                self._link, self.socket = link, path
                return
            search.note(reason)
            await link.close()
        path = await in_thread(search.start)
        self._link = await Link.open(path, self._came_apart, self._notified)
        self.socket = path

    async def _linked(self) -> Link:
        link = self._link
        if link is not None and link.alive:
            return link
        async with self._connecting:
            link = self._link
            if link is not None and link.alive:
                return link
            end = time.monotonic() + self._reconnect_timeout
            pause = 0.002
            while not self._closed:
                try:
                    link = await self._reopen()
                except (OSError, _wire.LinkLost) as error:
                    if time.monotonic() > end:
                        raise ConnectionLost(f"{self.socket} does not answer: {error}") from error
                    await sleep(pause)
                    pause = min(pause * 2, 0.25)
                    if pause > 0.1 and self.socket is not None:
                        # Nobody else is taken for the daemon that was lost.
                        self.socket = await in_thread(self._finder.revive, self.socket)
                else:
                    self._link = link
                    return link
            raise ConnectionLost("the client is closed")

    async def _reopen(self) -> Link:
        assert self.socket is not None
        link = await Link.open(self.socket, self._came_apart, self._notified)
        for lease, run in list(self._runs.items()):
            identifier = next(self._ids)
            reply = await link.call(
                identifier, _wire.request(identifier, "lease.renew", {"lease": lease}), 30.0, None
            )
            if "error" in reply:
                error = error_from_wire(reply["error"])
                if isinstance(error, LeaseLost):
                    run._end(error)
        while self._unsaid:
            await link.post(self._unsaid[0])
            del self._unsaid[0]
        return link

    def _forked(self) -> None:
        """Leave the connection to the parent: this is the child of a fork.

        The next call makes one of its own. Runs stay with the process that holds them: two
        processes that go on with the same run would take each other's records for theirs.
        """
        runs, self._runs, self._unsaid = list(self._runs.values()), {}, []
        for run in runs:
            text = f"run {run.id} is held by the process that forked this one"
            hint = "begin a run of its own in each process, for example a child workflow with an id"
            run._end(LeaseLost(text, data={"run": run.id, "hint": hint}))
        self._connecting, self._roamers = Lock(), set()
        link, self._link = self._link, None
        if link is not None:
            with contextlib.suppress(OSError):  # no descriptor free: it stays open, unused
                link.leave()

    def _notified(self, message: dict[str, Any]) -> None:
        params = message.get("params") or {}
        if message.get("method") != "run.cancelled":
            return
        for run in list(self._runs.values()):
            if run.id == params.get("run"):
                run._end(cancelled(run.id, params.get("reason")))

    async def _came_apart(self) -> None:
        # Without a run nobody is in a hurry: the next call connects.
        if self._runs and not self._closed:
            try:
                await self._linked()
            except SidestepError:
                pass  # the next call tells


def _after_fork() -> None:
    for connection in list(_open):
        connection._forked()


os.register_at_fork(after_in_child=_after_fork)
