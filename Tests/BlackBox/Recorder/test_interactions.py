"""Gemini's Interactions that need something to go on: a tool's result, or another request. By the real SDK."""

from __future__ import annotations

import unittest

from stage import Staged, comes

START = """
import os
from pathlib import Path
from google import genai
client = genai.Client()
Path(os.environ["OUT"]).with_suffix(".pid").write_text(str(os.getpid()))
def out(line):
    with open(os.environ["OUT"], "a") as file:
        file.write(f"{line}\\n")
def die(epoch):
    if os.environ["SIDESTEP_EPOCH"] == str(epoch):
        os.kill(os.getpid(), 9)
def ask(**more):
    told = client.interactions.create(model="m", **more)
    if not more.get("stream"):
        return told.id, told.status, told.steps
    events = list(told)
    last = next(event.interaction for event in reversed(events) if event.event_type == "interaction.completed")
    return last.id, last.status, last.steps
"""
TOOL = START + """
look = {"type": "function", "name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {}}}
more = {"tools": [look], "stream": STREAM}
id, status, steps = ask(input="[tool:look] [words:4]", **more)
out(f"{status} {steps[-1].id}")
die(1)
result = {"type": "function_result", "call_id": steps[-1].id, "name": "look", "result": "seen"}
id, status, steps = ask(input=[result], previous_interaction_id=id, **more)
out(f"{status} {id}")
die(2)
"""
HOPS = START + """
told = client.interactions.create(
    model="m", input="[hops:3] [words:4] [hop-gate:NAME]", automatic_continuation=True, stream=STREAM)
if STREAM:
    said = "".join(e.delta.text for e in told if e.event_type == "step.delta")
else:
    said = "".join(c.text for step in told.steps for c in step.content)
out(said)
"""
READ = START + """
import time
look = {"type": "function", "name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {}}}
told = client.interactions.create(model="m", input="[tool:look] [polls:2] [forget]", tools=[look], background=True)
while told.status == "in_progress":
    time.sleep(0.02)
    told = client.interactions.get(told.id)
out(f"{told.status} {told.steps[-1].id}")
die(1)
"""


class Interactions(Staged):
    """Agents that are killed between the requests of one turn, and within one of them."""

    def check(self, run: str, text: str, lines: list[str], calls: int, source: str = "reported") -> None:
        it = self.stage.program(run, text)
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual([line for line in self.stage.answers(run) if line], lines)
        self.paid_once(run, calls, source)

    def paid_once(self, run: str, calls: int, source: str = "reported") -> None:
        paid = self.stage.calls()
        self.assertEqual([call["sample"] for call in paid], [1] * calls, paid)
        entries = self.stage.call("recording.list", run=run)["recordings"]
        posts = [(entry["state"], entry["usage_source"]) for entry in entries if entry["http_method"] == "POST"]
        self.assertEqual(posts, [("completed", source)] * calls)

    def test_a_call_of_a_tool_and_the_answer_to_its_result_are_paid_once_each(self) -> None:
        first, last = "requires_action call_of_sample_1", "completed int-1-1"
        for stream in ("False", "True"):
            with self.subTest(stream=stream):
                self.setUp()
                text = TOOL.replace("STREAM", stream)
                self.check(f"tool-{stream}".lower(), text, [first, first, last, first, last], 2)

    def test_an_answer_of_several_requests_is_paid_once_whichever_of_them_its_agent_dies_in(self) -> None:
        for stream in ("False", "True"):
            with self.subTest(stream=stream):
                self.setUp()
                run = f"hops-{stream}".lower()
                it = self.stage.program(run, HOPS.replace("NAME", run).replace("STREAM", stream))
                self.stage.reached(run)
                comes("the agent", (self.stage.folder / f"{run}.pid").exists)
                self.stage.kill_agent(run)
                self.stage.open(run)
                self.assertEqual(it.end(), 0, it.said)
                said = "SAMPLE 1 word0 word1. " * 3
                self.assertEqual([line for line in self.stage.answers(run) if line], [said])
                self.paid_once(run, 3)

    def test_an_interaction_in_the_background_that_waits_for_a_tool_is_read_once_and_given_again(self) -> None:
        self.check("waiting", READ.replace("STREAM", "False"), ["requires_action call_of_sample_1"] * 2, 1, "estimated")
        self.assertEqual(len(self.stage.reads()), 3)


if __name__ == "__main__":
    unittest.main()
