"""The wire: what broken, huge, slow and odd clients meet."""

import json
import os
import socket
import subprocess
import unittest

from harness import Daemon, Refused, wait_for


class Wire(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = Daemon().start()

    @classmethod
    def tearDownClass(cls):
        cls.daemon.close()

    def setUp(self):
        self.connection = self.daemon.connect()

    def tearDown(self):
        self.connection.close()
        self.assertIsNone(self.daemon.process.poll(), "the daemon ended: " + self.daemon.text()[-2000:])

    def error(self, line: bytes) -> dict:
        self.connection.send_line(line)
        return json.loads(self.connection.read_line())["error"]

    def test_every_example_of_the_contract_is_answered(self):
        def declared(method: dict) -> set[str]:
            return {error["$ref"].rsplit("/", 1)[-1] for error in method["errors"]}

        document = self.connection.call("rpc.discover")
        self.assertGreater(len(document["methods"]), 30)
        for method in document["methods"]:
            for example in method.get("examples", []):
                params = {part["name"]: part["value"] for part in example["params"]}
                connection = self.daemon.connect()
                connection.send_line(
                    json.dumps({"jsonrpc": "2.0", "id": 1, "method": method["name"], "params": params}).encode()
                )
                answer = json.loads(connection.read_line())
                self.assertEqual(answer["id"], 1, method["name"])
                if "error" in answer:
                    self.assertIn(answer["error"]["data"]["kind"], declared(method), method["name"])
                connection.close()

    def test_every_method_refuses_an_unknown_parameter(self):
        for method in self.connection.call("rpc.discover")["methods"]:
            with self.assertRaises(Refused) as caught:
                self.connection.call(method["name"], no_such_parameter=1)
            self.assertEqual(caught.exception.code, -32602, method["name"])
            self.assertIn("no_such_parameter", str(caught.exception.message) + str(caught.exception.data))

    def test_a_backup_tells_how_far_it_is_to_who_asks_and_to_nobody_else(self):
        run = {"kind": "run", "id": "long", "uid": "long-1", "generation": 1, "workflow": "w", "status": "completed",
               "attempt": 1, "interruptions": 0, "max_interruptions": 10, "epoch": 1, "created_at": 1, "updated_at": 2}
        lines = [{"kind": "sidestep-run", "format": 2}, run]
        lines += [{"kind": "entry", "at": 1, "what": "run.updated", "detail": {"n": n}} for n in range(20000)]
        lines += [{"kind": "end", "lines": len(lines)}]
        going: dict = {}
        for start in range(0, len(lines), 2000):
            going = {"import": self.connection.call("run.import", lines=lines[start : start + 2000], **going).get("import")}
        directory = os.path.dirname(self.daemon.socket)
        told = []
        number = self.connection.send("system.backup", path=directory + "/told.db", progress=True)
        while "id" not in (message := json.loads(self.connection.read_line())):
            self.assertEqual(message["method"], "system.progress")
            told.append(message["params"])
        self.assertEqual((message["id"], "result" in message), (number, True))
        done = [progress["done_bytes"] for progress in told]
        self.assertGreater(len(done), 10)
        self.assertLessEqual(len(done), 100)
        self.assertEqual(done, sorted(set(done)))
        self.assertEqual({progress["task"] for progress in told}, {"backup"})
        self.assertLessEqual(done[-1], told[-1]["total_bytes"])
        self.connection.send("system.backup", path=directory + "/quiet.db")
        self.assertIn("result", json.loads(self.connection.read_line()))

    def test_garbage_is_answered_with_its_offset_and_the_connection_stays(self):
        for line in [b"garbage", b'{"jsonrpc":"2.0",}', b"\xff\xfe", b'"\\ud800"', b"[" * 600, b'{"a":"\x01"}', b"\xef\xbb\xbf{}"]:
            error = self.error(line)
            self.assertEqual(error["code"], -32700, line)
            self.assertIn("offset", error["data"])
        self.assertEqual(self.connection.call("ping"), {})

    def test_an_over_long_line_is_skipped_and_the_connection_stays(self):
        limit = self.connection.call("hello")["limits"]["frame_bytes"]
        chunk = b"x" * (1 << 20)
        for _ in range(limit // len(chunk) + 2):
            self.connection.socket.sendall(chunk)
        self.connection.send_line(b"")
        error = json.loads(self.connection.read_line())["error"]
        self.assertEqual(error["data"]["kind"], "payload_too_large")
        self.assertEqual(error["data"]["limit"], "frame_bytes")
        self.assertEqual(self.connection.call("ping"), {})

    def test_a_megabyte_comes_back_byte_for_byte(self):
        self.connection.call("resume", run="big")
        payload = b'{"n":12345678901234567890,"f":1.0E+2,"d":{"a":1,"a":2},"s":"\\u00e9\\/\\ud83d\\ude00","t":"' + b"y" * 1_000_000 + b'"}'
        self.connection.send_line(
            b'{"jsonrpc":"2.0","id":"a b","method":"state.set","params":{"name":"p","value":' + payload + b"}}"
        )
        self.assertEqual(self.connection.read_line(), b'{"jsonrpc":"2.0","id":"a b","result":{}}')
        self.connection.send_line(b'{"jsonrpc":"2.0","id":1.50,"method":"state.get","params":{"run":"big","name":"p"}}')
        self.assertEqual(
            self.connection.read_line(), b'{"jsonrpc":"2.0","id":1.50,"result":{"value":' + payload + b',"found":true}}'
        )

    def test_a_client_that_closes_its_side_gets_its_replies_ten_of_ten(self):
        request = b'{"jsonrpc":"2.0","id":1,"method":"resume","params":{}}\n'
        for _ in range(10):
            done = subprocess.run(
                ["socat", "-", f"UNIX-CONNECT:{self.daemon.socket}"], input=request, capture_output=True, timeout=120
            )
            self.assertIn(b'"lease"', done.stdout)

    def test_a_large_reply_reaches_a_client_that_closed_its_side(self):
        self.connection.call("resume", run="large", input="x" * 3_000_000)
        raw = socket.socket(socket.AF_UNIX)
        self.addCleanup(raw.close)
        raw.settimeout(60)
        raw.connect(self.daemon.socket)
        raw.sendall(b'{"jsonrpc":"2.0","id":1,"method":"run.get","params":{"run":"large"}}\n')
        raw.shutdown(socket.SHUT_WR)
        reply = b""
        while chunk := raw.recv(8192):
            reply += chunk
        self.assertEqual(len(json.loads(reply)["result"]["input"]), 3_000_000)

    def test_a_last_line_without_newline_is_a_request(self):
        raw = socket.socket(socket.AF_UNIX)
        raw.connect(self.daemon.socket)
        raw.sendall(b'{"jsonrpc":"2.0","id":1,"method":"ping"}')
        raw.shutdown(socket.SHUT_WR)
        self.assertEqual(raw.makefile("rb").read(), b'{"jsonrpc":"2.0","id":1,"result":{}}\n')
        raw.close()

    def test_connections_leave_no_descriptors_behind(self):
        def descriptors() -> int:
            return len(os.listdir(f"/proc/{self.daemon.process.pid}/fd"))

        before = descriptors()
        for _ in range(200):
            connection = self.daemon.connect()
            connection.call("ping")
            connection.close()
        wait_for(lambda: descriptors() <= before + 2, what="the end of closed connections")

    def test_a_client_that_never_reads_does_not_grow_the_daemon(self):
        before = self.daemon.written_kib()
        raw = socket.socket(socket.AF_UNIX)
        raw.connect(self.daemon.socket)
        raw.settimeout(1)
        line = b'{"jsonrpc":"2.0","id":1,"method":"rpc.discover"}\n' * 100
        with self.assertRaises(OSError):  # it takes no more, or closes the connection
            while True:
                raw.send(line)
        self.assertLess(self.daemon.written_kib() - before, 160 * 1024)
        self.assertEqual(self.daemon.connect().call("ping"), {})
        raw.close()

    def test_too_many_requests_without_a_reply_name_the_limit(self):
        owner = self.daemon.connect()
        owner.call("resume", run="busy")
        limit = self.connection.call("hello")["limits"]["requests_in_flight"]
        numbers = [self.connection.send("run.result", run="busy", wait_ms=30000) for _ in range(limit + 1)]
        with self.assertRaises(Refused) as caught:
            self.connection.reply(numbers[-1])
        self.assertEqual(caught.exception.data["limit"], "requests_in_flight")
        owner.call("run.complete", output=1)
        self.assertEqual(self.connection.reply(numbers[0])["output"], 1)
        owner.close()

    def test_batches_have_one_reply_and_a_limit(self):
        self.connection.send_line(b'[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","method":"ping"},7]')
        replies = json.loads(self.connection.read_line())
        self.assertEqual(len(replies), 2)
        self.assertEqual(self.error(b"[]")["code"], -32600)
        ping = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'
        self.connection.send_line(b"[" + b",".join([ping] * 1000) + b"]")
        self.assertEqual(len(json.loads(self.connection.read_line())), 1000)
        self.assertEqual(self.error(b"[" + b",".join([ping] * 1001) + b"]")["data"]["limit"], "batch_length")

    def test_writes_sent_together_take_effect_in_their_order(self):
        self.connection.send("resume", run="ordered")
        for number in range(50):
            self.connection.send("state.set", name="last", value=number)
        last = self.connection.send("run.release")
        self.connection.reply(last)
        self.assertEqual(self.connection.call("state.get", run="ordered", name="last")["value"], 49)

    def test_a_thousand_waiters_cost_little_and_all_wake(self):
        owner = self.daemon.connect()
        owner.call("resume", run="awaited")
        before = self.daemon.written_kib()
        waiters = [self.daemon.connect() for _ in range(100)]
        numbers = [(w, w.send("run.result", run="awaited", wait_ms=60000)) for w in waiters for _ in range(10)]
        for waiter in waiters:
            waiter.call("ping")
        self.assertLess(self.daemon.written_kib() - before, 30 * 1024)
        owner.call("run.complete", output="done")
        for waiter, number in numbers:
            self.assertEqual(waiter.reply(number)["output"], "done")
        for connection in [owner, *waiters]:
            connection.close()


class Limits(unittest.TestCase):
    def test_connections_past_the_limit_are_told_so(self):
        import tempfile
        from pathlib import Path

        with tempfile.TemporaryDirectory() as folder:
            Path(f"{folder}/conf").write_text("limits.connections = 5\n")
            with Daemon("--config", f"{folder}/conf") as daemon:
                first = daemon.connect()
                wait_for(lambda: first.call("system.info")["connections"] == 1, what="old connections to leave")
                # Whoever runs the tests is an administrator here: eight more are kept for those.
                others = [daemon.connect() for _ in range(4 + 8)]
                for other in others:
                    other.call("ping")
                extra = daemon.connect()
                error = json.loads(extra.read_line())["error"]
                self.assertEqual(error["data"]["limit"], "connections")
                self.assertEqual(first.call("ping"), {})
