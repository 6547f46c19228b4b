"""A summary in the place of items, all at once: what the SDK's compaction asks of a session."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .._loops import LoopClients

try:  # the SDK's own name for it, and no promise: without it the SDK replaces item by item
    from agents.memory.session import _CompactionSnapshot as Snapshot
except ImportError:
    Snapshot = None  # type: ignore[assignment,misc]

ENTRIES = 10_000
"""The daemon's limit `entries`."""


class Replacing:
    """A session whose last items are replaced by a compare and set of its conversation."""

    _name: str
    _daemon: LoopClients

    async def _get_compaction_snapshot(
        self, limit: int, *, prune_prefix: Callable[[Any], bool] | None = None
    ) -> Any:
        """Return the last items and the way to replace them; None leaves it to the SDK.

        A session that reads or adds items in another way has them only there.
        """
        own = next(cls for cls in type(self).__mro__ if cls.__module__ == __package__)
        methods = ("get_items", "add_items")
        differs = any(getattr(type(self), name) is not getattr(own, name) for name in methods)
        if Snapshot is None or differs:
            return None
        found = await self._daemon.entries(self._name, last=limit)
        rows: list[Any] = [] if found is None else found["entries"]
        first = 0 if found is None else found["from"]

        async def replace(start: int, output: list[Any]) -> bool:
            if found is None or not rows[start:]:
                return False
            keep, entries = first + start, list(output)
            if prune_prefix is not None:
                keep, entries = await self._pruned(keep, entries, prune_prefix)
            params = {
                "conversation": self._name,
                "keep": keep,
                "entries": entries,
                "expected_revision": found["revision"],
            }
            done: bool = (await self._daemon.call("conversation.append", params))["appended"]
            return done

        return Snapshot(rows, first == 0, replace)

    async def _pruned(
        self, keep: int, entries: list[Any], is_over: Callable[[Any], bool]
    ) -> tuple[int, list[Any]]:
        """Return what stays and what is added when the first items go that are over."""
        if not keep or keep + len(entries) > ENTRIES:
            return keep, entries
        found = await self._daemon.entries(self._name, count=keep)
        kept: list[Any] = found["entries"][:keep] if found else []
        over = next((n for n, item in enumerate(kept) if not is_over(item)), len(kept))
        return (0, [*kept[over:], *entries]) if over else (keep, entries)
