"""A process that makes the calls it is told to make: what a test cannot do itself, it has done by one.

    puppet.py SOCKET        reads `["method", {…}]` by line, answers `{"result": …}` or `{"error": …}`; "" closes
"""

import json
import subprocess
import sys
from pathlib import Path


class Puppet:
    """The test's end of it."""

    def __init__(self, socket: str):
        command = [sys.executable, str(Path(__file__)), socket]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.pid = self.process.pid

    def send(self, method: str, **params) -> None:
        self.process.stdin.write(json.dumps([method, params]) + "\n")
        self.process.stdin.flush()

    def answer(self) -> dict:
        return json.loads(self.process.stdout.readline())

    def call(self, method: str, **params) -> dict:
        self.send(method, **params)
        answer = self.answer()
        if "error" in answer:
            raise AssertionError(f"{method}: {answer['error']}")
        return answer["result"]

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            pipe.close()


def main() -> None:
    from harness import Connection, Refused

    connection = Connection(sys.argv[1])
    connection.socket.settimeout(None)
    for line in sys.stdin:
        method, params = json.loads(line)
        if method == "close":
            connection.close()
            answer: dict = {"result": None}
        elif method == "open":
            connection = Connection(sys.argv[1])
            answer = {"result": None}
        else:
            try:
                answer = {"result": connection.call(method, **params)}
            except Refused as refused:
                answer = {"error": refused.data | {"message": refused.message}}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
