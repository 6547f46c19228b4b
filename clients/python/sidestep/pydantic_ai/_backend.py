"""The framework's backend interface, on the steps of a run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from pydantic_ai.durable_exec import (
    CapabilityOperationId,
    DurableOperationId,
    EventStreamHandlerId,
    JournalCallableOperationBackend,
    RoleBasedOperationConfig,
    ToolsetCallToolId,
    ToolsetGetInstructionsId,
    ToolsetGetToolsId,
    ToolsetValidateToolArgumentsId,
)
from pydantic_ai.tools import RunContext

from .._options import StepOptions
from ._journal import AGENT_RUN, Journal
from ._tools import Tools, call_mark


class SidestepBackend(JournalCallableOperationBackend[StepOptions]):
    """Executes the framework's operations as steps."""

    def __init__(self, agent: str, plain: StepOptions, tools: Tools) -> None:
        def of_tool(_: DurableOperationId, tool: Any, name: str) -> Any:
            options = tools.options_of(tool)
            return False if options is None else options

        super().__init__(
            agent_name=agent,
            config=RoleBasedOperationConfig(
                model=plain, event=plain, capability=plain, tool=plain, resolve_tool=of_tool
            ),
        )
        self._agent = agent
        self._tools = tools

    async def execute(
        self,
        *,
        operation_id: DurableOperationId,
        name: str,
        body: Callable[[], Awaitable[object]],
        cache_key: tuple[object, ...],
        config: StepOptions,
    ) -> object:
        """Execute `body` as one step, or return its record."""
        ctx = next((item for item in reversed(cache_key) if isinstance(item, RunContext)), None)
        journal = Journal.current(self._agent)
        if isinstance(operation_id, ToolsetCallToolId) and ctx is not None:
            return await self._tools.perform(journal, str(cache_key[0]), ctx, body, config)
        agent_run = ctx.run_id if ctx is not None else AGENT_RUN.get()
        full = journal.name(agent_run, _operation(operation_id, ctx, cache_key))
        return await journal.perform(full, body, config)


def _operation(operation: DurableOperationId, ctx: Any, cache_key: tuple[object, ...]) -> str:
    if isinstance(operation, ToolsetValidateToolArgumentsId):
        return f"validate:{cache_key[0]}{call_mark(ctx)}"
    if isinstance(operation, ToolsetGetToolsId):
        return f"tools:{operation.toolset_id}"
    if isinstance(operation, ToolsetGetInstructionsId):
        return f"instructions:{operation.toolset_id}"
    if isinstance(operation, EventStreamHandlerId):
        return "event"
    if isinstance(operation, CapabilityOperationId):
        return f"{operation.capability_id}.{operation.operation}"
    return type(operation).__name__
