"""The checkpointer, for asyncio and for threads."""

from __future__ import annotations

from typing import Any
from urllib.parse import unquote, urlsplit

from .._blocking import OneClient
from .._loops import LoopClients
from ._aio import AsyncMethods
from ._sync import BlockingMethods


def socket_of(conn_string: str) -> str | None:
    """Return the socket that a URL or a path names; None where the daemon is to be found."""
    parts = urlsplit(conn_string)
    if parts.scheme not in ("", "sidestep", "unix"):
        raise ValueError(f"{conn_string}: it is `sidestep:` or `sidestep:///path/of/socket`")
    if parts.netloc:
        raise ValueError(f"{conn_string}: a daemon is on this host; its path has three slashes")
    return unquote(parts.path) or None


class SidestepSaver(AsyncMethods, BlockingMethods):
    """Keeps the checkpoints of graphs in the daemon, with all that LangGraph asks of a saver.

    The methods with an ``a`` are for asyncio and use one connection for each event loop; the
    others block. Several processes may use a thread at the same time. `socket` is where the daemon
    answers; without one it is found, and started when none runs. As a context manager, also an
    asynchronous one, it is closed at the end of the block; it need not be.
    """

    def __init__(self, socket: str | None = None, *, serde: Any = None) -> None:
        super().__init__(serde=serde)
        self._daemon = LoopClients(socket)
        self._blocking = OneClient(socket)

    @classmethod
    def from_conn_string(cls, conn_string: str, *, serde: Any = None) -> SidestepSaver:
        """Return a saver for the daemon of a URL: ``sidestep:``, or ``sidestep:///path/of/socket``.

        The first finds the daemon. A plain path is one as well. Raises ValueError for a host.
        """
        return cls(socket_of(conn_string), serde=serde)

    def __enter__(self) -> SidestepSaver:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> SidestepSaver:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.aclose()
        self.close()
