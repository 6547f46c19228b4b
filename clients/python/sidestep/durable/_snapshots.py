"""Named checkpoints that an agent saves by itself."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pydantic_ai.capabilities import AbstractCapability
from pydantic_ai.messages import ModelMessagesTypeAdapter, ModelResponse
from pydantic_ai.models import ModelRequestContext
from pydantic_ai.tools import RunContext

from .._context import RUN
from .._inside import has_ended, scoped
from .._options import StepOptions
from ..pydantic_ai._journal import PLAIN, Journal
from ._backend import DurableBackend
from ._checkpoint import Checkpoint

_OPTIONS = StepOptions(codec=PLAIN)


class Snapshots(AbstractCapability[Any]):
    """Saves the messages every n answers of the model, as a step: a replay saves nothing again."""

    def __init__(
        self,
        agent: str,
        backend: DurableBackend,
        every: int,
        on_error: bool,
        on_checkpoint: Callable[[Checkpoint], Any] | None,
        state: Callable[[str, int], Any],
    ) -> None:
        self._agent = agent
        self._backend = backend
        self._every = every
        self._on_error = on_error
        self._on_checkpoint = on_checkpoint
        self._state = state
        self._interval = 0.0
        self._last = 0.0
        self.count = 0

    def at_most_every(self, seconds: float) -> None:
        """Save only when so many seconds have passed since the last time."""
        self._interval = seconds
        self._last = time.monotonic()

    async def after_model_request(
        self,
        ctx: RunContext[Any],
        *,
        request_context: ModelRequestContext,
        response: ModelResponse,
    ) -> ModelResponse:
        """Save when it is time: what was asked and what was answered."""
        run = RUN.get()
        due = self._every > 0 and ctx.run_step % self._every == 0
        if run is not None and due and time.monotonic() - self._last >= self._interval:
            self._last = time.monotonic()
            messages = [*ctx.messages, response]
            await self._keep(run, ctx, messages, {"reason": "interval"})
        return response

    async def on_run_error(self, ctx: RunContext[Any], *, error: BaseException) -> Any:
        """Save before the error leaves the agent."""
        run = RUN.get()
        if run is not None and self._on_error and not has_ended(run):
            metadata = {"reason": "error", "error": f"{type(error).__name__}: {error}"}
            await self._keep(run, ctx, list(ctx.messages), metadata)
        raise error

    async def save(self, workflow_id: str, checkpoint: Checkpoint) -> str:
        """Save a checkpoint; within a run as a step."""
        run = RUN.get()
        if run is None:
            checkpoint.id = await self._backend.save_checkpoint(workflow_id, checkpoint)
            self._told(checkpoint)
            return checkpoint.id
        journal = Journal(run, self._agent)
        return await self._recorded(journal, scoped(run, "checkpoint"), workflow_id, checkpoint)

    async def _keep(self, run: Any, ctx: RunContext[Any], messages: Any, metadata: Any) -> None:
        checkpoint = Checkpoint(
            agent_state=self._state(run.id, ctx.run_step),
            message_history=ModelMessagesTypeAdapter.dump_python(messages, mode="json"),
            step_number=ctx.run_step,
            metadata=metadata,
        )
        journal = Journal(run, self._agent)
        await self._recorded(journal, journal.name(ctx.run_id, "checkpoint"), run.id, checkpoint)

    async def _recorded(
        self, journal: Journal, name: str, workflow_id: str, checkpoint: Checkpoint
    ) -> str:
        async def body() -> str:
            checkpoint.id = await self._backend.save_checkpoint(workflow_id, checkpoint)
            self._told(checkpoint)
            return checkpoint.id

        saved: str = await journal.perform(name, body, _OPTIONS)
        self.count += 1
        return saved

    def _told(self, checkpoint: Checkpoint) -> None:
        if self._on_checkpoint is not None:
            self._on_checkpoint(checkpoint)
