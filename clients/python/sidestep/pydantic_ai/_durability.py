"""The capability that makes an agent durable."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timezone
from typing import Any

from pydantic_ai.agent import EventStreamHandler
from pydantic_ai.capabilities.abstract import WrapModelRequestHandler, WrapRunHandler
from pydantic_ai.durable_exec import (
    JSON_CODEC,
    BaseDurabilityCapability,
    DurabilityEngineSpec,
)
from pydantic_ai.messages import ModelResponse
from pydantic_ai.models import Model, ModelRequestContext
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.run import AgentRunResult
from pydantic_ai.tools import AgentDepsT, RunContext
from pydantic_ai.toolsets import AbstractToolset, ExternalToolset

from .._aio._scope import RunScope
from .._context import RUN, STEP
from .._failures import NotSerialisable
from .._inside import scoped
from .._names import new_run_id
from .._options import RunOptions, StepOptions
from ._backend import SidestepBackend
from ._journal import AGENT_RUN, PLAIN, Journal
from ._model import SidestepModel, asked
from ._tools import Tools
from ._toolset import SidestepToolset
from ._values import EXACT

# Before 2.61 the framework does not ask for the ids of its runs and makes them by chance.
_IDS_BY_HOOK = hasattr(BaseDurabilityCapability, "get_default_run_id")


class SidestepDurability(BaseDurabilityCapability[AgentDepsT]):
    """Makes an agent durable: ``Agent(model, name="trip", capabilities=[SidestepDurability()])``.

    Within a workflow each model request and each tool call of the agent is a step; outside of one
    the agent is as it was. With `auto` an agent run outside of a workflow is a run of its own, with
    the id given as ``agent.run(…, run_id=…)``.

    `model_options` are options of the steps that are model requests, `tool_options` of those that
    are tools: ``{"retry": 3, "timeout": 60, "at_most_once": True}``, as for `sidestep.step`. A
    tool overrides them with ``metadata={"sidestep": {…}}``; ``{"sidestep": False}`` leaves it out
    of the journal, so a replay calls it again.
    """

    engine_spec = DurabilityEngineSpec(
        engine_name="Sidestep",
        durable_unit_noun="step",
        durable_container_noun="run",
        codec=EXACT,
        serialization_failure=lambda error: NotSerialisable(STEP.get().name, error),
        toolset_lifecycles={
            "function": "enter-always",
            "mcp": "enter-in-durable-unit",  # a replay does not even start the server
            "dynamic": "enter-never",
        },
        tool_config_key="sidestep",
    )

    def __init__(
        self,
        *,
        models: Mapping[str, Model] | None = None,
        event_stream_handler: EventStreamHandler[AgentDepsT] | None = None,
        name: str | None = None,
        auto: bool = False,
        run_options: Mapping[str, Any] | None = None,
        model_options: Mapping[str, Any] | None = None,
        tool_options: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(models=models, event_stream_handler=event_stream_handler, name=name)
        self._auto = auto
        self._run_options = RunOptions(**{"if_closed": "retry", **(run_options or {})})
        self._model_options = StepOptions(codec=PLAIN, **(model_options or {}))
        self._tools = Tools(tool_options or {})

    # Where the agent is

    @property
    def in_durable_context(self) -> bool:
        """Whether the calling code works for a run."""
        return self._auto or RUN.get() is not None

    @property
    def journal(self) -> Journal:
        """The run that the calling code works for."""
        return Journal.current(self.name)

    def get_default_run_id(self) -> str | None:
        """Return an id that is the same on every replay."""
        if RUN.get() is not None:
            return self.journal.new_agent_run()
        return new_run_id() if self._auto else None

    def get_default_conversation_id(self, run_id: str) -> str | None:
        """Return an id that follows from the agent run's."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, run_id)) if self.in_durable_context else None

    async def get_run_start_time(self, run_id: str) -> datetime | None:
        """Return when the agent run was begun first, so that a time-out spans its replays."""
        if RUN.get() is None:
            return None

        async def body() -> float:
            return datetime.now(timezone.utc).timestamp()

        # What it is asked is not known yet; agents that begin at the same time may swap it.
        name = scoped(self.journal.run, f"{self.name}/started")
        started = await self.journal.perform(name, body, self._model_options)
        return datetime.fromtimestamp(started, timezone.utc)

    async def wrap_run(
        self, ctx: RunContext[AgentDepsT], *, handler: WrapRunHandler
    ) -> AgentRunResult[Any]:
        """Open a run for the agent when there is none (`auto`)."""
        if RUN.get() is not None:
            async with self.journal.agent_run(ctx.run_id, asked(ctx), not _IDS_BY_HOOK):
                return await self._wrapped(ctx, handler)
        if not self._auto:
            return await self._wrapped(ctx, handler)
        async with RunScope(self.name, ctx.run_id, self._run_options) as run:
            result = await self.wrap_run(ctx, handler=handler)
            if not run.closed:
                run.output = _plain_output(result.output)
            return result

    async def _wrapped(
        self, ctx: RunContext[AgentDepsT], handler: WrapRunHandler
    ) -> AgentRunResult[Any]:
        token = AGENT_RUN.set(ctx.run_id)
        try:
            return await super().wrap_run(ctx, handler=handler)
        finally:
            AGENT_RUN.reset(token)

    # Model requests

    async def wrap_model_request(
        self,
        ctx: RunContext[AgentDepsT],
        *,
        request_context: ModelRequestContext,
        handler: WrapModelRequestHandler,
    ) -> ModelResponse:
        """Make the model's requests steps."""
        return await handler(self._with_durable_model(ctx, request_context))

    async def before_model_request(
        self, ctx: RunContext[AgentDepsT], request_context: ModelRequestContext
    ) -> ModelRequestContext:
        """Make them steps again when an outer hook has changed the model."""
        return self._with_durable_model(ctx, request_context)

    async def prepare_model_request(
        self, ctx: RunContext[AgentDepsT], request_context: ModelRequestContext
    ) -> ModelRequestContext:
        """Make them steps again for another attempt, which may use another model."""
        return self._with_durable_model(ctx, request_context)

    def _with_durable_model(
        self, ctx: RunContext[AgentDepsT], request_context: ModelRequestContext
    ) -> ModelRequestContext:
        model: Model | None = request_context.model
        while isinstance(model, WrapperModel):
            if isinstance(model, SidestepModel):
                return request_context
            model = model.wrapped
        if RUN.get() is not None:
            # The instance stays in this process, so any model will do: nothing is registered.
            request_context.model = SidestepModel(
                request_context.model, self.journal, ctx, self._model_options
            )
        return request_context

    # Tools

    def get_durable_operation_backend(self) -> SidestepBackend:
        """Return what executes the framework's operations as steps."""
        return SidestepBackend(self.name, self._model_options, self._tools)

    def get_wrapper_toolset(
        self, toolset: AbstractToolset[AgentDepsT]
    ) -> AbstractToolset[AgentDepsT] | None:
        """Make the calls of all toolsets steps, also of those that came with this run."""
        durable = super().get_wrapper_toolset(toolset) or toolset

        def cover(leaf: AbstractToolset[AgentDepsT]) -> AbstractToolset[AgentDepsT]:
            if isinstance(leaf, (ExternalToolset, SidestepToolset)):
                return leaf
            return SidestepToolset(leaf, durability=self, tools=self._tools)

        # The framework's durable wrappers keep what they wrap to themselves.
        return durable.visit_and_replace(cover)


def _plain_output(output: Any) -> Any:
    try:
        return JSON_CODEC.dump(Any, output)
    except (TypeError, ValueError):
        return None
