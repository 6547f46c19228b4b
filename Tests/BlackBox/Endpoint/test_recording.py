"""What is recorded is given again, and nothing else is."""

import asyncio
import os
import signal

from bench import wait_for
from recorded import ASK, Recording, completion, events
from upstream import chunk, head, stream, whole


class Answers(Recording):
    def test_what_a_start_was_answered_the_next_is_given_again_byte_for_byte(self):
        async def answer(asked, writer):
            if b"stream" in asked.body:
                return await stream(writer, events("\u00e9"))
            return await whole(writer, b' {"n": 1.0, "a": "\\u00e9"}\n', "200 OK", "content-type: application/json",
                               "x-request-id: r1", "set-cookie: c=1", "date: now")  # fmt: skip

        agent = self.run_agent(
            ASK + """
for text in "plain", "stream", "plain":
    status, headers, body = told(text)
    say([status, body.decode(), headers.get("x-request-id"), headers.get("set-cookie"),
         headers.get("x-sidestep-replayed")])
raise SystemExit(epoch == 1)
""", *self.serve(answer), restart="on-failure")  # fmt: skip
        said = self.finished(agent)
        self.assertEqual(len(said), 6)
        self.assertEqual([line[1] for line in said[:3]], [line[1] for line in said[3:]])
        self.assertEqual(said[0], [200, ' {"n": 1.0, "a": "\\u00e9"}\n', "r1", "c=1", None])
        self.assertEqual(said[3], [200, ' {"n": 1.0, "a": "\\u00e9"}\n', "r1", None, "true"])
        self.assertEqual(len(self.upstream.asked), 3)
        self.assertEqual(self.states(), ["completed"] * 3)
        self.assertIn("6 calls in 2 starts: 3 live, 3 replayed", self.said)

    def test_an_agent_killed_in_the_middle_of_a_stream_is_attached_to_it_and_it_is_paid_once(self):
        go = asyncio.Event()

        async def answer(asked, writer):
            writer.write(head("200 OK", "content-type: text/event-stream", "transfer-encoding: chunked"))
            first, *rest = events("half")
            await chunk(writer, first)
            await go.wait()
            for event in rest:
                await chunk(writer, event)
            writer.write(b"0\r\n\r\n")
            return True

        agent = self.run_agent(
            ASK + """
connection = socket.create_connection((base().hostname, base().port))
connection.sendall(request(body=b'{"stream":true,"messages":[]}', content_type="application/json"))
response = http.client.HTTPResponse(connection)
response.begin()
received = b""
while b"half" not in received:
    received += response.read1()
if epoch == 1:
    (PLACE / "pid").write_text(str(os.getpid()))
    time.sleep(1000)
(PLACE / "second").touch()
say((received + response.read()).decode())
""", *self.serve(answer), restart="on-failure")  # fmt: skip
        pid = wait_for(lambda: (self.folder / "pid").exists() and (self.folder / "pid").read_text(), "the first start")
        os.kill(int(pid), signal.SIGKILL)
        wait_for((self.folder / "second").exists, "the second start")
        self.upstream._loop.call_soon_threadsafe(go.set)
        self.assertEqual(self.finished(agent), ["".join(event.decode() for event in events("half"))])
        self.assertEqual(len(self.upstream.asked), 1)
        self.assertEqual(self.states(), ["completed"])
        self.assertIn("1 attached", self.said)

    def test_errors_and_what_breaks_off_are_handed_on_and_never_given_again(self):
        seen = []

        async def answer(asked, writer):
            seen.append(asked)
            if len(seen) == 1:
                return await whole(writer, b'{"error":{}}', "500 Oops")
            if len(seen) == 2:
                # A clean end, and yet not the end of the answer.
                return await stream(writer, list(events("x"))[:1])
            return await stream(writer, events("whole"))

        agent = self.run_agent(
            ASK + """
for _ in range(3):
    try:
        say(told("x")[0])
    except http.client.IncompleteRead:
        say("broken")
raise SystemExit(epoch == 1)
""", *self.serve(answer), restart="on-failure")  # fmt: skip
        self.assertEqual(self.finished(agent)[:4], [500, "broken", 200, 200])
        self.assertEqual(self.states()[:3], ["failed", "failed", "completed"])

    def test_the_end_of_an_answer_waits_for_the_daemon_which_may_die_meanwhile(self):
        go = asyncio.Event()

        async def answer(asked, writer):
            writer.write(head("200 OK", "content-type: text/event-stream", "transfer-encoding: chunked"))
            first, *rest = events("half")
            await chunk(writer, first)
            await go.wait()
            for event in rest:
                await chunk(writer, event)
            writer.write(b"0\r\n\r\n")
            await writer.drain()
            self.sent = True
            return True

        self.sent = False
        agent = self.run_agent(
            ASK + """
connection = socket.create_connection((base().hostname, base().port))
connection.sendall(request(body=b'{"stream":true}', content_type="application/json"))
received = b""
while part := connection.recv(1 << 16):
    received += part
    (PLACE / "got").write_bytes(received)
say(b"[DONE]" in received)
""", *self.serve(answer))  # fmt: skip
        got = self.folder / "got"
        wait_for(lambda: got.exists() and b"half" in got.read_bytes(), "the first event")
        self.stop_daemon()
        self.upstream._loop.call_soon_threadsafe(go.set)
        wait_for(lambda: self.sent, "the end at the provider")
        self.assertIsNone(agent.poll())
        self.assertNotIn(b"[DONE]", got.read_bytes())
        self.start_daemon()
        self.assertEqual(self.finished(agent), [True])
        self.assertEqual(len(self.upstream.asked), 1)
        self.assertEqual(self.states(), ["completed"])

    def test_who_asks_again_after_giving_up_is_attached_and_equal_questions_at_once_are_samples(self):
        go = asyncio.Event()

        async def answer(asked, writer):
            number = len(self.upstream.asked)
            await go.wait()
            return await whole(writer, completion(str(number)), "200 OK", "content-type: application/json")

        agent = self.run_agent(
            ASK + """
text = request(body=b'{"model":"m","messages":[]}', content_type="application/json", x_stainless_retry_count="0")
def begin(text):
    connection = socket.create_connection((base().hostname, base().port), timeout=100)
    connection.sendall(text)
    return connection
first = begin(text)
while not (PLACE / "asked").exists():
    time.sleep(0.02)
first.close()
again = begin(text.replace(b"retry-count: 0", b"retry-count: 1"))
second, third = begin(text), begin(text)
while not (PLACE / "three").exists():
    time.sleep(0.02)
(PLACE / "go").touch()
answers = []
for connection in again, second, third:
    received = b""
    while part := connection.recv(1 << 16):
        received += part
    answers.append(json.loads(received.split(b"\\r\\n\\r\\n")[1])["choices"][0]["message"]["content"])
say(answers[:1] + sorted(answers[1:]))
""", *self.serve(answer))  # fmt: skip
        wait_for(lambda: len(self.upstream.asked) == 1, "the first call")
        (self.folder / "asked").touch()
        wait_for(lambda: len(self.upstream.asked) == 3, "three calls")
        (self.folder / "three").touch()
        wait_for((self.folder / "go").exists, "the agent")
        self.upstream._loop.call_soon_threadsafe(go.set)
        self.assertEqual(self.finished(agent), [["1", "2", "3"]])
        self.assertEqual(len(self.upstream.asked), 3)

    def test_a_call_that_its_agent_has_left_ends_after_a_while(self):
        gone = asyncio.Event()

        async def answer(asked, writer):
            await asked.reader.read()
            gone.set()
            return False

        agent = self.run_agent(
            ASK + """
connection = socket.create_connection((base().hostname, base().port))
connection.sendall(request())
while not (PLACE / "asked").exists():
    time.sleep(0.02)
connection.close()
while not (PLACE / "go").exists():
    time.sleep(0.02)
""", *self.serve(answer), "--detach-grace", "200ms")  # fmt: skip
        wait_for(lambda: self.upstream.asked, "the call")
        (self.folder / "asked").touch()
        wait_for(gone.is_set, "the end at the provider")
        (self.folder / "go").touch()
        self.finished(agent)
        self.assertEqual(self.states(), ["cancelled"])

    def test_a_supervisor_that_was_killed_has_what_it_recorded_given_to_the_next(self):
        async def answer(asked, writer):
            return await whole(writer, completion(str(len(self.upstream.asked))), "200 OK",
                               "content-type: application/json")  # fmt: skip

        options = self.serve(answer)
        text = ASK + """
say([json.loads(told(str(n))[2])["choices"][0]["message"]["content"] for n in range(5)])
(PLACE / "there").touch()
while not (PLACE / "go").exists():
    time.sleep(0.02)
"""
        first = self.run_agent(text, *options)
        wait_for((self.folder / "there").exists, "five answers")
        first.kill()
        first.communicate(timeout=60)
        (self.folder / "go").touch()
        self.assertEqual(self.finished(self.run_agent(text, *options)), [["1", "2", "3", "4", "5"]])
        self.assertEqual(len(self.upstream.asked), 5)
