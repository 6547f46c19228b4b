#!/usr/bin/env python3
"""What durability costs an agent of Pydantic AI: 200 tool calls, one a model request, in one run.

    agents.py [--calls N] [--rounds N] [--dbos]

The same agent without durability, with Sidestep, and (with --dbos, when dbos is installed) with DBOS on SQLite.
Model and tools are functions that take no time. Printed: the whole run, and what each recorded operation adds to
the plain run; the median of the rounds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "clients/python"), str(ROOT / "clients/python/tests")]

from daemon import Daemon
from pydantic_ai import Agent
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.usage import UsageLimits

import sidestep
from sidestep.pydantic_ai import SidestepDurability


def agent(calls: int, capability: Any | None) -> Agent[None, str]:
    def think(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        turn = len(messages) // 2
        if turn == calls:
            return ModelResponse(parts=[TextPart("done")])
        return ModelResponse(parts=[ToolCallPart("look", {"x": turn}, tool_call_id=f"c{turn}")])

    made: Agent[None, str] = Agent(
        FunctionModel(think), name="bench", capabilities=[] if capability is None else [capability]
    )

    @made.tool_plain
    async def look(x: int) -> int:
        return x * x

    return made


async def spans(work: Callable[[], Awaitable[Any]], rounds: int) -> float:
    found = []
    for _ in range(rounds):
        began = time.perf_counter()
        await work()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


async def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--dbos", action="store_true")
    options = parser.parse_args()
    calls, limits = options.calls, UsageLimits(request_limit=None)
    operations = 2 * calls + 1
    plain = agent(calls, None)
    base = await spans(lambda: plain.run("go", usage_limits=limits), options.rounds)
    print(f"plain     {base * 1000:8.1f} ms")

    durable = agent(calls, SidestepDurability())
    async with await sidestep.connect() as client:

        async def work() -> None:
            async with sidestep.workflow("bench", client=client):
                await durable.run("go", usage_limits=limits)

        report("sidestep", await spans(work, options.rounds), base, operations)
        async with sidestep.workflow("bench", run="replayed", client=client):
            await durable.run("go", usage_limits=limits)

        async def replay() -> None:
            async with sidestep.workflow("bench", run="replayed", client=client):
                await durable.run("go", usage_limits=limits)

        report("  replay", await spans(replay, options.rounds), base, operations)
    if options.dbos:
        report("dbos", await with_dbos(calls, limits, options.rounds), base, operations)


def report(name: str, span: float, base: float, operations: int) -> None:
    print(f"{name:9} {span * 1000:8.1f} ms   {(span - base) / operations * 1e6:6.0f} µs per operation")


async def with_dbos(calls: int, limits: UsageLimits, rounds: int) -> float:
    from dbos import DBOS
    from pydantic_ai.durable_exec.dbos import DBOSDurability

    with tempfile.TemporaryDirectory() as folder:
        DBOS(config={"name": "bench", "system_database_url": f"sqlite:///{folder}/dbos.db"})
        durable = agent(calls, DBOSDurability())

        @DBOS.workflow()
        async def work() -> None:
            await durable.run("go", usage_limits=limits)

        DBOS.launch()
        try:
            return await spans(work, rounds)
        finally:
            DBOS.destroy()


if __name__ == "__main__":
    with Daemon() as daemon:
        os.environ.update(daemon.environment)
        asyncio.run(main())
