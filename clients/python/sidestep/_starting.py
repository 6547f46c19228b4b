"""As which run a workflow is started, and where it waits for a worker."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._times import milliseconds

_ENQUEUED = ("queue", "priority", "dedup_key", "if_duplicate", "concurrency_key")
_NAMES = {"run_id", "client", "delay", *_ENQUEUED}


class Starting:
    """What ``Workflow.options`` says of one run beside `RunOptions`."""

    __slots__ = ("_given",)

    def __init__(self, given: Mapping[str, Any] | None = None) -> None:
        self._given = dict(given or {})

    @property
    def run_id(self) -> str | None:
        """The id of the run."""
        return self._given.get("run_id")

    @property
    def client(self) -> Any:
        """The client that opens it."""
        return self._given.get("client")

    def changed(self, options: Mapping[str, Any]) -> tuple[Starting, dict[str, Any]]:
        """Return this with what `options` says of it, and the options that are not its own."""
        own = {name: value for name, value in options.items() if name in _NAMES}
        others = {name: value for name, value in options.items() if name not in _NAMES}
        return Starting({**self._given, **own}), others

    def enqueued(self) -> dict[str, Any]:
        """Return what ``run.enqueue`` is told of it."""
        params = {name: self._given.get(name) for name in _ENQUEUED}
        params["delay_ms"] = milliseconds(self._given.get("delay"))
        return {name: value for name, value in params.items() if value is not None}
