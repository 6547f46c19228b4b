#!/usr/bin/env python3
"""The same agent with Pydantic AI, its model behind the API of OpenAI.

    with_pydantic_ai.py --run ID --provider URL

Each request of a model and each call of a tool is a step; the sub-agent is one that a tool calls; the payment waits
for a person. Kill it at any moment and start it again with the same arguments.
"""

from __future__ import annotations

import asyncio

import httpx
import world
from openai import AsyncOpenAI
from pydantic_ai import Agent, RunContext
from pydantic_ai.capabilities import AbstractCapability
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

import sidestep
from sidestep.pydantic_ai import SidestepDurability, approval_by_signal


async def say_which_step(request: httpx.Request) -> None:
    request.headers.update(world.headers())


http = httpx.AsyncClient(event_hooks={"request": [say_which_step]})
# The steps are retried, and their count outlives the process: the SDK need not.
client = AsyncOpenAI(base_url=world.ADDRESS, api_key="none", max_retries=0, http_client=http)


def agent(name: str, *more: AbstractCapability[None]) -> Agent[None, str]:
    patient = {"retry": world.PATIENT}
    durability = SidestepDurability[None](model_options=patient, tool_options=patient)
    model = OpenAIChatModel(name, provider=OpenAIProvider(openai_client=client))
    return Agent(model, name=name, capabilities=[durability, *more])


planner = agent("planner", approval_by_signal())
researcher = agent("researcher")


@planner.tool_plain
async def search(what: str) -> str:
    return await asyncio.to_thread(world.tool, "search", what=what)


@planner.tool
async def research(ctx: RunContext[None], city: str) -> str:
    asked = f"What is there to see in {city}?"
    return (await researcher.run(asked, usage=ctx.usage)).output


@planner.tool_plain
async def book(what: str) -> str:
    return await asyncio.to_thread(world.tool, "book", what=what)


@planner.tool_plain(requires_approval=True)
async def pay(amount: int) -> str:
    return await asyncio.to_thread(world.tool, "pay", amount=amount)


@researcher.tool_plain
async def look_up(what: str) -> str:
    return await asyncio.to_thread(world.tool, "look_up", what=what)


@sidestep.workflow(name="plan with pydantic ai")
async def plan(city: str) -> str:
    return (await planner.run(f"Plan a trip to {city}.")).output


def work(run: str) -> str:
    client.base_url = f"{world.ADDRESS}/v1"
    return asyncio.run(plan.run("Bergen", run_id=run))


if __name__ == "__main__":
    print(work(world.arguments(__doc__)))
