"""What a provider makes in its own time: begun once, polled, and given again when it is there, by the real SDKs."""

from __future__ import annotations

import unittest
from collections.abc import Callable

from stage import Staged, Supervised, comes

OUT = """
import os, time
def out(*lines):
    with open(os.environ["OUT"], "a") as file:
        file.writelines(f"{line}\\n" for line in lines)
def end():
    if os.environ["SIDESTEP_EPOCH"] == "1":
        os.kill(os.getpid(), 9)
"""
RESPONSE = OUT + """
from openai import OpenAI
client = OpenAI()
told = client.responses.create(model="m", input="NAME [words:3][polls:2][forget]", background=True)
while told.status in ("queued", "in_progress"):
    time.sleep(0.02)
    told = client.responses.retrieve(told.id)
out(told.output_text)
end()
"""
BATCH = OUT + """
from openai import OpenAI
client = OpenAI()
told = client.batches.create(input_file_id="file-1", endpoint="/v1/responses", completion_window="24h")
while told.status != "completed":
    time.sleep(0.02)
    told = client.batches.retrieve(told.id)
out(client.files.content(told.output_file_id).text.replace("\\n", " "))
end()
"""
STREAM = OUT + """
from openai import OpenAI
said = ""
for event in OpenAI().responses.create(model="m", input="[gate:NAME] [words:4]MORE", background=True, stream=True):
    if event.type == "response.output_text.delta":
        said += event.delta
out(said)
"""
SOCKET = OUT + """
import asyncio
from openai import AsyncOpenAI
async def main():
    said = ""
    async with AsyncOpenAI().responses.connect() as connection:
        await connection.response.create(model="m", input="[gate:NAME] [words:4]MORE", background=True)
        async for event in connection:
            if event.type == "response.output_text.delta":
                said += event.delta
            if event.type == "response.completed":
                return out(said)
asyncio.run(main())
"""
PLAIN = OUT + """
from openai import OpenAI
said = [{"role": "user", "content": "[gate:plain] [words:4]"}]
out(OpenAI().chat.completions.create(model="m", messages=said).choices[0].message.content)
"""
INTERACTION = OUT + """
from google import genai
client = genai.Client()
told = client.interactions.create(model="m", input="[polls:1]", background=True)
while told.status == "in_progress":
    time.sleep(0.02)
    told = client.interactions.get(told.id)
out(told.status)
end()
"""


class Background(Staged):
    """Agents that are killed when they have read the end, and start again when the provider has lost it."""

    def check(self, run: str, text: str, line: str, calls: int, reads: int) -> None:
        it = self.stage.program(run, text)
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual([told for told in self.stage.answers(run) if told], [line] * 2)
        self.assertEqual((len(self.stage.calls()), len(self.stage.reads())), (calls, reads), self.stage.reads())

    def test_a_response_in_the_background_is_begun_once_and_its_end_is_given_again(self) -> None:
        self.check("response", RESPONSE, "SAMPLE 1 word0", 1, 3)
        entries = self.stage.call("recording.list", run="response")["recordings"]
        self.assertEqual([(e["http_method"], e["state"]) for e in entries], [("POST", "completed"), ("GET", "completed")])
        # What it used is known at its end alone.
        self.assertEqual([e["usage_source"] for e in entries], ["estimated", "reported"])
        self.assertEqual(entries[1]["usage"]["output_tokens"], 3)

    def test_a_batch_is_begun_once_and_its_end_and_its_results_are_given_again(self) -> None:
        self.check("batch", BATCH, '{"custom_id":"a"} {"custom_id":"b"} ', 1, 4)

    def test_an_interaction_in_the_background_is_begun_once_and_its_end_is_given_again(self) -> None:
        self.check("interaction", INTERACTION, "completed", 1, 2)

    def interrupted(self, run: str, more: str, end: Callable[[Supervised], object], how: str = STREAM) -> Supervised:
        """A stream whose supervisor comes to its end in the middle, and the next one."""
        text = how.replace("NAME", run).replace("MORE", more)
        self.interrupt(run, text, end)
        return self.finished(run, text)

    def interrupt(self, run: str, text: str, end: Callable[[Supervised], object]) -> None:
        first = self.stage.program(run, text)
        self.stage.reached(run)
        comes("the id", lambda: self.stage.call("state.list", run=run)["state"])
        end(first)
        self.stage.open(run)

    def finished(self, run: str, text: str, *options: str) -> Supervised:
        it = self.stage.program(run, text, *options)
        self.assertEqual(it.end(), 0, it.said)
        return it

    def test_a_stream_in_the_background_is_read_where_it_is_made_when_its_supervisor_was_killed_or_stopped(self) -> None:
        def stop(it: Supervised) -> None:
            it.process.terminate()
            it.end()

        ends = (("killed", Supervised.kill), ("stopped", stop))
        ways = (("http", STREAM), ("socket", SOCKET))
        for run, end, how in ((f"{by}-{name}", end, how) for by, how in ways for name, end in ends):
            with self.subTest(run):
                self.setUp()
                again = self.interrupted(run, "", end, how)
                self.assertEqual(self.stage.answers(run), ["SAMPLE 1 word0 word1", ""])
                comes("the end of the call", self.stage.calls)
                self.assertEqual((len(self.stage.calls()), len(self.stage.reads())), (1, 1))
                self.assertIn("0 live, 1 fetched", again.said)
                [entry] = self.stage.call("recording.list", run=run)["recordings"]
                self.assertEqual((entry["state"], entry["usage_source"]), ("completed", "reported"))
                self.assertEqual(self.stage.call("state.list", run=run)["state"], {})
                found = self.stage.call("run.get", run=run)["usage"]
                self.assertEqual(found["output_tokens"], 4, found)

    def test_a_stream_that_the_provider_has_lost_meanwhile_is_asked_for_again(self) -> None:
        for run, how in (("lost-http", STREAM), ("lost-socket", SOCKET)):
            with self.subTest(run):
                self.setUp()
                again = self.interrupted(run, "[forget]", Supervised.kill, how)
                self.assertEqual(self.stage.answers(run), ["SAMPLE 2 word0 word1", ""])
                comes("the ends of both calls", lambda: len(self.stage.calls()) == 2)
                self.assertEqual(len(self.stage.reads()), 1)
                self.assertIn("paid twice", again.said)
                states = [entry["state"] for entry in self.stage.call("recording.list", run=run)["recordings"]]
                self.assertEqual(states, ["in_doubt", "completed"])
                self.assertEqual(self.stage.call("state.list", run=run)["state"], {})

    def test_an_agent_that_is_killed_gets_the_answer_in_the_background_that_goes_on_for_its_socket(self) -> None:
        text = "import os\nprint(os.getpid(), file=open(os.environ['OUT'][:-3] + 'pid', 'w'), flush=True)\n" + SOCKET
        it = self.stage.program("attached", text.replace("NAME", "attached").replace("MORE", ""))
        self.stage.reached("attached")
        self.stage.kill_agent("attached")
        self.stage.open("attached")
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.stage.answers("attached"), ["SAMPLE 1 word0 word1", ""])
        self.assertEqual((len(self.stage.calls()), self.stage.reads()), (1, []))
        self.assertIn("2 calls in 2 starts: 1 live", it.said)

    def test_a_fork_does_not_read_what_its_source_has_left_at_the_provider(self) -> None:
        text = STREAM.replace("NAME", "source").replace("MORE", "")
        self.interrupt("source", text, Supervised.kill)
        self.stage.sidestep("fork", "source", "--id", "fork")
        self.assertEqual(list(self.stage.call("state.list", run="fork")["state"]), ["recorder:1"])
        # The fork's first call has the number of the source's, and its end is not known either.
        first = self.stage.program("fork", PLAIN, "--allow-change")
        self.stage.reached("plain")
        first.kill()
        self.stage.open("plain")
        self.finished("fork", PLAIN, "--allow-change")
        self.assertEqual(self.stage.answers("fork"), ["SAMPLE 2 word0 word1", ""])
        self.assertEqual((self.stage.reads(), self.stage.call("state.list", run="fork")["state"]), ([], {}))
        self.finished("source", text)
        self.assertEqual(self.stage.answers("source"), ["SAMPLE 1 word0 word1", ""])
        self.assertEqual(len(self.stage.reads()), 1)


if __name__ == "__main__":
    unittest.main()
