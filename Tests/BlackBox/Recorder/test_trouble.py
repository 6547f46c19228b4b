"""What goes wrong on the way from a provider, and what an agent gets then: never half an answer, never an old error."""

from __future__ import annotations

import unittest

from stage import Staged, comes, killed_at

ASK = """
import os, sys
from openai import OpenAI
client = OpenAI(max_retries=int(os.environ.get("RETRIES", "2")), timeout=float(os.environ.get("TIMEOUT", "60")))
def ask(text):
    told = client.chat.completions.create(model="m", messages=[{"role": "user", "content": text}], stream=True)
    return "".join(part.choices[0].delta.content or "" for part in told if part.choices)
def out(*lines):
    with open(os.environ["OUT"], "a") as file:
        file.writelines(f"{line}\\n" for line in lines)
"""


class Trouble(Staged):
    """One provider that fails as its prompts want."""

    def lines(self, run: str) -> list[str]:
        return [line for line in self.stage.answers(run) if line]

    def ends(self) -> list[str]:
        return [call["end"] for call in self.stage.calls()]

    def states(self, run: str) -> list[str]:
        return [entry["state"] for entry in self.stage.call("recording.list", run=run)["recordings"]]

    def test_an_error_is_handed_on_and_never_replayed(self) -> None:
        text = ASK + 'out(ask("a [words:2][error:429][once]")); sys.exit(os.environ["SIDESTEP_EPOCH"] == "1")'
        it = self.stage.program("error", text)
        self.assertEqual(it.end(), 0, it.said)
        # The SDK tried again by itself; the second start asked nothing.
        self.assertEqual(self.lines("error"), ["SAMPLE 2", "SAMPLE 2"])
        self.assertEqual(self.ends(), ["error 429", "sent"])
        self.assertEqual(self.states("error"), ["failed", "completed"])

    def test_a_client_that_does_not_try_again_is_spared_an_error_that_passes(self) -> None:
        it = self.stage.start("spared", "gemini", 1, "[words:2][error:503][once]", "--upstream-retries", "1")
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.stage.answers("spared"), ["SAMPLE 2", "done"])
        self.assertEqual(self.ends(), ["error 503", "sent"])
        self.assertEqual(self.states("spared"), ["completed"])

    def test_what_breaks_off_is_an_error_for_the_agent_and_is_asked_for_again_by_its_next_start(self) -> None:
        for name, end in (("cut:3", "cut"), ("end:3", "ended early"), ("sse-error:3", "error event")):
            with self.subTest(name):
                run = name.replace(":", "-")
                self.stage.log.unlink(missing_ok=True)
                it = self.stage.program(run, ASK + f'out("start"); out(ask("{run} [words:9][{name}][once]"))', RETRIES="0")
                self.assertEqual(it.end(), 0, it.said)
                first, *rest = self.lines(run)
                self.assertEqual([first, *rest][:2], ["start", "start"])
                self.assertEqual(rest[1:], ["SAMPLE 2 " + " ".join(f"word{n}" for n in range(7))])
                self.assertEqual(self.ends(), [end, "sent"])
                self.assertEqual(self.states(run), ["failed", "completed"])
                # Nobody says what was used of the first, and it was not nothing.
                broken = self.stage.call("recording.list", run=run)["recordings"][0]
                self.assertEqual(broken["usage_source"], "estimated")
                self.assertGreater(broken["usage"]["output_tokens"], 0)

    def test_an_agent_that_gives_up_too_early_and_asks_again_pays_once(self) -> None:
        question = '[{"role": "user", "content": "hasty [words:4][gate:hasty]"}]'
        text = ASK + f'out(client.chat.completions.create(model="m", messages={question}).choices[0].message.content)'
        it = self.stage.program("hasty", text, TIMEOUT="1", RETRIES="99", OPENAI_LOG="info")
        comes("two more tries", lambda: it.said.count("Retrying request") >= 2)
        self.stage.open("hasty")
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("hasty"), ["SAMPLE 1 word0 word1"])
        self.assertEqual(self.ends(), ["sent"])

    def test_equal_questions_at_once_are_samples_of_their_own_and_each_is_paid_once(self) -> None:
        text = """
import asyncio, os
from openai import AsyncOpenAI
async def main():
    client = AsyncOpenAI()
    async def ask():
        told = await client.chat.completions.create(model="m", messages=[{"role": "user", "content": "same [words:2]"}])
        return told.choices[0].message.content
    answers = sorted(await asyncio.gather(*(ask() for _ in range(5))))
    with open(os.environ["OUT"], "a") as file:
        file.write(" ".join(answers) + "\\n")
    if os.environ["SIDESTEP_EPOCH"] in "12":
        os.kill(os.getpid(), 9)
asyncio.run(main())
"""
        it = self.stage.program("samples", text)
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("samples"), [" ".join(f"SAMPLE {n}" for n in range(1, 6))] * 3)
        self.assertEqual(len(self.stage.calls()), 5)

    def test_several_starts_each_go_a_call_further_and_each_call_is_paid_once(self) -> None:
        text = ASK + (
            'turns = int(os.environ["SIDESTEP_EPOCH"])\n'
            'out(" ".join(ask(f"{n} [words:2]") for n in range(turns)))\n'
            "os.kill(os.getpid(), 9) if turns < 4 else None\n"
        )
        it = self.stage.program("further", text)
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("further"), [" ".join(["SAMPLE 1"] * n) for n in range(1, 5)])
        self.assertEqual(len(self.stage.calls()), 4)

    def test_a_proxy_in_the_environment_is_not_asked_for_loopback(self) -> None:
        it = self.stage.program("proxy", ASK + 'out(ask("proxy [words:2]"))', HTTP_PROXY="http://127.0.0.1:9")
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("proxy"), ["SAMPLE 1"])

    def test_a_key_that_was_changed_misses_nothing(self) -> None:
        text = ASK + 'out(ask("key [words:2]")); sys.exit(os.environ["SIDESTEP_EPOCH"] == "1")'
        first = self.stage.program("key", text, "--restart", "no", OPENAI_API_KEY="first-key")
        self.assertEqual(first.end(), 1, first.said)
        second = self.stage.program("key", text, OPENAI_API_KEY="second-key")
        self.assertEqual(second.end(), 0, second.said)
        self.assertEqual([call["key"] for call in self.stage.calls()], ["Bearer first-key"])

    def test_bytes_that_are_no_text_and_files_come_back_as_they_were(self) -> None:
        text = """
import hashlib, os, sys
from openai import OpenAI
client = OpenAI()
speech = client.audio.speech.create(model="m", voice="alloy", input="[x]").content
image = client.images.generate(model="m", prompt="x").data[0].b64_json
file = client.files.create(file=("name", b"\\xff\\x00abc"), purpose="batch").id
vector = client.embeddings.create(model="m", input="x", encoding_format="float").data[0].embedding
with open(os.environ["OUT"], "a") as out:
    out.write(f"{hashlib.sha256(speech).hexdigest()} {image} {file} {vector}\\n")
sys.exit(os.environ["SIDESTEP_EPOCH"] == "1")
"""
        it = self.stage.program("bytes", text)
        self.assertEqual(it.end(), 0, it.said)
        first, second = self.lines("bytes")
        self.assertEqual(first, second)
        self.assertIn("file-1", first)
        self.assertEqual(len(self.stage.calls()), 4)

    def test_a_tool_that_tells_the_time_does_not_end_the_replay(self) -> None:
        text = """
import json, os, sys, time
from openai import OpenAI
client = OpenAI()
said = [{"role": "user", "content": "drift [words:3][tool:look]"}]
tool = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
first = client.chat.completions.create(model="m", messages=said, tools=[tool]).choices[0].message
said.append(first.model_dump(exclude_none=True))
seen = f"ran 12 tests in {time.monotonic() % 1:.4f}s at {time.strftime('%Y-%m-%dT%H:%M:%S')}" + os.environ.get("WORD", "")
said.append({"role": "tool", "tool_call_id": first.tool_calls[0].id, "content": seen})
told = client.chat.completions.create(model="m", messages=said, tools=[tool]).choices[0].message.content
with open(os.environ["OUT"], "a") as out:
    out.write(told + "\\n")
sys.exit(os.environ["SIDESTEP_EPOCH"] == "1")
"""
        it = self.stage.program("drift", text)
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("drift"), ["SAMPLE 1 word0"] * 2)
        self.assertEqual(len(self.stage.calls()), 2)
        # Other words of a tool are another question.
        first = self.stage.program("words", text.replace("drift ", "words "), "--restart", "no")
        self.assertEqual(first.end(), 1, first.said)
        second = self.stage.program("words", text.replace("drift ", "words "), WORD=" denied")
        self.assertEqual(second.end(), 0, second.said)
        self.assertEqual(len(self.stage.calls()), 5)
        self.assertIn("/messages/2/content", second.said)
        self.assertIn("denied", second.said)

    def test_an_answer_that_kills_the_agent_each_time_is_asked_for_anew(self) -> None:
        text = ASK + 'told = ask("poison [words:2]"); out(told)\nif told == "SAMPLE 1": os.kill(os.getpid(), 11)'
        it = self.stage.program("poison", text)
        self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(self.lines("poison")[-1], "SAMPLE 2")
        self.assertEqual(self.states("poison"), ["superseded", "completed"])
        never = self.stage.program("never", text.replace("poison", "never"), "--reroll", "never", "--max-restarts", "3")
        self.assertEqual(never.end(), 76, never.said)
        self.assertEqual(set(self.lines("never")), {"SAMPLE 1"})

    def test_a_program_that_asks_nothing_is_told_of(self) -> None:
        it = self.stage.supervise("silent", ["true"])
        self.assertEqual(it.end(), 0)
        self.assertIn("0 calls seen", it.said)

    def test_an_agent_that_is_killed_twice_in_one_answer_gets_it_whole(self) -> None:
        with killed_at(self.stage, "twice", "openai_chat_stream", lambda _: self.stage.kill_agent("twice")) as it:
            self.assertEqual(it.end(), 0, it.said)
        self.assertEqual(len(self.stage.calls()), 3)


if __name__ == "__main__":
    unittest.main()
