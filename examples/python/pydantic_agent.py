#!/usr/bin/env python3
"""A durable agent of Pydantic AI that works without a network: its model is a function.

    pydantic_agent.py --run ID [--effects FILE] [--delay SECONDS]

It researches three subjects at once, asks a second agent for a title, and writes a report. Kill it at any
moment and start it again with the same arguments: no answer of a model is paid twice, no tool runs again. Each
call of a model or a tool leaves a line in EFFECTS, so that a repetition would be seen there.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from pathlib import Path

try:
    import sidestep
except ImportError:  # not installed: the package of this checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python"))
    import sidestep

from pydantic_ai import Agent, RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from sidestep.pydantic_ai import SidestepDurability

EFFECTS = ""
DELAY = 0.0
SUBJECTS = ("tides", "moon", "harbours")


def note(line: str) -> None:
    if EFFECTS:
        with open(EFFECTS, "a") as file:
            file.write(line + "\n")


def think(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    """Stands in for a model: three searches, then a title, then the report."""
    turn = sum(isinstance(message, ModelResponse) for message in messages)
    note(f"model {turn}")
    if turn == 0:
        parts = [ToolCallPart("search", {"subject": s}, tool_call_id=s) for s in SUBJECTS]
        return ModelResponse(parts=[*parts])
    if turn == 1:
        return ModelResponse(parts=[ToolCallPart("title", {}, tool_call_id="title")])
    found = [part.content for message in messages for part in message.parts if part.part_kind == "tool-return"]
    return ModelResponse(parts=[TextPart(f"{found[-1]}: " + "; ".join(map(str, found[:-1])))])


def name_it(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    note("model of the editor")
    return ModelResponse(parts=[TextPart("How the sea moves")])


editor: Agent[None, str] = Agent(FunctionModel(name_it), name="editor", capabilities=[SidestepDurability()])
agent: Agent[None, str] = Agent(FunctionModel(think), name="writer", capabilities=[SidestepDurability()])


@agent.tool_plain
async def search(subject: str) -> str:
    """Look something up."""
    await asyncio.sleep(DELAY)
    note(f"search {subject}")
    return f"what is known of {subject}"


@agent.tool
async def title(ctx: RunContext[None]) -> str:
    """Ask another agent; what it consumes is counted in this run."""
    await asyncio.sleep(DELAY)
    return (await editor.run("a title, please", usage=ctx.usage)).output


@sidestep.workflow
async def report() -> str:
    result = await agent.run("Write about the sea.")
    print(f"{result.usage.requests} requests, {result.usage.total_tokens} tokens")
    return result.output


def main() -> None:
    global EFFECTS, DELAY
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default=None, help="the id of the run; without it each start is a new one")
    parser.add_argument("--effects", default="", metavar="FILE", help="where each call leaves a line")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="how long a tool takes")
    options = parser.parse_args()
    EFFECTS, DELAY = options.effects and os.path.abspath(options.effects), options.delay
    print(asyncio.run(report.run(run_id=options.run)))


if __name__ == "__main__":
    main()
