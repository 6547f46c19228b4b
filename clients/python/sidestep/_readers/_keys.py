"""Keys of dicts, which are texts in JSON."""

from __future__ import annotations

import enum
from collections.abc import Callable
from typing import Any, NamedTuple

from ._base import Find
from ._standard import Standard


class Keys(NamedTuple):
    """How a key of a declared type becomes a text, and is made of one."""

    text: Callable[[Any], str]
    read: Callable[[Any], Any]


def keys_of(key: Any, find: Find) -> Keys | None:
    """Return how keys of a type are written; None when they are texts, or have no text."""
    if key in (int, float):
        return Keys(_text, lambda text: key(text) if isinstance(text, str) else text)
    if not isinstance(key, type):
        return None
    if issubclass(key, enum.Enum):
        members = {_text(member.value): member for member in key}
        return Keys(lambda member: _text(member.value), lambda text: members.get(text, text))
    known = find(key)
    if isinstance(known, Standard):
        return Keys(lambda item: str(known.write(item)), known.read)
    return None


def _text(value: Any) -> str:
    """Return the text that JSON has for a key."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)
