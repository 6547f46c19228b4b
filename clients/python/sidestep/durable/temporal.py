"""Workflows, signals, workers and agents in the words of Temporal, on the daemon.

Neither Temporal nor its server is needed: ``Client.connect`` finds the daemon.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from .._aio import _client
from .._aio._worker import Worker as NativeWorker
from .._codec import Codec
from .._errors import ConnectionLost, RunClosed, TimeoutExpired
from ._agent import DurableAgent, DurableResult
from ._flow import CODEC
from ._temporal_workflow import activity, native, workflow

__all__ = ["Client", "TemporalDurableAgent", "Worker", "WorkflowHandle", "activity", "workflow"]

_log = logging.getLogger("sidestep.temporal")


class TemporalDurableAgent(DurableAgent):
    """A `DurableAgent` for workflows.

    `workflow_context` is accepted, and found by itself. `checkpoint_interval` is how often, at
    most, a named checkpoint is saved; None leaves it at every answer of the model.
    """

    def __init__(
        self,
        model: Any = None,
        *,
        workflow_context: Any = None,
        checkpoint_interval: timedelta | None = None,
        **options: Any,
    ) -> None:
        super().__init__(model, **options)
        if checkpoint_interval is not None:
            self._snapshots.at_most_every(checkpoint_interval.total_seconds())

    async def run(
        self,
        prompt: Any = None,
        *,
        activity_id: str | None = None,
        heartbeat_interval: timedelta | None = None,
        timeout: timedelta | None = None,
        **options: Any,
    ) -> DurableResult:
        """Run the agent; `timeout` is for the whole, from its first start, over restarts.

        The death of the process is noticed at once, so `heartbeat_interval` is accepted and
        changes nothing.
        """
        if timeout is not None:
            options["timeout"] = timeout.total_seconds()
        return await super().run(prompt, step_name=activity_id, **options)


class WorkflowHandle:
    """A started workflow: `id`, `signal`, `result`."""

    def __init__(self, client: Client, id: str) -> None:
        self.id = id
        self._client = client

    async def signal(self, signal: Any, value: Any = None) -> None:
        """Send a signal, given as the method that handles it or by its name.

        One that comes when the workflow has ended changes nothing: a program that is started again
        after a crash sends its signals again.
        """
        name = signal if isinstance(signal, str) else signal.__name__
        try:
            await self._client.native.signal(self.id, name, value)
        except RunClosed:
            _log.info("%s has ended: signal %s changes nothing", self.id, name)

    async def result(self) -> Any:
        """Wait for the end; return the result, or raise RunClosed when it failed."""
        while True:
            try:
                return await self._client.native.result(self.id, wait=3600.0)
            except TimeoutExpired:
                continue

    async def cancel(self) -> None:
        """Cancel the workflow."""
        await self._client.native.cancel(self.id)


class Client:
    """The daemon, as Temporal's client is used."""

    def __init__(self, client: _client.Client) -> None:
        self.native = client

    @classmethod
    async def connect(cls, target: str | None = None, **_: Any) -> Client:
        """Connect; `target` is the path of a socket, and a ``host:port`` is ignored."""
        path = target if target is not None and "/" in target else None
        if target is not None and path is None:
            _log.info("%s is not needed: connecting to the daemon of this machine", target)
        codec: Codec = CODEC
        return cls(await _client.connect(path, codec=codec))

    async def start_workflow(
        self, function: Any, *args: Any, id: str, task_queue: str = "default", **_: Any
    ) -> WorkflowHandle:
        """Have a worker of the queue execute a workflow, given as its run method or its name.

        The id of a workflow that runs already gives its handle; that of a failed one starts it
        again, with what is recorded.
        """
        name = function if isinstance(function, str) else function.__qualname__.split(".")[-2]
        await self.native.enqueue(name, *args, run=id, queue=task_queue, if_closed="retry")
        return WorkflowHandle(self, id)

    async def execute_workflow(self, function: Any, *args: Any, **options: Any) -> Any:
        """Start a workflow and return its result."""
        return await (await self.start_workflow(function, *args, **options)).result()

    def get_workflow_handle(self, id: str) -> WorkflowHandle:
        """Return the handle of a workflow that exists."""
        return WorkflowHandle(self, id)

    async def close(self) -> None:
        """Close the connection."""
        await self.native.close()


class Worker:
    """Executes workflows of a task queue until it is cancelled or shut down.

    Activities are steps of the workflow that calls them; the list is accepted.
    """

    def __init__(
        self,
        client: Client,
        *,
        task_queue: str,
        workflows: Sequence[type] = (),
        activities: Sequence[Any] = (),
    ) -> None:
        self._worker = NativeWorker(
            *[native(cls) for cls in workflows], queues=[task_queue], client=client.native
        )

    async def run(self) -> None:
        """Execute workflows until `shutdown`."""
        try:
            await self._worker.run()
        except ConnectionLost as error:
            _log.warning("the worker ends: %s", error)
            raise

    async def shutdown(self) -> None:
        """Claim no more; `run` returns when the workflows in hand have ended."""
        self._worker.stop()
