"""What the tests of `sidestep ui` stand on: a daemon, a page, and a browser made of a socket."""

import json
import select
import signal
import socket
import subprocess
from urllib.parse import urlparse

from own_daemon import BIN, LONG, ROOT, OwnDaemon, wait_for


class Reply:
    """An answer: status, headers by their names in small letters, body."""

    def __init__(self, head, body):
        first, *lines = head.decode().split("\r\n")
        self.status = int(first.split()[1])
        self.headers = {}
        for line in lines:
            name, value = line.split(": ", 1)
            self.headers.setdefault(name.lower(), []).append(value)
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def kind(self):
        return self.json["error"]["data"]["kind"]


class Wire:
    """A connection whose bytes are the test's own."""

    def __init__(self, port, host="127.0.0.1", narrow=False):
        self.socket = socket.socket()
        self.socket.settimeout(LONG)
        if narrow:
            # The kernel takes little for who does not read.
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        self.socket.connect((host, port))
        self.buffer = b""

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def fill(self):
        got = self.socket.recv(1 << 16)
        self.buffer += got
        return got

    def head(self):
        while b"\r\n\r\n" not in self.buffer:
            if not self.fill():
                raise ConnectionError(f"closed after {self.buffer!r}")
        head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
        return head

    def reply(self, bodiless=False):
        reply = Reply(self.head(), b"")
        length = 0 if bodiless else int(reply.headers.get("content-length", ["0"])[0])
        while len(self.buffer) < length:
            if not self.fill():
                raise ConnectionError("closed in the body")
        reply.body, self.buffer = self.buffer[:length], self.buffer[length:]
        return reply

    def is_closed(self):
        """Whether the other side ends it, with or without an answer before."""
        try:
            while self.fill():
                pass
        except ConnectionError:
            pass
        return True


def request(method="GET", path="/", port=0, body=None, **fields):
    """A request as a browser sends it; a field that is None is left out."""
    headers = {"host": f"127.0.0.1:{port}"}
    if body is not None:
        headers |= {"sec_fetch_site": "same-origin", "content_type": "application/json", "content_length": len(body)}
    headers |= fields
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value is not None]
    return "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "", ""]).encode() + (body or b"")


class Stream:
    """GET /events, as an EventSource reads it."""

    def __init__(self, page, after=None, last=None, narrow=False):
        self.wire = Wire(page.port, narrow=narrow)
        path = "/events" if after is None else f"/events?after={after}"
        self.wire.send(request(path=path, port=page.port, cookie=page.cookie, last_event_id=last))
        self.first = Reply(self.wire.head(), b"")
        self.text = b""
        self.last = last

    def close(self):
        self.wire.close()

    def chunk(self):
        """The next piece of the body, which is sent in chunks."""
        while b"\r\n" not in self.wire.buffer:
            if not self.wire.fill():
                raise ConnectionError("the stream has ended")
        size, self.wire.buffer = self.wire.buffer.split(b"\r\n", 1)
        length = int(size, 16) + 2
        while len(self.wire.buffer) < length:
            if not self.wire.fill():
                raise ConnectionError("the stream has ended")
        self.text += self.wire.buffer[: length - 2]
        self.wire.buffer = self.wire.buffer[length:]

    def next(self):
        """The name of the next event and its data."""
        while True:
            while b"\n\n" not in self.text:
                self.chunk()
            block, self.text = self.text.split(b"\n\n", 1)
            fields = dict(line.split(": ", 1) for line in block.decode().split("\n"))
            if "id" in fields:
                self.last = int(fields["id"])
            if "data" in fields:
                return fields.get("event", "message"), json.loads(fields["data"])

    def named(self, name):
        while (found := self.next())[0] != name:
            pass
        return found[1]


class Page:
    """A running `sidestep ui`."""

    def __init__(self, bench, *options, environment=None, waits=True, **more):
        more = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | more
        self.process = subprocess.Popen(
            [BIN / "sidestep", "ui", "--no-open", *map(str, options)],
            env=environment or bench.environment, **more)  # fmt: skip
        self.bench = bench
        bench.addCleanup(self.end)
        self.cookie = None
        if more["stdout"] == subprocess.PIPE and waits:
            self.url = self.process.stdout.readline().decode().strip()
            if not self.url:
                raise AssertionError(self.process.stderr.read().decode())
            self.port = urlparse(self.url).port
            self.code = urlparse(self.url).fragment

    def end(self, with_signal=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(with_signal)
        status = self.process.wait(LONG)
        for stream in self.process.stdout, self.process.stderr, self.process.stdin:
            if stream:
                stream.close()
        return status

    def raw(self, data, bodiless=False):
        wire = Wire(self.port)
        try:
            wire.send(data)
            return wire.reply(bodiless)
        finally:
            wire.close()

    def ask(self, method="GET", path="/", body=None, **fields):
        """One request, with the cookie if there is one."""
        fields.setdefault("cookie", self.cookie)
        return self.raw(request(method, path, self.port, body, **fields), bodiless=method == "HEAD")

    def show(self, code):
        return self.ask("POST", "/session", json.dumps({"code": code}).encode())

    def enter(self):
        """Exchanges the code of the link."""
        reply = self.show(self.code)
        self.bench.assertEqual(reply.status, 204, reply.body)
        self.cookie = reply.headers["set-cookie"][0].split(";")[0]
        return self

    def call(self, method, **params):
        return self.ask("POST", "/rpc", json.dumps({"method": method, "params": params}).encode())

    def result(self, method, **params):
        reply = self.call(method, **params)
        self.bench.assertIn("result", reply.json, reply.body)
        return reply.json["result"]

    def link(self):
        """A further code."""
        done = self.bench.sidestep("ui", "--link", "--port", self.port)
        self.bench.assertEqual(done.returncode, 0, done.stderr)
        return urlparse(done.stdout.decode().strip()).fragment


class Bench(OwnDaemon):
    """Each test has its own daemon and folder."""

    prefix = "sidestep-ui-"

    def more_environment(self):
        return {"XDG_RUNTIME_DIR": str(self.folder)}

    def rpc(self, method, **params):
        """A call by the daemon's own socket."""
        done = self.sidestep("call", method, json.dumps(params))
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def page(self, *options, **more):
        return Page(self, *options, **more)

    def make_many(self, count, long=0):
        """Runs by the daemon's own socket, many in a line; their names can be made longer."""
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(self.socket))
            answers = connection.makefile("rb")
            for start in range(0, count, 500):
                calls = [
                    {"jsonrpc": "2.0", "id": n, "method": "run.enqueue",
                     "params": {"run": f"m{n}-" + "x" * long, "workflow": "w"}}
                    for n in range(start, min(count, start + 500))
                ]  # fmt: skip
                connection.sendall(json.dumps(calls).encode() + b"\n")
                self.assertNotIn(b'"error"', answers.readline())

    def is_readable(self, wire, seconds):
        return bool(select.select([wire.socket], [], [], seconds)[0])
