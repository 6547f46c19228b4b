"""Webhooks against a real receiver on loopback: signed, at least once, over deaths of either side."""

import contextlib
import hashlib
import hmac
import http.server
import json
import os
import socket
import sqlite3
import tempfile
import threading
import time
import unittest

from harness import Daemon, Refused, wait_for
from test_http import FRAMING, PRIVATE, Server


class Receiver:
    """An HTTP server that notes what it gets and answers as it is told; it may be stopped and started again."""

    def __init__(self, protocol: str = "HTTP/1.0"):
        self.protocol = protocol
        self.letters: list[tuple[dict, bytes]] = []
        self.peers: set = set()
        self.answers: list = []
        self.body = b""
        self.server = None
        self.port = 0
        self.start()

    def start(self) -> None:
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = receiver.protocol

            def do_POST(self):
                receiver.peers.add(self.client_address)
                body = self.rfile.read(int(self.headers["content-length"]))
                receiver.letters.append((dict(self.headers), body))
                answer = receiver.answers.pop(0) if receiver.answers else 204
                status, headers = answer if isinstance(answer, tuple) else (answer, {})
                if callable(status):
                    status = status()
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.send_header("content-length", str(len(receiver.body)))
                self.end_headers()
                with contextlib.suppress(OSError):  # the daemon may have heard enough
                    self.wfile.write(receiver.body)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        # A daemon that is killed resets its connections.
        self.server.handle_error = lambda *_: None
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def events(self) -> list[dict]:
        return [json.loads(body) for _, body in self.letters]


class Bench(unittest.TestCase):
    settings = "http_allow_private = yes\n"
    environment: dict = {}

    def setUp(self):
        self.receiver = Receiver()
        self.addCleanup(self.receiver.stop)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.credentials = folder.name
        settings = f"credentials_directory = {folder.name}\n{self.settings}"
        self.daemon = Daemon(settings=settings, environment=self.environment).start()
        self.addCleanup(self.daemon.close)
        self.connection = self.daemon.connect()
        self.addCleanup(self.connection.close)

    def put(self, **more) -> None:
        self.connection.call("webhook.put", **{"webhook": "w", "url": self.receiver.url, "events": ["*"], **more})

    def credential(self, name: str, text: str, mode: int = 0o600) -> None:
        with open(os.open(f"{self.credentials}/{name}", os.O_CREAT | os.O_WRONLY, mode), "w") as file:
            file.write(text)

    def deliveries(self, **filters) -> list[dict]:
        return self.connection.call("webhook.deliveries", **filters)["deliveries"]

    def settled(self, count: int) -> list[dict]:
        """Waits until so many deliveries are delivered or dead."""
        return wait_for(
            lambda: (found := [d for d in self.deliveries() if d["status"] != "pending"]) and len(found) >= count and found,
            what=f"{count} settled deliveries")


class Webhooks(Bench):
    def test_an_event_is_delivered_with_its_value_and_changes_of_runs_are(self):
        self.put(events=["order.*", "run.completed", "run.failed"])
        emitted = self.connection.call("event.emit", event="order.paid", value={"n": 1.5}, event_id="o1")
        self.connection.call("event.emit", event="other")
        self.connection.call("resume", run="r", workflow="flow")
        self.connection.call("run.complete", output=1)
        self.settled(2)
        paid, completed = sorted(self.receiver.events(), key=lambda event: event["sequence"])
        self.assertEqual(
            (paid["event"], paid["value"], paid["sequence"], paid["event_id"]),
            ("order.paid", {"n": 1.5}, emitted["sequence"], "o1"))
        self.assertEqual(
            (completed["event"], completed["run"], completed["workflow"], completed["status"]),
            ("run.completed", "r", "flow", "completed"))
        headers = {name.lower(): value for name, value in self.receiver.letters[0][0].items()}
        self.assertEqual(headers["content-type"], "application/json")
        self.assertIn(headers["sidestep-delivery"], [paid["delivery"], completed["delivery"]])
        self.assertNotIn("sidestep-signature", headers)
        self.assertEqual({d["status"] for d in self.deliveries()}, {"delivered"})

    def test_a_letter_is_signed_with_the_credential_which_is_written_nowhere(self):
        self.credential("key", "a secret of ours\n")
        self.put(secret="key")
        self.connection.call("event.emit", event="e")
        self.settled(1)
        headers, body = self.receiver.letters[0]
        parts = dict(part.split("=") for part in headers["Sidestep-Signature"].split(","))
        wanted = hmac.new(b"a secret of ours", parts["t"].encode() + b"." + body, hashlib.sha256).hexdigest()
        self.assertEqual(parts["v1"], wanted)
        self.assertLess(abs(int(parts["t"]) - time.time()), 60)
        self.daemon.kill(15)
        with open(self.daemon.database, "rb") as file:
            self.assertNotIn(b"a secret of ours", file.read())
        self.assertNotIn("a secret of ours", self.daemon.text())

    def test_a_letter_is_taken_however_much_the_receiver_answers(self):
        self.receiver.body = b"x" * (3 << 20)
        self.receiver.answers = [200, 500]
        self.put(max_attempts=1)
        self.connection.call("event.emit", event="e")
        self.assertEqual([(d["status"], d["http_status"]) for d in self.settled(1)], [("delivered", 200)])
        self.connection.call("event.emit", event="e")
        self.assertEqual({d["status"]: d["http_status"] for d in self.settled(2)}, {"delivered": 200, "dead": 500})

    def test_without_its_credential_nothing_is_sent(self):
        self.credential("open", "text", 0o644)
        for name in ["missing", "open"]:
            self.put(webhook=name, secret=name, max_attempts=1)
        self.connection.call("event.emit", event="e")
        problems = {d["webhook"]: d["problem"] for d in self.settled(2)}
        self.assertIn("there is no credential", problems["missing"])
        self.assertIn("0600", problems["open"])
        self.assertEqual(self.receiver.letters, [])

    def test_a_failed_attempt_is_made_again_and_the_receiver_knows_it_by_its_id(self):
        self.receiver.answers = [503, (429, {"Retry-After": "0"}), 200]
        self.put()
        self.connection.call("event.emit", event="e")
        settled = self.settled(1)
        self.assertEqual((settled[0]["status"], settled[0]["attempts"], settled[0]["http_status"]), ("delivered", 3, 200))
        self.assertEqual(len({headers["Sidestep-Delivery"] for headers, _ in self.receiver.letters}), 1)
        self.assertEqual([headers["Sidestep-Attempt"] for headers, _ in self.receiver.letters], ["1", "2", "3"])

    def test_a_delivery_without_attempts_left_is_a_dead_letter_until_somebody_sends_it_again(self):
        self.receiver.answers = [500]
        self.put(max_attempts=1)
        self.connection.call("event.emit", event="e", value="v")
        dead = self.settled(1)[0]
        self.assertEqual((dead["status"], dead["http_status"]), ("dead", 500))
        self.assertEqual(self.deliveries(status="dead")[0]["delivery"], dead["delivery"])
        again = self.connection.call("webhook.redeliver", delivery=dead["delivery"])["delivery"]
        self.assertEqual(again["status"], "pending")
        wait_for(lambda: self.deliveries(status="delivered"), what="the delivery")
        self.assertEqual(self.receiver.events()[0], self.receiver.events()[1])

    def test_a_connection_to_a_receiver_is_kept_for_the_next_letter(self):
        keeping = Receiver("HTTP/1.1")
        self.put(url=keeping.url)
        for count in (1, 2):
            self.connection.call("event.emit", event="e")
            wait_for(lambda: len(self.deliveries(status="delivered")) == count, what="the record of a delivery")
        self.assertEqual(len(keeping.peers), 1)
        self.daemon.kill()
        keeping.stop()

    def test_redirects_are_not_followed(self):
        self.receiver.answers = [(302, {"Location": self.receiver.url + "2"})]
        self.put(max_attempts=1)
        self.connection.call("event.emit", event="e")
        self.assertEqual(self.settled(1)[0]["http_status"], 302)
        self.assertEqual(len(self.receiver.letters), 1)

    def test_deliveries_wait_for_a_pause_to_end(self):
        self.put(paused=True)
        self.connection.call("event.emit", event="e")
        self.assertEqual(self.deliveries()[0]["status"], "pending")
        self.put(paused=False)
        self.settled(1)
        self.assertEqual(len(self.receiver.letters), 1)

    def test_a_slow_receiver_does_not_hold_up_another(self):
        released = threading.Event()
        slow = Receiver()
        self.addCleanup(slow.stop)
        self.addCleanup(released.set)

        def wait() -> int:
            released.wait(10)
            return 204

        slow.answers = [(wait, {})] * 20
        self.connection.call("webhook.put", webhook="slow", url=slow.url, events=["*"])
        self.put()
        for number in range(20):
            self.connection.call("event.emit", event="e", value=number)
        wait_for(lambda: len(self.receiver.letters) == 20, what="the letters of the other webhook")
        self.assertLessEqual(len(slow.letters), 4)
        released.set()
        wait_for(lambda: len(slow.letters) == 20, what="the letters of the slow one")

    def test_a_receiver_that_was_away_gets_everything_over_restarts_of_the_daemon(self):
        self.put()
        self.receiver.stop()
        for number in range(5):
            self.connection.call("event.emit", event="e", value=number)
        wait_for(lambda: all(d["attempts"] > 0 for d in self.deliveries()), what="the first attempts")
        self.daemon.kill()
        self.receiver.start()
        self.daemon.start()
        self.connection = self.daemon.connect()
        self.settled(5)
        self.assertEqual({event["value"] for event in self.receiver.events()}, set(range(5)))

    def test_kills_in_the_middle_lose_no_delivery(self):
        """SIGKILL of the daemon while letters are under way: every acknowledged event arrives, once or more."""
        self.put(max_attempts=100)
        acknowledged = 0
        for round_ in range(8):
            self.receiver.answers = [500, 204, 503]
            for _ in range(10):
                self.connection.call("event.emit", event="e", value=acknowledged)
                acknowledged += 1
            self.daemon.kill()
            if round_ % 2:
                self.receiver.stop()
                self.receiver.start()
            self.daemon.start()
            self.connection = self.daemon.connect()
        wait_for(
            lambda: {event["value"] for event in self.receiver.events()} == set(range(acknowledged)), seconds=60,
            what="every event")
        delivered = wait_for(
            lambda: len(found := self.deliveries(status="delivered", limit=1000)) == acknowledged and found, seconds=60,
            what="every delivery")
        self.assertEqual(len({d["delivery"] for d in delivered}), acknowledged)
        ids = {event["value"]: event["delivery"] for event in self.receiver.events()}
        for event in self.receiver.events():
            self.assertEqual(event["delivery"], ids[event["value"]], "an event came under two ids")

    def test_what_is_no_webhook_is_refused(self):
        for wrong in [
            {"url": "ftp://example.org"}, {"url": "file:///etc/passwd"}, {"url": "http://a b"}, {"events": []},
            {"secret": "../x"}, {"secret": ".x"}, {"headers": {"X-A": "a\r\nX-B: b"}}, {"headers": {"Sidestep-Event": "x"}},
            {"max_attempts": 0}, *({"headers": {name: "x"}} for name in FRAMING), {"headers": {"A B": "x"}}, {"headers": {"": "x"}},
        ]:
            with self.assertRaises(Refused) as caught:
                self.put(**wrong)
            self.assertEqual(caught.exception.kind, "invalid_argument", wrong)

    def test_a_response_that_never_ends_is_cut_off_and_its_status_counts(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)

        def flood() -> None:
            peer, _ = listener.accept()
            peer.recv(1 << 16)
            try:
                peer.sendall(b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\n\r\n")
                while True:
                    peer.sendall(b"x" * 65536)
            except OSError:
                pass

        threading.Thread(target=flood, daemon=True).start()
        self.put(url=f"http://127.0.0.1:{listener.getsockname()[1]}/", max_attempts=1)
        self.connection.call("event.emit", event="e")
        self.assertEqual([(d["status"], d["http_status"]) for d in self.settled(1)], [("delivered", 200)])

    def test_headers_that_an_earlier_daemon_took_are_not_sent(self):
        self.put(headers={"X-Plain": "x"})
        self.connection.close()
        self.daemon.kill(15)
        with sqlite3.connect(self.daemon.database) as database:
            stored = json.dumps({"Transfer-Encoding": "chunked"})
            self.assertEqual(database.execute("UPDATE webhook SET headers = ?", (stored,)).rowcount, 1)
        database.close()
        self.daemon.start()
        self.connection = self.daemon.connect()
        self.connection.call("event.emit", event="e")
        dead = self.settled(1)[0]
        self.assertEqual((dead["status"], dead["attempts"]), ("dead", 1))
        self.assertIn("Transfer-Encoding", dead["problem"])
        self.assertEqual(self.receiver.letters, [])


class Guard(Bench):
    """Without a setting the daemon reaches no address for a client that the client himself might not reach."""

    settings = ""

    def test_no_spelling_of_a_private_address_is_reached_and_nothing_of_what_listens_there_is_told(self):
        for number, host in enumerate(PRIVATE):
            self.put(webhook=f"w{number}", url=f"http://{host}:{self.receiver.port}/hook")
        self.connection.call("event.emit", event="e")
        for delivery in self.settled(len(PRIVATE)):
            self.assertEqual((delivery["status"], delivery["attempts"], delivery.get("http_status")), ("dead", 1, None))
            self.assertIn("http_allow_private", delivery["problem"])
        self.assertEqual(self.receiver.letters, [])

    def test_a_port_where_nobody_listens_is_told_like_one_where_somebody_does(self):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        for name, url in [("open", self.receiver.url), ("closed", f"http://127.0.0.1:{port}/hook")]:
            self.put(webhook=name, url=url)
        self.connection.call("event.emit", event="e")
        first, second = ({**d, "webhook": "", "delivery": "", "finished_at": 0} for d in self.settled(2))
        self.assertEqual(first, second)


class Hosts(Bench):
    settings = "http_allow_private = yes\nhttp_hosts = 127.0.0.1\n"

    def test_only_hosts_of_the_list_get_letters(self):
        self.put()
        for name, host in [("name", "localhost"), ("user", "127.0.0.1@localhost")]:
            self.put(webhook=name, url=f"http://{host}:{self.receiver.port}/hook")
        self.connection.call("event.emit", event="e")
        found = {d["webhook"]: d for d in self.settled(3)}
        self.assertEqual({name: d["status"] for name, d in found.items()}, {"w": "delivered", "name": "dead", "user": "dead"})
        self.assertIn("http_hosts", found["name"]["problem"])
        self.assertEqual(len(self.receiver.letters), 1)


class Proxy(Bench):
    """Where the operator names a proxy, letters go through it, and it alone decides about addresses."""

    environment = {"no_proxy": "*", "NO_PROXY": "*"}

    def setUp(self):
        self.proxy = Server()
        self.addCleanup(self.proxy.close)
        self.settings = f"http_proxy = http://127.0.0.1:{self.proxy.port}\n"
        super().setUp()

    def test_letters_go_through_the_proxy_whatever_the_environment_excepts(self):
        self.put(webhook="name", url="http://receiver.invalid/hook")
        self.put(webhook="address")
        self.connection.call("event.emit", event="e")
        self.assertEqual({d["status"] for d in self.settled(2)}, {"delivered"})
        lines = {request[0] for request in self.proxy.requests}
        self.assertEqual(lines, {f"POST {url} HTTP/1.1" for url in ("http://receiver.invalid/hook", self.receiver.url)})
        self.assertEqual(self.receiver.letters, [])


if __name__ == "__main__":
    unittest.main()
