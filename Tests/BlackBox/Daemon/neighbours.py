"""Neighbours of one daemon, each a user and a process of his own: a good one, a hostile one, one who takes all he may.

`test_neighbours.py` has them beside each other for a moment and asserts what is a fact; `benchmarks/neighbours.py` for as
long as one likes, and measures.
"""

import json
import multiprocessing
import os
import select
import socket
import time
from collections.abc import Callable

from harness import Connection, Refused

GOOD, HOSTILE = 54321, 54322
# Calls of the good one that say something, however slow the machine is.
ENOUGH = 20


class Neighbour:
    """A process that does `work(path, stop)` as a user until it is told to stop; what that returns is its report."""

    def __init__(self, path: str, uid: int, work: Callable, *arguments):
        self.ours, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=self.live, args=(theirs, path, uid, work, arguments), daemon=True)
        self.process.start()
        theirs.close()
        assert self.ours.recv() == "ready"

    @staticmethod
    def live(pipe, path: str, uid: int, work: Callable, arguments: tuple) -> None:
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(uid)
            os.setuid(uid)
        # What others than the good one take of the cores is the scheduler's affair, not the daemon's.
        if uid != GOOD:
            os.nice(19)

        def stop() -> bool:
            return pipe.poll()

        pipe.send(work(path, stop, lambda: pipe.send("ready"), *arguments))

    def report(self) -> dict:
        self.ours.send("stop")
        assert self.ours.poll(300), "the neighbour is stuck"
        found = self.ours.recv()
        self.process.join(30)
        return found

    def end(self) -> None:
        self.process.kill()
        self.process.join()


def good(path: str, stop: Callable, ready: Callable) -> dict:
    """Runs steps one after the other, a few at least; notes how long each takes, and every error."""
    connection = Connection(path)
    connection.socket.settimeout(60)
    run = f"good-{os.getpid()}"
    connection.call("resume", run=run)
    spans, errors = [], []
    ready()
    began = time.perf_counter()
    while len(spans) < ENOUGH or not stop():
        start = time.perf_counter()
        try:
            connection.call("step.complete", step=f"s{len(spans)}", output="x" * 1000)
        except Refused as refused:
            errors.append(str(refused))
        spans.append(time.perf_counter() - start)
    seconds = time.perf_counter() - began
    recorded = connection.call("run.get", run=run)["run"]
    spans.sort()
    return {"calls": len(spans), "rate": len(spans) / seconds, "errors": errors, "run": recorded["status"],
            "p50_ms": spans[len(spans) // 2] * 1000, "p99_ms": spans[len(spans) * 99 // 100] * 1000,
            "worst_ms": spans[-1] * 1000}


# The hostile one


def bad_calls(methods: list[dict]) -> list[bytes]:
    """Bad calls of every method, and lines that are no calls: what a client can get wrong, on purpose."""
    lines = []

    def call(method: str, params) -> None:
        lines.append(json.dumps({"jsonrpc": "2.0", "id": len(lines), "method": method, "params": params}).encode())

    for method in methods:
        name = method["name"]
        examples = [{part["name"]: part["value"] for part in example["params"]} for example in method.get("examples", [])]
        params = examples[0] if examples else {}
        call(name, {**params, "no_such_parameter": 1})
        call(name, [1, 2, 3])
        call(name, {"lease": "l1.1.9." + "0" * 32, **params})
        for key, value in params.items():
            rest = {other: kept for other, kept in params.items() if other != key}
            call(name, rest)
            for wrong in (None, True, -1, 1e400, "", "x" * 2000, "\x00", [], {}, [[]] * 50, {"": {"": ""}}):
                call(name, {**rest, key: wrong})
            if isinstance(value, list) and value:
                # What may stand there one time only, and more of it than there may be.
                call(name, {**rest, key: value * 2})
                call(name, {**rest, key: value * 20_000})
            # The scanner lets a name stand twice in a payload; in parameters it may not.
            twice = json.dumps(params)[:-1] + f", {json.dumps(key)}: {json.dumps(value)}}}"
            lines.append(b'{"jsonrpc":"2.0","id":0,"method":"%s","params":%s}' % (name.encode(), twice.encode()))
    for thread in ("t1", "t1"):
        channel = {"channel": "c", "version": "1", "type": "t", "data": "QUJD"}
        call("graph.put", {"thread": thread, "checkpoint": "1", "type": "t", "metadata": {}, "data": "QUJD", "channels": [channel, channel]})
    event = {"kind": "event", "sequence": 1, "event": "e", "event_id": "same", "at": 1}
    run = {"kind": "run", "id": "i", "uid": "i-1", "generation": 1, "workflow": "w", "status": "completed", "attempt": 1,
           "interruptions": 0, "max_interruptions": 10, "epoch": 1, "created_at": 1, "updated_at": 2}
    head = {"kind": "export", "format": 2}
    call("run.import", {"run": "i", "lines": [head, run, event, event, {"kind": "end", "lines": 4}]})
    lines += [
        b"", b"{", b"]", b"nonsense", b'"', b"\xff\xfe", b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"\xed\xa0\x80"}}',
        b"[]", b"[" * 600 + b"]" * 600, b"[" + b",".join([b"1"] * 1001) + b"]", b'{"id":{},"method":"ping"}',
        b'{"jsonrpc":"1.0","id":1,"method":"ping"}', b'{"jsonrpc":"2.0","id":1,"method":"no.such"}', b"1e999", b"nul\x00l",
        b"x" * 200_000, b'{"a":' * 5000, b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":' + b"9" * 5000 + b"}}",
    ]
    return [line for line in lines if b"run.watch" not in line[:80]]


def hostile(path: str, stop: Callable, ready: Callable) -> dict:
    """Sends bad calls of every method, as fast as the daemon answers them, on connections that it also breaks off.

    Each of them one time at least, however long that takes.
    """
    control = Connection(path)
    lines = bad_calls(control.call("rpc.discover")["methods"])
    ready()
    sent = broken = 0

    def over() -> bool:
        return sent >= len(lines) and stop()

    while not over():
        try:
            connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            connection.connect(path)
            connection.setblocking(False)
            for line in lines:
                if over():
                    break
                sent += send(connection, line + b"\n", over)
            connection.close()
        except OSError:
            broken += 1
    return {"calls": sent, "broken": broken, "kinds": len(lines)}


def send(connection: socket.socket, line: bytes, stop: Callable) -> int:
    """Sends a line and drops whatever replies there are; returns 1."""
    rest = memoryview(line)
    while rest:
        try:
            rest = rest[connection.send(rest):]
        except BlockingIOError:
            if not drop_replies(connection):
                time.sleep(0.0002)
            if stop():
                return 0
    drop_replies(connection)
    return 1


def drop_replies(connection: socket.socket) -> bool:
    try:
        if not connection.recv(1 << 20):
            raise ConnectionError("closed")
        return True
    except BlockingIOError:
        return False


# The greedy one


FLOOD = [("run.list", {}), ("step.list", {}), ("event.emit", {"event": "e"}), ("ping", {}), ("step.complete", {"output": "x" * 1000})]


def greedy(path: str, stop: Callable, ready: Callable, silent_url: str) -> dict:
    """Takes all that one user may have, at once, and asks for more until it is told to stop."""
    met: dict[str, int] = {}

    def note(line: bytes) -> None:
        for part in line.splitlines():
            error = json.loads(part).get("error") if part.startswith(b"{") else None
            if error and (limit := error.get("data", {}).get("limit")):
                met[limit] = met.get(limit, 0) + 1

    first = Connection(path)
    run = f"greedy-{os.getpid()}"
    first.call("resume", run=run, owner="process")
    for number in range(200):
        first.notify("run-step", run=run, step=f"h{number}", wait_ms=0,
                     http={"url": silent_url, "timeout_ms": 3_600_000, "max_response_bytes": 1000})
    for number in range(10):
        first.call("webhook.put", webhook=f"w{number}", url=silent_url, events=["*"])
    for _ in range(10):
        first.call("event.emit", event="e")
    first.call("step.complete", step="large", output="x" * (8 << 20))
    held = waiting(path, run) + halves(path) + unread(path, run)
    # All connections that are left, and a few that are refused.
    while len(held) < 1040:
        try:
            held.append(Connection(path))
        except BlockingIOError:
            # The backlog is full.
            time.sleep(0.001)
    refused = select.poll()
    for one in held[-30:]:
        refused.register(one.socket, select.POLLIN)
    for descriptor, _ in refused.poll(10_000):
        note(socket.socket(fileno=os.dup(descriptor)).recv(4096))
    ready()
    flood = held[0].socket
    flood.setblocking(False)
    sent = 0
    while not stop():
        for method, params in FLOOD:
            if method == "step.complete":
                params = {"step": f"s{sent}", **params}
            params = {"run": run, **params} if method.startswith("step.") else params
            line = json.dumps({"jsonrpc": "2.0", "id": sent, "method": method, "params": params}).encode() + b"\n"
            sent += send(flood, line, stop)
    return {"calls": sent, "met": met, "connections": len(held) + 1}


def waiting(path: str, run: str) -> list[Connection]:
    """Requests without a reply, up to the share: the first connection of them is left with room."""
    connections = [Connection(path)]
    for _ in range(7):
        connection = Connection(path)
        for _ in range(1024):
            connection.send("run.result", run=run, wait_ms=600_000)
        connections.append(connection)
    watcher = Connection(path)
    for _ in range(100):
        watcher.call("run.watch", run=run)
    return [*connections, watcher]


def halves(path: str) -> list[Connection]:
    """Lines that never end."""
    connections = []
    for _ in range(4):
        connection = Connection(path)
        connection.socket.settimeout(2)
        try:
            connection.socket.sendall(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"' + b"x" * (50 << 20))
        except TimeoutError:
            pass
        connections.append(connection)
    return connections


def unread(path: str, run: str) -> list[Connection]:
    """Replies that nobody reads."""
    connections = []
    for _ in range(4):
        connection = Connection(path)
        for _ in range(8):
            connection.send("step.get", run=run, step="large")
        connections.append(connection)
    return connections
