# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""A part of a run with a name of its own: a child, the run of an agent."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from .._failures import step_failure
from ._held import Held
from ._step import StepExecution


class Part:
    """A part of a run with a name of its own: it is executed within the block of this.

    It is a step on record, so that a replay finds its name by what it was begun with. The record
    is written with what comes next and waited for by nobody: without it nothing within the part
    has a record either.
    """

    def __init__(self, run: Held, step: StepExecution) -> None:
        self.name = step.name
        self._run = run
        self._step = step

    def __enter__(self) -> Part:
        self.begin()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.end(error)

    @property
    def is_settled(self) -> bool:
        """Whether it has an outcome on record."""
        return self._step.record is not None

    def begin(self) -> None:
        """Note with what comes next that the part has begun."""
        if self._step.record is None:
            self._tell("step.begin", {})

    def end(self, error: BaseException | None) -> None:
        """Note that it has ended, or failed."""
        if self._step.record is not None or self._run._final is not None:
            return
        if error is None:
            self._tell("step.complete", {"output": None})
        elif self._run._is_outcome(error):
            self._tell("step.fail", step_failure(error))

    def _tell(self, method: str, params: dict[str, Any]) -> None:
        if self._run.lease is None:
            return
        known = {"lease": self._run.lease, "step": self.name, "fingerprint": self._step.fingerprint}
        self._run.client.notify(method, {**known, **params})
