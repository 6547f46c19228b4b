# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""How a connection to the daemon is made, and made again."""

from __future__ import annotations

import contextlib
import itertools
import os
import time
from typing import Any, Protocol

from .. import _wire
from .._autostart import Finder
from .._backends.sync import Link, Lock, check_caller, in_thread, sleep
from .._codec import Codec
from .._errors import (
    ConnectionLost,
    DaemonNotFound,
    LeaseLost,
    SidestepError,
    cancelled,
    error_from_wire,
)


class Leased(Protocol):
    """What a connection knows of a run whose lease it presents."""

    id: str

    def _end(self, error: SidestepError) -> None:
        """Note that the run is lost to this process."""


class Opening:
    """The link to the daemon, which comes back by itself; `Connection` makes calls on it."""

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

    @property
    def connected(self) -> bool:
        """Whether there is a connection now; a call makes one when there is none."""
        return self._link is not None and self._link.alive

    def _connect(self, wait: float) -> None:
        end = time.monotonic() + (wait if self._finder.named is not None else 0.0)
        while True:
            try:
                return self._find()
            except DaemonNotFound:
                if time.monotonic() > end:
                    raise
            sleep(0.02)

    def _find(self) -> None:
        search = self._finder.search()
        for path in search:
            sleep(search.pause)
            try:
                link = Link.open(path, self._came_apart, self._notified)
            except OSError as error:
                search.note(error.strerror or str(error))
                continue
            try:
                reason = search.accept(link.listener())
            except DaemonNotFound:
                link.close()
                raise
            if reason is None:
                self._link, self.socket = link, path
                return
            search.note(reason)
            link.close()
        path = in_thread(search.start)
        self._link = Link.open(path, self._came_apart, self._notified)
        self.socket = path

    def _linked(self) -> Link:
        link = self._link
        if link is not None and link.alive:
            return link
        with self._connecting:
            link = self._link
            if link is not None and link.alive:
                return link
            end = time.monotonic() + self._reconnect_timeout
            pause = 0.002
            while not self._closed:
                try:
                    link = self._reopen()
                except (OSError, _wire.LinkLost) as error:
                    if time.monotonic() > end:
                        raise ConnectionLost(f"{self.socket} does not answer: {error}") from error
                    sleep(pause)
                    pause = min(pause * 2, 0.25)
                    if pause > 0.1 and self.socket is not None:
                        # Nobody else is taken for the daemon that was lost.
                        self.socket = in_thread(self._finder.revive, self.socket)
                else:
                    self._link = link
                    return link
            raise ConnectionLost("the client is closed")

    def _reopen(self) -> Link:
        assert self.socket is not None
        link = Link.open(self.socket, self._came_apart, self._notified)
        for lease, run in list(self._runs.items()):
            identifier = next(self._ids)
            reply = link.call(
                identifier, _wire.request(identifier, "lease.renew", {"lease": lease}), 30.0, None
            )
            if "error" in reply:
                error = error_from_wire(reply["error"])
                if isinstance(error, LeaseLost):
                    run._end(error)
        while self._unsaid:
            link.post(self._unsaid[0])
            del self._unsaid[0]
        for notice in [] if self._link is None else self._link.left():
            link.hold(notice)
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
        self._connecting = Lock()
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

    def _came_apart(self) -> None:
        # Without a run nobody is in a hurry: the next call connects.
        if self._runs and not self._closed:
            try:
                self._linked()
            except SidestepError:
                pass  # the next call tells
