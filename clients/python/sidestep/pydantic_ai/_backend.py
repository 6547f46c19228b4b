"""The framework's backend interface, on the steps of a run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from ._durability import SidestepDurability


class SidestepBackend(JournalCallableOperationBackend[StepOptions]):
    """Executes the framework's operations as steps."""

    def __init__(self, durability: SidestepDurability[Any], plain: StepOptions) -> None:
        def of_tool(_: DurableOperationId, tool: Any, name: str) -> Any:
            options = durability.options_of(tool)
            return False if options is None else options

        super().__init__(
            agent_name=durability.name,
            config=RoleBasedOperationConfig(
                model=plain, event=plain, capability=plain, tool=plain, resolve_tool=of_tool
            ),
        )
        self._durability = durability

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
        if isinstance(operation_id, ToolsetCallToolId) and ctx is not None:
            return await self._durability.perform_tool(str(cache_key[0]), ctx, body, config)
        journal = self._durability.journal
        agent_run = ctx.run_id if ctx is not None else self._durability.agent_run
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


def call_mark(ctx: RunContext[Any]) -> str:
    """Return what tells one call of a tool from the others, whatever the order of the calls.

    The id of the call comes from the recorded response. The same call is made twice when it needs
    approval, and ids may repeat from one response to the next.
    """
    approved = "+approved" if ctx.tool_call_approved else ""
    return f"@{ctx.tool_call_id}.{ctx.run_step}{approved}"
