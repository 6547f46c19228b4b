#!/usr/bin/env python3
"""The world outside of the three agents, on loopback: a model that follows a script, and tools with effects.

    provider.py --log FILE [--port N] [--delay SECONDS]

It prints its address. Every sixth request is answered with 500 and every ninth with 429, before anything is done. What
is done leaves a line in FILE: the effect, the run and the step that asked for it, its idempotency key.
"""

from __future__ import annotations

import argparse
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

# What the model says in each turn: calls of tools, by name and arguments, or a text that ends it.
SCRIPT: dict[str, list[Any]] = {
    "planner": [
        [("search", {"what": "flights"}), ("search", {"what": "hotels"})],
        [("research", {"city": "Bergen"})],
        [("book", {"what": "flight 2"}), ("book", {"what": "hotel 1"})],
        [("pay", {"amount": 4200})],
        "Here is your trip.",
    ],
    "researcher": [[("look_up", {"what": "sights"})], [("look_up", {"what": "food"})], "What there is to see."],
}


class Provider(ThreadingHTTPServer):
    """Counts its requests, and is unwell now and then."""

    daemon_threads = True

    def __init__(self, port: int, log: str, delay: float) -> None:
        super().__init__(("127.0.0.1", port), Handler)
        self.log, self.delay = log, delay
        self._lock = threading.Lock()
        self._count = 0
        self.under_way = 0

    def trouble(self) -> tuple[int, dict[str, str]] | None:
        """Return what this request is refused with, if it is."""
        with self._lock:
            self._count += 1
            if self._count % 6 == 0:
                return 500, {}
            return (429, {"Retry-After": "0.01"}) if self._count % 9 == 0 else None

    def note(self, **line: Any) -> None:
        with self._lock, open(self.log, "a") as file:
            file.write(json.dumps(line) + "\n")

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: who asked has been killed."""

    def busy(self, by: int) -> int:
        with self._lock:
            self.under_way += by
            return self.under_way


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server: Provider

    def do_GET(self) -> None:
        """Answer how many requests are under way."""
        self._answer(200, {"under_way": self.server.busy(0)})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.busy(1)
        try:
            trouble = self.server.trouble()
            if trouble is not None:
                return self._answer(trouble[0], {"error": {"message": "not now"}}, trouble[1])
            time.sleep(self.server.delay)
            reply = self._chat(body) if self.path.endswith("/chat/completions") else self._tool(body)
        finally:
            self.server.busy(-1)
        return self._answer(200, reply)

    def _tool(self, body: dict[str, Any]) -> dict[str, Any]:
        name, what = self.path.rpartition("/")[2], next(iter(body.values()))
        self._note(f"{name} {what}")
        return {"result": f"{name} {what}: done"}

    def _chat(self, body: dict[str, Any]) -> dict[str, Any]:
        role, messages = body["model"], body["messages"]
        turn = sum(message["role"] == "assistant" for message in messages)
        self._note(f"{role} {turn}")
        said = SCRIPT[role][turn]
        if isinstance(said, str):
            found = [str(message["content"]) for message in messages if message["role"] == "tool"]
            message: dict[str, Any] = {"role": "assistant", "content": f"{said} {'; '.join(found)}"}
        else:
            calls = [call(name, arguments, f"{name}-{turn}-{n}") for n, (name, arguments) in enumerate(said)]
            message = {"role": "assistant", "content": None, "tool_calls": calls}
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if "tool_calls" in message else "stop"}
        usage = {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15}
        return {
            "id": f"{role}-{turn}", "object": "chat.completion", "created": 0, "model": role, "choices": [choice],
            "usage": usage,
        }  # fmt: skip

    def _note(self, effect: str) -> None:
        headers = self.headers
        run, step, key = headers["X-Run"], headers["X-Step"], headers["Idempotency-Key"]
        self.server.note(effect=effect, run=run, step=step, key=key)

    def _answer(self, status: int, reply: dict[str, Any], headers: dict[str, str] | None = None) -> None:
        data = json.dumps(reply).encode()
        self.send_response(status)
        for name, value in {"Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing of each request."""


def call(name: str, arguments: dict[str, Any], identifier: str) -> dict[str, Any]:
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"id": identifier, "type": "function", "function": function}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--log", required=True, metavar="FILE", help="where each effect leaves a line")
    parser.add_argument("--port", type=int, default=0, help="the port; without it, one that is free")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="how long each request takes")
    options = parser.parse_args()
    provider = Provider(options.port, options.log, options.delay)
    print(f"http://127.0.0.1:{provider.server_port}", flush=True)
    provider.serve_forever()


if __name__ == "__main__":
    main()
