"""Where a recorder draws again, refuses, passes unrecorded, or asks for money first."""

import asyncio
import json
import subprocess
import sys

from bench import BIN, wait_for
from recorded import ASK, Recording, completion, events
from upstream import chunk, head, stream, whole


class Limits(Recording):
    def test_an_answer_after_which_the_program_always_fails_is_drawn_again(self):
        async def answer(asked, writer):
            return await whole(writer, completion(str(len(self.upstream.asked))), "200 OK",
                               "content-type: application/json")  # fmt: skip

        agent = self.run_agent(
            ASK + """
told("before")
if json.loads(told("x")[2])["choices"][0]["message"]["content"] == "2":
    raise SystemExit("I cannot go on from that")
say("done")
""", *self.serve(answer), restart="on-failure")  # fmt: skip
        self.assertEqual(self.finished(agent), ["done"])
        self.assertIn("drawn again: recording 2", self.said)
        self.assertEqual(self.states(), ["completed", "superseded", "completed"])

    def test_a_call_that_was_not_made_before_is_told_of_and_refused_where_that_is_wanted(self):
        async def answer(asked, writer):
            return await whole(writer, completion("x"), "200 OK", "content-type: application/json")

        text = ASK + """
say(told("at " + str(epoch))[0])
raise SystemExit(epoch == 1)
"""
        options = self.serve(answer)
        self.assertEqual(self.finished(self.run_agent(text, *options, restart="on-failure")), [200, 200])
        self.assertRegex(self.said, r"recording 2 differs from recording 1 at \S*messages\S*content")
        refused = self.run_agent(text, *options, "--on-divergence", "fail", run="other", restart="on-failure")
        self.assertEqual(self.finished(refused), [200, 409])

    def test_an_answer_that_is_longer_than_what_is_kept_passes_whole_and_is_told_of(self):
        long = bytes(range(256)) * 100
        agent = self.run_agent(
            "say([len(ask()[2]), ask()[2] == bytes(range(256)) * 100])",
            *self.serve(lambda asked, writer: whole(writer, long)), "--max-body", "1024")  # fmt: skip
        self.assertEqual(self.finished(agent), [[len(long), True]])
        self.assertEqual(self.states(), ["failed", "failed"])
        self.assertIn("--max-body", self.said)

    def test_a_program_is_compared_with_what_was_recorded_without_a_provider(self):
        async def answer(asked, writer):
            return await whole(writer, completion("x"), "200 OK", "content-type: application/json")

        text = ASK.replace('int(os.environ["SIDESTEP_EPOCH"])', "1") + """
say([told("first")[0], told("second " + os.environ.get("WORD", ""))[0]])
"""
        self.assertEqual(self.finished(self.run_agent(text, *self.serve(answer))), [[200, 200]])
        self.upstream.asked.clear()
        program = (sys.executable, self.folder / "program.py")
        self.environment["PLACE"] = str(self.folder)
        same = self.sidestep("replay", "--check", "agent", "--", *program)
        self.assertEqual((same.returncode, same.stdout), (0, b"[200, 200]\n"), same.stderr)
        self.environment["WORD"] = "other"
        other = self.sidestep("replay", "--check", "agent", "--", *program)
        self.assertEqual((other.returncode, other.stdout), (1, b"[200, 409]\n"), other.stderr)
        self.assertIn(b"at /messages/0/content", other.stderr)
        self.assertIn(b"1 recorded calls were not made", other.stderr)
        self.assertEqual(self.upstream.asked, [])

    def test_a_program_outside_is_recorded_for_its_run(self):
        async def answer(asked, writer):
            return await whole(writer, completion(str(len(self.upstream.asked))), "200 OK",
                               "content-type: application/json")  # fmt: skip

        options = self.serve(answer)
        (self.folder / "program.py").write_text(
            "from agent import *\n" + ASK.replace('int(os.environ["SIDESTEP_EPOCH"])', "1") + """
say(json.loads(told("x")[2])["choices"][0]["message"]["content"])
""")
        for _ in range(2):
            recorder = subprocess.Popen(
                [BIN / "sidestep", "record", "--run", "outside", "--json", *options], env=self.environment,
                stdout=subprocess.PIPE, text=True)  # fmt: skip
            variables = json.loads(recorder.stdout.readline())
            said = subprocess.run(
                [sys.executable, self.folder / "program.py"], capture_output=True, timeout=60,
                env=self.environment | variables | {"PLACE": str(self.folder)})  # fmt: skip
            self.assertEqual(said.stdout, b'"1"\n', said.stderr)
            recorder.terminate()
            recorder.communicate(timeout=60)
            self.assertEqual(recorder.returncode, 0)
        self.assertEqual(len(self.upstream.asked), 1)

    def test_a_budget_is_a_402_and_the_run_waits_for_more(self):
        async def answer(asked, writer):
            return await whole(writer, completion("x"), "200 OK", "content-type: application/json")

        agent = self.run_agent(
            ASK + """
for number in range(10):
    status, headers, body = told(str(number))
    if status != 200:
        say([number, status, headers["x-should-retry"], json.loads(body)["error"]["code"]])
        raise SystemExit(3)
""", *self.serve(answer), "--budget-tokens", "50", restart="on-failure")  # fmt: skip
        out, err = agent.communicate(timeout=60)
        self.assertEqual(agent.returncode, 77, err)
        [[number, *rest]] = [json.loads(line) for line in out.splitlines()]
        self.assertEqual(rest, [402, "false", "sidestep_budget_exhausted"])
        self.assertEqual(len(self.upstream.asked), number)
        self.assertGreater(number, 1)

    def test_no_price_is_no_call_on_a_budget_of_money(self):
        options = self.serve(
            lambda asked, writer: whole(writer, completion("x"), "200 OK", "content-type: application/json"))
        agent = self.run_agent(ASK + "say(told('x')[0])", *options, "--budget-usd", "5")
        self.assertEqual(self.finished(agent), [402])
        self.assertEqual(self.upstream.asked, [])
        prices = self.folder / "prices"
        prices.write_text("m* 1 2\n")
        agent = self.run_agent(ASK + "say(told('x')[0])", *options, "--budget-usd", "5", "--prices", prices, run="b")
        self.assertEqual(self.finished(agent), [200])

    def test_usage_that_was_asked_for_in_the_agents_place_is_not_shown_to_it(self):
        usage = b'data: {"choices":[],"usage":{"prompt_tokens":900,"completion_tokens":1}}\n\n'

        async def answer(asked, writer):
            if "refuse" in asked.target and b"include_usage" in asked.body:
                return await whole(writer, b"{}", "400 Bad Request")
            first, second, last = events("x")
            return await stream(writer, [first, second, usage, last] if b"include_usage" in asked.body else events("x"))

        agent = self.run_agent(
            """
body = b'{"model":"m","stream":true,"messages":[]}'
for path in "/chat/completions", "/refuse/chat/completions":
    say(ask(path=path, body=body, content_type="application/json")[2].decode())
raise SystemExit(os.environ["SIDESTEP_EPOCH"] == "1")
""", *self.serve(answer), "--usage", restart="on-failure")  # fmt: skip
        self.assertEqual(self.finished(agent), ["".join(event.decode() for event in events("x"))] * 4)
        self.assertEqual(self.recordings()[0]["usage"]["input_tokens"], 900)
        self.assertEqual(len(self.upstream.asked), 3)

    def test_with_a_whole_buffer_no_byte_comes_before_all_are_recorded(self):
        go = asyncio.Event()

        async def answer(asked, writer):
            writer.write(head("200 OK", "content-type: text/event-stream", "transfer-encoding: chunked"))
            first, *rest = events("half")
            await chunk(writer, first)
            self.begun = True
            await go.wait()
            for event in rest:
                await chunk(writer, event)
            writer.write(b"0\r\n\r\n")
            return True

        self.begun = False
        agent = self.run_agent(
            ASK + """
connection = socket.create_connection((base().hostname, base().port), timeout=100)
connection.sendall(request(body=b'{"stream":true}', content_type="application/json"))
while not (PLACE / "begun").exists():
    time.sleep(0.02)
time.sleep(0.2)
connection.setblocking(False)
try:
    early = connection.recv(1 << 16)
except BlockingIOError:
    early = b""
(PLACE / "looked").touch()
connection.settimeout(100)
received = early
while part := connection.recv(1 << 16):
    received += part
say([b"half" in early, b"[DONE]" in received])
""", *self.serve(answer), "--buffer", "full")  # fmt: skip
        wait_for(lambda: self.begun, "the first event")
        (self.folder / "begun").touch()
        wait_for((self.folder / "looked").exists, "a look")
        self.upstream._loop.call_soon_threadsafe(go.set)
        self.assertEqual(self.finished(agent), [[False, True]])
