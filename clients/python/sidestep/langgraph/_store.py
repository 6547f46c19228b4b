"""The store: what agents remember beyond a thread, for asyncio and for threads."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from langgraph.store.base import BaseStore, Op, Result, TTLConfig

from .._blocking import OneClient
from .._loops import LoopClients
from ._operations import perform
from ._saver import socket_of


class SidestepStore(BaseStore):
    """Keeps what graphs remember in the daemon: ``graph.compile(store=SidestepStore())``.

    A ``query`` is a text that stands in the value, in large letters or small: there are no vectors.
    `ttl` is LangGraph's configuration; the daemon forgets by itself what has expired. Several
    processes may use it at the same time. `socket` is where the daemon answers; without one it is
    found, and started when none runs. As a context manager, also an asynchronous one, it is closed
    at the end of the block; it need not be.
    """

    supports_ttl = True

    def __init__(
        self, socket: str | None = None, *, ttl: TTLConfig | None = None, index: Any = None
    ) -> None:
        if index is not None:
            raise NotImplementedError(
                "SidestepStore has no vectors: leave `index` out, and `query` finds texts that "
                "stand in values; keep embeddings in a vector database, with the keys of this store"
            )
        self.ttl_config = ttl
        self._daemon = LoopClients(socket)
        self._blocking = OneClient(socket)

    @classmethod
    def from_conn_string(
        cls, conn_string: str, *, ttl: TTLConfig | None = None, index: Any = None
    ) -> SidestepStore:
        """Return a store for the daemon of a URL: ``sidestep:``, or ``sidestep:///path/of/socket``.

        The first finds the daemon. A plain path is one as well. Raises ValueError for a host.
        """
        return cls(socket_of(conn_string), ttl=ttl, index=index)

    def batch(self, ops: Iterable[Op]) -> list[Result]:
        """Perform operations: what they write, in one transaction."""
        asking = perform(ops)
        try:
            wanted = next(asking)
            while True:
                reply = self._blocking.call("memory.batch", {"operations": wanted})
                wanted = asking.send(reply["results"])
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    async def abatch(self, ops: Iterable[Op]) -> list[Result]:
        """Perform operations: what they write, in one transaction."""
        asking = perform(ops)
        try:
            wanted = next(asking)
            while True:
                reply = await self._daemon.call("memory.batch", {"operations": wanted})
                wanted = asking.send(reply["results"])
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]

    async def aclose(self) -> None:
        """Close the connection that the asynchronous methods use in this event loop."""
        await self._daemon.close()

    def close(self) -> None:
        """Close the connection that the blocking methods use."""
        self._blocking.close()

    def __enter__(self) -> SidestepStore:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> SidestepStore:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
        self.close()
