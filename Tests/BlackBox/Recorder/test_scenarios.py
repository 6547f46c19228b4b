"""Agents as people write them: tools of frameworks, sets in prompts, tasks that are cancelled, readers that are slow."""

from __future__ import annotations

import unittest

from stage import Staged, comes
from test_trouble import ASK

#: A tool that kills its agent the first time.
TOOL = """
def look() -> str:
    "Look."
    out("looked")
    if os.environ["SIDESTEP_EPOCH"] == "1":
        os.kill(os.getpid(), 9)
    return "seen"
"""
FRAMEWORKS = {
    "pydantic_ai": """
from pydantic_ai import Agent
from pydantic_ai.models.openai import OpenAIChatModel
out(Agent(OpenAIChatModel("m"), tools=[look]).run_sync(PROMPT).output)
""",
    "openai_agents": """
from agents import Agent, Runner, function_tool
out(Runner.run_sync(Agent(name="a", model="m", tools=[function_tool(look)]), PROMPT).final_output)
""",
    "langgraph": """
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_openai import ChatOpenAI
model = ChatOpenAI(model="m", streaming=True).bind_tools([look])
said = [HumanMessage(PROMPT)]
while (told := model.invoke(said)).tool_calls:
    said += [told, *(ToolMessage(look(), tool_call_id=call["id"]) for call in told.tool_calls)]
out(told.content)
""",
    "litellm": """
import litellm
tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
said = [{"role": "user", "content": PROMPT}]
while (told := litellm.completion(model="openai/m", messages=said, tools=[tool]).choices[0].message).tool_calls:
    said.append(told.model_dump(exclude_none=True))
    said += [{"role": "tool", "tool_call_id": call.id, "content": look()} for call in told.tool_calls]
out(told.content)
""",
}

#: Answers come in parts, so that a program can leave in the middle of one.
PARTS = """
import asyncio, os
from openai import AsyncOpenAI
client = AsyncOpenAI()
async def parts(text):
    told = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}], stream=True)
    async for part in told:
        if part.choices and part.choices[0].delta.content:
            yield part.choices[0].delta.content
def out(line):
    with open(os.environ["OUT"], "a") as file:
        file.write(line + "\\n")
"""


class Scenarios(Staged):
    """What each of them costs when it is killed, or does as it does."""

    def lines(self, run: str) -> list[str]:
        return [line for line in self.stage.answers(run) if line]

    def test_an_agent_that_dies_in_a_tool_of_its_framework_runs_the_tool_again_and_pays_no_turn_twice(self) -> None:
        for name, text in FRAMEWORKS.items():
            with self.subTest(name):
                self.stage.log.unlink(missing_ok=True)
                prompt = f'PROMPT = "{name} [words:3][tool:look]"'
                quiet = 'os.environ.update(OPENAI_AGENTS_DISABLE_TRACING="1", LITELLM_LOCAL_MODEL_COST_MAP="True")\n'
                it = self.stage.program(name, ASK + quiet + TOOL + prompt + text)
                self.assertEqual(it.end(), 0, it.said)
                self.assertEqual(self.lines(name), ["looked", "looked", "SAMPLE 1 word0"])
                self.assertEqual([call["sample"] for call in self.stage.calls()], [1, 1])

    def test_a_prompt_that_is_made_of_a_set_has_the_same_order_at_each_start(self) -> None:
        text = ASK + (
            "words = {f'word-{n}' for n in range(50)}\n"
            "out(ask('set [words:2] ' + ' '.join(words)))\n"
            'sys.exit(os.environ["SIDESTEP_EPOCH"] in "123")\n'
        )
        it = self.stage.program("set", text)
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("set"), ["SAMPLE 1"] * 4)
        self.assertEqual(len(self.stage.calls()), 1)

    def test_a_program_that_expects_a_choice_in_each_part_is_not_shown_the_part_with_the_usage(self) -> None:
        text = ASK + (
            'told = client.chat.completions.create(model="m", messages=[{"role": "user", "content": "naive [words:5]"}], stream=True)\n'
            'out("".join(part.choices[0].delta.content or "" for part in told))\n'
        )
        it = self.stage.program("naive", text, "--usage")
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("naive"), ["SAMPLE 1 word0 word1 word2"])
        [call] = self.stage.call("recording.list", run="naive")["recordings"]
        self.assertEqual(call["usage_source"], "reported")

    def test_a_task_that_is_cancelled_and_made_again_gets_the_answer_it_left(self) -> None:
        text = PARTS + """
async def main():
    text = "cancelled [words:6][gate:cancelled]"
    begun = asyncio.Event()
    async def ask():
        told = ""
        async for part in parts(text):
            told += part
            begun.set()
        return told
    first = asyncio.create_task(ask())
    await begun.wait()
    first.cancel()
    await asyncio.gather(first, return_exceptions=True)
    second = asyncio.create_task(ask())
    await asyncio.sleep(0)
    out("asked again")
    out(await second)
asyncio.run(main())
"""
        it = self.stage.program("cancelled", text)
        comes("the second question", (self.stage.folder / "cancelled.out").exists)
        self.stage.open("cancelled")
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("cancelled")[-1], "SAMPLE 1 " + " ".join(f"word{n}" for n in range(4)))
        self.assertEqual([call["end"] for call in self.stage.calls()], ["sent"])

    def test_one_slow_reader_among_many_holds_up_none_and_loses_nothing(self) -> None:
        text = PARTS + """
async def main():
    async def ask(n, go_on):
        told = ""
        async for part in parts(f"many {n} [words:4000]"):
            told += part
            await go_on.wait()
        return told
    now, later = asyncio.Event(), asyncio.Event()
    now.set()
    slow = asyncio.create_task(ask(0, later))
    fast = await asyncio.gather(*(ask(n, now) for n in range(1, 20)))
    # All the others are over before it has read its second part.
    assert not slow.done()
    later.set()
    for told in [*fast, await slow]:
        out(f"{len(told.split())} {told.split()[-1]}")
asyncio.run(main())
"""
        it = self.stage.program("many", text)
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("many"), ["4000 word3997"] * 20)
        self.assertEqual(len(self.stage.calls()), 20)


if __name__ == "__main__":
    unittest.main()
