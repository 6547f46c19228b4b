"""Deployments: a flow with its queue, its parameters and, perhaps, its schedule."""

from __future__ import annotations

from typing import Any

from .._sync._client import connect
from ._flow import DurableFunction


class CronSchedule:
    """When a deployed flow is started: a cron rule and its time zone."""

    def __init__(self, cron: str, timezone: str = "UTC") -> None:
        self.cron = cron
        self.timezone = timezone


class Deployment:
    """A flow that workers of a queue execute; make it with `build_from_flow`."""

    def __init__(self, flow: DurableFunction, name: str, queue: str, **rule: Any) -> None:
        self.flow = flow
        self.name = name
        self.queue = queue
        self._rule = rule

    @classmethod
    def build_from_flow(
        cls,
        flow: DurableFunction,
        name: str,
        work_queue_name: str = "default",
        parameters: dict[str, Any] | None = None,
        description: str | None = None,
        tags: list[str] | None = None,
        schedule: CronSchedule | None = None,
    ) -> Deployment:
        """Describe a deployment; nothing happens before `apply`."""
        rule: dict[str, Any] = {"every": _YEAR, "paused": True}
        if schedule is not None:
            rule = {"cron": schedule.cron, "time_zone": schedule.timezone}
        marks = {"deployment": name, **{tag: "" for tag in tags or ()}}
        facts = {"description": description}
        return cls(
            flow, name, work_queue_name, kwargs=parameters, tags=marks, metadata=facts, **rule
        )

    def apply(self) -> str:
        """Make the queue and the schedule, paused when there is no rule; return its name."""
        with connect() as client:
            client.call("queue.put", {"queue": self.queue})
            client.schedules.put(self.name, self.flow, queue=self.queue, **self._rule)
        return self.name

    def trigger(self, run_id: str | None = None) -> str:
        """Have a worker of the queue execute the flow now; return the id of the run."""
        with connect() as client:
            run: str = client.schedules.trigger(self.name, run=run_id)["id"]
            return run


_YEAR = 365 * 24 * 3600
