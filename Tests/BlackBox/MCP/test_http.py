"""Servers over streamable HTTP, with all that can go wrong on the way."""

import json
import os
import signal
import threading
import unittest
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from harness import wait_for
from wrapper import Wrapper, WrapperTest


class Handler(BaseHTTPRequestHandler):
    """A server with a session; what a tool does is its name."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def reply(self, status: int, body: bytes = b"", kind: str = "application/json", **headers) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        self.server.seen.append(("GET", dict(self.headers), None))
        self.reply(200, b'id: 1\ndata:\n\ndata: {"jsonrpc":"2.0",\ndata: "method":"unasked"}\n\n', "text/event-stream")

    def do_DELETE(self):
        self.server.seen.append(("DELETE", dict(self.headers), None))
        self.reply(200)

    def do_POST(self):
        line = self.rfile.read(int(self.headers["Content-Length"]))
        message = json.loads(line)
        self.server.seen.append(("POST", dict(self.headers), message))
        if message.get("method") == "initialize":
            result = {"protocolVersion": "2025-06-18", "capabilities": {}}
            return self.answer(message, result, Mcp_Session_Id="s1")
        if message.get("method") == "notifications/slow":
            self.server.gate.wait(60)
        if "id" not in message or "method" not in message:
            return self.reply(202)
        getattr(self, message["params"].get("name", "plain"))(message)

    def answer(self, message: dict, result: dict, **headers) -> None:
        body = json.dumps({"jsonrpc": "2.0", "id": message["id"], "result": result}, indent=1)
        self.reply(200, body.encode(), **headers)

    def plain(self, message):
        self.answer(message, {"content": [{"type": "text", "text": "plain"}]})

    def breaks(self, _):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", "1000")
        self.end_headers()
        self.wfile.write(b'data: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n')
        self.close_connection = True

    def silent(self, _):
        self.reply(200, b'data: {"jsonrpc":"2.0","method":"other"}\n\n', "text/event-stream")

    def gateway(self, _):
        self.reply(502, b"<html>", "text/html")

    def refuses(self, _):
        self.reply(401, b"who are you?", "text/plain")

    def explains(self, message):
        error = {"jsonrpc": "2.0", "id": message["id"], "error": {"code": -32020, "message": "header mismatch"}}
        self.reply(400, json.dumps(error).encode())

    def waits(self, message):
        self.server.gate.wait(60)
        self.plain(message)


class Server(ThreadingHTTPServer):
    def handle_error(self, *_):
        """A client that left is none of ours."""


class HTTP(WrapperTest):
    def setUp(self):
        super().setUp()
        self.http = Server(("127.0.0.1", 0), Handler)
        self.http.seen, self.http.gate = [], threading.Event()
        thread = threading.Thread(target=self.http.serve_forever)
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.http.server_close)
        self.addCleanup(self.http.shutdown)
        self.addCleanup(self.http.gate.set)

    def reach(self, *flags: str, path: str = "/mcp") -> Wrapper:
        return Wrapper(self, *flags, "--url", f"http://127.0.0.1:{self.http.server_port}{path}", server=None)

    def calls(self, tool: str) -> int:
        return sum(1 for _, _, message in list(self.http.seen) if message and message.get("params", {}).get("name") == tool)

    def test_has_a_session_a_stream_of_its_own_and_headers_from_variables(self):
        os.environ["TEST_MCP_AUTH"] = "Bearer secret"
        self.addCleanup(os.environ.pop, "TEST_MCP_AUTH")
        wrapper = self.reach("--header", "Authorization=TEST_MCP_AUTH")
        wrapper.result(wrapper.send("initialize", {"protocolVersion": "2025-11-25"}))
        wrapper.send_line(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')
        self.assertEqual(json.loads(wrapper.read_line()), {"jsonrpc": "2.0", "method": "unasked"})
        self.assertEqual(wrapper.call("plain"), "plain")
        self.assertEqual(wrapper.end(), 0)
        methods = [method for method, _, _ in self.http.seen]
        self.assertEqual((methods[0], methods[-1]), ("POST", "DELETE"))
        self.assertTrue(all(headers["Authorization"] == "Bearer secret" for _, headers, _ in self.http.seen))
        for _, headers, _ in self.http.seen[1:]:
            self.assertEqual((headers["Mcp-Session-Id"], headers["Mcp-Protocol-Version"]), ("s1", "2025-06-18"))

    def test_a_request_of_the_newer_era_is_repeated_in_headers(self):
        wrapper = self.reach()
        meta = {"io.modelcontextprotocol/protocolVersion": "2026-07-28"}
        self.assertEqual(wrapper.call("plain", meta=meta), "plain")
        headers = self.http.seen[0][1]
        self.assertEqual([headers[f"Mcp-{name}"] for name in ("Protocol-Version", "Method", "Name")],
                         ["2026-07-28", "tools/call", "plain"])
        wrapper.send("resources/read", {"uri": "é", "_meta": meta})
        wait_for(lambda: len(self.http.seen) == 2, what="the second request")
        self.assertEqual(self.http.seen[1][1]["Mcp-Name"], "=?base64?w6k=?=")

    def test_a_notification_is_with_the_server_before_what_comes_after_it(self):
        wrapper = self.reach()
        wrapper.send_line(b'{"jsonrpc":"2.0","method":"notifications/slow"}')
        wait_for(lambda: self.http.seen, what="the notification")
        number = wrapper.begin("plain")
        wait_for(lambda: self.connection.call("step.list", run="r")["steps"], what="the step")
        # Were it sent at once, it would be there after a while of other calls.
        for _ in range(200):
            self.connection.call("ping")
        self.assertEqual(self.calls("plain"), 0)
        self.http.gate.set()
        wrapper.result(number)

    def test_a_call_whose_answer_breaks_off_is_unknown_in_this_epoch_and_in_others(self):
        for tool in ("breaks", "silent", "gateway"):
            wrapper = self.reach()
            self.assertRegex(wrapper.call(tool), "^error: .*unknown")
            wrapper.end()
            self.epoch()
            again = self.reach()
            self.assertRegex(again.call(tool), "^error: .*unknown")
            self.assertEqual(self.calls(tool), 1, tool)
            again.end()
            self.epoch()

    def test_what_the_server_refuses_has_not_happened_and_is_asked_again(self):
        wrapper = self.reach()
        self.assertIn("401", wrapper.reply(wrapper.begin("refuses"))["error"]["message"])
        self.assertEqual(wrapper.reply(wrapper.begin("explains"))["error"]["message"], "header mismatch")
        wrapper.end()
        self.epoch()
        again = self.reach()
        self.assertIn("401", again.reply(again.begin("refuses"))["error"]["message"])
        self.assertEqual((self.calls("refuses"), self.calls("explains")), (2, 1))

    def test_a_server_that_is_not_there_is_said_to_be_so(self):
        self.http.shutdown()
        self.http.server_close()
        wrapper = self.reach()
        self.assertIn("error", wrapper.reply(wrapper.send("initialize", {})))
        self.assertEqual(wrapper.end(), 0)

    def test_answers_that_are_on_their_way_are_waited_for_at_the_end_and_a_signal_ends_it(self):
        wrapper = self.reach()
        number = wrapper.begin("waits")
        wait_for(lambda: self.calls("waits"), what="the call")
        wrapper.process.stdin.close()
        self.http.gate.set()
        wrapper.result(number)
        self.assertEqual(wrapper.process.wait(60), 0)
        self.http.gate.clear()
        other = self.reach()
        other.begin("waits", n=2)
        wait_for(lambda: self.calls("waits") == 2, what="the call")
        other.process.send_signal(signal.SIGTERM)
        self.assertEqual(other.process.wait(60), 143)


if __name__ == "__main__":
    unittest.main()
