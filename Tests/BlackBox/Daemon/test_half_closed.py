"""Clients that have closed their side, as every `… | socat` does: each gets all of its reply, whatever the daemon does meanwhile."""

import contextlib
import json
import os
import signal
import socket
import unittest

from harness import DaemonTest, wait_for

SIZE = 20_000_000
ANN = 12001


def line(method: str, **params) -> bytes:
    return json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode() + b"\n"


class HalfClosed(DaemonTest):
    settings = "limits.user_connections = 4\n"

    def ask(self, method: str, **params) -> socket.socket:
        raw = socket.socket(socket.AF_UNIX)
        self.addCleanup(raw.close)
        raw.settimeout(60)
        raw.connect(self.daemon.socket)
        # Who is refused may be so before he has sent anything; what he is told is there to be read.
        with contextlib.suppress(BrokenPipeError):
            raw.sendall(line(method, **params))
            raw.shutdown(socket.SHUT_WR)
        return raw

    @staticmethod
    def rest(raw: socket.socket, reply: bytes = b"") -> dict:
        parts = [reply]
        while chunk := raw.recv(1 << 16):
            parts.append(chunk)
        return json.loads(b"".join(parts))

    def stops(self) -> bool:
        try:
            self.daemon.connect().close()
        except OSError:
            return True
        return False

    def test_a_reply_that_is_being_read_while_the_daemon_leaves_comes_whole(self):
        owner = self.daemon.connect()
        owner.call("resume", run="large", input="x" * SIZE)
        raw = self.ask("run.get", run="large")
        begun = raw.recv(1000)
        self.daemon.process.send_signal(signal.SIGTERM)
        wait_for(self.stops, what="the daemon's end of accepting")
        self.assertEqual(len(self.rest(raw, begun)["result"]["input"]), SIZE)
        self.assertEqual(self.daemon.process.wait(60), 0)

    def test_a_waiter_is_told_when_the_daemon_leaves(self):
        owner = self.daemon.connect()
        owner.call("resume", run="open")
        raw = socket.socket(socket.AF_UNIX)
        self.addCleanup(raw.close)
        raw.settimeout(60)
        raw.connect(self.daemon.socket)
        # Who has the first answer knows that the second line was read with the first.
        raw.sendall(line("ping") + line("run.result", run="open", wait_ms=600_000))
        raw.shutdown(socket.SHUT_WR)
        self.assertEqual(raw.recv(1000).count(b"\n"), 1)
        self.daemon.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.rest(raw)["error"]["data"]["kind"], "shutting_down")

    @unittest.skipUnless(os.geteuid() == 0, "needs another user")
    def test_who_comes_past_the_limit_of_connections_is_told_which(self):
        self.daemon.open_to_all()
        for _ in range(4):
            self.addCleanup(self.daemon.connect_as(ANN).close)
        os.seteuid(ANN)
        try:
            # Whoever has sent something before it is refused, too. After the line the kernel tells of a reset.
            told = {json.loads(self.ask("ping").makefile("rb").readline())["error"]["data"]["limit"] for _ in range(50)}
        finally:
            os.seteuid(0)
        self.assertEqual(told, {"user_connections"})
