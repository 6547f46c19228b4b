"""Who is let in, and to what."""

import os
import socket
import subprocess
import unittest

from bench import BIN, LONG, Bench, wait_for
from upstream import Upstream, whole


class Door(Bench):
    def setUp(self):
        super().setUp()
        self.upstream = Upstream(lambda asked, writer: whole(writer, b"{}"))
        self.addCleanup(self.upstream.close)

    def run_here(self, text, *options, **more):
        return self.finished(self.run_agent(text, "--upstream", f"openai={self.upstream.url}", *options, **more))

    def test_who_does_not_come_from_a_program_of_this_host_by_the_address_it_was_given_is_refused(self):
        said = self.run_here(
            """
place, port = base().path, base().port
for text in (
    request(host="evil.example:%d" % port), request(host="127.0.0.1"), request(host=None),
    request(origin="https://evil.example"), request(sec_fetch_site="cross-site"),
    request().replace(b"POST /r/", b"CONNECT /r/"), b"CONNECT api.openai.com:443 HTTP/1.1\\r\\nhost: x\\r\\n\\r\\n",
    request().replace(b"POST ", b"POST http://127.0.0.1:%d" % port),
    request(path="/../x"), request(path="/%2e%2e/x"), request(path="/a%2Fb"), request(path="/a%5cb"),
    request(path="/./x"), request(upgrade="websocket"), request(path="/x#y"),
):
    say(int(raw(text).split()[1]))
for host in "localhost:%d" % port, "127.0.0.1:%d" % port:
    say(int(raw(request(host=host, sec_fetch_mode="cors")).split()[1]))
""")
        self.assertEqual(
            said, [403, 403, 403, 403, 403, 400, 400, 400, 400, 400, 400, 400, 400, 501, 400, 200, 200])  # fmt: skip
        self.assertEqual(len(self.upstream.asked), 2)

    def test_a_websocket_comes_in_by_the_same_door_and_to_the_responses_alone(self):
        said = self.run_here(
            """
port, token = base().port, base().path.split("/")[2]
def shake(path="/responses", **more):
    fields = {"upgrade": "websocket", "connection": "Upgrade", "sec_websocket_version": "13",
              "sec_websocket_key": "dGhlIHNhbXBsZSBub25jZQ=="}
    # A close frame behind it: who has let us in lets us go.
    return request("GET", path, b"", close=False, **{**fields, **more}) + b"\\x88\\x80\\0\\0\\0\\0"
for text in (
    shake(origin="https://evil.example"), shake(host="evil.example:%d" % port),
    shake().replace(token.encode(), token[:-1].encode()), shake(sec_websocket_version="8"),
    shake("/chat/completions"), shake("/realtime"),
):
    say(int(raw(text).split()[1]))
answer = raw(shake())
say([int(answer.split()[1]), b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" in answer, answer.endswith(b"\\x88\\0")])
""")
        self.assertEqual(said, [403, 403, 501, 501, 501, 501, [101, True, True]])
        self.assertEqual(self.upstream.asked, [])

    def test_a_token_that_is_wrong_or_missing_is_a_404_in_the_providers_words_that_nobody_retries(self):
        said = self.run_here(
            """
token = base().path.split("/")[2]
for name in "OPENAI_BASE_URL", "ANTHROPIC_BASE_URL", "GOOGLE_GEMINI_BASE_URL":
    for other in token[:-1] + ("A" if token[-1] != "A" else "B"), token[:-1], "":
        text = request(name=name).replace(token.encode(), other.encode())
        head, body = raw(text).split(b"\\r\\n\\r\\n", 1)
        say([int(head.split()[1]), b"x-should-retry: false" in head, sorted(json.loads(body))])
status, headers, body = ask(path="/nowhere", name="OPENAI_BASE_URL")
text = request().replace(b"/openai/", b"/other/")
say(json.loads(raw(text).split(b"\\r\\n\\r\\n", 1)[1])["error"]["code"])
""")
        anthropic = [404, True, ["error", "type"]]
        plain = [404, True, ["error"]]
        self.assertEqual(len(said), 10)
        self.assertEqual(said[0], plain)
        self.assertTrue(all(line in (anthropic, plain) for line in said[:9]))
        self.assertEqual(said[9], "sidestep_run_not_found")

    def test_the_address_of_a_start_that_has_ended_is_a_404_of_a_lost_lease(self):
        said = self.run_here(
            """
kept = PLACE / "address"
if not kept.exists():
    kept.write_bytes(request())
    raise SystemExit(1)
body = raw(kept.read_bytes()).split(b"\\r\\n\\r\\n", 1)[1]
say([json.loads(body)["error"]["code"], ask()[0], os.environ["SIDESTEP_LAST_END"], os.environ["SIDESTEP_EPOCH"]])
""", restart="on-failure")
        self.assertEqual(said, [["sidestep_lease_lost", 200, "exit:1", "2"]])

    def test_a_header_carries_the_token_where_the_user_wants_it_and_is_not_sent_on(self):
        said = self.run_here(
            """
name, token = os.environ["OPENAI_CUSTOM_HEADERS"].split(": ")
say([base().path, ask(**{name: token})[0], ask()[0], token in os.environ["ANTHROPIC_CUSTOM_HEADERS"]])
""",
            "--token", "header")  # fmt: skip
        self.assertEqual(said, [["/openai/v1", 200, 404, True]])
        self.assertEqual(self.upstream.asked[0]["x-sidestep-token"], [])

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_another_user_is_not_let_in_with_the_token_of_the_run(self):
        # The run is of a user who is not root, for root may do everything.
        self.stop_daemon()
        program = self.folder / "address.sh"
        os.chmod(self.folder, 0o755)
        said = self.run_here_as_other(program)
        self.assertEqual(said, ["200", "closed"])

    def run_here_as_other(self, program):
        place = self.folder / "place"
        place.mkdir()
        os.chown(place, 12345, 12345)
        program.write_text(
            f"""echo "$OPENAI_BASE_URL" > {place}/new
mv {place}/new {place}/address
while ! [ -e {place}/go ]; do sleep 0.02; done
""")
        door = place / "s.sock"
        variables = self.environment | {"SIDESTEP_SOCKET": str(door), "HOME": str(place)}
        user = {"user": 12345, "group": 12345, "extra_groups": []}
        daemon = subprocess.Popen(
            [BIN / "sidestepd", "--socket", door, "--database", place / "d.db"], env=variables, cwd=place,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)  # fmt: skip
        self.addCleanup(daemon.wait, LONG)
        self.addCleanup(daemon.kill)
        wait_for(door.exists, "a daemon")
        run = subprocess.Popen(
            [BIN / "sidestep", "run", "--record", "--upstream", f"openai={self.upstream.url}", "--", "sh", program],
            env=variables, cwd=place, **user)  # fmt: skip
        self.addCleanup(run.wait, LONG)
        self.addCleanup(run.terminate)
        wait_for((place / "address").exists, "the address")
        address = (place / "address").read_text().strip()
        said = [self.call_as(uid, address) for uid in (12345, 12346)]
        (place / "go").touch()
        return said

    def call_as(self, uid, address):
        """What another user's process is answered; a fork, for he may not execute our interpreter."""
        reader, writer = os.pipe()
        # What is imported late cannot be read by him.
        "loopback".encode("idna")
        if (child := os.fork()) == 0:
            try:
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                place, path = address.removeprefix("http://").split("/", 1)
                host, port = place.split(":")
                connection = socket.create_connection((host, int(port)), timeout=LONG)
                connection.sendall(f"GET /{path}/x HTTP/1.1\r\nHost: {place}\r\nConnection: close\r\n\r\n".encode())
                os.write(writer, connection.recv(100)[9:12] or b"closed")
            except ConnectionError:
                os.write(writer, b"closed")
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(writer)
        with open(reader) as file:
            return file.read()

    def test_what_is_longer_than_it_may_be_is_refused_and_costs_nothing(self):
        said = self.run_here(
            """
status = lambda text: int(raw(text).split()[1])
say(status(request(x_long="x" * (70 << 10))))
say(status(request(x_long="x" * (60 << 10))))
say(status(request(body=b"x" * 2000)))
say(status(request(body=b"x" * 1000)))
chunked = request(body=b"", content_length=None, transfer_encoding="chunked")
say(status(chunked + b"7d0\\r\\n" + b"x" * 2000 + b"\\r\\n0\\r\\n\\r\\n"))
say(status(request(body=b"x" * 2000, expect="100-continue")))
""",
            "--max-body", "1024")  # fmt: skip
        self.assertEqual(said, [413, 200, 413, 200, 413, 413])
        self.assertEqual([len(asked.body) for asked in self.upstream.asked], [2, 1000])

    def test_an_agent_may_open_more_connections_than_are_kept(self):
        said = self.run_here(
            """
kept = [socket.create_connection((base().hostname, base().port), timeout=100) for _ in range(200)]
say(ask()[0])
""")
        self.assertEqual(said, [200])
