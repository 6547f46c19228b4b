#!/usr/bin/env python3
"""A chat of the OpenAI Agents SDK that survives, offline: its model is a class of this file.

    openai_session.py --run SESSION [--effects FILE] [--delay SECONDS]

Four turns, each with one call of a tool. The session keeps the history; each turn is a durable step, so that none is
taken twice: kill it at any moment and start it again with the same session. Each look leaves a line in EFFECTS.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

try:
    import sidestep
except ImportError:  # not installed: the package of this checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python"))
    import sidestep

from agents import Agent, Model, ModelResponse, Runner, Usage, function_tool, set_tracing_disabled
from openai.types.responses import (
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
)

from sidestep.openai_agents import SidestepSession

QUESTIONS = ("tides", "moon", "harbours", "lighthouses")
EFFECTS = ""
DELAY = 0.0


class Fake(Model):
    """Stands in for a model: looks the last question up, then says what was found."""

    async def get_response(self, *args: Any, **more: Any) -> ModelResponse:
        items = more["input"] if "input" in more else args[1]
        last = items[-1]
        if last.get("type") == "function_call_output":
            text = ResponseOutputText(text=last["output"], type="output_text", annotations=[])
            message = ResponseOutputMessage(
                id="m", content=[text], role="assistant", status="completed", type="message"
            )
            return ModelResponse([message], Usage(), None)
        call = ResponseFunctionToolCall(
            call_id=f"call-{len(items)}",
            name="look_up",
            arguments=json.dumps({"subject": last["content"]}),
            type="function_call",
        )
        return ModelResponse([call], Usage(), None)

    def stream_response(self, *args: Any, **more: Any) -> Any:
        raise NotImplementedError("this example does not stream")


@function_tool
async def look_up(subject: str) -> str:
    """Look something up."""
    await asyncio.sleep(DELAY)
    if EFFECTS:
        with open(EFFECTS, "a") as file:
            file.write(f"look {subject}\n")
    return f"what is known of {subject}"


guide = Agent(name="guide", model=Fake(), tools=[look_up])


@sidestep.step
async def length(name: str) -> int:
    """How many items the history has before a turn."""
    return len(await SidestepSession(name).get_items())


@sidestep.step
async def turn(name: str, question: str, start: int) -> str:
    """Ask one question; what a killed attempt left of the turn goes first."""
    session = SidestepSession(name)
    for _ in (await session.get_items())[start:]:
        await session.pop_item()
    result = await Runner.run(guide, question, session=session)
    await session.aclose()
    return result.final_output


@sidestep.workflow
async def chat(name: str) -> str:
    answers = [await turn(name, question, await length(name)) for question in QUESTIONS]
    return f"{answers[-1]}; {await length(name)} items in the history"


def main() -> None:
    global EFFECTS, DELAY
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--run", default="chat-1", metavar="SESSION", help="the session, and the run"
    )
    parser.add_argument(
        "--effects", default="", metavar="FILE", help="where each look leaves a line"
    )
    parser.add_argument(
        "--delay", type=float, default=0.0, metavar="SECONDS", help="how long a look takes"
    )
    options = parser.parse_args()
    EFFECTS, DELAY = options.effects, options.delay
    set_tracing_disabled(True)
    print(asyncio.run(chat.run(options.run, run_id=options.run)))


if __name__ == "__main__":
    main()
