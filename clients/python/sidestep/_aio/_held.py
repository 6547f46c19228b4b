"""The right to act for a run: its lease, and what ends it."""

from __future__ import annotations

from typing import Any

from .._errors import (
    ConnectionLost,
    LeaseError,
    LeaseLost,
    RunCancelled,
    RunClosed,
    SidestepError,
    StepUnknown,
)
from ._client import Client


class Held:
    """A run as its owner sees it; `Run` adds what can be done with it."""

    def __init__(self, client: Client, reply: dict[str, Any]) -> None:
        self.client = client
        self.info: dict[str, Any] = reply["run"]
        self.id: str = self.info["id"]
        self.uid: str = self.info["uid"]
        self.lease: str | None = reply.get("lease")
        self._final: SidestepError | None = None

    @property
    def closed(self) -> bool:
        """Whether the run is closed: it has a result, and no step of it can run."""
        return self.lease is None

    async def _call(self, method: str, params: dict[str, Any]) -> Any:
        self._check()
        if self.lease is None:
            raise RunClosed(
                f"run {self.id} is {self.info.get('status')} and not held here",
                data={"run": self.id},
            )
        try:
            return await self.client.call(method, {"lease": self.lease, **params})
        except (LeaseLost, RunCancelled) as error:
            self._end(error)
            raise

    def _check(self) -> None:
        if self._final is not None:
            raise self._final

    def _end(self, error: SidestepError) -> None:
        if self._final is None:
            self._final = error
        if self.lease is not None:
            self.client._runs.pop(self.lease, None)

    def _is_final(self, error: Exception) -> bool:
        if isinstance(error, (StepUnknown, ConnectionLost)):
            return True
        return isinstance(error, (LeaseError, RunCancelled, RunClosed)) and error.run == self.id

    def _closed(self, info: dict[str, Any]) -> None:
        self.info = info
        if self.lease is not None:
            self.client._runs.pop(self.lease, None)
        self.lease = None
