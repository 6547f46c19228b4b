"""One connection for each event loop, for objects that frameworks use from several."""

from __future__ import annotations

import asyncio
from typing import Any

from ._aio._client import Client, connect


class LoopClients:
    """Gives the client of the running event loop, and connects when there is none."""

    def __init__(self, socket: str | None = None) -> None:
        self._socket = socket
        self._clients: dict[int, tuple[asyncio.AbstractEventLoop, Client]] = {}

    async def call(self, method: str, params: dict[str, Any]) -> Any:
        """Call a method of the protocol."""
        loop = asyncio.get_running_loop()
        held = self._clients.get(id(loop))
        if held is None or held[0] is not loop:
            held = self._clients[id(loop)] = (loop, await connect(self._socket))
        return await held[1].call(method, params)

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
        held = self._clients.pop(id(asyncio.get_running_loop()), None)
        if held is not None:
            await held[1].close()
