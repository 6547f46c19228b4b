"""Deployments: a flow with its queue, its parameters and, perhaps, its schedule."""

from __future__ import annotations

from typing import Any

from .._names import new_run_id
from .._sync._client import connect
from ._flow import DurableFunction


class CronSchedule:
    """When a deployed flow is started: a cron rule and its time zone."""

    def __init__(self, cron: str, timezone: str = "UTC") -> None:
        self.cron = cron
        self.timezone = timezone


class Deployment:
    """A flow that workers of a queue execute; make it with `build_from_flow`."""

    def __init__(self, flow: DurableFunction, params: dict[str, Any], queue: str) -> None:
        self.flow = flow
        self.queue = queue
        self._params = params

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
        params = {
            "workflow": flow.name,
            "input": {"args": [], "kwargs": dict(parameters or {})},
            "tags": {"deployment": name, **{tag: "" for tag in tags or ()}},
            "metadata": {"description": description},
        }
        deployment = cls(flow, params, work_queue_name)
        deployment.schedule = schedule
        deployment.name = name
        return deployment

    name: str = ""
    schedule: CronSchedule | None = None

    def apply(self) -> str:
        """Make the queue and the schedule, paused when there is no rule; return its name."""
        rule: dict[str, Any] = {"every_ms": _YEAR_MS, "paused": True}
        if self.schedule is not None:
            rule = {"cron": self.schedule.cron, "time_zone": self.schedule.timezone}
        with connect() as client:
            client.call("queue.put", {"queue": self.queue})
            params = {"schedule": self.name, "queue": self.queue, **rule, **self._params}
            client.call("schedule.put", params)
        return self.name

    def trigger(self, run_id: str | None = None) -> str:
        """Have a worker of the queue execute the flow now; return the id of the run."""
        with connect() as client:
            params = {"schedule": self.name, "run": run_id or new_run_id()}
            reply = client.call("schedule.trigger", params)
        return reply["run"]["id"]  # type: ignore[no-any-return]


_YEAR_MS = 365 * 24 * 3600 * 1000
