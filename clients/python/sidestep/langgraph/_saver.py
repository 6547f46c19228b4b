"""The checkpointer, for asyncio and for threads."""

from __future__ import annotations

from typing import Any

from .._blocking import OneClient
from .._loops import LoopClients
from ._aio import AsyncMethods
from ._sync import BlockingMethods


class SidestepSaver(AsyncMethods, BlockingMethods):
    """Keeps the checkpoints of graphs in the daemon, with all that LangGraph asks of a saver.

    The methods with an ``a`` are for asyncio and use one connection for each event loop; the
    others block. Several processes may use a thread at the same time. `socket` is where the daemon
    answers; without one it is found, and started when none runs.
    """

    def __init__(self, socket: str | None = None, *, serde: Any = None) -> None:
        super().__init__(serde=serde)
        self._daemon = LoopClients(socket)
        self._blocking = OneClient(socket)
