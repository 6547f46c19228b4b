#!/usr/bin/env python3
"""An agent that knows nothing of Sidestep: some turns with a model, by a real SDK.

    agent.py HOW TURNS PROMPT OUT

HOW is one of the ways below. Every turn sends the whole history, as agents do. OUT gets a line per turn as soon as it is over, and a last
line `done`; OUT.pid is this process. Nothing here is of this project, and nothing is kept from one start to the next.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENAI_API_KEY", "key-of-the-user")
os.environ.setdefault("ANTHROPIC_API_KEY", "key-of-the-user")
os.environ.setdefault("GEMINI_API_KEY", "key-of-the-user")
os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
os.environ["OPENAI_AGENTS_DISABLE_TRACING"] = "1"

History = list[dict[str, Any]]


def openai_chat() -> Callable[[History], str]:
    from openai import OpenAI

    client = OpenAI()
    return lambda said: str(client.chat.completions.create(model="m", messages=said).choices[0].message.content)  # type: ignore[arg-type]


def openai_chat_stream() -> Callable[[History], str]:
    from openai import OpenAI

    client = OpenAI()

    def ask(said: History) -> str:
        stream = client.chat.completions.create(model="m", messages=said, stream=True)  # type: ignore[call-overload]
        return "".join(part.choices[0].delta.content or "" for part in stream if part.choices)

    return ask


def openai_by_socket() -> Callable[[History], str]:
    """Streams of chat completions, by the Unix socket of the recorder."""
    import httpx2
    from openai import DefaultHttpx2Client, OpenAI

    transport = httpx2.HTTPTransport(uds=os.environ["SIDESTEP_HTTP_SOCKET"])
    client = OpenAI(http_client=DefaultHttpx2Client(transport=transport))

    def ask(said: History) -> str:
        stream = client.chat.completions.create(model="m", messages=said, stream=True)  # type: ignore[call-overload]
        return "".join(part.choices[0].delta.content or "" for part in stream if part.choices)

    return ask


def openai_responses() -> Callable[[History], str]:
    from openai import OpenAI

    client = OpenAI()
    return lambda said: client.responses.create(model="m", input=said).output_text  # type: ignore[arg-type]


def openai_responses_stream() -> Callable[[History], str]:
    from openai import OpenAI

    client = OpenAI()

    def ask(said: History) -> str:
        with client.responses.stream(model="m", input=said) as stream:  # type: ignore[arg-type]
            for _ in stream:
                pass
            return stream.get_final_response().output_text

    return ask


def openai_websocket() -> Callable[[History], str]:
    from openai import AsyncOpenAI

    async def turn(said: History) -> str:
        async with AsyncOpenAI().responses.connect() as connection:
            await connection.response.create(model="m", input=said)  # type: ignore[arg-type]
            async for event in connection:
                if event.type == "response.completed":
                    return event.response.output_text
        raise ConnectionError("the socket ended before the answer")

    return lambda said: asyncio.run(turn(said))


def anthropic_messages() -> Callable[[History], str]:
    from anthropic import Anthropic

    client = Anthropic()
    return lambda said: client.messages.create(model="m", max_tokens=99, messages=said).content[0].text  # type: ignore[arg-type,union-attr]


def anthropic_stream() -> Callable[[History], str]:
    from anthropic import Anthropic

    client = Anthropic()

    def ask(said: History) -> str:
        with client.messages.stream(model="m", max_tokens=99, messages=said) as stream:  # type: ignore[arg-type]
            return stream.get_final_text()

    return ask


def contents(said: History) -> list[Any]:
    roles = {"user": "user", "assistant": "model"}
    return [{"role": roles[entry["role"]], "parts": [{"text": entry["content"]}]} for entry in said]


def gemini() -> Callable[[History], str]:
    from google import genai

    client = genai.Client()
    return lambda said: str(client.models.generate_content(model="m", contents=contents(said)).text)


def gemini_stream() -> Callable[[History], str]:
    from google import genai

    client = genai.Client()

    def ask(said: History) -> str:
        parts = client.models.generate_content_stream(model="m", contents=contents(said))
        return "".join(part.text or "" for part in parts)

    return ask


def litellm_openai() -> Callable[[History], str]:
    import litellm

    return lambda said: str(litellm.completion(model="openai/m", messages=said).choices[0].message.content)


def litellm_anthropic() -> Callable[[History], str]:
    import litellm

    return lambda said: str(litellm.completion(model="anthropic/m", messages=said).choices[0].message.content)


def langchain() -> Callable[[History], str]:
    from langchain_openai import ChatOpenAI

    model = ChatOpenAI(model="m", streaming=True)
    return lambda said: str(model.invoke([(entry["role"], entry["content"]) for entry in said]).content)


def pydantic_ai() -> Callable[[History], str]:
    from pydantic_ai import Agent
    from pydantic_ai.models.openai import OpenAIChatModel

    agent = Agent(OpenAIChatModel("m"))
    kept: list[Any] = []

    def ask(said: History) -> str:
        result = agent.run_sync(said[-1]["content"], message_history=list(kept))
        kept[:] = result.all_messages()
        return result.output

    return ask


def openai_agents() -> Callable[[History], str]:
    from agents import Agent, Runner, function_tool

    @function_tool
    def look() -> str:
        """Look."""
        return "seen"

    agent = Agent(name="a", model="m", tools=[look])
    return lambda said: str(Runner.run_sync(agent, said).final_output)  # type: ignore[arg-type]


WAYS: dict[str, Callable[[], Callable[[History], str]]] = {
    way.__name__: way
    for way in (
        openai_chat,
        openai_chat_stream,
        openai_by_socket,
        openai_responses,
        openai_responses_stream,
        openai_websocket,
        anthropic_messages,
        anthropic_stream,
        gemini,
        gemini_stream,
        litellm_openai,
        litellm_anthropic,
        langchain,
        pydantic_ai,
        openai_agents,
    )
}


def main() -> None:
    how, turns, prompt, out = sys.argv[1], int(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    out.with_suffix(".pid").write_text(str(os.getpid()))
    ask = WAYS[how]()
    said: History = []
    answers = []
    for turn in range(turns):
        said.append({"role": "user", "content": f"turn {turn} {prompt.replace('%', str(turn))}"})
        answers.append(ask(said))
        said.append({"role": "assistant", "content": answers[-1]})
        out.write_text("\n".join(answers))
    out.write_text("\n".join([*answers, "done"]))


if __name__ == "__main__":
    main()
