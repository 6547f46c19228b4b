# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Key/value pairs of a run."""

from __future__ import annotations

from typing import Any

from ._held import Held


class State:
    """Key/value pairs of a run, readable from outside."""

    def __init__(self, run: Held) -> None:
        self._run = run

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or `default` when there is none."""
        client = self._run.client
        reply = client.call("state.get", {"run": self._run.id, "name": name})
        if reply.get("found") is False:
            return default
        return client.codec.from_json(reply.get("value"))

    def set(self, name: str, value: Any) -> None:
        """Set a value."""
        value = self._run.client.codec.to_json(value)
        self._run._call("state.set", {"name": name, "value": value})

    def delete(self, name: str) -> None:
        """Remove a value."""
        self._run._call("state.set", {"name": name})

    def all(self) -> dict[str, Any]:
        """Return all pairs."""
        client = self._run.client
        reply = client.call("state.list", {"run": self._run.id})
        return {name: client.codec.from_json(value) for name, value in reply["state"].items()}
