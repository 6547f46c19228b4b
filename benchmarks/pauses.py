#!/usr/bin/env python3
"""The longest pause that a client sees while another one sends a single request, as heavy as the limits let it be.

    SIDESTEPD=.build/release/sidestepd benchmarks/pauses.py [--rounds N] [--only WORD] [--json FILE]

A neighbour in a process of its own calls ping, step.complete and step.get in turn, without a pause of its own; the
figures are the longest call of each kind over all rounds, milliseconds. Python and the two cores that it shares with the
daemon are part of them: `nothing` shows how much.
"""

import argparse
import json
import multiprocessing
import os
import socket
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "Tests/BlackBox/Daemon"))
os.environ.setdefault("SIDESTEPD", str(ROOT / ".build/release/sidestepd"))  # a debug build tells nothing
from harness import Connection, Daemon, Refused  # noqa: E402

MIB = 1 << 20
KINDS = ("ping", "step.complete", "step.get")


# The neighbour


def neighbour(path: str, control) -> None:
    """Measures from `start` to `stop`, as often as it is told to."""
    connection = Connection(path)
    connection.socket.settimeout(600)
    connection.call("resume", run="neighbour", if_owned="take_over")
    number = 0
    while control.recv() == "start":
        worst = dict.fromkeys(KINDS, 0.0)
        control.send("measuring")
        while not control.poll():
            number += 1
            calls = (("ping", {}), ("step.complete", {"step": f"{os.getpid()}-{number}", "output": "x" * 1000}),
                     ("step.get", {"run": "neighbour", "step": f"{os.getpid()}-{number}"}))
            for method, params in calls:
                began = time.perf_counter()
                connection.call(method, **params)
                worst[method] = max(worst[method], time.perf_counter() - began)
        control.recv()
        control.send(worst)
    connection.close()


class Neighbour:
    def __init__(self, daemon: Daemon):
        self.control, theirs = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=neighbour, args=(daemon.socket, theirs), daemon=True)
        self.process.start()

    def worst_during(self, work) -> dict[str, float]:
        self.control.send("start")
        assert self.control.recv() == "measuring"
        time.sleep(0.02)
        work()
        # What the request sets off may come after its reply: a checkpoint, the rows of what was removed.
        time.sleep(0.3)
        self.control.send("stop")
        return {kind: seconds * 1000 for kind, seconds in self.control.recv().items()}

    def close(self) -> None:
        self.control.send("end")
        self.process.join(10)


# The requests


class Heavy:
    """One client that sends one request at a time, prepared before anything is measured."""

    def __init__(self, daemon: Daemon):
        self.daemon = daemon
        self.number = 0
        self.connection = daemon.connect()
        self.connection.socket.settimeout(600)
        self.connection.call("resume", run="heavy", if_owned="take_over")

    def name(self) -> str:
        self.number += 1
        return f"n{self.number}"

    def line(self, method: str, params: str) -> bytes:
        return b'{"jsonrpc":"2.0","id":0,"method":"%s","params":%s}\n' % (method.encode(), params.encode())

    def send(self, line: bytes) -> None:
        """Sends a line and reads its reply, in large pieces and without looking into it."""
        self.connection.socket.sendall(line)
        while True:
            piece = self.connection.socket.recv(1 << 20)
            if not piece:
                raise ConnectionError("the daemon closed the connection")
            if piece.endswith(b"\n"):
                return

    def call(self, method: str, **params):
        return self.connection.call(method, **params)

    def quiet(self, method: str, **params) -> None:
        """A call that may be refused."""
        try:
            self.connection.call(method, **params)
        except Refused:
            pass


def text(size: int) -> str:
    return '"' + "x" * size + '"'


def items(count: int, item: str = "1") -> str:
    return "[" + ",".join([item] * count) + "]"


def large_step(size: int):
    def prepare(heavy: Heavy):
        line = heavy.line("step.complete", '{"step":"%s","output":%s}' % (heavy.name(), text(size)))
        return lambda: heavy.send(line)
    return prepare


def large_read(size: int):
    def prepare(heavy: Heavy):
        name = heavy.name()
        heavy.send(heavy.line("step.complete", '{"step":"%s","output":%s}' % (name, text(size))))
        line = heavy.line("step.get", '{"run":"heavy","step":"%s"}' % name)
        return lambda: heavy.send(line)
    return prepare


def large_export(size: int):
    def prepare(heavy: Heavy):
        run = heavy.name()
        heavy.quiet("resume", run=run)
        heavy.send(heavy.line("step.complete", '{"run":"%s","step":"s","output":%s}' % (run, text(size))))
        line = heavy.line("run.export", '{"run":"%s"}' % run)
        return lambda: heavy.send(line)
    return prepare


def large_graph(size: int):
    def prepare(heavy: Heavy):
        data = '"' + "QUJD" * (size // 4) + '"'
        line = heavy.line(
            "graph.put", '{"thread":"%s","checkpoint":"c","type":"t","metadata":{},"data":%s}' % (heavy.name(), data))
        return lambda: heavy.send(line)
    return prepare


def elements(method: str, params: str):
    """`params` has NAME for a fresh name."""
    def prepare(heavy: Heavy):
        line = heavy.line(method, params.replace("NAME", heavy.name()))
        return lambda: heavy.send(line)
    return prepare


def conversation(heavy: Heavy, entries: int, size: int) -> str:
    name = heavy.name()
    for _ in range(0, entries, 5000):
        heavy.call("conversation.append", conversation=name, entries=["e" * size] * min(5000, entries))
    return name


def with_conversation(entries: int, size: int, method: str, params: str):
    def prepare(heavy: Heavy):
        line = heavy.line(method, params.replace("NAME", conversation(heavy, entries, size)))
        return lambda: heavy.send(line)
    return prepare


def with_thread(checkpoints: int, size: int, method: str, params: str):
    def prepare(heavy: Heavy):
        name = heavy.name()
        data = "QUJD" * (size // 4)
        pending = []
        for number in range(checkpoints):
            pending.append(heavy.connection.send(
                "graph.put", thread=name, checkpoint=f"{number:06d}", type="t", data=data, metadata={"n": number}))
            if len(pending) == 64:
                heavy.connection.reply(pending.pop(0))
        for one in pending:
            heavy.connection.reply(one)
        line = heavy.line(method, params.replace("NAME", name))
        return lambda: heavy.send(line)
    return prepare


def with_steps(steps: int, size: int, method: str, params: str):
    def prepare(heavy: Heavy):
        run = heavy.name()
        heavy.call("resume", run=run)
        pending = []
        for number in range(steps):
            pending.append(heavy.connection.send("step.complete", run=run, step=f"s{number}", output="x" * size))
            if len(pending) == 64:
                heavy.connection.reply(pending.pop(0))
        for one in pending:
            heavy.connection.reply(one)
        heavy.call("run.complete", run=run)
        line = heavy.line(method, params.replace("NAME", run))
        return lambda: heavy.send(line)
    return prepare


def with_checkpoints(count: int, method: str, params: str):
    def prepare(heavy: Heavy):
        run = heavy.name()
        heavy.call("resume", run=run)
        for number in range(count):
            heavy.call("checkpoint", run=run, state={"n": number, "x": "y" * 2000}, messages={"keep": number, "append": ["m" * 500]})
        line = heavy.line(method, params.replace("NAME", run))
        return lambda: heavy.send(line)
    return prepare


def with_history(count: int, size: int, method: str, params: str):
    def prepare(heavy: Heavy):
        run = heavy.name()
        heavy.call("resume", run=run)
        for start in range(0, count, 5000):
            heavy.call("checkpoint", run=run, messages={"keep": start, "append": ["m" * size] * min(5000, count)})
        line = heavy.line(method, params.replace("NAME", run))
        return lambda: heavy.send(line)
    return prepare


def with_state(names: int, method: str, params: str):
    def prepare(heavy: Heavy):
        run = heavy.name()
        heavy.call("resume", run=run)
        pending = []
        for number in range(names):
            pending.append(heavy.connection.send("state.set", run=run, name=f"s{number}", value="v" * 100))
            if len(pending) == 64:
                heavy.connection.reply(pending.pop(0))
        for one in pending:
            heavy.connection.reply(one)
        line = heavy.line(method, params.replace("NAME", run))
        return lambda: heavy.send(line)
    return prepare


def imported(lines: int):
    def prepare(heavy: Heavy):
        run = heavy.name()
        heavy.call("resume", run=run)
        pending = []
        for n in range(lines):
            pending.append(heavy.connection.send("step.complete", run=run, step=f"s{n}", output="x" * 1000))
            if len(pending) == 64:
                heavy.connection.reply(pending.pop(0))
        for one in pending:
            heavy.connection.reply(one)
        heavy.call("run.complete", run=run)
        export, more = [], None
        while True:
            page = heavy.call("run.export", run=run, **({"cursor": more} if more else {}))
            export += page["lines"]
            more = page.get("more")
            if more is None:
                break
        for line in export:
            if "uid" in line:
                line["uid"] += "x"
        text = json.dumps(export[:1990] + export[-1:]) if len(export) > 1991 else json.dumps(export)
        line = heavy.line("run.import", '{"run":"%s","lines":%s}' % (heavy.name(), text))
        return lambda: heavy.send(line)
    return prepare


def maintenance(method: str, fill: int):
    def prepare(heavy: Heavy):
        for _ in range(fill):
            heavy.send(heavy.line("step.complete", '{"step":"%s","output":%s}' % (heavy.name(), text(MIB))))
        params = '{"path":"%s/backup-%s"}' % (heavy.daemon.folder, heavy.name()) if method == "system.backup" else "{}"
        line = heavy.line(method, params)
        return lambda: heavy.send(line)
    return prepare


def parked_then_gone(count: int):
    """A connection with as many waiting calls as it may have, and its end."""
    def prepare(heavy: Heavy):
        connections = []
        for _ in range(max(1, count // 1000)):
            connection = heavy.daemon.connect()
            for number in range(min(count, 1000)):
                connection.notify("run.result", run="heavy", wait_ms=600_000)
            connection.call("ping")
            connections.append(connection)
        return lambda: [connection.close() for connection in connections]
    return prepare


def own(path: str, count: int, ready) -> None:
    connection = Connection(path)
    for number in range(count):
        connection.call("resume", run=f"owned-{os.getpid()}-{number}", owner="process")
    ready.set()
    time.sleep(600)


def runs_then_gone(count: int):
    """A process that owns as many runs, and its death."""
    def prepare(heavy: Heavy):
        ready = multiprocessing.Event()
        owner = multiprocessing.Process(target=own, args=(heavy.daemon.socket, count, ready), daemon=True)
        owner.start()
        ready.wait()
        return lambda: (owner.kill(), owner.join())
    return prepare


def disk_alone(size: int):
    """What the disk takes for as much, without the daemon: a file that grows by it, synced."""
    data = b"x" * size

    def prepare(heavy: Heavy):
        def append() -> None:
            with open(f"{heavy.daemon.folder}/{heavy.name()}", "wb", buffering=0) as file:
                began = time.perf_counter()
                file.write(data)
                os.fdatasync(file.fileno())
                print(f"{'  the disk alone':<36} {(time.perf_counter() - began) * 1000:8.0f}", flush=True)
        return append
    return prepare


REQUESTS = {
    "nothing": lambda heavy: lambda: time.sleep(1),
    "60 MiB appended and synced": disk_alone(60 * MIB),
    "step of 1 MiB": large_step(MIB),
    "step of 4 MiB": large_step(4 * MIB),
    "step of 16 MiB": large_step(16 * MIB),
    "step of 60 MiB": large_step(60 * MIB),
    "read of 60 MiB": large_read(60 * MIB),
    "export of 60 MiB": large_export(60 * MIB),
    "graph of 60 MiB": large_graph(60 * MIB),
    "conversation entry of 60 MiB": elements("conversation.append", '{"conversation":"NAME","entries":[%s]}' % text(60 * MIB)),
    "array of 30 million in a payload": elements("step.complete", '{"step":"NAME","output":%s}' % items(30_000_000)),
    "spaces, 60 MiB": elements("ping", "{" + " " * 60 * MIB + "}"),
    "30 million entries": elements("conversation.append", '{"conversation":"NAME","entries":%s}' % items(30_000_000)),
    "a million tags": elements("resume", '{"run":"NAME","tags":{%s}}' % ",".join(f'"t{n}":"v"' for n in range(1_000_000))),
    "a million names": elements("graph.prune", '{"threads":[%s]}' % ",".join(f'"t{n}"' for n in range(1_000_000))),
    "10000 entries of 1 KiB": elements("conversation.append", '{"conversation":"NAME","entries":%s}' % items(10_000, text(1000))),
    "10000 messages of 1 KiB": elements("checkpoint", '{"run":"heavy","messages":{"all":%s}}' % items(10_000, text(1000))),
    "10000 messages, the same again": with_history(10_000, 100, "checkpoint", '{"run":"NAME","messages":{"all":%s}}' % items(10_000, text(100))),
    "10000 items": elements("stream.append", '{"run":"heavy","stream":"NAME","items":%s}' % items(10_000, text(1000))),
    "1000 calls in a batch": lambda heavy: (lambda line: lambda: heavy.send(line))(
        ("[" + ",".join('{"jsonrpc":"2.0","id":%d,"method":"run.get","params":{"run":"heavy"}}' % n for n in range(1000)) + "]\n").encode()),
    "import of 2000 lines": imported(2000),
    "conversation of 100000, read": with_conversation(100_000, 100, "conversation.read", '{"conversation":"NAME"}'),
    "conversation of 100000, forked": with_conversation(100_000, 500, "conversation.fork", '{"conversation":"NAME","target":"NAME-fork"}'),
    "conversation of 100000, cut": with_conversation(100_000, 500, "conversation.append", '{"conversation":"NAME","keep":0}'),
    "conversation of 100000, deleted": with_conversation(100_000, 500, "conversation.delete", '{"conversation":"NAME"}'),
    "thread of 10000, copied": with_thread(10_000, 2000, "graph.copy_thread", '{"thread":"NAME","target":"NAME-copy"}'),
    "thread of 10000, pruned": with_thread(10_000, 2000, "graph.prune", '{"threads":["NAME"]}'),
    "thread of 10000, deleted": with_thread(10_000, 2000, "graph.delete_thread", '{"thread":"NAME"}'),
    "thread of 10000, listed": with_thread(10_000, 2000, "graph.list", '{"thread":"NAME","limit":10000}'),
    "thread of 10000, filtered": with_thread(10_000, 2000, "graph.list", '{"filter":{"n":-1}}'),
    "run of 50000 steps, listed": with_steps(50_000, 100, "step.list", '{"run":"NAME","limit":10000}'),
    "run of 50000 steps, deleted": with_steps(50_000, 500, "run.delete", '{"run":"NAME"}'),
    "run of 4 steps of 15 MiB, deleted": with_steps(4, 15 * MIB, "run.delete", '{"run":"NAME"}'),
    "5000 checkpoints, deleted": with_checkpoints(5000, "checkpoint.delete", '{"run":"NAME"}'),
    "50000 names of state, listed": with_state(50_000, "state.list", '{"run":"NAME"}'),
    "50000 names of state, run.get": with_state(50_000, "run.get", '{"run":"NAME"}'),
    "8000 waiting calls, gone": parked_then_gone(8000),
    "2000 runs of one process, gone": runs_then_gone(2000),
    "backup of 500 MiB": maintenance("system.backup", 500),
    "check of 500 MiB": maintenance("system.check", 0),
    "vacuum of 500 MiB": maintenance("system.vacuum", 0),
}


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("--rounds", type=int, default=3)
    arguments.add_argument("--only", default="")
    arguments.add_argument("--json")
    chosen = arguments.parse_args()
    figures = {}
    with Daemon() as daemon:
        heavy, beside = Heavy(daemon), Neighbour(daemon)
        print(f"{'request':<36} {'took':>8} " + " ".join(f"{kind:>14}" for kind in KINDS) + "   longest, ms", flush=True)
        for name, prepare in REQUESTS.items():
            if chosen.only not in name:
                continue
            worst, took = dict.fromkeys(KINDS, 0.0), 0.0
            for _ in range(chosen.rounds):
                work = prepare(heavy)
                # What was prepared is copied from the log into the database first.
                time.sleep(0.5)
                began = time.perf_counter()
                found = beside.worst_during(work)
                took = max(took, time.perf_counter() - began - 0.32)
                worst = {kind: max(worst[kind], found[kind]) for kind in KINDS}
            figures[name] = worst
            print(f"{name:<36} {took * 1000:8.0f} " + " ".join(f"{worst[kind]:14.1f}" for kind in KINDS), flush=True)
        beside.close()
    if chosen.json:
        Path(chosen.json).write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
