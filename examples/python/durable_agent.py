#!/usr/bin/env python3
"""A durable agent with named checkpoints, offline: its model is a function.

    durable_agent.py --run WORKFLOW [--effects FILE] [--delay SECONDS]

Four calls of a tool and five of the model, each recorded once: kill it at any moment and start it again with the same
workflow id. Each call leaves a line in EFFECTS.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from pathlib import Path

try:
    import sidestep  # noqa: F401
except ImportError:  # not installed: the package of this checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python"))

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from sidestep.durable import DurableAgent, SidestepBackend, models

SUBJECTS = ("tides", "moon", "harbours", "lighthouses")


async def report(name: str, effects: str, delay: float) -> str:
    def note(line: str) -> None:
        if effects:
            with open(effects, "a") as file:
                file.write(line + "\n")

    def think(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        turn = sum(isinstance(message, ModelResponse) for message in messages)
        note(f"model {turn}")
        if turn < len(SUBJECTS):
            call = ToolCallPart("look_up", {"subject": SUBJECTS[turn]}, tool_call_id=f"call-{turn}")
            return ModelResponse(parts=[call])
        return ModelResponse(parts=[TextPart("a report on " + ", ".join(SUBJECTS))])

    models["offline"] = FunctionModel(think)
    agent = DurableAgent("offline", workflow_id=name, checkpoint_every_n_steps=1)

    @agent.tool
    async def look_up(ctx: RunContext[None], subject: str) -> str:
        await asyncio.sleep(delay)
        note(f"look {subject}")
        return f"what is known of {subject}"

    output = (await agent.run("Write about the sea.")).output
    checkpoints = await SidestepBackend().list_checkpoints(name)
    return f"{output}; checkpoints: {len(checkpoints)}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", default="report-1", metavar="WORKFLOW", help="the workflow id")
    parser.add_argument(
        "--effects", default="", metavar="FILE", help="where each call leaves a line"
    )
    parser.add_argument(
        "--delay", type=float, default=0.0, metavar="SECONDS", help="how long a look takes"
    )
    options = parser.parse_args()
    print(asyncio.run(report(options.run, options.effects, options.delay)))


if __name__ == "__main__":
    main()
