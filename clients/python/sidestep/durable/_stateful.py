"""Workflows of several phases whose context is saved."""

from __future__ import annotations

import functools
from typing import Any

from .._aio._run import Run
from .._aio._scope import RunScope
from .._context import RUN
from .._names import new_run_id
from .._options import RunOptions
from ._backend import DurableBackend
from ._checkpoint import Checkpoint


class StatefulWorkflow:
    """A workflow with a `context` that it saves at each turn; derive from it and write `run`.

    `run` is durable: started again with the same `workflow_id` and arguments, what its agents have
    finished is replayed. A finished workflow returns what it returned.
    """

    def __init__(self, backend: DurableBackend) -> None:
        self.backend = backend
        self.workflow_id = new_run_id()
        self.context: Any = None

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "run" in vars(cls):
            cls.run = _durable(vars(cls)["run"])  # type: ignore[method-assign]

    async def run(self, task: Any) -> Any:
        """Execute the workflow; to be written by the derived class."""
        raise NotImplementedError

    async def save_state(self) -> None:
        """Save the context as a checkpoint."""
        dump = getattr(self.context, "model_dump", None)
        state = self.context if dump is None else dump(mode="json")
        await self.backend.save_checkpoint(self.workflow_id, Checkpoint(agent_state=state))

    @classmethod
    async def resume_from_checkpoint(
        cls, workflow_id: str, backend: DurableBackend
    ) -> StatefulWorkflow:
        """Return the workflow with its newest saved context; ValueError when there is none."""
        checkpoints = await backend.list_checkpoints(workflow_id)
        latest = await backend.load_checkpoint(checkpoints[-1]) if checkpoints else None
        if latest is None:
            raise ValueError(f"No checkpoints found for {workflow_id}")
        workflow = cls(backend)
        workflow.workflow_id = workflow_id
        kind = type(workflow.context)
        validate = getattr(kind, "model_validate", None)
        workflow.context = latest.agent_state if validate is None else validate(latest.agent_state)
        return workflow


def _durable(function: Any) -> Any:
    @functools.wraps(function)
    async def run(self: StatefulWorkflow, *args: Any, **kwargs: Any) -> Any:
        current = RUN.get()
        if isinstance(current, Run) and current.id == self.workflow_id:
            return await function(self, *args, **kwargs)  # the workflow calls itself
        options = RunOptions(if_closed="retry", wait=10.0)
        async with RunScope(type(self).__name__, self.workflow_id, options) as held:
            if not held.closed:
                held.output = await function(self, *args, **kwargs)
            return held.output

    return run
