"""Pydantic AI's conversations in the daemon: ``SidestepConversationStore()``.

Needs ``pydantic-ai-slim`` 2.66 or later.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import TypeAdapter
from pydantic_ai.conversation_store import (
    ConversationConflict,
    ConversationEntry,
    ConversationRecord,
    ConversationStore,
)

from .._loops import LoopClients

__all__ = ["SidestepConversationStore"]

_RECORD: TypeAdapter[ConversationRecord] = TypeAdapter(ConversationRecord)
_ENTRY: TypeAdapter[ConversationEntry] = TypeAdapter(ConversationEntry)


class SidestepConversationStore(ConversationStore):
    """Keeps the record of a conversation and its entries together, compared and set by revision.

    A deleted conversation no longer loads or lists; its entries stay, because forks may use them.
    `socket` is where the daemon answers; without one it is found.
    """

    def __init__(self, *, socket: str | None = None, name: str = "pydantic-ai") -> None:
        self._prefix = f"{name}/"
        self._daemon = LoopClients(socket)

    async def read_record(self, conversation_id: str) -> ConversationRecord | None:
        """Return the record of a conversation, or None."""
        return self._record((await self._stored(conversation_id)).get("metadata"))

    async def read_records(
        self, *, scope: str | None = None, limit: int | None = None
    ) -> Sequence[ConversationRecord]:
        """Return the records, or those of a scope, the newest first."""
        found = await self._daemon.conversations(self._prefix)
        records = [self._record(item.get("metadata")) for item in found]
        wanted = [r for r in records if r is not None and (scope is None or r.scope == scope)]
        wanted.sort(key=lambda record: record.updated_at, reverse=True)
        return wanted[:limit]

    async def write_record(
        self,
        record: ConversationRecord,
        *,
        new_entries: Sequence[ConversationEntry] = (),
        expected_revision: str | None,
    ) -> None:
        """Save a record and new entries, all or nothing."""
        known = await self._expect(record.conversation_id, expected_revision)
        head = record.head_id
        if head is not None and head not in {entry.id for entry in new_entries}:
            if not (await self._daemon.call("conversation.entry", {"entry": head}))["found"]:
                raise ConversationConflict(record.conversation_id)
        await self._write(
            record.conversation_id,
            known,
            entries=[_ENTRY.dump_python(entry, mode="json") for entry in new_entries],
            ids=[entry.id for entry in new_entries],
            metadata=_RECORD.dump_python(record, mode="json"),
        )

    async def delete_record(self, conversation_id: str, *, expected_revision: str) -> None:
        """Delete a record; the entries stay."""
        known = await self._expect(conversation_id, expected_revision)
        await self._write(conversation_id, known, metadata={"deleted": True})

    async def read_entry(self, entry_id: str) -> ConversationEntry:
        """Return the entry with this id; LookupError when there is none."""
        found = await self._daemon.call("conversation.entry", {"entry": entry_id})
        if not found["found"]:
            raise LookupError(entry_id)
        return _ENTRY.validate_python(found["value"])

    async def read_history(
        self, head_id: str | None, *, limit: int | None = None
    ) -> list[ConversationEntry]:
        """Return the entries up to `head_id` in order, with one call for each conversation."""
        history: list[ConversationEntry] = []
        known: dict[str, Any] = {}
        while head_id is not None and (limit is None or len(history) < limit):
            if head_id not in known:
                known.update(await self._neighbours(head_id))
            entry = _ENTRY.validate_python(known[head_id])
            history.append(entry)
            head_id = entry.parent_id
        return history[::-1]

    async def aclose(self) -> None:
        """Close the connection of the running event loop."""
        await self._daemon.close()

    async def _neighbours(self, entry_id: str) -> dict[str, Any]:
        found = await self._daemon.call("conversation.entry", {"entry": entry_id})
        if not found["found"]:
            raise LookupError(entry_id)
        whole = await self._daemon.entries(found["conversation"])
        entries = [] if whole is None else whole["entries"]
        return {entry["id"]: entry for entry in [found["value"], *entries]}

    async def _stored(self, conversation_id: str) -> dict[str, Any]:
        params = {"conversation": self._prefix + conversation_id, "count": 0}
        return await self._daemon.call("conversation.read", params)  # type: ignore[no-any-return]

    async def _expect(self, conversation_id: str, revision: str | None) -> int:
        """Return the daemon's revision of a conversation whose record has `revision`."""
        found = await self._stored(conversation_id)
        record = self._record(found.get("metadata"))
        if (None if record is None else record.revision) != revision:
            raise ConversationConflict(conversation_id)
        return int(found.get("revision") or 0)

    async def _write(self, conversation_id: str, known: int, **params: Any) -> None:
        name = self._prefix + conversation_id
        params = {"conversation": name, "expected_revision": known, **params}
        if not (await self._daemon.call("conversation.append", params))["appended"]:
            raise ConversationConflict(conversation_id)

    def _record(self, metadata: Any) -> ConversationRecord | None:
        if metadata is None or metadata.get("deleted"):
            return None
        return _RECORD.validate_python(metadata)
