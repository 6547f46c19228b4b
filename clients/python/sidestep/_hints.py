"""The annotations of functions and classes, resolved."""

from __future__ import annotations

import sys
import types
import typing
from typing import Any


def hints(item: Any) -> dict[str, Any]:
    """Return the annotations of a function or class, those that can be resolved."""
    try:
        return typing.get_type_hints(item, include_extras=True)
    except Exception:  # names that exist only for the type checker, or within a function
        return _one_by_one(item)


def _one_by_one(item: Any) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for part in reversed(item.__mro__) if isinstance(item, type) else [item]:
        scope = getattr(part, "__globals__", None) or vars(sys.modules[part.__module__])
        for name, hint in _annotations(part).items():
            holder = types.SimpleNamespace(__annotations__={name: hint})
            try:
                found.update(typing.get_type_hints(holder, scope, include_extras=True))
            except Exception:
                found.pop(name, None)
    return found


def _annotations(item: Any) -> dict[str, Any]:
    try:
        own = vars(item).get("__annotations__") if isinstance(item, type) else item.__annotations__
        return own or {}
    except (AttributeError, NameError):
        return {}
