"""What goes through the recorder goes through unchanged."""

import asyncio
import hashlib

from bench import Bench, wait_for
from upstream import Upstream, chunk, head, stream, whole


EVENT = b'data: {"choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n'


class Passing(Bench):
    def serve(self, answer):
        upstream = Upstream(answer)
        self.addCleanup(upstream.close)
        return upstream

    def test_a_request_reaches_the_upstream_byte_for_byte_with_its_path_its_query_and_its_headers(self):
        upstream = self.serve(lambda asked, writer: whole(writer, b'{"ok": 1.0}', "200 OK", "x-request-id: r7"))
        agent = self.run_agent(
            r"""
body = b'{"b": 1e400, "a": [1.0, 1, -0],  "a": "\\u00e9\\/", "z": "' + bytes(range(0xc3, 0xc5)) + b'"}\n'
status, headers, answer = ask("POST", "/x?b=2&a=%C3%A9&key=k", body, authorization="Bearer secret",
    x_stainless_retry_count="0", content_type="application/json", accept_encoding="gzip, br", te="trailers",
    close=False, connection="close, x-mine", x_mine="1", user_agent="agent/1")
say([status, headers.get("x-request-id"), answer.decode()])
""",
            "--upstream", f"openai={upstream.url}")  # fmt: skip
        self.assertEqual(self.finished(agent), [[200, "r7", '{"ok": 1.0}']])
        [asked] = upstream.asked
        self.assertEqual(asked.line, "POST /v1/x?b=2&a=%C3%A9&key=k HTTP/1.1")
        body = b'{"b": 1e400, "a": [1.0, 1, -0],  "a": "\\\\u00e9\\\\/", "z": "\xc3\xc4"}\n'
        self.assertEqual(asked.body.replace(b"\\\\", b"\\"), body.replace(b"\\\\", b"\\"))
        self.assertEqual(asked["authorization"], ["Bearer secret"])
        self.assertEqual(asked["accept-encoding"], ["identity"])
        self.assertEqual(asked["host"], [f"127.0.0.1:{upstream.port}"])
        names = sorted(name.lower() for name, _ in asked.headers)
        self.assertEqual(
            names,
            ["accept-encoding", "authorization", "content-length", "content-type", "host", "user-agent",
             "x-stainless-retry-count"])  # fmt: skip
        self.assertIn("1 calls", self.said)

    def test_a_stream_comes_as_it_is_sent_and_not_at_its_end(self):
        go = asyncio.Event()

        async def answer(asked, writer):
            if asked.target.endswith("/go"):
                go.set()
                return await whole(writer, b"")
            writer.write(head("200 OK", "content-type: text/event-stream", "transfer-encoding: chunked"))
            await chunk(writer, EVENT % b"one")
            await go.wait()
            await chunk(writer, EVENT % b"two" + b"data: [DONE]\n\n")
            writer.write(b"0\r\n\r\n")
            return False

        upstream = self.serve(answer)
        agent = self.run_agent(
            """
connection = http.client.HTTPConnection(base().netloc, timeout=100)
connection.request("POST", base().path + "/chat/completions", b"{}")
response = connection.getresponse()
say(response.readline().decode())
say(ask("GET", "/go", b"")[0])
say(response.read().decode())
""",
            "--upstream", f"openai={upstream.url}")  # fmt: skip
        self.assertEqual(self.finished(agent), [(EVENT % b"one").decode()[:-1], 200, "\n" + (EVENT % b"two").decode() + "data: [DONE]\n\n"])

    def test_an_answer_that_is_cut_off_has_no_end_for_the_agent_either(self):
        async def answer(asked, writer):
            if asked.target.endswith("/length"):
                writer.write(head("200 OK", "content-length: 100") + b"half")
            else:
                writer.write(head("200 OK", "transfer-encoding: chunked"))
                await chunk(writer, b"half")
            await writer.drain()
            return False

        upstream = self.serve(answer)
        agent = self.run_agent(
            """
for path in "/length", "/chunked":
    try:
        ask("POST", path)
    except http.client.IncompleteRead as error:
        say(error.partial.decode())
""",
            "--upstream", f"openai={upstream.url}")  # fmt: skip
        # The last byte was held back: nobody may have all of what is not recorded.
        self.assertEqual(self.finished(agent), ["hal", "hal"])

    def test_errors_of_the_provider_come_as_they_are_and_an_upstream_that_is_not_there_is_a_502(self):
        upstream = self.serve(
            lambda asked, writer: whole(writer, b'{"e":1}', "429 Too Many Requests", "retry-after: 7"))
        agent = self.run_agent(
            """
status, headers, body = ask()
say([status, headers["retry-after"], body.decode()])
status, headers, body = ask(name="ANTHROPIC_BASE_URL", path="/v1/messages")
say([status, json.loads(body)["type"], headers["x-should-retry"]])
""",
            "--upstream", f"openai={upstream.url}", "--upstream", "anthropic=http://127.0.0.1:1")  # fmt: skip
        self.assertEqual(self.finished(agent), [[429, "7", '{"e":1}'], [502, "error", "true"]])

    def test_long_bodies_pass_in_both_directions_whatever_the_agent_reads(self):
        long = bytes(range(256)) * (40 << 10)

        async def answer(asked, writer):
            self.digest = hashlib.sha256(asked.body).hexdigest()
            return await whole(writer, long)

        upstream = self.serve(answer)
        agent = self.run_agent(
            """
import hashlib
body = bytes(reversed(range(256))) * (40 << 10)
connection = socket.create_connection((base().hostname, base().port), timeout=100)
connection.sendall(request(body=body))
time.sleep(0.5)
received = b"".join(iter(lambda: connection.recv(1 << 16), b""))
say([len(received.split(b"\\r\\n\\r\\n", 1)[1]), hashlib.sha256(received.split(b"\\r\\n\\r\\n", 1)[1]).hexdigest()])
say(hashlib.sha256(body).hexdigest())
""",
            "--upstream", f"openai={upstream.url}")  # fmt: skip
        said = self.finished(agent)
        self.assertEqual(said, [[len(long), hashlib.sha256(long).hexdigest()], self.digest])

    def test_a_key_that_the_agent_does_not_have_goes_with_its_calls_and_its_own_do_not(self):
        upstream = self.serve(lambda asked, writer: whole(writer, b"{}"))
        key = self.folder / "key"
        key.write_text("sk-of-the-user\n")
        agent = self.run_agent(
            """
for name in "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL":
    ask(path="/x?key=mine&a=1", name=name, authorization="Bearer mine", x_api_key="mine", x_goog_api_key="mine")
say([os.environ["OPENAI_API_KEY"], ask(name="GOOGLE_GEMINI_BASE_URL")[0]])
""",
            "--upstream", f"openai={upstream.url}", "--upstream", f"anthropic={upstream.url}",
            "--credential", f"openai={key}", "--credential", f"anthropic={key}",
            environment={"OPENAI_API_KEY": "mine"})  # fmt: skip
        self.assertEqual(self.finished(agent), [["held-by-sidestep", 403]])
        first, second = upstream.asked
        self.assertEqual((first["authorization"], first["x-api-key"]), (["Bearer sk-of-the-user"], []))
        self.assertEqual((second["authorization"], second["x-api-key"]), ([], ["sk-of-the-user"]))
        self.assertEqual(first.target, "/v1/x?a=1")
        self.assertNotIn("mine", str(first.headers) + str(second.headers))

    def test_a_redirect_is_the_agents_to_follow(self):
        upstream = self.serve(lambda asked, writer: whole(writer, b"", "307 Temporary Redirect", "location: /else"))
        agent = self.run_agent("say(ask()[0])", "--upstream", f"openai={upstream.url}")
        self.assertEqual(self.finished(agent), [307])
        self.assertEqual(len(upstream.asked), 1)

    def test_many_requests_go_over_few_connections_one_after_another(self):
        upstream = self.serve(lambda asked, writer: whole(writer, asked.body))
        agent = self.run_agent(
            """
connection = http.client.HTTPConnection(base().netloc, timeout=100)
for number in range(50):
    connection.request("POST", base().path + "/x", str(number))
    assert connection.getresponse().read() == str(number).encode()
say("done")
""",
            "--upstream", f"openai={upstream.url}")  # fmt: skip
        self.assertEqual(self.finished(agent), ["done"])
        self.assertEqual(len(upstream.asked), 50)

    def test_an_agent_that_goes_away_ends_what_only_it_wanted(self):
        gone = asyncio.Event()

        async def answer(asked, writer):
            if asked.method == "HEAD":
                return await whole(writer, b"")
            writer.write(head("200 OK", "transfer-encoding: chunked"))
            await chunk(writer, b"x")
            await asked.reader.read()
            gone.set()
            return False

        upstream = self.serve(answer)
        agent = self.run_agent(
            """
connection = socket.create_connection((base().hostname, base().port))
connection.sendall(request("GET", "/files", b""))
connection.recv(10)
connection.close()
while not (PLACE / "go").exists():
    time.sleep(0.02)
say("over")
""",
            "--upstream", f"openai={upstream.url}")  # fmt: skip
        wait_for(gone.is_set, "the end of the request at the upstream")
        (self.folder / "go").touch()
        self.assertEqual(self.finished(agent), ["over"])

    def test_events_of_a_stream_are_all_there_at_full_speed(self):
        events = [b'data: {"n": %d}\n\n' % number for number in range(20_000)]
        upstream = self.serve(lambda asked, writer: stream(writer, events))
        agent = self.run_agent(
            "import hashlib\nsay(hashlib.sha256(ask()[2]).hexdigest())", "--upstream", f"openai={upstream.url}")
        self.assertEqual(self.finished(agent), [hashlib.sha256(b"".join(events)).hexdigest()])
