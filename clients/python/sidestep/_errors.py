"""The exceptions, one tree that mirrors ``error.data.kind`` of the protocol.

SidestepError
  InvalidArgument                                 (-32602)
  RunError
    RunNotFound  RunConflict  RunOwned  RunClosed  RunPaused
    RunCancelled
      DeadlineExceeded
    RunSuspended                                  (of the client, no kind)
  LeaseError
    LeaseLost  LeaseRequired
  StepError
    StepFailed  StepConflict  StepMismatch  StepUnknown  AttemptSuperseded
  CheckpointNotFound   TokenInvalid
  TimeoutExpired
  BudgetExhausted      RateLimited    CircuitOpen
  PayloadTooLarge      LimitExceeded  Overloaded
  StorageFull          StorageError   NotPermitted   ShuttingDown   Unsupported
  RequestCancelled
  ConnectionLost       DaemonNotFound              (of the client, no kind)

A kind this version does not know becomes the base class.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ._recorded import Recorded


class SidestepError(Exception):
    """Something Sidestep refused or could not do.

    `kind` is the stable name on the wire, `code` the JSON-RPC code. The other attributes are
    None unless the daemon sent them.
    """

    def __init__(
        self,
        message: str,
        *,
        kind: str | None = None,
        code: int | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> None:
        # Not by `super()`: a class that this one is joined to may want other arguments.
        Exception.__init__(self, message)
        self.message = message
        if kind is None:  # of the nearest class that has one: this may be joined to another
            kind = next((KIND_OF[cls] for cls in type(self).__mro__ if cls in KIND_OF), None)
        self.kind = kind
        self.code = code
        self.data: dict[str, Any] = dict(data) if data is not None else {}
        self.run: str | None = self.data.get("run")
        self.step: str | None = self.data.get("step")
        self.limit: str | None = self.data.get("limit")
        self.owner: dict[str, Any] | None = self.data.get("owner")
        self.retry_after_ms: int | None = self.data.get("retry_after_ms")
        self.hint: str | None = self.data.get("hint")

    @property
    def retry_after(self) -> float | None:
        """After how many seconds it is worth another try."""
        return None if self.retry_after_ms is None else self.retry_after_ms / 1000

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class InvalidArgument(SidestepError):
    """A parameter is missing, unknown or of the wrong type."""


class RunError(SidestepError):
    """The run as a whole is not in the state that the call needs."""


class RunNotFound(RunError):
    """There is no such run, or it belongs to somebody else."""


class RunConflict(RunError):
    """The id is taken by a run of another workflow or with another input."""


class RunOwned(RunError):
    """Another process executes the run now; `owner` tells which."""


class RunClosed(Recorded, RunError):
    """The run is completed, failed or cancelled; what it failed with is `failure`."""


class RunCancelled(RunError):
    """Somebody cancelled the run."""


class DeadlineExceeded(RunCancelled):
    """The run passed its deadline: the daemon cancels it, and what is to be undone is undone."""


class RunPaused(RunError):
    """The run waits for a person or a policy."""


class RunSuspended(RunError):
    """The run waits, and this process has left it; it goes on when somebody resumes it."""


class LeaseError(SidestepError):
    """The right to act for the run is missing."""


class LeaseLost(LeaseError):
    """Somebody else was granted the run; nothing was changed."""


class LeaseRequired(LeaseError):
    """The call acts for a run and came without its lease."""


class StepError(SidestepError):
    """The step has an outcome that the call cannot use."""


class StepFailed(Recorded, StepError):
    """The step failed for good; its recorded error is `failure`.

    The same exception is raised when the step fails and when its record is replayed: it is of the
    class that the body raised as well, so ``except ValueError`` catches it both times, and has that
    one's `args` and notes. On the first occasion `__cause__` is the exception of the body.
    """


class StepConflict(StepError):
    """The step has already another outcome on record."""

    @property
    def output(self) -> Any:
        """The output on record."""
        return self.data.get("output")


class StepMismatch(StepError):
    """The finished step was asked for with another fingerprint."""

    @property
    def expected(self) -> str | None:
        """The fingerprint on record."""
        return self.data.get("expected")

    @property
    def actual(self) -> str | None:
        """The fingerprint of this call."""
        return self.data.get("actual")


class StepUnknown(StepError):
    """The owner died within an at-most-once step; somebody must resolve it."""


class AttemptSuperseded(StepError):
    """The attempt has been given up; a newer one exists."""


class CheckpointNotFound(SidestepError):
    """There is no such checkpoint."""


class TokenInvalid(SidestepError):
    """The resume token names nothing."""


class TimeoutExpired(SidestepError):
    """A time ran out; `which` says which."""

    @property
    def which(self) -> str | None:
        """The name of the time-out."""
        return self.data.get("which")


class BudgetExhausted(SidestepError):
    """The run's budget is used up."""


class RateLimited(SidestepError):
    """The rate limit is reached; see `retry_after`."""


class CircuitOpen(SidestepError):
    """The circuit breaker is open."""


class RequestCancelled(SidestepError):
    """The program gave the request up while it waited."""


class PayloadTooLarge(SidestepError):
    """A line exceeds the frame limit."""


class LimitExceeded(SidestepError):
    """A limit was passed; `limit` names it."""


class Overloaded(SidestepError):
    """The daemon has too much to do right now."""


class StorageFull(SidestepError):
    """The disk of the daemon is full."""


class StorageError(SidestepError):
    """The database of the daemon could not be written."""


class NotPermitted(SidestepError):
    """The caller may not do this."""


class ShuttingDown(SidestepError):
    """The daemon is about to stop."""


class Unsupported(SidestepError):
    """This daemon cannot do that."""


class ConnectionLost(SidestepError):
    """The daemon went away and did not come back in time."""


class DaemonNotFound(SidestepError):
    """No daemon answers, and none could be started; the message names what was tried."""


KINDS: dict[str, type[SidestepError]] = {
    "invalid_argument": InvalidArgument,
    "run_not_found": RunNotFound,
    "run_conflict": RunConflict,
    "run_owned": RunOwned,
    "run_closed": RunClosed,
    "run_cancelled": RunCancelled,
    "run_paused": RunPaused,
    "lease_lost": LeaseLost,
    "lease_required": LeaseRequired,
    "step_failed": StepFailed,
    "step_conflict": StepConflict,
    "step_mismatch": StepMismatch,
    "step_unknown": StepUnknown,
    "attempt_superseded": AttemptSuperseded,
    "checkpoint_not_found": CheckpointNotFound,
    "token_invalid": TokenInvalid,
    "timeout": TimeoutExpired,
    "deadline_exceeded": DeadlineExceeded,
    "budget_exhausted": BudgetExhausted,
    "rate_limited": RateLimited,
    "circuit_open": CircuitOpen,
    "payload_too_large": PayloadTooLarge,
    "limit_exceeded": LimitExceeded,
    "overloaded": Overloaded,
    "storage_full": StorageFull,
    "storage_error": StorageError,
    "not_permitted": NotPermitted,
    "request_cancelled": RequestCancelled,
    "shutting_down": ShuttingDown,
    "unsupported": Unsupported,
}
KIND_OF: dict[type[SidestepError], str] = {cls: kind for kind, cls in KINDS.items()}


def error_from_wire(error: Mapping[str, Any]) -> SidestepError:
    """Make the exception for an error object of the protocol."""
    data = error.get("data")
    data = data if isinstance(data, dict) else {}
    code = error.get("code")
    kind = data.get("kind")
    if kind is None and code == -32602:
        kind = "invalid_argument"
    cls = KINDS.get(kind, SidestepError) if isinstance(kind, str) else SidestepError
    message = error.get("message")
    return cls(message if isinstance(message, str) else str(error), kind=kind, code=code, data=data)


def cancelled(run: str, reason: Any) -> RunCancelled:
    """Make the exception for a run that the daemon asks its owner to end."""
    data = {"run": run, "reason": reason}
    if reason == "deadline":
        return DeadlineExceeded(f"run {run} passed its deadline", data=data)
    return RunCancelled(f"run {run} was cancelled", data=data)
