# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Key/value pairs of a run."""

from __future__ import annotations

from typing import Any

from ._held import Held
from ._state_reader import StateReader


class State(StateReader):
    """Key/value pairs of the run that this process holds, readable from outside."""

    def __init__(self, run: Held) -> None:
        super().__init__(run.id, lambda ask: ask(run.client))
        self._run = run

    def set(self, name: str, value: Any) -> None:
        """Set a value (``state.set``)."""
        value = self._run.client.codec.to_json(value)
        self._run._call("state.set", {"name": name, "value": value})

    def delete(self, name: str) -> None:
        """Remove a value."""
        self._run._call("state.set", {"name": name})
