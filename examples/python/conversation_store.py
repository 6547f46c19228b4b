#!/usr/bin/env python3
"""A conversation of Pydantic AI that survives, offline: its model is a function.

    conversation_store.py --run CONVERSATION [--effects FILE] [--delay SECONDS]

Four turns, saved in the daemon one by one: kill it at any moment and start it again with the same conversation, and it
goes on behind the last turn that was saved. Each request to the model leaves a line in EFFECTS.
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

from pydantic_ai import Agent
from pydantic_ai.conversation import Conversation
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from sidestep.pydantic_ai.conversations import SidestepConversationStore

QUESTIONS = ("tides", "moon", "harbours", "lighthouses")


async def talk(name: str, effects: str, delay: float) -> str:
    async def think(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        await asyncio.sleep(delay)
        answers = sum(isinstance(message, ModelResponse) for message in messages)
        if effects:
            with open(effects, "a") as file:
                file.write(f"request {answers}\n")
        return ModelResponse(parts=[TextPart(f"answer {answers} about {QUESTIONS[answers]}")])

    agent = Agent(FunctionModel(think))
    store = SidestepConversationStore()
    conversation = await store.load(name) or Conversation(conversation_id=name)
    taken = sum(isinstance(message, ModelResponse) for message in conversation.messages)
    for question in QUESTIONS[taken:]:
        result = await agent.run(question, conversation=conversation)
        await store.save(result)
        conversation = await store.load(name)
    await store.aclose()
    return f"{conversation.messages[-1].parts[0].content}; {len(conversation.messages)} messages"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--run", default="chat-1", metavar="CONVERSATION", help="the conversation")
    parser.add_argument(
        "--effects", default="", metavar="FILE", help="where each request leaves a line"
    )
    parser.add_argument(
        "--delay", type=float, default=0.0, metavar="SECONDS", help="how long a request takes"
    )
    options = parser.parse_args()
    print(asyncio.run(talk(options.run, options.effects, options.delay)))


if __name__ == "__main__":
    main()
