# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Key/value pairs of a run, as everybody reads them who may see it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from .._errors import RunClosed, TimeoutExpired
from .._times import seconds
from ._daemon import Daemon

if TYPE_CHECKING:
    from .._times import Span

T = TypeVar("T")

_NOTHING = object()
# How long one question for a value waits, seconds: it is asked again.
_PATIENCE = 300.0


class StateReader:
    """Reads the pairs of a run."""

    def __init__(self, run: str, ask: Callable[[Callable[[Daemon], Any]], Any]) -> None:
        self._id = run
        self._ask = ask

    def get(self, name: str, default: Any = None) -> Any:
        """Return a value, or `default` when there is none (``state.get``)."""
        return self._ask(lambda client: self._get(client, name, default))

    def all(self) -> dict[str, Any]:
        """Return all pairs (``state.list``)."""
        return self._ask(self._all)  # type: ignore[no-any-return]

    def wait(self, name: str, timeout: Span | None = None, *, unlike: Any = _NOTHING) -> Any:
        """Return a value as soon as there is one, and it is not `unlike` this (``state.wait``).

        Raises TimeoutExpired (`which` is ``state``), and RunClosed when the run has ended without
        it.
        """
        end = None if timeout is None else time.monotonic() + seconds(timeout)
        return self._ask(lambda client: self._wait(client, name, end, unlike))

    def _get(self, client: Daemon, name: str, default: Any) -> Any:
        reply = client.call("state.get", {"run": self._id, "name": name})
        if reply.get("found") is False:
            return default
        return client.codec.from_json(reply.get("value"))

    def _all(self, client: Daemon) -> dict[str, Any]:
        reply = client.call("state.list", {"run": self._id})
        return {name: client.codec.from_json(value) for name, value in reply["state"].items()}

    def _wait(self, client: Daemon, name: str, end: float | None, unlike: Any) -> Any:
        params: dict[str, Any] = {"run": self._id, "name": name}
        if unlike is not _NOTHING:
            params["unlike"] = client.codec.to_json(unlike)
        data = {"run": self._id, "which": "state"}
        while True:
            left = _PATIENCE if end is None else max(0.0, end - time.monotonic())
            wait = min(left, _PATIENCE)
            reply = client.call("state.wait", {**params, "wait_ms": math.ceil(wait * 1000)})
            if reply["found"]:
                return client.codec.from_json(reply.get("value"))
            if reply["closed"]:
                raise RunClosed(f"run {self._id} has ended and did not set {name}", data=data)
            if end is not None and time.monotonic() >= end:
                raise TimeoutExpired(f"run {self._id} did not set {name} in time", data=data)
