"""Toolsets of any kind: those given to one run, and classes of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic_ai.durable_exec import JSON_CODEC, BaseDurabilityCapability
from pydantic_ai.durable_exec._toolset import (
    CallToolResult,
    unwrap_tool_call_result,
    wrap_tool_call_result,
)
from pydantic_ai.exceptions import ApprovalRequired, CallDeferred, ModelRetry, ToolFailed
from pydantic_ai.messages import ToolReturn
from pydantic_ai.tools import AgentDepsT, RunContext
from pydantic_ai.toolsets import ToolsetTool, WrapperToolset

from ._journal import Journal
from ._tools import Tools
from ._values import EXACT


@dataclass
class SidestepToolset(WrapperToolset[AgentDepsT]):
    """A toolset each of whose calls is a step of the run that the agent works for."""

    durability: BaseDurabilityCapability[Any]
    tools: Tools

    @property
    def id(self) -> str | None:
        """The id of the toolset within."""
        return self.wrapped.id

    async def call_tool(
        self,
        name: str,
        tool_args: dict[str, Any],
        ctx: RunContext[AgentDepsT],
        tool: ToolsetTool[AgentDepsT],
    ) -> Any:
        """Call the tool, or return its recorded result."""
        options = self.tools.options_of(tool)
        if options is None or not self.durability.in_durable_context:
            return await self.wrapped.call_tool(name, tool_args, ctx, tool)

        async def body() -> Any:
            # As the framework executes a tool of the agent's own: `ctx.enqueue()` and
            # `ctx.cancel()` say that a replay would not repeat them.
            with self.durability._tool_run_context_scope(ctx) as guarded:  # noqa: SLF001
                call = self.wrapped.call_tool(name, tool_args, guarded, tool)
                return EXACT.dump(CallToolResult, await wrap_tool_call_result(call))

        journal = Journal.current(self.durability.name)
        return _unpack(await self.tools.perform(journal, name, ctx, body, options))


# Control flow crosses as values: what a tool says to the model is its result.


def _unpack(payload: dict[str, Any]) -> Any:
    kind = payload["kind"]
    # The first five are what earlier versions recorded.
    if kind == "retry":
        raise ModelRetry(payload["message"])
    if kind == "failed":
        raise ToolFailed(payload["message"])
    if kind == "approval":
        raise ApprovalRequired(metadata=payload["metadata"])
    if kind == "deferred":
        raise CallDeferred(metadata=payload["metadata"])
    if kind == "tool-return":
        return JSON_CODEC.load(ToolReturn, payload["value"])
    if kind == "value":
        return payload["value"]
    return unwrap_tool_call_result(EXACT.load(CallToolResult, payload))
