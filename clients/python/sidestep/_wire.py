"""Lines of JSON-RPC 2.0."""

from __future__ import annotations

import json
from typing import Any

from ._errors import InvalidArgument, PayloadTooLarge
from ._json import dumps, utf8

FRAME_BYTES = 64 << 20
DEPTH = 512

# Requests of a connection without a reply; the daemon allows 1024, and what is more waits here.
IN_FLIGHT = 1000

# The calls whose answers may take as long as the world outside does, and which say whose they are:
# they may be made on any connection.
ROAMING = frozenset(
    {"event.list", "promise.wait", "run-step", "run.result"}
    | {"signal.wait", "step.begin", "stream.read", "wait.first"}
)

# How many of them a connection has at most; the rest is for whoever wants an answer at once.
ROAMERS = 500


class LinkLost(Exception):
    """The connection ended; whether the daemon got the line is not known."""


def request(identifier: int | None, method: str, params: dict[str, Any] | None) -> bytes:
    """Make the line of a request, or of a notification when there is no identifier.

    Raises PayloadTooLarge and InvalidArgument for what the daemon could not answer by its id.
    """
    message: dict[str, Any] = {"jsonrpc": "2.0"}
    if identifier is not None:
        message["id"] = identifier
    message["method"] = method
    if params:
        message["params"] = params
    line = utf8(dumps(message))
    if len(line) > FRAME_BYTES:
        raise PayloadTooLarge(
            f"a line of {len(line)} bytes exceeds the limit of {FRAME_BYTES}",
            data={"limit": "frame_bytes"},
        )
    if line.count(b"[") + line.count(b"{") > DEPTH and _depth(message) > DEPTH:
        raise InvalidArgument(
            f"a value is nested deeper than {DEPTH} levels", data={"limit": "depth"}
        )
    return line + b"\n"


def _depth(value: Any) -> int:
    deepest, stack = 0, [(value, 1)]
    while stack:
        item, level = stack.pop()
        if isinstance(item, dict):
            stack += [(member, level + 1) for member in item.values()]
        elif isinstance(item, (list, tuple)):
            stack += [(member, level + 1) for member in item]
        else:
            level -= 1
        deepest = max(deepest, level)
    return deepest


class LineBuffer:
    """Cuts what arrives into messages."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def feed(self, data: bytes) -> list[dict[str, Any]]:
        """Return the messages that `data` completes."""
        if b"\n" not in data:
            self._parts.append(data)
            return []
        *lines, rest = data.split(b"\n")
        if self._parts:
            lines[0] = b"".join(self._parts) + lines[0]
        self._parts = [rest] if rest else []
        # Of bytes `json.loads` would guess the encoding, which takes as long as the reading.
        return [json.loads(line.decode()) for line in lines if line]
