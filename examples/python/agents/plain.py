#!/usr/bin/env python3
"""An agent without a framework: a loop around a model, with asyncio.

    plain.py --run ID --provider URL

Tools that search and book at the same time, a sub-agent that is a child run, a payment that a person approves, a
provider that answers 500 and 429 now and then. Kill it at any moment and start it again with the same arguments.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import Any

import world

import sidestep

Message = dict[str, Any]


@sidestep.step(name="model:{role}", retry=world.PATIENT)
def model(role: str, messages: list[Message]) -> Message:
    return world.chat(role, messages)


@sidestep.step(name="search:{what}", retry=world.PATIENT)
def search(what: str) -> str:
    return world.tool("search", what=what)


@sidestep.step(name="look_up:{what}", retry=world.PATIENT)
def look_up(what: str) -> str:
    return world.tool("look_up", what=what)


@sidestep.step(name="book:{what}", retry=world.PATIENT)
def book(what: str) -> str:
    return world.tool("book", what=what)


@sidestep.step(retry=world.PATIENT)
def charge(amount: int) -> str:
    return world.tool("pay", amount=amount)


async def pay(amount: int) -> str:
    """Pay when a person has said so: the program may end while it waits."""
    run = sidestep.current_run()
    await run.state.set("approval", {"amount": amount})
    if not await run.wait_signal("approval:pay-3-0"):
        return "pay: refused"
    return await sidestep.awaited(charge(amount))


@sidestep.workflow
async def research(city: str) -> str:
    """The sub-agent: a run of its own."""
    return await loop("researcher", f"What is there to see in {city}?", {"look_up": look_up})


@sidestep.workflow
async def plan(city: str) -> str:
    tools = {"search": search, "research": research, "book": book, "pay": pay}
    return await loop("planner", f"Plan a trip to {city}.", tools)


async def loop(role: str, prompt: str, tools: dict[str, Callable[..., Any]]) -> str:
    messages: list[Message] = [{"role": "user", "content": prompt}]
    while True:
        message = await sidestep.awaited(model(role, messages))
        messages.append(message)
        if not message.get("tool_calls"):
            return str(message["content"])
        messages += await asyncio.gather(*[answer(tools, call) for call in message["tool_calls"]])


async def answer(tools: dict[str, Callable[..., Any]], call: dict[str, Any]) -> Message:
    function = call["function"]
    result: Awaitable[str] = tools[function["name"]](**json.loads(function["arguments"]))
    return {"role": "tool", "tool_call_id": call["id"], "content": await result}


def work(run: str) -> str:
    return asyncio.run(plan.run("Bergen", run_id=run))


if __name__ == "__main__":
    print(work(world.arguments(__doc__)))
