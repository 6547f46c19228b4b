# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""The daemon as a program asks it: about runs, those of others, schedules, streams."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from .._codec import Codec, outward
from .._failures import closed_error
from .._older import Names, in_seconds, renamed
from .._times import epoch, milliseconds
from ._asking import Facts
from ._contents import Contents
from ._conversations import Conversations
from ._graphs import Graphs
from ._limits import Breakers, Budgets, Limits, Queues
from ._memories import Memories
from ._recordings import Recordings
from ._schedules import Schedules
from ._streams import StreamReader
from ._system import Retention, System
from ._views import Views
from ._webhooks import Webhooks

if TYPE_CHECKING:
    from datetime import datetime

    from .._times import Span


D = TypeVar("D", bound="Daemon")


class Daemon(Contents):
    """All that can be asked of the daemon by who owns no run; `Client` also opens runs."""

    @property
    def schedules(self) -> Schedules:
        """The rules that start runs by themselves."""
        return Schedules(self)

    @property
    def queues(self) -> Queues:
        """Where runs wait for workers."""
        return Queues(self)

    @property
    def limits(self) -> Limits:
        """What steps of all runs share by a name."""
        return Limits(self)

    @property
    def breakers(self) -> Breakers:
        """What keeps steps from what fails."""
        return Breakers(self)

    @property
    def budgets(self) -> Budgets:
        """What runs may consume."""
        return Budgets(self)

    @property
    def views(self) -> Views:
        """Filters of runs under names."""
        return Views(self)

    @property
    def webhooks(self) -> Webhooks:
        """Who is told of events over HTTP."""
        return Webhooks(self)

    @property
    def retention(self) -> Retention:
        """How long runs are kept that have ended."""
        return Retention(self)

    @property
    def conversations(self) -> Conversations:
        """Logs of messages outside of runs."""
        return Conversations(self)

    @property
    def memories(self) -> Memories:
        """What is remembered beyond runs."""
        return Memories(self)

    @property
    def graphs(self) -> Graphs:
        """Checkpoints of graphs."""
        return Graphs(self)

    @property
    def recordings(self) -> Recordings:
        """Calls that recorders have written down."""
        return Recordings(self)

    @property
    def system(self) -> System:
        """The daemon itself."""
        return System(self)

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

    def get(self, run: str, *, generation: int | None = None) -> Facts:
        """Return a run with its input, its result and what it consumed (``run.get``)."""
        return self._questions._ask("run.get", run=run, generation=generation)  # type: ignore[no-any-return]

    def runs(
        self,
        *,
        workflow: str | None = None,
        status: str | None = None,
        open: bool | None = None,
        tag: Mapping[str, str] | None = None,
        created_after: datetime | int | None = None,
        created_before: datetime | int | None = None,
        newer_than: Span | None = None,
        older_than: Span | None = None,
        text: str | None = None,
        parent: str | None = None,
        user: int | None = None,
        limit: int | None = None,
    ) -> list[Facts]:
        """Return the runs that match, newest first, up to `limit` (``run.list``).

        `newer_than` and `older_than` are ages in seconds.
        """
        found: list[Facts] = []
        cursor: str | None = None
        while True:
            page = self._questions._ask(
                "run.list",
                workflow=workflow,
                status=status,
                open=open,
                tag=tag and dict(tag),
                created_after=epoch(created_after),
                created_before=epoch(created_before),
                newer_than_ms=milliseconds(newer_than),
                older_than_ms=milliseconds(older_than),
                text=text,
                parent=parent,
                user=user,
                limit=None,
                cursor=cursor,
            )
            found += page["runs"]
            cursor = page.get("more")
            if cursor is None or (limit is not None and len(found) >= limit):
                return found[:limit]

    def result(self, run: str, *, wait: Span = 0.0, result_type: Any = None) -> Any:
        """Return the output of a run, as `result_type`; wait so many seconds for its end.

        That is ``run.result``. Raises TimeoutExpired when it is still open, RunClosed when it
        failed.
        """
        return self._result(run, wait, result_type, None)

    def _result(self, run: str, wait: Span, type_: Any, codec: Codec | None) -> Any:
        reply = self.call("run.result", {"run": run, "wait_ms": milliseconds(wait)})
        if reply["status"] != "completed":
            raise closed_error(run, reply["status"], reply.get("error"))
        return (codec or self.codec).from_json(reply.get("output"), type_)

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

        That is ``promise.resolve`` or ``promise.reject``. The answer's `settled` says whether it
        was this call; else it holds what came first.
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
        kill: bool | None = None,
        **older: NoReturn,
    ) -> dict[str, Any]:
        """Cancel a run and its children; its owner has `grace` seconds to undo things.

        With `kill` the owner's process is ended after that (``run.cancel``).
        """
        if older:
            names: Names = {"grace_ms": ("grace", in_seconds)}
            grace = renamed(older, names, "cancel").get("grace", grace)
        reply = self._questions._ask(
            "run.cancel",
            run=run,
            reason=reason,
            grace_ms=milliseconds(grace),
            kill=kill,
        )
        return reply["run"]  # type: ignore[no-any-return]
