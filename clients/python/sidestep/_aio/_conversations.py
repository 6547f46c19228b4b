"""Logs of messages outside of runs, shared by several processes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ._asking import Facts, Many, Questions


class Conversations(Questions):
    """The daemon's conversations; `Client.conversations` is this. Entries are plain JSON."""

    async def append(
        self,
        name: str,
        entries: Sequence[Any] = (),
        *,
        ids: Sequence[str] | None = None,
        keep: int | None = None,
        expected_revision: int | None = None,
        metadata: Any = None,
    ) -> Facts:
        """Append entries; with `expected_revision` only to what was read (``conversation.append``).

        `keep` cuts the log to so many entries before.
        """
        return await self._ask(  # type: ignore[no-any-return]
            "conversation.append",
            conversation=name,
            entries=list(entries),
            ids=ids and list(ids),
            keep=keep,
            expected_revision=expected_revision,
            metadata=metadata,
        )

    async def read(
        self,
        name: str,
        *,
        start: int | None = None,
        count: int | None = None,
        last: int | None = None,
        max_bytes: int | None = None,
    ) -> Facts:
        """Return a page; `found` says whether there is one (``conversation.read``)."""
        return await self._ask(  # type: ignore[no-any-return]
            "conversation.read",
            conversation=name,
            count=count,
            last=last,
            max_bytes=max_bytes,
            **{"from": start},
        )

    async def entry(self, entry: str, *, name: str | None = None) -> Facts:
        """Return one entry by its id (``conversation.entry``)."""
        return await self._ask("conversation.entry", conversation=name, entry=entry)  # type: ignore[no-any-return]

    async def list(self, prefix: str | None = None) -> Many:
        """Return the conversations whose names begin so (``conversation.list``)."""

        async def ask(cursor: str | None) -> Facts:
            return await self._ask(  # type: ignore[no-any-return]
                "conversation.list", prefix=prefix, limit=None, cursor=cursor
            )

        return await self._all(await ask(None), "conversations", ask)

    async def fork(self, name: str, target: str, *, count: int | None = None) -> Facts:
        """Begin another with the first `count` entries of this (``conversation.fork``)."""
        return await self._ask(  # type: ignore[no-any-return]
            "conversation.fork", conversation=name, target=target, count=count
        )

    async def delete(self, name: str) -> bool:
        """Remove a conversation; return whether there was one (``conversation.delete``)."""
        return (await self._ask("conversation.delete", conversation=name))["deleted"]  # type: ignore[no-any-return]
