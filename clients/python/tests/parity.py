#!/usr/bin/env python3
# suite parity-python: .venv/bin/python $this
"""Plays the scenarios of `clients/parity`: ``parity.py [FILE…] [--only TEXT] [--verbose]``."""

from __future__ import annotations

import argparse
import base64
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).resolve().parents[1]), str(Path(__file__).resolve().parent)]

from daemon import ROOT, Daemon
from parity_actors import Connection, Program
from parity_match import Failed, Matcher

PARITY = ROOT / "clients" / "parity"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--only", help="only scenarios whose name holds this text")
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args()
    passed, failed = 0, 0
    with Daemon() as daemon:
        for path in options.files or sorted(PARITY.glob("*.json")):
            for scenario in json.loads(path.read_text())["scenarios"]:
                if options.only and options.only not in scenario["name"]:
                    continue
                begun = time.monotonic()
                try:
                    with Stage(daemon) as stage:
                        stage.play(scenario)
                    passed += 1
                    word = "ok"
                except Failed as error:
                    failed += 1
                    word = f"FAILED\n    {error}"
                    if daemon.process is None or daemon.process.poll() is not None:
                        word += "\n    (the daemon is gone)"
                        daemon.start()
                if options.verbose or word != "ok":
                    name = f"{path.stem}: {scenario['name']}"
                    print(f"{name} ({time.monotonic() - begun:.2f} s): {word}", flush=True)
    print(f"parity-python: {passed} passed, {failed} failed")
    return 1 if failed else 0


class Stage(Matcher):
    """Plays one scenario: its connections, variables and programs."""

    count = 0

    def __init__(self, daemon: Daemon) -> None:
        Stage.count += 1
        self.daemon = daemon
        self.connections: dict[str, Connection] = {}
        self.waiting: dict[str, tuple[Connection, int] | Program] = {}
        self.effects = daemon.directory / f"effects-{Stage.count}"
        self.effects.write_text("")
        self.identifier = 1000
        super().__init__()
        self.variables |= {
            "run": f"parity-{Stage.count}-{os.urandom(4).hex()}",
            "pid": os.getpid(),
            "uid": os.getuid(),
            "now": int(time.time() * 1000),
            "socket": daemon.socket,
        }

    def __enter__(self) -> Stage:
        return self

    def __exit__(self, *_: object) -> None:
        for waiting in self.waiting.values():
            if isinstance(waiting, Program):
                waiting.close()
        for connection in self.connections.values():
            connection.close()

    def play(self, scenario: dict[str, Any]) -> None:
        for number, operation in enumerate(scenario["do"], 1):
            name = next(name for name in OPERATIONS if name in operation)
            try:
                getattr(self, f"do_{name}")(operation)
            except (Failed, OSError) as error:
                text = json.dumps(operation, ensure_ascii=False)
                raise Failed(f"operation {number}, {text[:300]}:\n    {error}") from None

    # Operations

    def do_call(self, operation: dict[str, Any]) -> None:
        connection = self.connection(operation)
        self.identifier += 1
        self.send(connection, operation["call"], operation.get("params"), self.identifier)
        if "start" in operation:
            self.waiting[operation["start"]] = connection, self.identifier
        else:
            self.judge(operation, connection.reply(self.identifier, self.end(operation)))

    def do_await(self, operation: dict[str, Any]) -> None:
        waiting = self.waiting.pop(operation["await"])
        if isinstance(waiting, Program):
            self.judge_program(operation, waiting)
        else:
            connection, identifier = waiting
            self.judge(operation, connection.reply(identifier, self.end(operation)))

    def do_pending(self, operation: dict[str, Any]) -> None:
        connection, identifier = self.waiting[operation["pending"]]  # type: ignore[misc]
        try:
            reply = connection.reply(identifier, time.monotonic() + operation["for_ms"] / 1000)
        except Failed:
            return
        raise Failed(f"a reply came: {json.dumps(reply)[:500]}")

    def do_until(self, operation: dict[str, Any]) -> None:
        end = self.end(operation)
        while True:
            try:
                return self.do_call({**operation, "call": operation["until"]})
            except Failed:
                if time.monotonic() > end:
                    raise
                time.sleep(0.01)

    def do_notify(self, operation: dict[str, Any]) -> None:
        connection = self.connection(operation)
        self.send(connection, operation["notify"], operation.get("params"), None)

    def do_line(self, operation: dict[str, Any]) -> None:
        self.raw(operation, self.fill(operation["line"]).encode() + b"\n")

    def do_bytes(self, operation: dict[str, Any]) -> None:
        self.raw(operation, base64.b64decode(operation["bytes"]))

    def do_set(self, operation: dict[str, Any]) -> None:
        for name, value in operation["set"].items():
            if isinstance(value, dict) and "repeat" in value:
                value = value["repeat"] * value["times"]
            self.variables[name] = value

    def do_compare(self, operation: dict[str, Any]) -> None:
        self.match(self.fill(operation["compare"]), operation["to"], "value")

    def do_connect(self, operation: dict[str, Any]) -> None:
        name = operation["connect"]
        connection = Connection(self.daemon.socket, operation.get("process", False))
        self.connections[name] = connection
        if connection.helper is not None:
            self.variables[f"pid_{name}"] = connection.helper.pid

    def do_kill(self, operation: dict[str, Any]) -> None:
        helper = self.connections[operation["kill"]].helper
        assert helper is not None
        number = signal.Signals["SIG" + operation.get("signal", "KILL")]
        helper.send_signal(number)
        if number == signal.SIGKILL:
            self.connections.pop(operation["kill"]).close()

    def do_disconnect(self, operation: dict[str, Any]) -> None:
        self.connections.pop(operation["disconnect"]).close()

    def do_daemon(self, operation: dict[str, Any]) -> None:
        getattr(self.daemon, operation["daemon"])()

    def do_sleep_ms(self, operation: dict[str, Any]) -> None:
        time.sleep(operation["sleep_ms"] / 1000)

    def do_program(self, operation: dict[str, Any]) -> None:
        task = self.fill(operation)
        program = Program({"run": self.variables["run"], **task}, self.daemon, self.effects)
        if "start" in operation:
            self.waiting[operation["start"]] = program
            return
        try:
            self.judge_program(operation, program)
        finally:
            program.close()

    def do_hear(self, operation: dict[str, Any]) -> None:
        program = self.waiting[operation["hear"]]
        assert isinstance(program, Program)
        program.hear(operation["text"], operation.get("within_ms", 10000) / 1000)

    def do_answer(self, operation: dict[str, Any]) -> None:
        program = self.waiting[operation["answer"]]
        assert isinstance(program, Program)
        program.answer()

    # Parts of operations

    def connection(self, operation: dict[str, Any]) -> Connection:
        name = operation.get("on", "a")
        known = self.connections.get(name)
        if known is not None and known.lost:
            known.close()
            known = None
        if known is None:
            known = self.connections[name] = Connection(self.daemon.socket, False)
        return known

    def send(self, connection: Connection, method: str, params: Any, identifier: Any) -> None:
        message = {"jsonrpc": "2.0", "method": method, "params": self.fill(params or {})}
        if identifier is not None:
            message["id"] = identifier
        connection.write(json.dumps(message, ensure_ascii=False).encode() + b"\n")

    def end(self, operation: dict[str, Any]) -> float:
        within: int = operation.get("within_ms", 10000)
        return time.monotonic() + within / 1000

    def raw(self, operation: dict[str, Any], data: bytes) -> None:
        connection = self.connection(operation)
        connection.write(data)
        if operation.get("silent"):
            line = connection.line(time.monotonic() + 0.15)
            if line is not None:
                raise Failed(f"a line came: {line[:500]!r}")
            return
        line = connection.line(self.end(operation))
        if line is None:
            raise Failed("no line came")
        text = line.decode()
        for part in operation.get("contains", []):
            if self.fill(part) not in text:
                raise Failed(f"{part[:200]!r} is not in {text[:800]!r}")
        for part in operation.get("lacks", []):
            if self.fill(part) in text:
                raise Failed(f"{part[:200]!r} is in {text[:800]!r}")
        if "reply" in operation:
            self.match(json.loads(text), operation["reply"], "reply")

    def judge(self, operation: dict[str, Any], reply: Any) -> None:
        if "error" in operation:
            if "error" not in reply:
                raise Failed(f"no error, but {json.dumps(reply['result'])[:800]}")
            expected = operation["error"]
            if isinstance(expected, str):
                expected = {"data": {"kind": expected}}
            elif isinstance(expected, int):
                expected = {"code": expected}
            self.match(reply["error"], expected, "error")
        elif "error" in reply:
            raise Failed(f"error {json.dumps(reply['error'], ensure_ascii=False)[:800]}")
        elif "result" in operation:
            self.match(reply["result"], operation["result"], "result")
        for name, path in operation.get("save", {}).items():
            value = reply.get("result")
            for part in path.split("."):
                value = value[int(part) if isinstance(value, list) else part]
            self.variables[name] = value

    def judge_program(self, operation: dict[str, Any], program: Program) -> None:
        report = program.end(operation.get("within_ms", 30000) / 1000)
        if report["ends"] != operation.get("ends", report["ends"]):
            raise Failed(f"the program ended so: {report}")
        if "output" in operation:
            self.match(report.get("output"), operation["output"], "output")
        if "effects" in operation:
            self.judge_effects(operation["effects"])

    def judge_effects(self, expected: Any) -> None:
        lines = self.effects.read_text().splitlines()
        if isinstance(expected, dict):
            return self.match(lines, expected, "effects")
        rest = list(lines)
        for item in expected:
            group = item if isinstance(item, list) else [item]
            if sorted(rest[: len(group)]) != sorted(group):
                raise Failed(f"the effects are {lines}")
            del rest[: len(group)]
        if rest:
            raise Failed(f"the effects are {lines}")
        return None


OPERATIONS = [name[3:] for name in vars(Stage) if name.startswith("do_")]

if __name__ == "__main__":
    sys.exit(main())
