# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""The daemon as a program asks it: about runs, those of others, schedules, streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from .._codec import Codec, outward
from .._failures import closed_error
from .._times import milliseconds
from ._connection import Connection
from ._schedules import Schedules
from ._streams import StreamReader

if TYPE_CHECKING:
    from .._times import Span


D = TypeVar("D", bound="Daemon")


class Daemon(Connection):
    """All that can be asked of the daemon by who owns no run; `Client` also opens runs."""

    @property
    def schedules(self) -> Schedules:
        """The rules that start runs by themselves."""
        return Schedules(self)

    def stream(self, run: str, name: str, *, start: int = 0, follow: bool = True) -> StreamReader:
        """Read a stream of a run, from the index `start` on: ``for item in …``.

        With `follow` it waits for items to come, until the stream or its run is closed.
        """
        return StreamReader(self, run, name, start, follow)

    def _anew(self: D) -> D:
        """Return a client of the same daemon, which connects when it is used."""
        fresh = type(self)(
            self.socket,
            autostart=False,
            reconnect_timeout=self._reconnect_timeout,
            codec=self.codec,
        )
        fresh.socket, fresh._finder = self.socket, self._finder
        return fresh

    # Runs

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

    def result(self, run: str, *, wait: Span = 0.0, result_type: Any = None) -> Any:
        """Return the output of a run, as `result_type`; wait so many seconds for its end.

        Raises TimeoutExpired when it is still open, RunClosed when it failed.
        """
        return self._result(run, wait, result_type, None)

    def _result(self, run: str, wait: Span, type_: Any, codec: Codec | None) -> Any:
        reply = self.call("run.result", {"run": run, "wait_ms": milliseconds(wait)})
        if reply["status"] != "completed":
            raise closed_error(run, reply["status"], reply.get("error"))
        return (codec or self.codec).from_json(reply.get("output"), type_)

    def events(
        self, *, run: str | None = None, event: str | None = None
    ) -> list[dict[str, Any]]:
        """Return the events that were announced, by a run or of a name, the oldest first."""
        params: dict[str, Any] = {"run": run, "event": event}
        params = {name: value for name, value in params.items() if value is not None}
        found: list[dict[str, Any]] = []
        while True:
            page = self.call("event.list", params)
            found += page["events"]
            if page.get("more") is None:
                return found
            params["after"] = page["more"]

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
            params["error"] = outward(self.codec, error)
        return self.call("step.resolve", params)  # type: ignore[no-any-return]

    # Runs of others

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
            params["error"] = outward(self.codec, error)
            return self.call("promise.reject", params)  # type: ignore[no-any-return]
        params["value"] = self.codec.to_json(value)
        return self.call("promise.resolve", params)  # type: ignore[no-any-return]

    def cancel(
        self,
        run: str,
        reason: str | None = None,
        *,
        grace: Span | None = None,
        grace_ms: int | None = None,
    ) -> dict[str, Any]:
        """Cancel a run and its children; its owner has `grace` seconds to undo things."""
        params: dict[str, Any] = {"run": run}
        if reason is not None:
            params["reason"] = reason
        if grace is not None or grace_ms is not None:
            params["grace_ms"] = grace_ms if grace is None else milliseconds(grace)
        return (self.call("run.cancel", params))["run"]  # type: ignore[no-any-return]
