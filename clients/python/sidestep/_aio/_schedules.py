"""Rules that start runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol

from .._budget import Budget, budget_to_wire
from .._inputs import input_of
from .._names import new_run_id
from .._retry import RetryLike, retry_to_wire
from .._times import epoch, milliseconds
from ._connection import Connection

if TYPE_CHECKING:
    from datetime import datetime

    from .._times import Span

Facts = dict[str, Any]


class Named(Protocol):
    """A workflow, or whatever has a workflow's name."""

    name: str


class Schedules:
    """The daemon's schedules; `Client.schedules` is this.

    A schedule starts runs of a workflow by a rule; workers of its queue execute them. What is
    returned is the schedule as it is now: its rule, `next_at` (milliseconds since the epoch),
    `fired`, `skipped`, `missed`, `last_run`.
    """

    def __init__(self, client: Connection) -> None:
        self._client = client

    async def put(
        self,
        name: str,
        workflow: str | Named,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] | None = None,
        *,
        cron: str | None = None,
        every: Span | None = None,
        time_zone: str | None = None,
        queue: str | None = None,
        priority: int | None = None,
        overlap: Literal["skip", "queue", "allow"] | None = None,
        catch_up: Span | None = None,
        jitter: Span | None = None,
        start_at: datetime | int | None = None,
        end_at: datetime | int | None = None,
        paused: bool | None = None,
        tags: Mapping[str, str] | None = None,
        metadata: Any = None,
        retry: RetryLike | None = None,
        code_version: str | None = None,
        budget: Budget | None = None,
    ) -> Facts:
        """Make a schedule, or change it to what is said now (``schedule.put``).

        `workflow` is a workflow or its name, `args` and `kwargs` what it is called with. One of
        `cron` (five fields, in `time_zone`) and `every`. `every`, `catch_up` and `jitter` are in
        seconds, `start_at` and `end_at` are dates. `overlap` says what
        happens when the run before is still open: ``skip``, ``queue`` or ``allow``.
        """
        rule = {
            "cron": cron, "every_ms": milliseconds(every), "time_zone": time_zone, "queue": queue,
            "priority": priority, "overlap": overlap, "catch_up_ms": milliseconds(catch_up),
            "jitter_ms": milliseconds(jitter), "paused": paused,
            "start_at": epoch(start_at), "end_at": epoch(end_at),
            "tags": tags and dict(tags), "metadata": metadata, "code_version": code_version,
            "retry": retry_to_wire(retry, None, None), "budget": budget_to_wire(budget),
        }  # fmt: skip
        params = {key: value for key, value in rule.items() if value is not None}
        params["workflow"] = workflow if isinstance(workflow, str) else workflow.name
        params["input"] = input_of(self._client.codec, args, kwargs)
        return await self._one("put", name, **params)

    async def get(self, name: str) -> Facts:
        """Return a schedule with its next five due times (``schedule.get``)."""
        return await self._one("get", name)

    async def list(self) -> list[Facts]:
        """Return all schedules, the oldest first (``schedule.list``)."""
        found: list[Facts] = []
        params: Facts = {}
        while True:
            page = await self._client.call("schedule.list", params)
            found += page["schedules"]
            if page.get("more") is None:
                return found
            params["cursor"] = page["more"]

    async def pause(self, name: str) -> Facts:
        """Have a schedule start nothing by itself (``schedule.pause``)."""
        return await self._one("pause", name)

    async def unpause(self, name: str) -> Facts:
        """Let a schedule go on, with the due times to come."""
        return await self._one("pause", name, paused=False)

    async def delete(self, name: str) -> bool:
        """Remove a schedule, its runs stay; whether there was one (``schedule.delete``)."""
        reply = await self._client.call("schedule.delete", {"schedule": name})
        return reply["deleted"]  # type: ignore[no-any-return]

    async def trigger(
        self, name: str, args: Sequence[Any] | None = None, *, run: str | None = None
    ) -> Facts:
        """Start a run now, also of a paused schedule; return the run (``schedule.trigger``).

        `args` stand in for the schedule's. With the id `run`, saying it again is the same run.
        """
        params: Facts = {"schedule": name, "run": run or new_run_id()}
        if args is not None:
            params["input"] = input_of(self._client.codec, args)
        reply = await self._client.call("schedule.trigger", params)
        return reply["run"]  # type: ignore[no-any-return]

    async def _one(self, verb: str, name: str, **params: Any) -> Facts:
        reply = await self._client.call(f"schedule.{verb}", {"schedule": name, **params})
        return reply["schedule"]  # type: ignore[no-any-return]
