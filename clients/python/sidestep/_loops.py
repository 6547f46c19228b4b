"""One connection for each event loop, for objects that frameworks use from several."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any, NamedTuple

from ._aio._client import Client, connect


class LoopClients:
    """Gives the client of the running event loop, and connects when there is none.

    A connection ends with its loop: `asyncio.run`, and whoever else shuts down the asynchronous
    generators of a loop before closing it, closes it.
    """

    def __init__(self, socket: str | None = None) -> None:
        self._socket = socket
        self._clients: dict[asyncio.AbstractEventLoop, asyncio.Task[_Held]] = {}

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """Call a method of the protocol."""
        return await (await self._client()).call(method, params)

    async def _client(self) -> Client:
        loop = asyncio.get_running_loop()
        held = self._clients.get(loop)
        if held is None or (held.done() and _has_failed(held)):
            self._clients = {k: v for k, v in self._clients.items() if not k.is_closed()}
            held = self._clients[loop] = asyncio.ensure_future(self._open())
        # Callers at the same time share the connection; one that is cancelled leaves it to others.
        return (await asyncio.shield(held)).client

    async def _open(self) -> _Held:
        client = await connect(self._socket)
        closing = self._closing(client)
        await closing.__anext__()
        return _Held(client, closing)

    async def _closing(self, client: Client) -> AsyncIterator[None]:
        try:
            yield
        finally:
            self._clients.pop(asyncio.get_running_loop(), None)
            await client.close()

    async def entries(self, conversation: str, **part: Any) -> dict[str, Any] | None:
        """Return a conversation with all entries of a part, or None when there is none."""
        params = {"conversation": conversation, **part}
        reply: dict[str, Any] = await self.call("conversation.read", params)
        if not reply["found"]:
            return None
        while reply.get("more") is not None:
            params = {"conversation": conversation, "from": reply["more"]}
            page = await self.call("conversation.read", params)
            reply["entries"] += page["entries"]
            reply["more"] = page.get("more")
        return reply

    async def conversations(self, prefix: str) -> list[dict[str, Any]]:
        """Return the conversations whose names begin with `prefix`."""
        found: list[dict[str, Any]] = []
        params: dict[str, Any] = {"prefix": prefix}
        while True:
            page = await self.call("conversation.list", params)
            found += page["conversations"]
            if page.get("more") is None:
                return found
            params["cursor"] = page["more"]

    async def close(self) -> None:
        """Close the connection of the running event loop."""
        held = self._clients.get(asyncio.get_running_loop())
        if held is not None:
            await (await held).closing.aclose()


class _Held(NamedTuple):
    client: Client
    closing: Any


def _has_failed(task: asyncio.Task[_Held]) -> bool:
    return task.cancelled() or task.exception() is not None
