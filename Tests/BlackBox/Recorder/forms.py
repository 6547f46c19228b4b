"""What every format of an answer has: what is answered, and a request that was read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from http1 import Request


@dataclass
class Answer:
    """What is answered, whatever the format: a text that says which sample it is, or a call of a tool."""

    sample: int
    words: int
    tool: str | None
    has_usage: bool

    @property
    def text(self) -> str:
        return f"SAMPLE {self.sample}" + "".join(f" word{number}" for number in range(self.words - 2))

    @property
    def parts(self) -> list[str]:
        """The text as it comes in a stream."""
        first, *rest = self.text.split(" ")
        return [first, *(f" {word}" for word in rest)]

    @property
    def tool_id(self) -> str:
        return f"call_of_sample_{self.sample}"


#: What usage is called: tokens read, and tokens written.
READ = ("prompt_tokens", "input_tokens", "promptTokenCount", "total_input_tokens")
WRITTEN = ("completion_tokens", "output_tokens", "candidatesTokenCount", "total_output_tokens")


def reported(told: list[bytes]) -> list[int] | None:
    """What was said to be used: the last figure of each that stands in what was sent, if there is one."""
    figures: dict[int, int] = {}

    def look(value: Any) -> None:
        if isinstance(value, list):
            for entry in value:
                look(entry)
        if not isinstance(value, dict):
            return
        for name, entry in value.items():
            for kind, names in enumerate((READ, WRITTEN)):
                if name in names and isinstance(entry, int):
                    figures[kind] = entry
            look(entry)

    for text in told:
        for line in text.splitlines():
            data = line.removeprefix(b"data: ")
            if data.startswith(b"{"):
                look(json.loads(data))
    return [figures.get(0, 0), figures.get(1, 0)] if figures else None


class Format:
    """One request, read, and the ways to answer it."""

    media = "application/json"

    def __init__(self, request: Request) -> None:
        self.path = urlsplit(request.path).path
        try:
            self.asked: dict[str, Any] = json.loads(request.body)
        except ValueError:
            self.asked = {}
        self.input_tokens = max(1, len(request.body) // 4)

    @property
    def model(self) -> str:
        """The model that is asked: in the body, or in the path."""
        return str(self.asked.get("model") or self.path.rpartition("/models/")[2].partition(":")[0])

    @property
    def streams(self) -> bool:
        return bool(self.asked.get("stream"))

    @property
    def prompt(self) -> str:
        """All that was said by the user the last time."""
        said = [entry for entry in self.entries if isinstance(entry, dict) and entry.get("role") == "user"]
        return json.dumps(said[-1], ensure_ascii=False) if said else json.dumps(self.asked.get("input", ""))

    @property
    def entries(self) -> list[Any]:
        found = self.asked.get("messages") or self.asked.get("input") or self.asked.get("contents") or []
        return found if isinstance(found, list) else [{"role": "user", "content": found}]

    @property
    def may_call(self) -> bool:
        """Whether no tool has answered yet."""
        marks = ('"tool"', '"tool_result"', '"function_call_output"', '"functionResponse"', '"function_result"')
        return not any(mark in json.dumps(self.entries) for mark in marks)

    def whole(self, answer: Answer) -> bytes:
        raise NotImplementedError

    def payloads(self, answer: Answer) -> list[str]:
        raise NotImplementedError

    def events(self, answer: Answer) -> list[bytes]:
        return [f"data: {payload}\n\n".encode() for payload in self.payloads(answer)]

    def error(self, status: int) -> bytes:
        kind = {429: "rate_limit_exceeded", 400: "invalid_request_error"}.get(status, "server_error")
        return json.dumps({"error": {"message": f"told to fail with {status}", "type": kind, "code": kind}}).encode()

    def error_event(self) -> bytes:
        return b"data: " + self.error(500) + b"\n\n"
