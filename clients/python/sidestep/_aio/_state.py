"""Key/value pairs of a run."""

from __future__ import annotations

from typing import Any

from ._held import Held


class State:
    """Key/value pairs of a run, readable from outside."""

    def __init__(self, run: Held) -> None:
        self._run = run

    async def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or `default` when there is none."""
        client = self._run.client
        reply = await client.call("state.get", {"run": self._run.id, "name": name})
        if reply.get("found") is False:
            return default
        return client.codec.from_json(reply.get("value"))

    async def set(self, name: str, value: Any) -> None:
        """Set a value."""
        value = self._run.client.codec.to_json(value)
        await self._run._call("state.set", {"name": name, "value": value})

    async def delete(self, name: str) -> None:
        """Remove a value."""
        await self._run._call("state.set", {"name": name})

    async def all(self) -> dict[str, Any]:
        """Return all pairs."""
        client = self._run.client
        reply = await client.call("state.list", {"run": self._run.id})
        return {name: client.codec.from_json(value) for name, value in reply["state"].items()}
