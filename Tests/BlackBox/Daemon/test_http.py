"""Steps that the daemon executes as requests: a real server on loopback that behaves as badly as it can."""

import base64
import json
import os
import socket
import tempfile
import threading
import time
import unittest
from pathlib import Path

from harness import Daemon, Refused, p99_seconds, wait_for


# Headers that say where a message ends and who it is for: they are the daemon's own to set.
FRAMING = [
    "Host", "host", "Content-Length", "Transfer-Encoding", "Connection", "Keep-Alive", "TE", "Trailer", "Upgrade", "Expect",
    "HTTP2-Settings", "Proxy-Authorization", "Proxy-Connection",
]
# Spellings of addresses that are no public ones.
PRIVATE = [
    "127.0.0.1", "localhost", "127.1", "2130706433", "0x7f000001", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0",
    "[::]", "10.0.0.1", "172.16.0.1", "192.168.0.1", "169.254.169.254", "[fe80::1]", "[fd00::1]", "100.64.0.1",
]


class Server:
    """A server that answers each path as a test says; it notes what it gets."""

    def __init__(self):
        self.requests: list[tuple[str, dict, bytes]] = []
        self.answers: dict[str, object] = {}
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection: socket.socket) -> None:
        with connection, connection.makefile("rb") as reader:
            try:
                if not (head := reader.readline().decode()):
                    return
                headers = {}
                while (line := reader.readline().strip()):
                    name, _, value = line.decode("latin-1").partition(":")
                    headers[name.lower()] = value.strip()
                body = reader.read(int(headers.get("content-length", 0)))
                self.requests.append((head.strip(), headers, body))
                path = head.split()[1].split("?")[0]
                answer = self.answers.get(path, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
                if isinstance(answer, list):
                    answer = answer.pop(0) if len(answer) > 1 else answer[0]
                for part in answer(headers, body) if callable(answer) else [answer]:
                    connection.sendall(part)
            except OSError:
                pass

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.listener.close()


def reply(status: str, body: bytes = b"", *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


class Requests(unittest.TestCase):
    settings = "http_allow_private = yes\n"

    def setUp(self):
        self.server = Server()
        self.addCleanup(self.server.close)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = folder.name
        self.daemon = Daemon(settings=f"credentials_directory = {self.folder}\n{self.settings}").start()
        self.addCleanup(self.daemon.close)
        self.open()

    def open(self, **more) -> None:
        self.connection = self.daemon.connect()
        self.addCleanup(self.connection.close)
        self.connection.call("resume", run="r", **more)

    def step(self, name: str, path: str = "/", step: dict | None = None, **more) -> dict:
        http = {"url": path if path.startswith("http") else self.server.url(path), **more}
        return self.connection.call("run-step", run="r", step=name, http=http, **(step or {}))

    def failure(self, *arguments, **more) -> dict:
        with self.assertRaises(Refused) as caught:
            self.step(*arguments, **more)
        self.assertEqual(caught.exception.kind, "step_failed", caught.exception)
        return caught.exception.data["failure"]

    def credential(self, name: str, text: str) -> None:
        with open(os.open(f"{self.folder}/{name}", os.O_CREAT | os.O_WRONLY, 0o600), "w") as file:
            file.write(text)


class Answers(Requests):
    def test_a_request_is_sent_once_and_its_answer_recorded(self):
        self.server.answers["/"] = reply("201 Created", b'{"n": 1.0}', "Content-Type: application/json", "ETag: x")
        first = self.step("s", method="POST", body={"a": [1.50]}, headers={"X-Mine": "1"}, response_headers=["etag"])
        self.assertEqual(first["output"], {"status": 201, "headers": {"etag": "x"}, "body": '{"n": 1.0}'})
        again = self.step("s", method="POST", body={"a": [1.50]}, headers={"X-Mine": "1"}, response_headers=["etag"])
        self.assertEqual((again["output"], again["replayed"]), (first["output"], True))
        [(head, headers, body)] = self.server.requests
        uid = self.connection.call("run.get", run="r")["run"]["uid"]
        self.assertEqual((head, json.loads(body)), ("POST / HTTP/1.1", {"a": [1.5]}))
        self.assertEqual((headers["idempotency-key"], headers["x-mine"]), (f"{uid}/s", "1"))
        self.assertEqual(headers["content-type"], "application/json")

    def test_bodies_are_json_text_or_a_file(self):
        Path(f"{self.folder}/body").write_bytes(b"\xff\0file")
        self.step("text", method="PUT", body_text="ä\n", idempotency_key=False)
        self.step("file", method="POST", body_file=f"{self.folder}/body", headers={"Content-Type": "x/y"})
        (_, first, text), (_, second, file) = self.server.requests
        self.assertEqual((text, file), ("ä\n".encode(), b"\xff\0file"))
        self.assertNotIn("idempotency-key", first)
        self.assertEqual(second["content-type"], "x/y")
        self.assertEqual(self.failure("none", method="POST", body_file=f"{self.folder}/none")["type"], "body_file")
        self.assertEqual(self.failure("fifo", method="POST", body_file="/dev/zero")["type"], "body_file")

    def test_a_body_that_is_no_text_comes_back_in_base64(self):
        self.server.answers["/"] = reply("200 OK", b"\xff\0")
        output = self.step("s")["output"]
        self.assertEqual((output["encoding"], base64.b64decode(output["body"])), ("base64", b"\xff\0"))

    def test_statuses_are_tried_again_or_not(self):
        policy = {"retry": {"max_attempts": 2, "initial_ms": 1, "jitter": 0}}
        for status, attempts in [(408, 2), (425, 2), (429, 2), (500, 2), (503, 2), (400, 1), (404, 1), (302, 1)]:
            self.server.answers[f"/{status}"] = reply(f"{status} X", b"why", "Location: http://127.0.0.1:1/")
            failed = self.failure(f"s{status}", f"/{status}", step=policy)
            self.assertEqual((failed["type"], failed["status"], failed["body"]), ("status", status, "why"))
            self.assertEqual(self.connection.call("step.get", run="r", step=f"s{status}")["attempt"], attempts, status)
        self.assertEqual(self.step("ok", "/404", accept=[404])["output"]["status"], 404)

    def test_retry_after_is_heeded_as_seconds_and_as_a_date(self):
        # Past what the policy would wait for by itself: a millisecond.
        self.server.answers["/"] = reply("503 X", b"", "Retry-After: 100")
        with self.assertRaises(Refused):
            self.step("s", step={"retry": {"max_attempts": 2, "initial_ms": 1}, "wait_ms": 500})
        self.assertGreater(self.next_attempt("s"), time.time() * 1000 + 60_000)
        self.server.answers["/soon"] = [reply("503 X", b"", "Retry-After: 1"), reply("200 OK")]
        self.assertEqual(self.step("soon", "/soon", step={"retry": {"max_attempts": 2, "initial_ms": 1}})["attempt"], 2)
        date = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime(time.time() + 100))
        self.server.answers["/date"] = reply("429 X", b"", f"Retry-After: {date}")
        with self.assertRaises(Refused):
            self.step("d", "/date", step={"retry": {"max_attempts": 2, "initial_ms": 1}, "wait_ms": 500})
        self.assertGreater(self.next_attempt("d"), time.time() * 1000 + 60_000)

    def next_attempt(self, step: str) -> int:
        """When it is tried again, as soon as an answer has said so."""
        return wait_for(lambda: self.connection.call("step.get", run="r", step=step).get("next_attempt_at"))

    def test_what_cannot_be_meant_is_refused(self):
        url = self.server.url("/")
        cases = [
            {"url": "file:///etc/passwd"}, {"url": "ftp://x/"}, {"url": "http://a b/"}, {}, {"url": url, "method": "G ET"},
            {"url": url, "headers": {"A": "x\r\nB: y"}}, {"url": url, "headers": {"A:": "x"}}, {"url": url, "headers": {"": "x"}},
            {"url": url, "body": 1, "body_text": "1"}, {"url": url, "max_response_bytes": (8 << 20) + 1},
            {"url": "http://x/" + "a" * 8192}, {"url": url, "body": "x" * (8 << 20)},
            *({"url": url, "headers": {name: "x"}} for name in FRAMING), {"url": url, "headers": {"A B": "x"}},
        ]
        for case in cases:
            with self.assertRaises(Refused, msg=str(case)[:80]) as caught:
                self.connection.call("run-step", run="r", step="s", http=case)
            self.assertEqual(caught.exception.code, -32602, str(case)[:80])
        self.assertEqual(self.server.requests, [])

    def test_a_request_whose_daemon_died_is_sent_again_with_the_same_key(self):
        hold = threading.Event()
        self.addCleanup(hold.set)

        def slow(*_):
            hold.wait(20)
            yield reply("200 OK", b"late")

        self.server.answers["/"] = [slow, reply("200 OK", b"second")]
        self.connection.send("run-step", run="r", step="s", http={"url": self.server.url("/")})
        wait_for(lambda: self.server.requests, what="the request")
        self.daemon.kill()
        self.daemon.start()
        self.open(if_owned="take_over")
        self.assertEqual(self.step("s")["output"]["body"], "second")
        self.assertEqual(len({headers["idempotency-key"] for _, headers, _ in self.server.requests}), 1)


class BadServers(Requests):
    def test_each_is_a_clear_error_and_the_daemon_stays_small(self):
        def gigabyte(*_):
            yield b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n"
            for _ in range(1024):
                yield bytes(1 << 20)

        def endless(*_):
            yield b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
            while True:
                yield b"10000\r\n" + bytes(0x10000) + b"\r\n"

        def slow(*_):
            yield b"HTTP/1.1 200 OK\r\n\r\n"
            while True:
                time.sleep(0.05)
                yield b"x"

        def headers(*_):
            yield b"HTTP/1.1 200 OK\r\n"
            while True:
                yield b"X-Header: " + b"y" * 1000 + b"\r\n"

        servers = {
            "gigabyte": (gigabyte, "response_too_large"),
            "endless": (endless, "response_too_large"),
            "slow": (slow, "timeout"),
            "headers": (headers, None),
            "early": (b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this", "connection"),
            "silent": (b"", "connection"),
            "negative": (b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nxx", "connection"),
            "garbage": (b"\x00\xff\x13\x37" * 1000, "connection"),
            "half": (b"HTTP/1.1 2", "connection"),
            "redirect": (reply("302 Found", b"", "Location: http://127.0.0.1:1/secret"), "status"),
        }
        before = self.daemon.written_kib()
        for name, (answer, kind) in servers.items():
            self.server.answers[f"/{name}"] = answer
            failed = self.failure(name, f"/{name}", timeout_ms=3000)
            self.assertTrue(failed["message"])
            if kind:
                self.assertEqual(failed["type"], kind, (name, failed))
        lie = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nfour and more"
        self.server.answers["/lie"] = lie
        self.assertEqual(self.step("lie", "/lie")["output"]["body"], "four")
        self.assertEqual(self.failure("closed", "http://127.0.0.1:1/")["type"], "connection")
        self.connection.call("ping")
        self.assertLess(self.daemon.written_kib() - before, 40 << 10)
        print(f"\nbad servers: {self.daemon.written_kib() - before} KiB more than before")

    def test_the_longest_answer_is_taken_and_one_byte_more_is_not(self):
        self.server.answers["/at"] = reply("200 OK", b"x" * 1000)
        self.server.answers["/past"] = reply("200 OK", b"x" * 1001)
        self.assertEqual(len(self.step("at", "/at", max_response_bytes=1000)["output"]["body"]), 1000)
        self.assertEqual(self.failure("past", "/past", max_response_bytes=1000)["type"], "response_too_large")


class Guard(Requests):
    settings = ""

    def test_no_spelling_of_a_private_address_is_reached(self):
        port = self.server.port
        for number, host in enumerate(PRIVATE):
            failed = self.failure(f"s{number}", f"http://{host}:{port}/", timeout_ms=3000)
            self.assertEqual(failed["type"], "address_not_allowed", (host, failed))
        self.assertEqual(self.server.requests, [])


class Hosts(Requests):
    settings = "http_allow_private = yes\nhttp_hosts = 127.0.0.1, .example.org\n"

    def test_only_hosts_of_the_list_are_asked(self):
        self.assertEqual(self.step("s")["output"]["status"], 200)
        for number, url in enumerate(["http://localhost/", "http://127.0.0.1@localhost/", "http://example.org.evil/", "http://example.org/"]):
            self.assertEqual(self.failure(f"t{number}", url)["type"], "host_not_allowed", url)


class Secrets(Requests):
    def test_a_secret_reaches_the_server_and_no_place_of_ours(self):
        secret = 'S3cret-"of\\ours'
        self.credential("token", secret + "\n")

        def echo(headers, body):
            yield reply("200 OK", headers["authorization"].encode() + b"|" + body, f"X-Echo: {headers['authorization']}")

        self.server.answers["/"] = echo
        bad = reply("500 X", b"no")
        self.server.answers["/bad"] = lambda headers, body: [reply("500 X", headers["authorization"].encode())]
        given = {"headers": {"Authorization": "Bearer {credential:token}"}, "method": "POST"}
        done = self.step("s", body={"key": "{credential:token}"}, response_headers=["x-echo"], **given)["output"]
        self.assertEqual(done["body"], 'Bearer {credential:token}|{"key":"{credential:token}"}')
        self.assertEqual((done["headers"], done["masked"]), ({"x-echo": "Bearer {credential:token}"}, True))
        self.failure("bad", "/bad", step={"retry": {"max_attempts": 2, "initial_ms": 1}}, **given)
        _, headers, body = self.server.requests[0]
        self.assertEqual((headers["authorization"], json.loads(body)["key"]), (f"Bearer {secret}", secret))
        replies = [
            json.dumps(self.connection.call(method, run="r")) for method in ["step.list", "run.history", "run.get", "run.export"]
        ]
        self.daemon.kill(15)
        places = [Path(f"{self.daemon.folder}/{name}").read_bytes() for name in os.listdir(self.daemon.folder) if name != "s"]
        for place in [*places, *(text.encode() for text in replies)]:
            for form in [secret.encode(), json.dumps(secret)[1:-1].encode(), base64.b64encode(secret.encode())]:
                self.assertNotIn(form, place)
        self.assertNotIn(b"S3cret", b"".join(places))

    def test_without_its_secret_nothing_is_sent(self):
        for number, name in enumerate(["missing", "../token", ".hidden", ""]):
            failed = self.failure(f"s{number}", headers={"A": f"{{credential:{name}}}"})
            self.assertEqual(failed["type"], "credential", failed)
        self.assertEqual(self.server.requests, [])


class Many(Requests):
    def test_500_requests_at_once_and_none_is_lost_when_the_daemon_is_killed(self):
        before = self.daemon.written_kib()

        def slow(*_):
            time.sleep(0.2)
            yield reply("200 OK", b"x" * 10_000)

        self.server.answers["/"] = slow
        begun = time.time()
        for number in range(500):
            self.connection.send("run-step", run="r", step=f"s{number}", http={"url": self.server.url("/")})
        wait_for(lambda: len(self.server.requests) > 150, what="requests")
        peak = self.daemon.written_kib()
        self.daemon.kill()
        self.daemon.start()
        self.open(if_owned="take_over")
        # The daemon reads nothing more from whoever does not read its replies: not all at once.
        for first in range(0, 500, 100):
            sent = [
                self.connection.send("run-step", run="r", step=f"s{n}", http={"url": self.server.url("/")})
                for n in range(first, first + 100)
            ]
            for number in sent:
                self.assertEqual(len(self.connection.reply(number)["output"]["body"]), 10_000)
        peak = max(peak, self.daemon.written_kib())
        steps = self.connection.call("step.list", run="r")["steps"]
        self.assertEqual({s["step"] for s in steps if s["status"] == "completed"}, {f"s{n}" for n in range(500)})
        self.assertLess(peak - before, 100 << 10)
        print(f"\n500 requests: {peak - before} KiB over an idle daemon, {len(self.server.requests)} sent, "
              f"p99 {p99_seconds(steps, begun):.2f} s over a kill, each 0.2 s at the server")


if __name__ == "__main__":
    unittest.main()
