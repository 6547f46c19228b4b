"""What tools return, as it was: JSON has no bytes and no NaN, and the framework changes both."""

from __future__ import annotations

import base64
import math
from dataclasses import replace
from typing import Any

from pydantic_ai.durable_exec import JSON_CODEC, DurabilityCodec
from pydantic_ai.messages import ToolReturn

# The member by which a value that stands for another is known.
_MARK = "sidestep_value"


class ExactCodec(DurabilityCodec):
    """The framework's JSON, in which results of tools keep bytes, NaN and infinities."""

    def dump(self, tp: Any, value: Any) -> Any:
        """Return plain data for a value of type `tp`."""
        return JSON_CODEC.dump(tp, _mapped(value, kept))

    def load(self, tp: Any, payload: Any) -> Any:
        """Return the value that `payload` stands for."""
        return _mapped(JSON_CODEC.load(tp, payload), restored)


EXACT = ExactCodec()


def _mapped(value: Any, change: Any) -> Any:
    """Apply a change to what a tool returned; other values of the framework have their own form."""
    if not hasattr(value, "result"):
        return value
    result = value.result
    if isinstance(result, ToolReturn):
        changed = change([result.return_value, result.metadata])
        if changed is not None:
            result = replace(result, return_value=changed[0], metadata=changed[1])
            return replace(value, result=result)
        return value
    changed = change(result)
    return value if changed is None else replace(value, result=changed)


def kept(value: Any) -> Any:
    """Return `value` with marks in place of what JSON does not hold; None when all is as it was."""
    return _replaced(value, _marked)


def restored(value: Any) -> Any:
    """Return what `kept` was given; None when there is no mark."""
    return _replaced(value, _unmarked)


def _marked(value: Any) -> Any:
    if isinstance(value, (bytes, bytearray)):
        return {_MARK: "bytes", "base64": base64.b64encode(value).decode()}
    if isinstance(value, float) and not math.isfinite(value):
        return {_MARK: "float", "text": repr(value)}
    return None


def _unmarked(value: Any) -> Any:
    if not isinstance(value, dict) or _MARK not in value:
        return None
    if value[_MARK] == "bytes":
        return base64.b64decode(value["base64"])
    return float(value["text"])


def _replaced(value: Any, change: Any) -> Any:
    changed = change(value)
    if changed is not None:
        return changed
    if isinstance(value, dict):
        members = {key: _replaced(member, change) for key, member in value.items()}
        if all(member is None for member in members.values()):
            return None
        return {k: value[k] if member is None else member for k, member in members.items()}
    if isinstance(value, (list, tuple)) and not hasattr(value, "_fields"):
        items = [_replaced(item, change) for item in value]
        if all(item is None for item in items):
            return None
        return [old if new is None else new for old, new in zip(value, items)]  # noqa: B905
    return None
