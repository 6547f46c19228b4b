# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""A connection to the daemon that comes back by itself."""

from __future__ import annotations

import itertools
import os
import time
from types import TracebackType
from typing import TYPE_CHECKING, Any

from .. import _wire
from .._autostart import Finder, start_daemon
from .._backends.sync import Link, Lock, Semaphore, check_caller, in_thread, sleep
from .._codec import JSON, Codec
from .._errors import (
    ConnectionLost,
    DaemonNotFound,
    LeaseLost,
    Overloaded,
    RunCancelled,
    RunOwned,
    ShuttingDown,
    SidestepError,
    StorageError,
    StorageFull,
    error_from_wire,
)
from .._failures import closed_error
from .._names import new_run_id
from .._options import RunOptions

if TYPE_CHECKING:
    from ._run import Run


_IN_FLIGHT = 1000


def connect(
    socket: str | os.PathLike[str] | None = None,
    *,
    autostart: bool | None = None,
    wait: float = 5.0,
    reconnect_timeout: float = 300.0,
    codec: Codec = JSON,
) -> Client:
    """Connect to the daemon, and start one for this user when none answers.

    `wait` is how long a named socket (argument or ``SIDESTEP_SOCKET``) is tried, in seconds;
    `reconnect_timeout` how long a lost connection is tried again before ConnectionLost. Raises
    DaemonNotFound.
    """
    client = Client(socket, autostart=autostart, reconnect_timeout=reconnect_timeout, codec=codec)
    client._connect(wait)
    return client


class Client:
    """The daemon, for one connection at a time; use `connect` to make one.

    A lost connection is not an error: the client connects again, presents the leases it holds and
    sends what had no reply once more (every call may be sent again).
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
        # The daemon allows 1024 requests without a reply; more of them wait here.
        self._slots = Semaphore(_IN_FLIGHT)
        self._runs: dict[str, Run] = {}

    def __enter__(self) -> Client:
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

    # Calls

    def call(
        self, method: str, params: dict[str, Any] | None = None, *, timeout: float | None = None
    ) -> Any:
        """Call a method of the protocol and return its result.

        `timeout` is in seconds, None waits as long as it takes. Raises the error that the daemon
        answers, ConnectionLost, TimeoutExpired.
        """
        identifier = next(self._ids)
        line = _wire.request(identifier, method, params)
        pause, end = 0.01, None
        while True:
            link = self._linked()
            try:
                with self._slots:
                    reply = link.call(identifier, line, timeout)
            except _wire.LinkLost:
                continue
            if "error" not in reply:
                return reply.get("result")
            error = error_from_wire(reply["error"])
            if not isinstance(error, (ShuttingDown, Overloaded, StorageFull, StorageError)):
                raise error
            # The daemon could not write; it can again when it is back or the disk has space.
            if end is None:
                end = time.monotonic() + self._reconnect_timeout
            if time.monotonic() > end:
                raise error
            sleep((error.retry_after_ms or 0) / 1000 or pause)
            pause = min(pause * 2, 1.0)

    def notify(self, method: str, params: dict[str, Any] | None = None) -> None:
        """Send a notification: no reply, and no word of an error."""
        line = _wire.request(None, method, params)
        while True:
            link = self._linked()
            try:
                return link.post(line)
            except _wire.LinkLost:
                continue

    # Runs

    def resume(
        self,
        run: str | None = None,
        *,
        workflow: str | None = None,
        input: Any = ...,
        options: RunOptions | None = None,
        **more: Any,
    ) -> Run:
        """Open a run, or come back to it, and return it with its journal.

        `more` takes the options of `RunOptions` (`if_closed`, `if_owned`, `wait`, `retry`, …). A
        closed run comes without a lease, with its output or error.
        """
        options = (options or RunOptions()).merged(RunOptions(**more))
        params: dict[str, Any] = dict(options.params)
        if run is not None or "token" not in params:
            params["run"] = run if run is not None else new_run_id()
        if workflow is not None:
            params["workflow"] = workflow
        if input is not ...:
            params["input"] = self.codec.to_json(input)
        started = time.time() * 1000
        link = self._link
        try:
            reply = self.call("resume", params)
        except RunOwned as error:
            owner = error.owner or {}
            mine = owner.get("pid") == os.getpid() and owner.get("since_at", 0) >= started - 1
            if link is self._link or not mine:
                raise
            # The connection broke after the lease was granted and before we heard of it.
            reply = self.call("resume", {**params, "if_owned": "take_over"})
        return self._held(reply, params, options)

    def _held(self, reply: dict[str, Any], params: Any, options: RunOptions) -> Run:
        """Make the run of a reply that grants a lease, with its whole journal."""
        from ._run import Run

        cursor = reply.get("more")
        while cursor is not None:
            page = self.call("step.list", {"run": reply["run"]["id"], "cursor": cursor})
            reply["steps"] += page["steps"]
            cursor = page.get("more")
        result = Run(self, reply, params)
        result._suspend_after = options.suspend_after
        if result.lease is not None:
            self._runs[result.lease] = result
        return result

    def get(self, run: str) -> dict[str, Any]:
        """Return a run with its input, its result and what it consumed (``run.get``)."""
        return self.call("run.get", {"run": run})  # type: ignore[no-any-return]

    def runs(self, **filters: Any) -> list[dict[str, Any]]:
        """Return the runs that match, newest first (``run.list``), up to `limit`."""
        limit = filters.pop("limit", None)
        runs: list[dict[str, Any]] = []
        while True:
            page = self.call("run.list", filters)
            runs += page["runs"]
            if page.get("more") is None or (limit is not None and len(runs) >= limit):
                return runs[:limit]
            filters["cursor"] = page["more"]

    def result(self, run: str, *, wait: float = 0.0) -> Any:
        """Return the output of a run; wait so many seconds for its end.

        Raises TimeoutExpired when it is still open, RunClosed when it failed.
        """
        reply = self.call("run.result", {"run": run, "wait_ms": round(wait * 1000)})
        if reply["status"] != "completed":
            raise closed_error(run, reply["status"], reply.get("error"))
        return self.codec.from_json(reply.get("output"))

    def explain(self, run: str) -> dict[str, Any]:
        """Say why a run is where it is, and what happens next (``run.explain``)."""
        return self.call("run.explain", {"run": run})  # type: ignore[no-any-return]

    def resolve(
        self, run: str, step: str, resolution: str, *, output: Any = ..., error: Any = ...
    ) -> dict[str, Any]:
        """Settle an unknown step as ``rerun``, ``completed`` or ``failed`` (``step.resolve``)."""
        params: dict[str, Any] = {"run": run, "step": step, "as": resolution}
        if output is not ...:
            params["output"] = self.codec.to_json(output)
        if error is not ...:
            params["error"] = self.codec.to_json(error)
        return self.call("step.resolve", params)  # type: ignore[no-any-return]

    # Runs of others

    def enqueue(
        self, workflow: str, *args: Any, run: str | None = None, **options: Any
    ) -> dict[str, Any]:
        """Have a worker execute a workflow with these arguments; return the run's facts.

        `options` are those of ``run.enqueue``: `queue`, `priority`, `delay_ms`, `dedup_key`, …
        """
        params = {"run": run or new_run_id(), "workflow": workflow, **options}
        params["input"] = self.codec.to_json(list(args))
        reply = self.call("run.enqueue", params)
        return reply["run"]  # type: ignore[no-any-return]

    def signal(
        self, run: str, name: str, value: Any = None, *, message_id: str | None = None
    ) -> dict[str, Any]:
        """Send a signal to a run, which may wait for it now, later or never (``signal.send``).

        It is kept when this returns. Sending it again with the same `message_id` changes nothing.
        """
        params: dict[str, Any] = {"run": run, "signal": name, "value": self.codec.to_json(value)}
        if message_id is not None:
            params["message_id"] = message_id
        return self.call("signal.send", params)  # type: ignore[no-any-return]

    def settle(
        self, run: str, promise: str, value: Any = None, *, error: Any = ...
    ) -> dict[str, Any]:
        """Resolve a promise with a value, or reject it with an error, once.

        The answer's `settled` says whether it was this call; else it holds what came first.
        """
        params: dict[str, Any] = {"run": run, "promise": promise}
        if error is not ...:
            params["error"] = self.codec.to_json(error)
            return self.call("promise.reject", params)  # type: ignore[no-any-return]
        params["value"] = self.codec.to_json(value)
        return self.call("promise.resolve", params)  # type: ignore[no-any-return]

    def cancel(
        self, run: str, reason: str | None = None, *, grace_ms: int | None = None
    ) -> dict[str, Any]:
        """Cancel a run and its children; its owner has the grace to undo things."""
        params: dict[str, Any] = {"run": run}
        if reason is not None:
            params["reason"] = reason
        if grace_ms is not None:
            params["grace_ms"] = grace_ms
        return (self.call("run.cancel", params))["run"]  # type: ignore[no-any-return]

    # The connection

    def _connect(self, wait: float) -> None:
        end = time.monotonic() + (wait if len(self._finder.paths) == 1 else 0.0)
        while True:
            tried = []
            for path in self._finder.paths:
                reason = self._finder.trusted(path)
                if reason is None:
                    try:
                        self._link = Link.open(path, self._came_apart, self._notified)
                        self.socket = path
                        return
                    except OSError as error:
                        reason = error.strerror or str(error)
                tried.append(f"{path}: {reason}")
            if self._finder.start_at is not None:
                path = self._finder.start_at
                in_thread(start_daemon, path)
                self._link = Link.open(path, self._came_apart, self._notified)
                self.socket = path
                return
            if time.monotonic() > end:
                raise DaemonNotFound(
                    "no daemon answers at " + "; ".join(tried),
                    data={"hint": "start sidestepd, or set SIDESTEP_SOCKET to its socket"},
                )
            sleep(0.02)

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
                    if pause > 0.1 and self._finder.start_at == self.socket is not None:
                        in_thread(start_daemon, self.socket)
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
                identifier, _wire.request(identifier, "lease.renew", {"lease": lease}), 30.0
            )
            if "error" in reply:
                error = error_from_wire(reply["error"])
                if isinstance(error, LeaseLost):
                    run._end(error)
        return link

    def _notified(self, message: dict[str, Any]) -> None:
        params = message.get("params") or {}
        if message.get("method") != "run.cancelled":
            return
        for run in list(self._runs.values()):
            if run.id == params.get("run"):
                text = f"run {run.id} was cancelled"
                run._end(RunCancelled(text, data={"run": run.id, "reason": params.get("reason")}))

    def _came_apart(self) -> None:
        # Without a run nobody is in a hurry: the next call connects.
        if self._runs and not self._closed:
            try:
                self._linked()
            except SidestepError:
                pass  # the next call tells
