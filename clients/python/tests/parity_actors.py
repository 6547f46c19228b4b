"""Who takes part in a scenario: connections and programs."""

from __future__ import annotations

import json
import os
import queue
import select
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from daemon import Daemon
from parity_match import Failed

PROGRAM = Path(__file__).with_name("parity_program.py")


class Connection:
    """Lines in and out, over a socket of this process or through a helper process."""

    def __init__(self, path: str, process: bool) -> None:
        self.helper = None
        if process:
            self.helper = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", RELAY, path],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            assert self.helper.stdin is not None
            assert self.helper.stdout is not None
            self._out = self.helper.stdin.fileno()
            self._in = self.helper.stdout.fileno()
        else:
            self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.socket.connect(path)
            self._out = self._in = self.socket.fileno()
        self._rest = b""
        self._lines: list[bytes] = []
        self.replies: dict[Any, Any] = {}

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            # Read while writing, so that neither side waits for the other with full buffers.
            readable, writable, _ = select.select([self._in], [self._out], [], 10)
            if readable and not self._read(0):
                raise OSError("the connection is closed")
            if writable:
                view = view[os.write(self._out, view[:4096]) :]

    def line(self, end: float) -> bytes | None:
        while not self._lines:
            if not self._read(max(0.0, end - time.monotonic())):
                return None
        return self._lines.pop(0)

    def reply(self, identifier: Any, end: float) -> Any:
        while identifier not in self.replies:
            line = self.line(end)
            if line is None:
                raise Failed("no reply in time, or the connection is closed")
            message = json.loads(line)
            self.replies[message.get("id")] = message
        return self.replies.pop(identifier)

    def close(self) -> None:
        if self.helper is not None:
            self.helper.kill()
            self.helper.wait()
            self.helper.stdin.close()  # type: ignore[union-attr]
            self.helper.stdout.close()  # type: ignore[union-attr]
        else:
            self.socket.close()

    @property
    def lost(self) -> bool:
        try:
            poll = select.poll()
            poll.register(self._in, select.POLLRDHUP)
            return bool(poll.poll(0))
        except (OSError, ValueError):
            return True

    def _read(self, timeout: float) -> bool:
        ready, _, _ = select.select([self._in], [], [], timeout)
        if not ready:
            return False
        try:
            data = os.read(self._in, 1 << 20)
        except OSError:
            return False
        if not data:
            return False
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._lines += lines
        return True


RELAY = """
import os, select, socket, sys
peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
peer.connect(sys.argv[1])
while True:
    for ready in select.select([0, peer], [], [])[0]:
        data = os.read(0, 65536) if ready == 0 else peer.recv(65536)
        if not data:
            sys.exit()
        peer.sendall(data) if ready == 0 else os.write(1, data)
"""


class Program:
    """A running program of a scenario."""

    def __init__(self, task: dict[str, Any], daemon: Daemon, effects: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, str(PROGRAM), json.dumps(task)],
            env={**daemon.environment, "EFFECTS": str(effects)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: queue.Queue[str | None] = queue.Queue()
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.put(line.rstrip("\n"))
        self.lines.put(None)

    def hear(self, text: str, timeout: float) -> None:
        try:
            line = self.lines.get(timeout=timeout)
        except queue.Empty:
            raise Failed(f"the program did not tell {text!r}") from None
        if line != f"tell {text}":
            raise Failed(f"the program said {line!r}, not {text!r}")

    def answer(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write("\n")
        self.process.stdin.flush()

    def end(self, timeout: float) -> dict[str, Any]:
        try:
            self.process.wait(timeout)
        except subprocess.TimeoutExpired:
            raise Failed("the program did not end") from None
        report = {"ends": "killed"} if self.process.returncode < 0 else {"ends": "no report"}
        while (line := self.lines.get()) is not None:
            if line.startswith("report "):
                report = json.loads(line[7:])
        return report

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()  # type: ignore[union-attr]
        self.reader.join()
        self.process.stdout.close()  # type: ignore[union-attr]
