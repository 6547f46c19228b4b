"""One connection that blocks, for objects that frameworks use from several threads."""

from __future__ import annotations

import threading
from typing import Any

from ._sync._client import Client, connect


class OneClient:
    """The client that blocks, connected with the first call."""

    def __init__(self, socket: str | None = None) -> None:
        self._socket = socket
        self._client: Client | None = None
        self._lock = threading.Lock()

    def call(self, method: str, params: dict[str, Any]) -> Any:
        """Call a method of the protocol."""
        with self._lock:
            if self._client is None:
                self._client = connect(self._socket)
            client = self._client
        return client.call(method, params)

    def close(self) -> None:
        """Close the connection."""
        with self._lock:
            client, self._client = self._client, None
        if client is not None:
            client.close()
