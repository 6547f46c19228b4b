"""Approval of tool calls by somebody outside, as signals to the run."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic_ai.capabilities import HandleDeferredToolCalls
from pydantic_ai.messages import ToolCallPart
from pydantic_ai.tools import (
    DeferredToolRequests,
    DeferredToolResults,
    RunContext,
    ToolApproved,
    ToolDenied,
)

from .._context import RUN
from .._errors import TimeoutExpired
from .._inside import has_record
from ._journal import Journal


def approval_by_signal(*, timeout: float | None = None) -> HandleDeferredToolCalls[Any]:
    """Return the capability that has calls of tools approved by signals to the run.

    A tool that needs approval waits for the signal ``approval:CALL`` with the value ``true``,
    ``false`` or ``{"approved": …, "override_args": …, "message": …}``; a tool that is executed
    outside for ``result:CALL`` with its result. What is waited for is in the run's state under
    the name of the signal: ``{"tool": …, "args": …}``. The process may end while it waits; after
    `timeout` seconds a call counts as denied.
    """

    async def handle(
        ctx: RunContext[Any], requests: DeferredToolRequests
    ) -> DeferredToolResults | None:
        if RUN.get() is None:
            return None
        journal = Journal.current(getattr(ctx.agent, "name", None) or "agent")
        approvals = [_answer(journal, "approval", call, timeout) for call in requests.approvals]
        results = [_answer(journal, "result", call, None) for call in requests.calls]
        answers = await asyncio.gather(*approvals, *results)
        count = len(approvals)
        return DeferredToolResults(
            approvals={
                call.tool_call_id: _decision(answer)
                for call, answer in zip(requests.approvals, answers[:count], strict=True)
            },
            calls={
                call.tool_call_id: answer
                for call, answer in zip(requests.calls, answers[count:], strict=True)
            },
        )

    return HandleDeferredToolCalls(handler=handle)


async def _answer(journal: Journal, kind: str, call: ToolCallPart, timeout: float | None) -> Any:
    name, run = f"{kind}:{call.tool_call_id}", journal.run
    if not has_record(run, f"signal:{name}"):
        await journal.do(run.state.set, name, {"tool": call.tool_name, "args": call.args_as_dict()})
    try:
        return await journal.do(_wait, run, name, timeout)
    except TimeoutExpired:
        return {"approved": False, "message": "nobody approved the call in time"}


def _wait(run: Any, name: str, timeout: float | None) -> Any:
    return run.wait_signal(name, timeout=timeout)


def _decision(answer: Any) -> ToolApproved | ToolDenied:
    said = answer if isinstance(answer, dict) else {"approved": answer}
    if said.get("approved") is True:
        value = said.get("value")  # of `sidestep approve RUN CALL --value '{…}'`
        other = said.get("override_args", value if isinstance(value, dict) else None)
        return ToolApproved(override_args=other)
    message = said.get("message")
    return ToolDenied(message) if isinstance(message, str) else ToolDenied()
