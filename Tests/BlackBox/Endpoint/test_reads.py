"""Reads of what a provider makes in its own time: polling passes, and what is final is given again."""

import json
import sys

from bench import wait_for
from recorded import ASK, Recording
from upstream import chunk, head, stream, whole

JSON = "content-type: application/json"
READ = ASK + """
def read(path, method="GET"):
    status, headers, body = ask(method, path, body=b"", content_length=None)
    return [status, body.decode(), "x-sidestep-replayed" in headers]
"""


class Reads(Recording):
    def serve_reads(self, **bodies):
        """A provider that answers each path by the given bodies in turn, and after the last with 404."""
        self.bodies = {path.replace("_", "/"): list(texts) for path, texts in bodies.items()}

        async def answer(asked, writer):
            left = self.bodies[asked.target.removeprefix("/v1/").partition("?")[0]]
            if not left:
                return await whole(writer, b'{"error":{"message":"it is gone"}}', "404 Not Found", JSON)
            told = left.pop(0)
            if told.startswith("data:"):
                return await stream(writer, [f"{event}\n\n".encode() for event in told.split("\n\n") if event])
            return await whole(writer, told.encode(), "200 OK", JSON)

        return self.serve(answer)

    def asked(self):
        return [f"{asked.method} {asked.target}" for asked in self.upstream.asked]

    def test_polling_passes_and_what_is_final_is_given_to_later_starts_though_the_provider_has_lost_it(self):
        states = ['{"id":"r1","status":"queued"}', '{"id":"r1","status":"in_progress"}', '{"id":"r1","status":"completed"}']
        options = self.serve_reads(responses_r1=states)
        text = READ + """
while True:
    told = read("/responses/r1")
    say(told)
    if json.loads(told[1]).get("status") == "completed":
        break
raise SystemExit(epoch == 1)
"""
        said = self.finished(self.run_agent(text, *options, restart="on-failure"))
        self.assertEqual(said, [[200, told, False] for told in states] + [[200, states[-1], True]])
        self.assertEqual(self.asked(), ["GET /v1/responses/r1"] * 3)
        [entry] = self.recordings()
        self.assertEqual((entry["http_method"], entry["path"], entry["state"]), ("GET", "/v1/responses/r1", "completed"))
        self.assertIn("2 calls in 2 starts: 1 live, 1 replayed", self.said)
        # Reading is no call that is paid.
        self.assertEqual((entry["usage"]["requests"], entry["usage_source"]), (0, "none"))

    def test_each_start_is_given_as_many_final_answers_as_the_one_before_and_asks_itself_for_more(self):
        done = '{"id":"b1","status":"completed"}'
        options = self.serve_reads(batches_b1=[done, done])
        text = READ + "for _ in range(3): say(read(\"/batches/b1\")[::2])\nraise SystemExit(epoch == 1)"
        said = self.finished(self.run_agent(text, *options, restart="on-failure"))
        self.assertEqual(said, [[200, False], [200, False], [404, False], [200, True], [200, True], [404, False]])
        self.assertEqual(self.states(), ["completed"] * 2)

    def test_failures_errors_and_lists_are_never_given_again(self):
        options = self.serve_reads(
            responses_r1=['{"id":"r1","status":"failed","error":{"message":"no"}}'] * 2, responses=["{}"] * 2,
            files_f1=["{}"] * 2, batches_b9=[], files_f2_content=[])
        text = READ + """
for path in "/responses/r1", "/responses", "/files/f1", "/batches/b9", "/files/f2/content":
    say(read(path)[::2])
raise SystemExit(epoch == 1)
"""
        said = self.finished(self.run_agent(text, *options, restart="on-failure"))
        once = [[200, False]] * 3 + [[404, False]] * 2
        self.assertEqual(said, once * 2)
        self.assertEqual(self.recordings(), [])
        self.assertEqual(len(self.upstream.asked), 10)

    def test_content_is_given_again_byte_for_byte_whatever_it_is(self):
        options = self.serve_reads(files_f1_content=['{"a":1}\n{"b":2}\n'], messages_batches_b1_results=[""])
        text = READ + """
say(read("/files/f1/content"))
say(read("/messages/batches/b1/results"))
raise SystemExit(epoch == 1)
"""
        said = self.finished(self.run_agent(text, *options, restart="on-failure"))
        self.assertEqual([line[1] for line in said], ['{"a":1}\n{"b":2}\n', ""] * 2)
        self.assertEqual([line[2] for line in said], [False, False, True, True])
        self.assertEqual(len(self.upstream.asked), 2)

    def test_a_stream_that_is_read_to_its_end_is_final_and_one_that_is_read_from_another_place_is_another(self):
        first = 'data: {"type":"response.created","response":{"id":"r1"}}'
        last = 'data: {"type":"response.completed","response":{"id":"r1","status":"completed"}}'
        options = self.serve_reads(responses_r1=[f"{first}\n\n{last}\n\n", f"{last}\n\n"])
        text = READ + """
for place in "", "&starting_after=1":
    say(read("/responses/r1?stream=true" + place)[1:])
raise SystemExit(epoch == 1)
"""
        said = self.finished(self.run_agent(text, *options, restart="on-failure"))
        self.assertEqual([line[1] for line in said], [False, False, True, True])
        self.assertEqual(said[:2], [[body, False] for body, _ in said[2:]])
        self.assertEqual(len(self.upstream.asked), 2)

    def test_what_a_response_in_the_background_used_is_booked_when_it_is_read_and_once(self):
        done = '{"id":"r1","status":"completed","usage":{"input_tokens":40,"output_tokens":2}}'
        options = self.serve_reads(responses_r1=[done, done])
        text = READ + 'say(read("/responses/r1")[0])\nsay(read("/responses/r1")[0])'
        self.finished(self.run_agent(text, *options, "--budget-tokens", "1000"))
        found = json.loads(self.sidestep("call", "run.get", '{"run":"agent"}').stdout)
        self.assertEqual(found["budget"]["tokens"]["used"], 42)
        self.assertEqual([entry["usage_source"] for entry in self.recordings()], ["reported", "none"])

    def test_nothing_is_read_at_the_provider_while_a_run_is_only_compared(self):
        done = '{"id":"r1","status":"completed"}'
        options = self.serve_reads(responses_r1=[done])
        text = READ + 'say(read("/responses/r1")[::2])'
        self.assertEqual(self.finished(self.run_agent(text, *options)), [[200, False]])
        program = self.folder / "program.py"
        self.environment |= {"PLACE": str(self.folder), "SIDESTEP_EPOCH": "2"}
        replayed = self.sidestep("replay", "--check", "agent", *options, "--", sys.executable, program)
        self.assertEqual((replayed.returncode, json.loads(replayed.stdout)), (0, [200, True]), replayed.stderr)
        self.assertEqual(len(self.upstream.asked), 1)


class Background(Recording):
    CREATED = b'data: {"event_type":"interaction.created","interaction":{"id":"int_1","status":"in_progress"}}\n\n'
    DONE = b'data: {"event_type":"interaction.completed","interaction":{"id":"int_1","status":"completed"}}\n\n'
    TEXT = ASK + """
def begin():
    place = base("GOOGLE_GEMINI_BASE_URL")
    connection = socket.create_connection((place.hostname, place.port), timeout=100)
    connection.sendall(request(
        path="/v1beta/interactions?key=of-the-user-73", name="GOOGLE_GEMINI_BASE_URL", content_type="application/json",
        body=b'{"model":"m","input":"x","background":true,"stream":true}'))
    response = http.client.HTTPResponse(connection)
    response.begin()
    return response
if not (PLACE / "go").exists():
    begin().read1()
    time.sleep(1000)
while True:
    response = begin()
    try:
        say([response.status, response.read().decode()])
    except http.client.IncompleteRead:
        say([response.status, "broken"])
        continue
    if response.status == 200:
        break
"""

    async def answer(self, asked, writer):
        if asked.method == "POST":
            writer.write(head("200 OK", "content-type: text/event-stream", "transfer-encoding: chunked"))
            await chunk(writer, self.CREATED)
            await asked.reader.read()
            return False
        match [asked.method for asked in self.upstream.asked].count("GET"):
            case 1:
                return await whole(writer, b'{"error":{"message":"busy"}}', "503 Service Unavailable", JSON)
            case 2:
                writer.write(head("200 OK", "content-type: text/event-stream", "transfer-encoding: chunked"))
                await chunk(writer, self.CREATED)
                writer.transport.abort()
                return False
        return await stream(writer, [self.CREATED, self.DONE])

    def test_what_goes_on_at_the_provider_is_read_there_until_it_is_whole_and_never_asked_for_again(self):
        self.serve(self.answer)
        options = ("--upstream", f"gemini={self.upstream.url}")
        first = self.run_agent(self.TEXT, *options)
        state = lambda: json.loads(self.sidestep("call", "state.list", '{"run":"agent"}').stdout or "{}").get("state")  # noqa: E731
        wait_for(state, "the id of the interaction")
        first.kill()
        first.communicate(timeout=60)
        (self.folder / "go").touch()
        said = self.finished(self.run_agent(self.TEXT, *options))
        self.assertEqual([status for status, _ in said], [503, 200, 200])
        self.assertEqual([text for _, text in said[1:]], ["broken", (self.CREATED + self.DONE).decode()])
        read = "GET /v1beta/interactions/int_1?key=of-the-user-73&stream=true"
        self.assertEqual(
            [f"{asked.method} {asked.target}" for asked in self.upstream.asked],
            ["POST /v1beta/interactions?key=of-the-user-73"] + [read] * 3)
        self.assertEqual((self.states(), state()), (["completed"], {}))
        kept = b"".join(path.read_bytes() for path in self.folder.glob("d.db*"))
        self.assertFalse(b"of-the-user-73" in kept)
