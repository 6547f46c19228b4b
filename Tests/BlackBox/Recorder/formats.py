"""What OpenAI, Anthropic and Gemini answer, as their documentation and their own SDKs have it."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import urlsplit

from forms import Answer, Format
from gemini import Gemini, Interactions
from http1 import Request


class Chat(Format):
    """POST /v1/chat/completions"""

    def usage(self, answer: Answer) -> dict[str, Any]:
        return {
            "prompt_tokens": self.input_tokens,
            "completion_tokens": answer.words,
            "total_tokens": self.input_tokens + answer.words,
            "prompt_tokens_details": {"cached_tokens": 0},
        }

    def tool_calls(self, answer: Answer) -> list[dict[str, Any]]:
        call = {"name": answer.tool, "arguments": "{}"}
        return [{"index": 0, "id": answer.tool_id, "type": "function", "function": call}]

    def common(self, kind: str) -> dict[str, Any]:
        return {"id": "chatcmpl-1", "object": kind, "created": 1, "model": self.asked.get("model")}

    def whole(self, answer: Answer) -> bytes:
        message: dict[str, Any] = {"role": "assistant", "content": None if answer.tool else answer.text}
        if answer.tool:
            message["tool_calls"] = self.tool_calls(answer)
        choice = {"index": 0, "message": message, "finish_reason": "tool_calls" if answer.tool else "stop"}
        told = {**self.common("chat.completion"), "choices": [choice]}
        if answer.has_usage:
            told["usage"] = self.usage(answer)
        return json.dumps(told).encode()

    def payloads(self, answer: Answer) -> list[str]:
        deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
        if answer.tool:
            deltas.append({"tool_calls": self.tool_calls(answer)})
        else:
            deltas += [{"content": part} for part in answer.parts]
        choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
        choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls" if answer.tool else "stop"})
        told = [{**self.common("chat.completion.chunk"), "choices": [choice]} for choice in choices]
        if answer.has_usage and (self.asked.get("stream_options") or {}).get("include_usage"):
            told.append({**self.common("chat.completion.chunk"), "choices": [], "usage": self.usage(answer)})
        return [json.dumps(entry) for entry in told] + ["[DONE]"]


class Responses(Format):
    """POST /v1/responses, and the same over a WebSocket."""

    def response(self, answer: Answer, status: str, output: list[Any]) -> dict[str, Any]:
        usage = {
            "input_tokens": self.input_tokens,
            "output_tokens": answer.words,
            "total_tokens": self.input_tokens + answer.words,
            "input_tokens_details": {"cached_tokens": 0},
            "output_tokens_details": {"reasoning_tokens": 0},
        }
        return {
            "id": f"resp_{answer.sample}",
            "object": "response",
            "created_at": 1,
            "status": status,
            "model": self.asked.get("model"),
            "output": output,
            "parallel_tool_calls": True,
            "tool_choice": "auto",
            "tools": [],
            "usage": usage if status == "completed" and answer.has_usage else None,
        }

    def item(self, answer: Answer) -> dict[str, Any]:
        if answer.tool:
            call = {"type": "function_call", "id": "fc_1", "call_id": answer.tool_id, "name": answer.tool}
            return {**call, "arguments": "{}", "status": "completed"}
        content = {"type": "output_text", "text": answer.text, "annotations": []}
        return {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed", "content": [content]}

    def whole(self, answer: Answer) -> bytes:
        return json.dumps(self.response(answer, "completed", [self.item(answer)])).encode()

    def payloads(self, answer: Answer) -> list[str]:
        item = self.item(answer)
        place = {"output_index": 0, "item_id": item["id"]}
        told: list[dict[str, Any]] = [
            {"type": "response.created", "response": self.response(answer, "in_progress", [])},
            {"type": "response.output_item.added", "output_index": 0, "item": {**item, "status": "in_progress"}},
        ]
        if not answer.tool:
            part = {"type": "output_text", "text": "", "annotations": []}
            told.append({"type": "response.content_part.added", **place, "content_index": 0, "part": part})
            for text in answer.parts:
                delta = {"content_index": 0, "delta": text, "logprobs": []}
                told.append({"type": "response.output_text.delta", **place, **delta})
            done = {"content_index": 0, "text": answer.text, "logprobs": []}
            told.append({"type": "response.output_text.done", **place, **done})
        told.append({"type": "response.output_item.done", "output_index": 0, "item": item})
        told.append({"type": "response.completed", "response": self.response(answer, "completed", [item])})
        return [json.dumps({**entry, "sequence_number": number}) for number, entry in enumerate(told)]

    def events(self, answer: Answer) -> list[bytes]:
        return [
            f"event: {json.loads(payload)['type']}\ndata: {payload}\n\n".encode() for payload in self.payloads(answer)
        ]

    def error_event(self) -> bytes:
        told = {"type": "error", "code": "server_error", "message": "told to fail", "param": None, "sequence_number": 9}
        return f"event: error\ndata: {json.dumps(told)}\n\n".encode()


class Messages(Format):
    """POST /v1/messages of Anthropic"""

    def message(self, answer: Answer, content: list[Any]) -> dict[str, Any]:
        usage = {"input_tokens": self.input_tokens, "output_tokens": answer.words if content else 1}
        told = {"id": f"msg_{answer.sample}", "type": "message", "role": "assistant", "model": self.asked.get("model")}
        stop = ("tool_use" if answer.tool else "end_turn") if content else None
        return {**told, "content": content, "stop_reason": stop, "stop_sequence": None, "usage": usage}

    def block(self, answer: Answer) -> dict[str, Any]:
        if answer.tool:
            return {"type": "tool_use", "id": answer.tool_id, "name": answer.tool, "input": {}}
        return {"type": "text", "text": answer.text}

    def whole(self, answer: Answer) -> bytes:
        return json.dumps(self.message(answer, [self.block(answer)])).encode()

    def payloads(self, answer: Answer) -> list[str]:
        start = self.block(answer) if answer.tool else {"type": "text", "text": ""}
        if answer.tool:
            deltas: list[dict[str, Any]] = [{"type": "input_json_delta", "partial_json": "{}"}]
        else:
            deltas = [{"type": "text_delta", "text": part} for part in answer.parts]
        end = {"stop_reason": "tool_use" if answer.tool else "end_turn", "stop_sequence": None}
        told: list[dict[str, Any]] = [
            {"type": "message_start", "message": self.message(answer, [])},
            {"type": "content_block_start", "index": 0, "content_block": start},
            *({"type": "content_block_delta", "index": 0, "delta": delta} for delta in deltas),
            {"type": "content_block_stop", "index": 0},
            {"type": "message_delta", "delta": end, "usage": {"output_tokens": answer.words}},
            {"type": "message_stop"},
        ]
        return [json.dumps(entry) for entry in told]

    events = Responses.events

    def error(self, status: int) -> bytes:
        kind = {429: "rate_limit_error", 400: "invalid_request_error", 529: "overloaded_error"}.get(status, "api_error")
        return json.dumps({"type": "error", "error": {"type": kind, "message": f"told to fail with {status}"}}).encode()

    def error_event(self) -> bytes:
        return b"event: error\ndata: " + self.error(529) + b"\n\n"


class Embeddings(Format):
    """POST /v1/embeddings"""

    def whole(self, answer: Answer) -> bytes:
        entry = {"object": "embedding", "index": 0, "embedding": [0.5, float(answer.sample)]}
        usage = {"prompt_tokens": self.input_tokens, "total_tokens": self.input_tokens}
        return json.dumps({"object": "list", "data": [entry], "model": "of-provider", "usage": usage}).encode()


class Images(Format):
    """POST /v1/images/generations"""

    def whole(self, answer: Answer) -> bytes:
        picture = base64.b64encode(b"\x89PNG sample %d" % answer.sample).decode()
        return json.dumps({"created": 1, "data": [{"b64_json": picture}]}).encode()


class Speech(Format):
    """POST /v1/audio/speech: bytes that are no text"""

    media = "audio/mpeg"

    def whole(self, answer: Answer) -> bytes:
        return b"ID3\xff\xfe\x00" + bytes(range(256)) * 8 + b"%d" % answer.sample


class Other(Format):
    """Anything else that is posted: files, batches, what nobody knows"""

    def whole(self, answer: Answer) -> bytes:
        told = {"id": f"file-{answer.sample}", "object": "file", "bytes": 3, "created_at": 1, "filename": "f"}
        return json.dumps({**told, "purpose": "batch", "status": "processed", "sample": answer.sample}).encode()


FORMATS: dict[str, type[Format]] = {
    "/chat/completions": Chat,
    "/responses": Responses,
    "/v1/messages": Messages,
    "generateContent": Gemini,
    "streamGenerateContent": Gemini,
    "/interactions": Interactions,
    "/embeddings": Embeddings,
    "/images/generations": Images,
    "/audio/speech": Speech,
}


def format_of(request: Request) -> Format:
    """Read a request as its path says."""
    path = urlsplit(request.path).path.lower()
    kind = next((kind for end, kind in FORMATS.items() if path.endswith(end.lower())), Other)
    return kind(request)
