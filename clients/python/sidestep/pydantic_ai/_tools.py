"""Calls of an agent's tools as steps: their options, and what each records."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from pydantic_ai.durable_exec import JSON_CODEC
from pydantic_ai.tools import RunContext
from pydantic_ai.usage import RunUsage

from .._options import StepOptions
from ._journal import PLAIN, Journal, credit, delegating

_USAGE = "delegated_usage"
# The framework counts the calls that returned; the kinds are its own and those of `_toolset`.
_RETURNED = {"tool_return", "tool_content_result", "value", "tool-return"}


class Tools:
    """The tools of one agent; `options` are those of their steps unless a tool has its own."""

    def __init__(self, options: Mapping[str, Any]) -> None:
        self._options = dict(options)
        self._plain = StepOptions(codec=PLAIN, **self._options)

    def options_of(self, tool: Any) -> StepOptions | None:
        """Return the options of a tool's step, or None when it is not to be one."""
        metadata = None if tool is None else tool.tool_def.metadata
        own = (metadata or {}).get("sidestep")
        if own is False:
            return None
        if not own:
            return self._plain
        return StepOptions(codec=PLAIN, **{**self._options, **own})

    async def perform(
        self,
        journal: Journal,
        name: str,
        ctx: RunContext[Any],
        body: Callable[[], Awaitable[Any]],
        options: StepOptions,
    ) -> Any:
        """Execute a call of a tool as a step; `body` returns an object of plain data."""
        executed = False

        async def collecting() -> Any:
            nonlocal executed
            executed = True
            with delegating(ctx.usage) as delegated:
                payload = await body()
            if delegated.sum.has_values() or delegated.sum.requests:
                payload = {**payload, _USAGE: JSON_CODEC.dump(RunUsage, delegated.sum)}
            return payload

        full = journal.name(ctx.run_id, f"tool:{name}{call_mark(ctx)}")
        payload = dict(await journal.perform(full, collecting, options))
        usage = payload.pop(_USAGE, None)
        if usage is not None and not executed:
            delegated = JSON_CODEC.load(RunUsage, usage)
            ctx.usage.incr(delegated)
            credit(ctx.usage, delegated)
        if payload["kind"] in _RETURNED:
            credit(ctx.usage, RunUsage(tool_calls=1))
        return payload


def call_mark(ctx: RunContext[Any]) -> str:
    """Return what tells one call of a tool from the others, whatever the order of the calls.

    The id of the call comes from the recorded response. The same call is made twice when it needs
    approval, and ids may repeat from one response to the next.
    """
    approved = "+approved" if ctx.tool_call_approved else ""
    return f"@{ctx.tool_call_id}.{ctx.run_step}{approved}"
