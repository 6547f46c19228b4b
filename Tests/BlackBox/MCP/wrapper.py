"""What the tests share: a run with epochs, and a client of a wrapped server that speaks lines."""

import json
import os
import subprocess
import sys
from pathlib import Path

from harness import DaemonTest, binary, wait_for

SERVER = [sys.executable, str(Path(__file__).with_name("server.py"))]


class Wrapper:
    """`sidestep mcp` and its server, with the lines that come from it."""

    def __init__(self, test: "WrapperTest", *flags: str, server=SERVER, lease: str | None = None, run: bool = True):
        clean = {k: v for k, v in os.environ.items() if not k.startswith("SIDESTEP")}
        environment = {**clean, "SIDESTEP_SOCKET": test.daemon.socket, "SIDESTEP_AUTOSTART": "0", "HOME": test.folder}
        if run:
            environment |= {"SIDESTEP_RUN": "r", "SIDESTEP_LEASE": lease or test.lease}
        self.process = subprocess.Popen(
            [binary("sidestep"), "mcp", *flags, *(["--", *server] if server else [])], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, env=environment, cwd=test.folder,
        )
        self.early: dict = {}
        self.count = 0
        test.addCleanup(self.close)

    def send_line(self, line: bytes) -> None:
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def read_line(self) -> bytes:
        line = self.process.stdout.readline()
        assert line, "the wrapper has ended: " + self.process.stderr.read().decode()
        return line

    def send(self, method: str, parameters: dict | None = None, number=None):
        self.count += 1
        number = self.count if number is None else number
        self.send_line(json.dumps({"jsonrpc": "2.0", "id": number, "method": method, "params": parameters or {}}).encode())
        return number

    def reply(self, number) -> dict:
        while number not in self.early:
            answer = json.loads(self.read_line())
            if "id" in answer:
                self.early[answer["id"]] = answer
        return self.early.pop(number)

    def begin(self, tool: str, number=None, meta: dict | None = None, **arguments):
        parameters = {"name": tool, "arguments": arguments}
        return self.send("tools/call", parameters | ({"_meta": meta} if meta else {}), number)

    def result(self, number) -> dict:
        answer = self.reply(number)
        assert "result" in answer, answer
        return answer["result"]

    def call(self, tool: str, number=None, meta: dict | None = None, **arguments) -> str:
        result = self.result(self.begin(tool, number, meta, **arguments))
        return ("error: " if result.get("isError") else "") + result["content"][0]["text"]

    def list(self) -> None:
        self.result(self.send("tools/list"))

    def end(self) -> int:
        """Closes the server's input, and answers how it all ended."""
        self.process.stdin.close()
        return self.process.wait(60)

    def kill(self) -> None:
        self.process.kill()
        self.process.wait(60)

    def close(self) -> None:
        if self.process.poll() is None:
            self.kill()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            try:
                stream.close()
            except BrokenPipeError:
                pass


class WrapperTest(DaemonTest):
    """Tests with a run, whose program begins anew with `epoch`."""

    def setUp(self):
        super().setUp()
        self.connection = self.daemon.connect()
        self.addCleanup(lambda: self.connection.close())
        self.epoch()

    def epoch(self) -> None:
        opened = self.connection.call(
            "resume", run="r", if_owned="take_over", owner="ttl", ttl_ms=3_600_000, max_interruptions=1_000_000
        )
        self.lease = opened["lease"]

    def wrap(self, *flags: str, **more) -> Wrapper:
        return Wrapper(self, *flags, **more)

    def file(self, name: str) -> str:
        path = Path(self.folder, name)
        return path.read_text() if path.exists() else ""

    def effects(self) -> list[str]:
        return self.file("effects").splitlines()

    def go(self) -> None:
        Path(self.folder, "go").touch()

    def wait_for_effect(self, text: str) -> None:
        wait_for(lambda: any(text in line for line in self.effects()), what=f"the effect of {text}")

    def die_in_the_middle(self, tool: str, *flags: str, **arguments) -> None:
        """A wrapper is killed after its server was told to call a tool, and before the result is there."""
        for name in ("go", "ended"):
            Path(self.folder, name).unlink(missing_ok=True)
        wrapper = self.wrap(*flags)
        wrapper.list()
        wrapper.begin(tool, **arguments)
        self.wait_for_effect(tool)
        wrapper.kill()
        self.go()
        wait_for(lambda: Path(self.folder, "ended").exists(), what="the end of the server")
        self.epoch()
