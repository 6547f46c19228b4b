"""The SDK's settings of sessions, which it takes as an object or as a dict."""

from __future__ import annotations

import dataclasses
from typing import Any


def settings_of(given: Any) -> Any:
    """Return settings as the SDK's own sessions keep them; what is given, where it has none."""
    try:
        from agents.memory import SessionSettings
    except ImportError:
        return given
    if given is None:
        return SessionSettings()
    if not isinstance(given, dict):
        return given
    known = {field.name for field in dataclasses.fields(SessionSettings)}
    if unknown := ", ".join(sorted(given.keys() - known)):
        raise TypeError(f"Unknown session settings: {unknown}")
    return SessionSettings(**given)


def limit_of(settings: Any) -> int | None:
    """Return the limit of settings."""
    if settings is None:
        return None
    limit: int | None = settings.get("limit") if isinstance(settings, dict) else settings.limit
    return limit
