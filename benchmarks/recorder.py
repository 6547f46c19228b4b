#!/usr/bin/env python3
"""What the recorder costs: the same provider is asked directly and through `sidestep record`, in turns.

    benchmarks/recorder.py FOLDER [--calls 1000] [--events 10000] [--place FOLDER] [--json]

FOLDER has the programs; aims are those of a release build on a quiet machine. The provider is that of the recorder's
tests, on loopback, and answers at once: what is measured is what is added to it. With --json the figures are one line;
else a table, and the exit status says whether all aims are met.
"""

import argparse
import contextlib
import json
import os
import pathlib
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit

ROOT = pathlib.Path(__file__).resolve().parent.parent
PROVIDER = ROOT / "Tests/BlackBox/Recorder/provider.py"

#: Name, unit, and what it is to stay below; None for what is only shown, and "above" for a rate.
AIMS = {
    "first token, direct, p50": ("ms", None, ""),
    "first token, added, p50": ("ms", 3, "below"),
    "first token, added, p95": ("ms", None, ""),
    "stream, direct": ("events/s", None, ""),
    "stream, recorded": ("events/s", 2000, "above"),
    "events lost": ("", 1, "below"),
    "load of the recordings": ("s", None, ""),
    "replay of the recordings": ("s", 1, "below"),
    "memory of a recorder": ("MB", 40, "below"),
    "memory of a daemon without one": ("MB", None, ""),
    "sidestep --help, quickest": ("ms", 10, "below"),
    "sidestep --help, median of 50": ("ms", None, ""),
}


class Client:
    """One kept connection, and as much of HTTP/1.1 as the answers here have."""

    def __init__(self, base):
        self.base = urlsplit(base)
        self.socket = socket.create_connection((self.base.hostname, self.base.port), timeout=120)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def ask(self, text):
        """The seconds until the first byte of a stream's body, and all of the body."""
        body = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": text}]}).encode()
        head = (
            f"POST {self.base.path}/chat/completions HTTP/1.1\r\nHost: {self.base.netloc}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        began = time.perf_counter()
        self.socket.sendall(head.encode() + body)
        first, parts, rest = None, [], b""
        while not rest.endswith(b"0\r\n\r\n"):
            data = self.socket.recv(1 << 18)
            if not data:
                raise EOFError(b"".join(parts)[-300:])
            parts.append(data)
            rest = (rest + data)[-16:]
            if first is None and b"data: " in data:
                first = time.perf_counter() - began
        return first, unchunked(b"".join(parts).split(b"\r\n\r\n", 1)[1])


def unchunked(data):
    """A body without the framing of its chunks: RFC 9112 §7.1."""
    parts, place = [], 0
    while True:
        end = data.index(b"\r\n", place)
        size = int(data[place:end], 16)
        if size == 0:
            return b"".join(parts)
        parts.append(data[end + 2 : end + 2 + size])
        place = end + 4 + size


class Bench:
    """A daemon, a provider, and recorders of one run, one after the other."""

    def __init__(self, options, place, stack):
        self.programs, self.place, self.options = options.folder.resolve(), pathlib.Path(place), options
        self.environment = os.environ | {"SIDESTEP_SOCKET": f"{place}/s.sock", "SIDESTEP_AUTOSTART": "0"}
        self.daemon = self.start(
            stack,
            [self.programs / "sidestepd", "--socket", f"{place}/s.sock", "--database", f"{place}/d.db"],
        )
        provider = self.start(stack, [sys.executable, PROVIDER, "--log", f"{place}/calls"], stdout=subprocess.PIPE)
        self.direct = f"http://127.0.0.1:{int(provider.stdout.readline())}"
        end = time.monotonic() + 30
        ping = [self.programs / "sidestep", "ping"]
        while subprocess.run(ping, env=self.environment, capture_output=True).returncode:
            if time.monotonic() > end:
                raise SystemExit("the daemon does not answer")

    def start(self, stack, command, **options):
        process = subprocess.Popen(command, env=self.environment, stdin=subprocess.DEVNULL, **options)
        stack.callback(process.wait)
        stack.callback(process.kill)
        return process

    @contextlib.contextmanager
    def recorder(self):
        """A recorder of the run, its base URL, and the seconds until it was there."""
        began = time.perf_counter()
        with contextlib.ExitStack() as stack:
            command = [self.programs / "sidestep", "record", "--run", "bench", "--json"]
            process = self.start(
                stack, [*command, "--upstream", f"openai={self.direct}"],
                stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)  # fmt: skip
            variables = json.loads(process.stdout.readline())
            yield process, variables["OPENAI_BASE_URL"], time.perf_counter() - began
            process.send_signal(signal.SIGTERM)
            process.wait(60)

    def paid(self):
        return sum(1 for _ in open(self.place / "calls", "rb"))


def memory(process):
    """Resident memory in MB."""
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def percentile(values, part):
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def recorded(bench, found):
    """First tokens and a long stream in turns, and then as many calls as are to be replayed."""
    with bench.recorder() as (process, base, _):
        direct, through = Client(bench.direct), Client(base)
        waits = {"direct": [], "through": []}
        for number in range(220):
            waits["direct"].append(direct.ask(f"first {number} [words:5]")[0] * 1e3)
            waits["through"].append(through.ask(f"first {number} [words:5]")[0] * 1e3)
        # The first ones open connections, and warm both sides.
        direct_p = [percentile(waits["direct"][20:], part) for part in (0.5, 0.95)]
        through_p = [percentile(waits["through"][20:], part) for part in (0.5, 0.95)]
        found["first token, direct, p50"] = direct_p[0]
        found["first token, added, p50"] = through_p[0] - direct_p[0]
        found["first token, added, p95"] = through_p[1] - direct_p[1]
        events = bench.options.events
        for name, client in (("direct", direct), ("recorded", through)):
            began = time.perf_counter()
            body = client.ask(f"long [words:{events}]")[1]
            found[f"stream, {name}"] = events / (time.perf_counter() - began)
            found["events lost"] = found.get("events lost", 0) + events - body.count(b'"content": "') + 1
        for number in range(bench.options.calls):
            through.ask(f"replay {number} [words:20]")
        found["memory of a recorder"] = memory(process)


def replayed(bench, found):
    """All of it again, by another recorder: nothing is asked for."""
    before = bench.paid()
    with bench.recorder() as (_, base, load):
        client = Client(base)
        began = time.perf_counter()
        for number in range(bench.options.calls):
            client.ask(f"replay {number} [words:20]")
        found["replay of the recordings"] = time.perf_counter() - began
        found["load of the recordings"] = load
    if bench.paid() != before:
        raise SystemExit("a recorded call was sent again")


def started(bench, found):
    """How long the tool takes to say what it can."""
    times = []
    for _ in range(50):
        began = time.perf_counter()
        subprocess.run([bench.programs / "sidestep", "--help"], stdout=subprocess.DEVNULL, check=True)
        times.append((time.perf_counter() - began) * 1e3)
    found["sidestep --help, quickest"] = min(times)
    found["sidestep --help, median of 50"] = statistics.median(times)


def show(found):
    """Prints each figure beside its aim; whether all are met."""
    is_met = True
    for name, (unit, aim, side) in AIMS.items():
        figure = found[name]
        holds = aim is None or (figure < aim if side == "below" else figure > aim)
        is_met &= holds
        wanted = f"{side} {aim}" if aim else ""
        print(f"{name:<32} {figure:>10.2f} {unit:<9} {wanted:<12} {'' if holds else 'NO'}".rstrip())
    return is_met


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--calls", type=int, default=1000, help="calls that are recorded and replayed")
    parser.add_argument("--events", type=int, default=10_000, help="events of the long stream")
    parser.add_argument("--place", help="where the database lies; not in memory")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {}
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(dir=options.place, prefix="sidestep-bench-"))
        bench = Bench(options, place, stack)
        found["memory of a daemon without one"] = memory(bench.daemon)
        started(bench, found)
        recorded(bench, found)
        replayed(bench, found)
    if options.json:
        return print(json.dumps({name: round(figure, 3) for name, figure in found.items()}))
    sys.exit(0 if show(found) else 1)


if __name__ == "__main__":
    main()
