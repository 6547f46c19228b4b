"""Tries that the recorder makes again by itself, where its user says so."""

import json
import socket
import threading

from bench import wait_for
from recorded import ASK, Recording, completion, events
from upstream import chunk, head, whole

JSON = "content-type: application/json"


class Retries(Recording):
    def serve_in_turn(self, *answers):
        """A provider that answers in turn: a status with headers, or what a function writes."""

        async def answer(asked, writer):
            status, *headers = answers[min(len(self.upstream.asked), len(answers)) - 1]
            body = completion("x") if status.startswith("200") else b'{"error":{"message":"no"}}'
            return await whole(writer, body, status, JSON, *headers)

        return self.serve(answer)

    def test_an_error_that_passes_is_waited_out_in_one_recording_and_one_reservation(self):
        options = self.serve_in_turn(
            ("429 Too Many Requests", "retry-after-ms: 20"), ("503 Service Unavailable", "retry-after: 0"), ("200 OK",))
        text = ASK + 'status, headers, body = told("x")\nsay([status, headers.get("retry-after")])'
        agent = self.run_agent(text, *options, "--upstream-retries", "2", "--budget-tokens", "100k")
        self.assertEqual(self.finished(agent), [[200, None]])
        first, *again = self.upstream.asked
        self.assertEqual([(asked.line, asked.body) for asked in again], [(first.line, first.body)] * 2)
        [entry] = self.recordings()
        self.assertEqual((entry["state"], entry["tries"]), ("completed", 3))
        self.assertIn("1 calls in 1 start: 1 live, 2 tried again", self.said)
        found = json.loads(self.sidestep("call", "run.get", '{"run":"agent"}').stdout)
        self.assertEqual(found["budget"]["tokens"]["used"], 10)

    def test_the_last_error_is_handed_on_as_it_came_and_so_is_one_that_stays_or_is_to_be_waited_for_too_long(self):
        for number, (answer, tries) in enumerate((
            (("503 Service Unavailable", "retry-after-ms: 1"), 3), (("400 Bad Request",), 1),
            (("500 Internal Server Error", "x-should-retry: false"), 1), (("429 Too Many Requests", "retry-after: 3600"), 1),
        )):  # fmt: skip
            options = self.serve_in_turn(answer)
            text = ASK + 'status, headers, body = told("x")\nsay([status, headers.get("retry-after"), json.loads(body)])'
            agent = self.run_agent(text, *options, "--upstream-retries", "2", run=f"r{number}")
            after = "3600" if "3600" in answer[-1] else None
            self.assertEqual(self.finished(agent), [[int(answer[0][:3]), after, {"error": {"message": "no"}}]])
            self.assertEqual(len(self.upstream.asked), tries)
            [entry] = self.recordings(f"r{number}")
            self.assertEqual((entry["state"], entry["tries"]), ("failed", tries))

    def test_nobody_tries_again_where_that_was_not_said(self):
        options = self.serve_in_turn(("503 Service Unavailable", "retry-after-ms: 1"), ("200 OK",))
        self.assertEqual(self.finished(self.run_agent(ASK + 'say(told("x")[0])', *options)), [503])

    def test_a_provider_that_is_not_there_yet_is_waited_for_and_what_was_sent_is_not_sent_again(self):
        listener = socket.socket()
        self.addCleanup(listener.close)
        listener.bind(("127.0.0.1", 0))

        def take():
            # The first connection gets nothing back: it may have been paid for.
            listener.listen()
            connection, _ = listener.accept()
            connection.recv(1 << 16)
            connection.close()

        text = ASK + '(PLACE / "asks").touch()\nstatus, headers, body = told("x")\nsay([status, headers["x-should-retry"]])'
        agent = self.run_agent(
            text, "--upstream", f"openai=http://127.0.0.1:{listener.getsockname()[1]}", "--upstream-retries", "9")
        wait_for((self.folder / "asks").exists, "the agent")
        late = threading.Timer(1, take)
        late.start()
        self.addCleanup(late.join)
        self.assertEqual(self.finished(agent), [[502, "true"]])
        [entry] = self.recordings()
        self.assertEqual(entry["state"], "failed")
        self.assertGreater(entry["tries"], 1)

    def test_what_the_agent_has_a_byte_of_is_never_sent_again(self):
        async def answer(asked, writer):
            writer.write(head("200 OK", "content-type: text/event-stream", "transfer-encoding: chunked"))
            await chunk(writer, next(events("half")))
            writer.transport.abort()

        text = ASK + """
try:
    told("x")
except http.client.IncompleteRead as error:
    say(b"half" in error.partial)
"""
        agent = self.run_agent(text, *self.serve(answer), "--upstream-retries", "9")
        self.assertEqual(self.finished(agent), [True])
        self.assertEqual(len(self.upstream.asked), 1)
        self.assertEqual(self.states(), ["failed"])

    def test_an_agent_that_leaves_during_the_pause_ends_the_tries(self):
        options = self.serve_in_turn(("429 Too Many Requests", "retry-after: 30"),)
        agent = self.run_agent(
            ASK + """
connection = socket.create_connection((base().hostname, base().port))
connection.sendall(request())
while not (PLACE / "asked").exists():
    time.sleep(0.02)
connection.close()
while not (PLACE / "go").exists():
    time.sleep(0.02)
""", *options, "--upstream-retries", "5", "--detach-grace", "200ms")  # fmt: skip
        wait_for(lambda: self.upstream.asked, "the call")
        (self.folder / "asked").touch()
        wait_for(lambda: self.states() == ["cancelled"], "the end of the call")
        (self.folder / "go").touch()
        self.finished(agent)
        self.assertEqual(len(self.upstream.asked), 1)
