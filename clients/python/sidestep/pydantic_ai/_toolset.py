"""Toolsets of any kind: those given to one run, and classes of the user's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pydantic_ai.durable_exec import JSON_CODEC
from pydantic_ai.exceptions import ApprovalRequired, CallDeferred, ModelRetry, ToolFailed
from pydantic_ai.messages import ToolReturn
from pydantic_ai.tools import AgentDepsT, RunContext
from pydantic_ai.toolsets import ToolsetTool, WrapperToolset

if TYPE_CHECKING:
    from ._durability import SidestepDurability


@dataclass
class SidestepToolset(WrapperToolset[AgentDepsT]):
    """A toolset each of whose calls is a step of the run that the agent works for."""

    durability: SidestepDurability[Any]

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
        options = self.durability.options_of(tool)
        if options is None or not self.durability.in_durable_context:
            return await self.wrapped.call_tool(name, tool_args, ctx, tool)

        async def body() -> Any:
            return await _pack(self.wrapped.call_tool(name, tool_args, ctx, tool))

        return _unpack(await self.durability.perform_tool(name, ctx, body, options))


# Control flow crosses as values: what a tool says to the model is its result.


async def _pack(call: Any) -> dict[str, Any]:
    try:
        value = await call
    except ModelRetry as error:
        return {"kind": "retry", "message": error.message}
    except ToolFailed as error:
        return {"kind": "failed", "message": error.message}
    except ApprovalRequired as error:
        return {"kind": "approval", "metadata": error.metadata}
    except CallDeferred as error:
        return {"kind": "deferred", "metadata": error.metadata}
    if isinstance(value, ToolReturn):
        return {"kind": "tool-return", "value": JSON_CODEC.dump(ToolReturn, value)}
    return {"kind": "value", "value": JSON_CODEC.dump(Any, value)}


def _unpack(payload: dict[str, Any]) -> Any:
    kind = payload["kind"]
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
    return payload["value"]
