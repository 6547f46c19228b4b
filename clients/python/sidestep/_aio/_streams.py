"""Reading what a run shows while it works."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

from ._connection import Connection

_WAIT_MS = 30_000


class StreamReader:
    """The items of a stream (``stream.read``), also those to come; `Client.stream` makes it.

    `next` is the index of the item to come: ``start=reader.next`` goes on in another process.
    `closed` says whether nothing follows, `final` what a closed stream came to.
    """

    def __init__(self, client: Connection, run: str, name: str, start: int, follow: bool) -> None:
        self.run = run
        self.name = name
        self.next = start
        self.closed = False
        self.final: Any = None
        self._client = client
        self._follow = follow
        self._items: list[Any] = []

    def __aiter__(self) -> AsyncIterator[Any]:
        return self

    async def __anext__(self) -> Any:
        while not self._items:
            if self.closed or not await self._read():
                raise StopAsyncIteration
        self.next += 1
        return self._client.codec.from_json(self._items.pop())

    async def _read(self) -> bool:
        """Fetch what is there, and wait for some when nothing is; whether to ask again."""
        wait = {"wait_ms": _WAIT_MS} if self._follow else {}
        params = {"run": self.run, "stream": self.name, "from": self.next, **wait}
        reply = await self._client.call("stream.read", params)
        self._items = reply["items"][::-1]
        self.next = reply["from"]
        self.closed = reply["closed"] and not self._items
        self.final = self._client.codec.from_json(reply.get("final"))
        return self._follow or bool(self._items)
