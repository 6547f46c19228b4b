#!/usr/bin/env python3
"""What telling others costs: streams, watches, schedules, webhooks against a daemon of one's own.

    SIDESTEPD=.build/release/sidestepd benchmarks/announce.py

Closed loops of one process; the load generator shares the cores. One line a figure.
"""

import http.server
import os
import sys
import tempfile
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/BlackBox/Daemon"))
os.environ.setdefault("SIDESTEPD", str(ROOT / ".build/release/sidestepd"))  # a debug build tells nothing
from harness import Connection, Daemon, wait_for  # noqa: E402


def percentile(values: list, part: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def say(name: str, text: str) -> None:
    print(f"{name:<48} {text}", flush=True)


def pipelined(connection: Connection, count: int, call) -> float:
    """Calls a second, 64 under way at once."""
    began, pending = time.monotonic(), []
    for number in range(count):
        pending.append(call(number))
        if len(pending) == 64:
            connection.reply(pending.pop(0))
    for number in pending:
        connection.reply(number)
    return count / (time.monotonic() - began)


def start() -> None:
    spans = []
    for _ in range(20):
        daemon = Daemon()
        began = time.monotonic()
        daemon.start()
        spans.append((time.monotonic() - began) * 1000)
        daemon.close()
    say("start to first connection, new database", f"{percentile(spans, 0.5):.0f} ms p50, least of 20 {min(spans):.0f} ms")


def streams(daemon: Daemon) -> None:
    connection = daemon.connect()
    connection.call("resume", run="stream")
    token = "x" * 20
    spans = []
    for number in range(1000):
        began = time.monotonic()
        connection.call("stream.append", stream="alone", items=[token], **{"from": number})
        spans.append((time.monotonic() - began) * 1e6)
    say("stream.append, one after the other", f"{percentile(spans, 0.5):.0f} us p50, {percentile(spans, 0.99):.0f} us p99")
    rate = pipelined(
        connection, 10000, lambda n: connection.send("stream.append", stream="many", items=[token], **{"from": n}))
    say("stream.append, 64 under way", f"{rate:.0f}/s")
    began, read = time.monotonic(), 0
    while read < 10000:
        read = connection.call("stream.read", run="stream", stream="many", limit=10000, **{"from": read})["next"]
    say("stream.read of 10 000 items, each a row", f"{(time.monotonic() - began) * 1000:.0f} ms")


def watches(daemon: Daemon) -> None:
    connection = daemon.connect()
    connection.call("resume", run="watched")
    rates = {}
    for watchers in [0, 1, 10]:
        seen = [0]
        connections = [daemon.connect() for _ in range(watchers)]
        for watcher in connections:
            watcher.call("run.watch", run="watched")
            threading.Thread(target=drain, args=(watcher, seen), daemon=True).start()
        best = max(
            pipelined(
                connection, 5000,
                lambda n, w=watchers, r=round_: connection.send("step.complete", step=f"s{w}-{r}-{n}", output=n))
            for round_ in range(3))
        rates[watchers] = best
        for watcher in connections:
            watcher.socket.close()
    say("step.complete, 64 under way, 0 / 1 / 10 watchers", " / ".join(f"{rates[n]:.0f}/s" for n in rates))
    watcher = daemon.connect()
    watcher.call("run.watch", run="watched")
    spans = []
    for number in range(1000):
        began = time.monotonic()
        connection.send("step.complete", step=f"latency{number}", output=number)
        watcher.read_line()
        spans.append((time.monotonic() - began) * 1e6)
        connection.reply(connection.count)
    say("from step.complete to run.event", f"{percentile(spans, 0.5):.0f} us p50, {percentile(spans, 0.99):.0f} us p99")
    total = len(connection.call("run.history", run="watched", limit=10000)["entries"])
    for name, filters in [("one run", {"run": "watched"}), ("all runs", {})]:
        late = daemon.connect()
        began, count = time.monotonic(), 0
        late.call("run.watch", after=0, **filters)
        while count < total:
            late.read_line()
            count += 1
        say(f"catching up with {name}", f"{count / (time.monotonic() - began):.0f} entries/s")


def drain(connection: Connection, seen: list) -> None:
    try:
        while connection.read_line():
            seen[0] += 1
    except (OSError, ValueError):
        pass


def schedules(daemon: Daemon) -> None:
    connection = daemon.connect()
    due = int(time.time() * 1000) + 6000
    pipelined(
        connection, 1000,
        lambda n: connection.send(
            "schedule.put", schedule=f"s{n}", workflow="w", every_ms=3_600_000, start_at=due, overlap="allow"))
    wait_for(
        lambda: len(connection.call("run.list", workflow="w", limit=1000)["runs"]) == 1000, seconds=30,
        what="the runs")
    late = [run["created_at"] - due for run in connection.call("run.list", workflow="w", limit=1000)["runs"]]
    say("1000 schedules due at once", f"started {percentile(late, 0.5)} ms p50, {percentile(late, 0.99)} ms p99 after their time")


def webhooks(daemon: Daemon) -> None:
    got = [0]

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            self.rfile.read(int(self.headers["content-length"]))
            self.send_response(204)
            self.end_headers()
            got[0] += 1

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    connection = daemon.connect()
    connection.call("webhook.put", webhook="w", url=f"http://127.0.0.1:{server.server_address[1]}/", events=["e"])
    began = time.monotonic()
    pipelined(connection, 2000, lambda n: connection.send("event.emit", event="e", value=n))
    say("event.emit with one webhook, 64 under way", f"{2000 / (time.monotonic() - began):.0f}/s")
    wait_for(lambda: got[0] >= 2000, seconds=60, what="the letters")
    say("deliveries to one webhook", f"{2000 / (time.monotonic() - began):.0f}/s")


def main() -> None:
    start()
    with tempfile.NamedTemporaryFile("w", suffix=".conf") as settings:
        settings.write("http_allow_private = yes\n")
        settings.flush()
        with Daemon("--config", settings.name) as daemon:
            say("memory, idle", f"{daemon.resident_kib() / 1024:.1f} MB")
            for part in [streams, watches, schedules, webhooks]:
                part(daemon)
            say("memory, afterwards", f"{daemon.resident_kib() / 1024:.1f} MB")


if __name__ == "__main__":
    main()
