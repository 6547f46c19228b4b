"""Everything but calls of tools passes as it is."""

import json
import os
import signal
import subprocess
import unittest
from pathlib import Path

from harness import binary, wait_for
from wrapper import SERVER, WrapperTest

LINES = [
    b'{ "jsonrpc" : "2.0", "id":1e2 , "method" : "initialize","params":{"a":1,"a":2}}',
    b'{"jsonrpc":"2.0","method":"notifications/initialized"}',
    b"no json at all \xff\xfe",
    b"",
    b'{"jsonrpc":"2.0","id":"s","result":{"roots":[]}}',
    b'[{"jsonrpc":"2.0","method":"a"},{"jsonrpc":"2.0","id":1,"method":"ping"}]',
    '{"jsonrpc":"2.0","method":"x","params":{"t":"a\u2028b\u2029c"}}'.encode(),
    b'{"jsonrpc":"2.0","id":5,"method":"tools/call","params":{"name":"t","task":{"ttl":1}}}',
    b'{"jsonrpc":"2.0","id":5,"method":"tools/call"}',
    b'{"jsonrpc":"2.0","method":"tools/call","params":{"name":"count"}}',
]


class Lines(WrapperTest):
    def test_reach_the_server_byte_for_byte_and_in_order(self):
        wrapper = self.wrap(server=["sh", "-c", "cat >received"])
        for line in LINES:
            wrapper.send_line(line)
        wrapper.process.stdin.write(b"a last one without its end")
        self.assertEqual(wrapper.end(), 0)
        sent = b"\n".join(LINES) + b"\na last one without its end"
        self.assertEqual(Path(self.folder, "received").read_bytes(), sent)

    def test_reach_the_client_byte_for_byte_and_in_order(self):
        Path(self.folder, "lines").write_bytes(b"\n".join(LINES) + b"\nend")
        wrapper = self.wrap(server=["cat", "lines"])
        self.assertEqual(wrapper.process.stdout.read(), b"\n".join(LINES) + b"\nend")
        self.assertEqual(wrapper.process.wait(60), 0)

    def test_pass_while_a_call_waits_and_while_the_daemon_is_away(self):
        wrapper = self.wrap()
        number = wrapper.begin("slow", n=1)
        self.wait_for_effect("slow")
        self.daemon.kill()
        wrapper.send("raw", {"text": '{"jsonrpc":"2.0","method":"notifications/progress"}\n'})
        self.assertEqual(json.loads(wrapper.read_line()), {"jsonrpc": "2.0", "method": "notifications/progress"})
        self.go()
        self.daemon.start()
        wrapper.result(number)

    def test_batches_with_calls_of_tools_are_refused(self):
        wrapper = self.wrap()
        wrapper.send_line(b'[{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"count"}}]')
        self.assertEqual(wrapper.reply(7)["error"]["code"], -32600)
        self.assertEqual(self.effects(), [])

    def test_fill_pipes_on_both_sides_without_anybody_waiting_for_ever(self):
        wrapper = self.wrap(server=["cat"])
        line = json.dumps({"method": "x", "params": "y" * 1000}).encode() + b"\n"
        count = 8000
        writer = os.fork()
        if writer == 0:
            wrapper.process.stdin.write(line * count)
            wrapper.process.stdin.flush()
            os._exit(0)
        self.addCleanup(os.waitpid, writer, 0)
        wrapper.process.stdin.close()
        self.assertEqual(wrapper.process.stdout.read(), line * count)


class Ends(WrapperTest):
    def test_the_end_is_that_of_the_server(self):
        self.assertEqual(self.wrap(server=["sh", "-c", "exit 5"]).process.wait(60), 5)
        self.assertEqual(self.wrap(server=["sh", "-c", "kill -9 $$"]).process.wait(60), 137)
        self.assertEqual(self.wrap(server=["/nonexistent"]).process.wait(60), 127)
        self.assertEqual(self.wrap(server=["/etc/passwd"]).process.wait(60), 126)

    def test_a_signal_reaches_the_server(self):
        wrapper = self.wrap(server=["sh", "-c", "trap 'echo told; exit 3' TERM; echo ready; while :; do sleep 0.01; done"])
        self.assertEqual(wrapper.read_line(), b"ready\n")
        wrapper.process.send_signal(signal.SIGTERM)
        self.assertEqual(wrapper.read_line(), b"told\n")
        self.assertEqual(wrapper.process.wait(60), 3)

    def test_a_process_that_holds_the_output_open_is_not_waited_for(self):
        wrapper = self.wrap(server=["sh", "-c", "sleep 600 & echo $!; exit 4"])
        other = int(wrapper.read_line())
        self.assertEqual(wrapper.process.wait(60), 4)
        os.kill(other, signal.SIGKILL)

    def test_without_a_run_it_refuses_or_is_the_server(self):
        refused = self.wrap(run=False)
        self.assertEqual(refused.process.wait(60), 64)
        self.assertIn(b"SIDESTEP_RUN", refused.process.stderr.read())
        server = self.wrap("--passthrough", run=False)
        self.assertEqual(server.call("count"), "1")
        name = Path(f"/proc/{server.process.pid}/cmdline").read_text()
        self.assertIn("server.py", name)
        self.assertEqual(server.end(), 7)

    def test_without_a_command_or_with_words_it_does_not_know_it_says_so(self):
        for words in (["mcp"], ["mcp", "--state", "rebuild", "--", "x"], ["mcp", "--in-doubt", "x", "--", "x"]):
            environment = {"PATH": os.environ["PATH"], "HOME": self.folder, "SIDESTEP_SOCKET": self.daemon.socket}
            done = subprocess.run([binary("sidestep"), *words], env=environment, capture_output=True, timeout=60)
            self.assertEqual(done.returncode, 64, words)


if __name__ == "__main__":
    unittest.main()
