"""What Gemini answers, by its two interfaces."""

from __future__ import annotations

import json
import re
from typing import Any

from forms import Answer, Format
from http1 import Request


class Gemini(Format):
    """POST /v1beta/models/MODEL:generateContent and :streamGenerateContent"""

    @property
    def streams(self) -> bool:
        return self.path.endswith(":streamGenerateContent")

    def told(self, answer: Answer, part: dict[str, Any], is_last: bool) -> dict[str, Any]:
        candidate: dict[str, Any] = {"index": 0, "content": {"role": "model", "parts": [part]}}
        if is_last:
            candidate["finishReason"] = "STOP"
        told: dict[str, Any] = {"candidates": [candidate], "modelVersion": self.model, "responseId": "r1"}
        if answer.has_usage:
            counts = {"promptTokenCount": self.input_tokens, "candidatesTokenCount": answer.words}
            told["usageMetadata"] = {**counts, "totalTokenCount": self.input_tokens + answer.words}
        return told

    def whole(self, answer: Answer) -> bytes:
        call = {"functionCall": {"id": answer.tool_id, "name": answer.tool, "args": {}}}
        return json.dumps(self.told(answer, call if answer.tool else {"text": answer.text}, True)).encode()

    def payloads(self, answer: Answer) -> list[str]:
        if answer.tool:
            return [self.whole(answer).decode()]
        parts = answer.parts
        last = len(parts) - 1
        return [json.dumps(self.told(answer, {"text": part}, n == last)) for n, part in enumerate(parts)]

    def error(self, status: int) -> bytes:
        kind = {429: "RESOURCE_EXHAUSTED", 400: "INVALID_ARGUMENT"}.get(status, "INTERNAL")
        return json.dumps({"error": {"code": status, "message": "told to fail", "status": kind}}).encode()


class Interactions(Format):
    """POST /v1beta/interactions of Gemini

    A call of a tool ends an answer with `requires_action`. `[hops:N]` makes one answer of N requests: each but the last ends with
    `requires_continuation`, and the next one has its token and no input. `[hop-gate:NAME]` is the gate of all but the first.
    """

    def __init__(self, request: Request) -> None:
        super().__init__(request)
        self.token: dict[str, Any] = json.loads(self.asked.get("continuation_token") or "{}")
        self.hop = int(self.token.get("hop", 1))

    @property
    def prompt(self) -> str:
        return str(self.token.get("prompt") or super().prompt)

    @property
    def next_token(self) -> str | None:
        """What the next request goes on by; None after the last."""
        hops = re.search(r"\[hops:(\d+)\]", self.prompt)
        if self.hop >= int(hops[1] if hops else 1):
            return None
        later = re.sub(r"\[gate:[^\]]*\]", "", self.prompt).replace("[hop-gate:", "[gate:")
        return json.dumps({"hop": self.hop + 1, "prompt": later})

    def interaction(self, answer: Answer, status: str, steps: list[Any]) -> dict[str, Any]:
        told = {"id": f"int-{self.hop}-{answer.sample}", "model": self.asked.get("model"), "status": status, "steps": steps}
        if status != "in_progress" and self.next_token:
            told["continuation_token"] = self.next_token
        if status != "in_progress" and answer.has_usage:
            told["usage"] = {"total_input_tokens": self.input_tokens, "total_output_tokens": answer.words}
        return told

    def step(self, answer: Answer) -> dict[str, Any]:
        if answer.tool:
            return {"type": "function_call", "id": answer.tool_id, "name": answer.tool, "arguments": {}}
        return {"type": "model_output", "content": [{"type": "text", "text": f"{answer.text}. "}]}

    def end(self, answer: Answer) -> dict[str, Any]:
        status = "requires_action" if answer.tool else "requires_continuation" if self.next_token else "completed"
        return self.interaction(answer, status, [self.step(answer)])

    def whole(self, answer: Answer) -> bytes:
        return json.dumps(self.end(answer)).encode()

    def payloads(self, answer: Answer) -> list[str]:
        step = self.step(answer) if answer.tool else {"type": "model_output"}
        texts = [] if answer.tool else [*answer.parts, ". "]
        told: list[dict[str, Any]] = [
            {"event_type": "interaction.created", "interaction": self.interaction(answer, "in_progress", [])},
            {"event_type": "step.start", "index": 0, "step": step},
            *({"event_type": "step.delta", "index": 0, "delta": {"type": "text", "text": text}} for text in texts),
            {"event_type": "step.stop", "index": 0},
            {"event_type": "interaction.completed", "interaction": self.end(answer)},
        ]
        return [*(json.dumps(entry) for entry in told), "[DONE]"]

    error = Gemini.error
