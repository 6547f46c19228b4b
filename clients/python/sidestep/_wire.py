"""Lines of JSON-RPC 2.0."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Union

from ._errors import InvalidArgument, PayloadTooLarge
from ._json import in_words, pieces, utf8

FRAME_BYTES = 64 << 20
DEPTH = 512

# Requests of a connection without a reply; the daemon allows 1024, and what is more waits here.
IN_FLIGHT = 1000

# The calls whose answers may take as long as the world outside does, and which say whose they are:
# they may be made on any connection.
ROAMING = frozenset(
    {"event.list", "promise.wait", "run-step", "run.result"}
    | {"signal.wait", "state.wait", "step.begin", "stream.read", "wait.first"}
)

# Bytes that are read at once. A buffer that is larger than what malloc keeps for the next one
# (128 KiB) is asked of the system and given back with every read: two page faults, 20 µs a step.
CHUNK = 1 << 16

# How many of them a connection has at most; the rest is for whoever wants an answer at once.
ROAMERS = 500


# What has no reply: a line, or what one is made of if it is written at all.
Notice = Union[bytes, tuple[str, dict[str, Any]]]


class LinkLost(Exception):
    """The connection ended; whether the daemon got the line is not known."""


def request(identifier: int | None, method: str, params: dict[str, Any] | None) -> bytes:
    """Make the line of a request, or of a notification when there is no identifier.

    Raises PayloadTooLarge and InvalidArgument for what the daemon could not answer by its id.
    """
    number = "" if identifier is None else f'"id":{identifier},'
    try:
        given = f',"params":{"".join(pieces(params, 0))}' if params else ""
    except ValueError as error:
        raise in_words(error) from None
    text = f'{{"jsonrpc":"2.0",{number}"method":{_quoted(method)}{given}}}\n'
    try:
        line = text.encode()
    except UnicodeEncodeError:
        line = utf8(text)  # which says what to do about it
    if len(line) > FRAME_BYTES + 1:
        raise PayloadTooLarge(
            f"a line of {len(line) - 1} bytes exceeds the limit of {FRAME_BYTES}",
            data={"limit": "frame_bytes"},
        )
    if line.count(b"[") + line.count(b"{") > DEPTH and _depth(params) >= DEPTH:
        raise InvalidArgument(
            f"a value is nested deeper than {DEPTH} levels", data={"limit": "depth"}
        )
    return line


def written(notices: Iterable[Notice]) -> bytes:
    """Return the lines of what has no reply."""
    return b"".join([n if type(n) is bytes else request(None, *n) for n in notices])


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
        end = data.find(b"\n") + 1
        if end == len(data) and not self._parts:  # as nearly always: one line, and all of it
            # Of bytes `json.loads` would guess the encoding, which takes as long as the reading.
            return [_read(data.decode())] if end > 1 else []
        if end == 0:
            self._parts.append(data)
            return []
        *lines, rest = data.split(b"\n")
        if self._parts:
            lines[0] = b"".join(self._parts) + lines[0]
        self._parts = [rest] if rest else []
        return [_read(line.decode()) for line in lines if line]


def _read(line: str) -> dict[str, Any]:
    try:
        message, end = _scan(line, 0)
        if line[end:] in ("", "\n"):
            return message  # type: ignore[no-any-return]
    except StopIteration:
        pass
    # White space around it, or no JSON: for the reader that tells them apart.
    return json.loads(line)  # type: ignore[no-any-return]


_quoted = json.encoder.encode_basestring
_decoder: Any = json.JSONDecoder()
_scan = _decoder.scan_once
