"""What a provider makes in its own time: begun once, polled, and given again when it is there, by the real SDKs."""

from __future__ import annotations

import unittest

from stage import Staged

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


if __name__ == "__main__":
    unittest.main()
