# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""The daemon as a program sees it: runs, those of others, schedules, streams."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from .._codec import JSON, Codec
from .._errors import RunOwned
from .._failures import closed_error
from .._names import new_run_id
from .._options import RunOptions
from ._connection import Connection
from ._schedules import Schedules
from ._streams import StreamReader

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._keywords import RunKeywords
    from ._run import Run


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


class Client(Connection):
    """The daemon; use `connect` to make one.

    A lost connection is not an error: the client connects again, presents the leases it holds and
    sends what had no reply once more (every call may be sent again).
    """

    @property
    def schedules(self) -> Schedules:
        """The rules that start runs by themselves."""
        return Schedules(self)

    def stream(self, run: str, name: str, *, start: int = 0, follow: bool = True) -> StreamReader:
        """Read a stream of a run, from the index `start` on: ``for item in …``.

        With `follow` it waits for items to come, until the stream or its run is closed.
        """
        return StreamReader(self, run, name, start, follow)

    # Runs

    def resume(
        self,
        run: str | None = None,
        *,
        workflow: str | None = None,
        input: Any = ...,
        options: RunOptions | None = None,
        **more: Unpack[RunKeywords],
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
        try:
            if cursor is not None:
                reply["steps"] += self._steps(reply["run"]["id"], cursor=cursor)
        except BaseException:
            if reply.get("lease") is not None:
                self._tell("run.release", {"lease": reply["lease"]})
            raise
        result = Run(self, reply, params)
        result._suspend_after = options.suspend_after
        result._on_mismatch = options.on_mismatch or "error"
        if result.lease is not None:
            self._runs[result.lease] = result
        return result

    def _steps(self, run: str, **where: Any) -> list[dict[str, Any]]:
        page = self.call("step.list", {"run": run, **where})
        steps: list[dict[str, Any]] = page["steps"]
        while page.get("more") is not None:
            page = self.call("step.list", {"run": run, "cursor": page["more"]})
            steps += page["steps"]
        return steps

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
        self,
        run: str,
        name: str,
        value: Any = None,
        *,
        message_id: str | None = None,
        create: bool = False,
    ) -> dict[str, Any]:
        """Send a signal to a run, which may wait for it now, later or never (``signal.send``).

        It is kept when this returns. Sending it again with the same `message_id` changes nothing.
        With `create` it waits for a run that is not made yet.
        """
        params: dict[str, Any] = {"run": run, "signal": name, "value": self.codec.to_json(value)}
        if message_id is not None:
            params["message_id"] = message_id
        if create:
            params["create"] = True
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
