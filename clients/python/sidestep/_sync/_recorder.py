# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Calls to model providers that are recorded for a run, within a block."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .._backends.sync import in_thread
from .._errors import RunClosed
from .._recording import RecorderProcess
from ._held import Held


class Recorder:
    """Leads calls to model providers through the run, as long as its block lasts.

    In the block the variables that SDKs read their base URLs from are set in ``os.environ``:
    clients that are made in it are recorded, those that were made before are not. `environment`
    holds them, for a program that is started by hand.
    """

    def __init__(self, process: RecorderProcess) -> None:
        self._process = process

    @property
    def environment(self) -> dict[str, str]:
        """The variables that lead a program here; empty outside of the block."""
        return dict(self._process.environment)

    def __enter__(self) -> Recorder:
        in_thread(self._process.start)
        return self

    def __exit__(self, *exception: Any) -> None:
        in_thread(self._process.stop)


class CallRecorders(Held):
    """What a run can have recorded of others' programs and libraries."""

    def recorder(
        self, *, upstreams: Mapping[str, str] | None = None, options: Sequence[str] = ()
    ) -> Recorder:
        """Return a block in which calls to model providers are recorded and replayed.

        `upstreams` are providers by another address (``{"openai": "http://127.0.0.1:8080"}``),
        `options` any of ``sidestep record`` (``["--budget-tokens", "2M"]``). A program that is
        started again gets the answers that it had at no cost, in whatever step or outside of all
        steps it asks. When the process dies, a call in flight is lost with it: `sidestep run
        --record` around the program goes on with it.

        Raises RunClosed for a run that has ended, Unsupported without the program `sidestep`.
        """
        if self.lease is None or self.client.socket is None:
            raise RunClosed(f"run {self.id} has ended: nothing is recorded for it any more")
        process = RecorderProcess(self.id, self.lease, self.client.socket, upstreams or {}, options)
        return Recorder(process)
