"""Agents whose models are functions, and runs that stay open."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

import sidestep
import sidestep.sync

pytest.importorskip("pydantic_ai")
from pydantic_ai import Agent, RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.toolsets import AbstractToolset, FunctionToolset, ToolsetTool

from sidestep._context import RUN
from sidestep.pydantic_ai import SidestepDurability


class OwnToolset(AbstractToolset[None]):
    """A toolset of the user's own kind, unknown to the framework; it notes its calls."""

    def __init__(self, tools: FunctionToolset[None], calls: list[str]) -> None:
        self.tools = tools
        self.calls = calls

    @property
    def id(self) -> str | None:
        return None

    async def get_tools(self, ctx: RunContext[None]) -> dict[str, ToolsetTool[None]]:
        return await self.tools.get_tools(ctx)

    async def call_tool(self, name: str, tool_args: Any, ctx: RunContext[None], tool: Any) -> Any:
        self.calls.append(name)
        return await self.tools.call_tool(name, tool_args, ctx, tool)


def calling(*calls: tuple[str, dict[str, Any]]) -> FunctionModel:
    """A model that calls these tools at once, and then says what they returned."""

    def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if len(messages) == 1:
            parts = [
                ToolCallPart(name, args, tool_call_id=f"c{n}")
                for n, (name, args) in enumerate(calls)
            ]
            return ModelResponse(parts=parts)
        returned = [str(getattr(part, "content", "")) for part in messages[-1].parts]
        return ModelResponse(parts=[TextPart(" ".join(returned))])

    return FunctionModel(say)


def make(model: Any, **options: Any) -> Agent[None, str]:
    return Agent(model, name="trip", capabilities=[SidestepDurability(**options)])


@asynccontextmanager
async def held(run_id: str) -> AsyncIterator[None]:
    """Work for a run, and leave it open so that it can be taken up again."""
    async with await sidestep.connect() as client:
        run = await client.resume(run_id, workflow="w", wait=5)
        token = RUN.set(run)
        try:
            yield
        finally:
            RUN.reset(token)
            if run._final is None:
                await run.release()


def ask(agent: Agent[None, Any], run_id: str, prompt: str = "go", **options: Any) -> Any:
    """Run the agent for a run that stays open."""

    async def main() -> Any:
        async with held(run_id):
            return await agent.run(prompt, **options)

    return asyncio.run(main())


def steps(run_id: str) -> dict[str, str]:
    with sidestep.sync.connect() as client:
        found = client.call("step.list", {"run": run_id})["steps"]
    return {item["step"]: item["status"] for item in found}


def look(x: int) -> int:
    return x * x
