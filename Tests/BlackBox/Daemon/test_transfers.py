"""How requests of steps go on and end: redirects, connections that are used again, transfers that are stopped."""

import json
import signal
import socket
import threading
import time
import unittest
from pathlib import Path

from harness import Refused, wait_for
from test_http import Requests, Server, reply


class Stops(Requests):
    """A server that answers never, and sees when a connection is closed."""

    def setUp(self):
        super().setUp()
        self.silent = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(self.silent.close)
        self.silent.settimeout(60)

    def hang(self, **step) -> socket.socket:
        """Begins a step; the server's end of its connection, when the whole request has arrived."""
        url = f"http://127.0.0.1:{self.silent.getsockname()[1]}/"
        self.connection.send("run-step", run="r", step="s", http={"url": url, "timeout_ms": 60_000}, **step)
        peer, _ = self.silent.accept()
        self.addCleanup(peer.close)
        # Half of the time that the request itself has.
        peer.settimeout(60)
        received = b""
        while b"\r\n\r\n" not in received:
            received += peer.recv(65536)
        return peer

    def assert_closed(self, peer: socket.socket) -> None:
        self.assertEqual(peer.recv(1), b"")

    def test_cancelling_the_run_ends_the_transfer_at_once(self):
        peer = self.hang()
        self.daemon.connect().call("run.cancel", run="r", grace_ms=0)
        self.assert_closed(peer)

    def test_closing_the_run_ends_the_transfer_at_once(self):
        peer = self.hang()
        other = self.daemon.connect()
        other.call("resume", run="r", if_owned="take_over")
        other.call("run.complete", run="r")
        self.assert_closed(peer)

    def test_the_time_limit_of_the_step_ends_the_transfer_at_once(self):
        self.assert_closed(self.hang(timeouts={"start_to_close_ms": 300}))

    def test_stopping_one_transfer_leaves_the_others(self):
        peer = self.hang()
        other = self.daemon.connect()
        other.call("resume", run="other")
        go = threading.Event()
        self.addCleanup(go.set)
        self.server.answers["/"] = lambda *_: (go.wait(30), [reply("200 OK", b"late")])[1]
        number = other.send("run-step", run="other", step="s", http={"url": self.server.url("/")})
        wait_for(lambda: self.server.requests, what="the other request")
        self.daemon.connect().call("run.cancel", run="r", grace_ms=0)
        self.assert_closed(peer)
        go.set()
        self.assertEqual(other.reply(number)["output"]["body"], "late")


class Redirects(Requests):
    def redirect(self, path: str, target: str, status: int = 302) -> None:
        self.server.answers[path] = reply(f"{status} X", b"", f"Location: {target}")

    def heads(self) -> list[str]:
        return [head.rsplit(" ", 1)[0] for head, _, _ in self.server.requests]

    def test_so_many_redirects_are_followed_as_the_step_allows_and_not_one_more(self):
        self.redirect("/1", "/2")
        self.redirect("/2", "3?q=1")
        done = self.step("at", "/1", redirects=2)["output"]
        self.assertEqual((done["status"], done["body"]), (200, "ok"))
        self.assertEqual(self.heads(), ["GET /1", "GET /2", "GET /3?q=1"])
        past = self.failure("past", "/1", redirects=1)
        self.assertEqual((past["status"], past["headers"]["location"]), (302, "3?q=1"))
        self.assertEqual(self.failure("none", "/1")["status"], 302)
        self.redirect("/loop", "/loop")
        self.assertEqual(self.failure("loop", "/loop", redirects=10)["status"], 302)
        self.assertEqual(self.heads().count("GET /loop"), 11)

    def test_the_method_and_the_body_go_on_as_the_status_says(self):
        for status, method, wanted in [
            (301, "POST", "GET"), (302, "POST", "GET"), (303, "POST", "GET"), (303, "PUT", "GET"), (302, "PUT", "PUT"),
            (307, "POST", "POST"), (308, "POST", "POST"), (303, "HEAD", "HEAD"),
        ]:
            self.server.requests.clear()
            self.redirect("/a", "/b", status)
            body = {} if method == "HEAD" else {"body": {"n": 1}}
            self.server.answers["/b"] = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
            self.step(f"{status}{method}", "/a", method=method, redirects=1, **body)
            head, headers, body = self.server.requests[1]
            self.assertEqual(head.split()[0], wanted, (status, method))
            self.assertEqual(bool(body), wanted in ("POST", "PUT"), (status, method))
            self.assertEqual("content-type" in headers, bool(body), (status, method))

    def test_every_request_of_a_chain_has_the_key_of_the_step(self):
        self.redirect("/a", "/b", 307)
        self.step("s", "/a", method="POST", redirects=1)
        self.assertEqual(len({headers["idempotency-key"] for _, headers, _ in self.server.requests}), 1)

    def test_credentials_go_to_the_same_origin_only(self):
        other = Server()
        self.addCleanup(other.close)
        self.credential("token", "S3cret")
        given = {"headers": {"Authorization": "Basic x", "X-Key": "k{credential:token}", "Cookie": "a=b", "X-Plain": "p"}}
        self.redirect("/same", "/end")
        self.step("same", "/same", redirects=1, **given)
        kept = self.server.requests[1][1]
        self.assertEqual((kept["authorization"], kept["x-key"], kept["cookie"]), ("Basic x", "kS3cret", "a=b"))
        # Another port is another origin, as is another name of the same host.
        for number, target in enumerate((other.url("/end"), f"http://localhost:{self.server.port}/end")):
            self.redirect("/other", target)
            self.step(f"other{number}", "/other", redirects=1, **given)
        for _, headers, _ in [other.requests[0], self.server.requests[-1]]:
            self.assertEqual([name for name in ("authorization", "x-key", "cookie") if name in headers], [])
            self.assertEqual(headers["x-plain"], "p")

    def test_a_body_with_a_credential_does_not_leave_its_origin(self):
        other = Server()
        self.addCleanup(other.close)
        self.credential("token", "S3cret")
        self.redirect("/a", other.url("/end"), 307)
        given = {"method": "POST", "body": {"key": "{credential:token}"}}
        failed = self.failure("s", "/a", redirects=1, step={"retry": {"max_attempts": 3, "initial_ms": 1}}, **given)
        self.assertEqual((failed["type"], other.requests, len(self.server.requests)), ("redirect", [], 1))
        self.redirect("/b", "/end", 307)
        self.step("t", "/b", redirects=1, **given)
        self.assertEqual(json.loads(self.server.requests[-1][2]), {"key": "S3cret"})

    def test_a_server_cannot_send_a_credential_on_in_a_url(self):
        other = Server()
        self.addCleanup(other.close)
        self.credential("token", "S3cret")
        self.server.answers["/a"] = lambda headers, _: [reply("302 X", b"", f"Location: {other.url('/')}?{headers['x-key']}")]
        failed = self.failure("s", "/a", redirects=1, headers={"X-Key": "{credential:token}"})
        self.assertEqual((failed["type"], other.requests), ("redirect", []))

    def test_no_other_scheme_is_followed(self):
        for number, target in enumerate(["file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://127.0.0.1/", "javascript:1"]):
            self.redirect("/a", target)
            self.assertEqual(self.failure(f"s{number}", "/a", redirects=1)["type"], "redirect", target)

    def test_all_of_a_chain_has_the_time_of_one_attempt(self):
        def slow(*_):
            time.sleep(0.4)
            yield reply("302 X", b"", "Location: /slow")

        self.server.answers["/slow"] = slow
        # With a second each, all ten would have been followed: the failure would be the last redirect.
        self.assertEqual(self.failure("s", "/slow", redirects=10, timeout_ms=1000)["type"], "timeout")

    def test_more_than_ten_cannot_be_asked_for(self):
        with self.assertRaisesRegex(Exception, "redirects"):
            self.step("s", redirects=11)


class KeepingServer:
    """A server that keeps its connections, and answers each request as a test says."""

    def __init__(self):
        self.paths: list[str] = []
        self.peers: list[socket.socket] = []
        # The connection that a path was last asked for on.
        self.asked: dict[str, socket.socket] = {}
        self.answers: dict[str, object] = {}
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self) -> None:
        while True:
            try:
                peer, _ = self.listener.accept()
            except OSError:
                return
            self.peers.append(peer)
            threading.Thread(target=self.serve, args=(peer,), daemon=True).start()

    def serve(self, peer: socket.socket) -> None:
        reader = peer.makefile("rb")
        while head := reader.readline().decode():
            while reader.readline().strip():
                pass
            path = head.split()[1]
            self.asked[path] = peer
            self.paths.append(path)
            answer = self.answers.get(path, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
            peer.sendall(answer() if callable(answer) else answer)
        peer.close()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def close(self) -> None:
        self.listener.close()


def is_closed(peer: socket.socket) -> bool:
    """Whether the other end has closed it; what it sent is left to be read."""
    try:
        return peer.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
    except BlockingIOError:
        return False


class WithdrawnRules(Requests):
    """What was allowed when a connection was made, and is no more."""

    def setUp(self):
        super().setUp()
        self.keeping = KeepingServer()
        self.addCleanup(self.keeping.close)

    def withdraw(self) -> None:
        """Private addresses are not allowed from now on."""
        path = Path(f"{self.daemon.folder}/conf")
        path.write_text(path.read_text().replace("http_allow_private = yes", "http_allow_private = no"))
        count = self.daemon.text().count("configuration read again")
        self.daemon.process.send_signal(signal.SIGHUP)
        wait_for(lambda: self.daemon.text().count("configuration read again") > count, what="the new rules")

    def test_a_connection_is_used_again_as_long_as_the_rules_are_the_same(self):
        for name in ("a", "b"):
            self.step(name, self.keeping.url(f"/{name}"))
        self.assertEqual((self.keeping.paths, len(self.keeping.peers)), (["/a", "/b"], 1))

    def test_a_kept_connection_is_closed_when_the_rules_change_and_serves_nothing_more(self):
        self.step("a", self.keeping.url("/a"))
        self.withdraw()
        wait_for(lambda: self.keeping.peers[0].fileno() < 0, what="the end of the kept connection")
        self.assertEqual(self.failure("b", self.keeping.url("/b"))["type"], "address_not_allowed")
        self.assertEqual(self.keeping.paths, ["/a"])

    def test_a_redirect_is_followed_by_the_rules_that_hold_when_it_comes(self):
        go = threading.Event()
        self.addCleanup(go.set)
        self.keeping.answers["/a"] = lambda: (go.wait(30), reply("302 X", b"", "Location: /b"))[1]
        number = self.connection.send("run-step", run="r", step="s", http={"url": self.keeping.url("/a"), "redirects": 1})
        wait_for(lambda: self.keeping.paths, what="the first request")
        self.withdraw()
        go.set()
        with self.assertRaises(Refused) as caught:
            self.connection.reply(number)
        self.assertEqual(caught.exception.data["failure"]["type"], "address_not_allowed")
        self.assertEqual(self.keeping.paths, ["/a"])

    def test_what_is_under_way_when_the_rules_change_is_finished_and_can_be_stopped(self):
        go = threading.Event()
        self.addCleanup(go.set)
        for path in ("/a", "/b"):
            self.keeping.answers[path] = lambda: (go.wait(30), b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")[1]
        number = self.connection.send("run-step", run="r", step="a", http={"url": self.keeping.url("/a")})
        other = self.daemon.connect()
        other.call("resume", run="other")
        other.send("run-step", run="other", step="b", http={"url": self.keeping.url("/b")})
        wait_for(lambda: len(self.keeping.paths) == 2, what="both requests")
        self.withdraw()
        self.daemon.connect().call("run.cancel", run="other", grace_ms=0)
        wait_for(lambda: is_closed(self.keeping.asked["/b"]), what="the end of the stopped transfer")
        go.set()
        self.assertEqual(self.connection.reply(number)["output"]["body"], "ok")


class GuardedRedirects(Requests):
    settings = "http_allow_private = yes\nhttp_hosts = 127.0.0.1\n"

    def test_every_target_has_to_be_a_host_that_is_allowed(self):
        self.server.answers["/"] = reply("302 X", b"", f"Location: http://localhost:{self.server.port}/end")
        self.assertEqual(self.failure("s", redirects=5)["type"], "host_not_allowed")
        self.assertEqual(len(self.server.requests), 1)


if __name__ == "__main__":
    unittest.main()
