"""Key/value pairs of the workflow that the calling code works for."""

from __future__ import annotations

from typing import Any

from ._flow import current

__all__ = ["get", "list", "set"]


async def set(name: str, value: Any) -> None:
    """Set a value."""
    await current().state.set(name, value)


async def get(name: str, default: Any = None) -> Any:
    """Return a value, or `default`."""
    return await current().state.get(name, default)


async def list() -> dict[str, Any]:
    """Return all pairs."""
    return await current().state.all()
