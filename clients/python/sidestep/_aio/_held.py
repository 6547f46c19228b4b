"""The right to act for a run: its lease, and what ends it."""

from __future__ import annotations

from typing import Any

from .._backends.aio import CANCELLED
from .._context import STEP
from .._errors import (
    ConnectionLost,
    DeadlineExceeded,
    LeaseError,
    LeaseLost,
    RunCancelled,
    RunClosed,
    SidestepError,
    StepUnknown,
)
from .._failures import Suspended, interrupts_reach_here, members_of
from .._names import StepNames
from ._client import Client

# How a program ends: the process leaves the run, which says nothing about the run.
_LEAVING: tuple[type[BaseException], ...] = (KeyboardInterrupt, SystemExit, *CANCELLED)


class Held:
    """A run as its owner sees it; `Run` adds what can be done with it."""

    def __init__(self, client: Client, reply: dict[str, Any]) -> None:
        self.client = client
        self.info: dict[str, Any] = reply["run"]
        self.id: str = self.info["id"]
        self.uid: str = self.info["uid"]
        self.lease: str | None = reply.get("lease")
        self.replaying = bool(reply["steps"])
        self._journal: dict[str, dict[str, Any]] = {item["step"]: item for item in reply["steps"]}
        self._names = StepNames()
        self._agent_runs: dict[str, str] = {}
        self._final: SidestepError | None = None
        # Whether a worker executes it, whom nothing that a workflow raises may end.
        self._contained = False
        # How many bodies of steps execute now, and which waits are open: a run may be left only
        # when it does nothing but wait.
        self._executing = 0
        self._waiting: set[str] = set()

    @property
    def closed(self) -> bool:
        """Whether the run is closed: it has a result, and no step of it can run."""
        return self.lease is None

    def _name_of(self, name: str) -> str:
        """Return the recorded name of the next call of `name`, within the step that executes."""
        parent = STEP.get()
        inside = parent is not None and parent.run is self
        return self._names.next(name, parent.name if inside else None)

    async def _call(
        self, method: str, params: dict[str, Any], *, compensating: bool = False
    ) -> Any:
        if not (compensating and isinstance(self._final, RunCancelled)):
            self._check()
        if self.lease is None:
            raise RunClosed(
                f"run {self.id} is {self.info.get('status')} and not held here",
                data={"run": self.id},
            )
        try:
            return await self.client.call(method, {"lease": self.lease, **params})
        except (LeaseLost, RunCancelled, DeadlineExceeded) as error:
            self._end(error)
            raise

    def _check(self) -> None:
        if self._final is not None:
            raise self._final

    def _end(self, error: SidestepError) -> None:
        if self._final is None:
            self._final = error
        if self.lease is not None and not isinstance(self._final, RunCancelled):
            self.client._runs.pop(self.lease, None)  # a cancelled run may still compensate

    def _leaves(self, error: BaseException) -> bool:
        """Whether the error takes the process out of the run; else it is the run's own failure."""
        if isinstance(error, (Suspended, GeneratorExit)):
            return True
        if self._contained:
            return isinstance(error, KeyboardInterrupt) and interrupts_reach_here()
        return isinstance(error, _LEAVING) or any(map(self._leaves, members_of(error)))

    def _is_outcome(self, error: BaseException) -> bool:
        """Whether the error is how the body of a step ended; else it was thrown in from outside."""
        return not (isinstance(error, CANCELLED) or self._leaves(error))

    def _is_final(self, error: BaseException) -> bool:
        if isinstance(error, (StepUnknown, ConnectionLost)):
            return True
        return isinstance(error, (LeaseError, RunCancelled, RunClosed, DeadlineExceeded)) and (
            error.run == self.id
        )

    def _closed(self, info: dict[str, Any]) -> None:
        self.info = info
        if self.lease is not None:
            self.client._runs.pop(self.lease, None)
        self.lease = None
