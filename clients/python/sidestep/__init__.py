"""Durable execution: finished steps are not run again.

`workflow` and `step` make functions durable; `connect` talks to the daemon on asyncio,
`sidestep.sync.connect` without. Importing this package loads neither of the two clients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._codec import Codec, JSONCodec
from ._current import current_run, current_step
from ._decorators import step, workflow
from ._errors import (
    AttemptSuperseded,
    BudgetExhausted,
    CheckpointNotFound,
    CircuitOpen,
    ConnectionLost,
    DaemonNotFound,
    DeadlineExceeded,
    InvalidArgument,
    LeaseError,
    LeaseLost,
    LeaseRequired,
    LimitExceeded,
    NotPermitted,
    Overloaded,
    PayloadTooLarge,
    RateLimited,
    RequestCancelled,
    RunCancelled,
    RunClosed,
    RunConflict,
    RunError,
    RunNotFound,
    RunOwned,
    RunPaused,
    RunSuspended,
    ShuttingDown,
    SidestepError,
    StepConflict,
    StepError,
    StepFailed,
    StepMismatch,
    StepUnknown,
    StorageError,
    StorageFull,
    TimeoutExpired,
    TokenInvalid,
    Unsupported,
)
from ._retry import Retry
from ._transaction import transaction

if TYPE_CHECKING:
    from ._aio._checkpoint import Checkpoint
    from ._aio._client import Client, connect
    from ._aio._run import Run
    from ._aio._schedules import Schedules
    from ._aio._state import State
    from ._aio._step_context import StepContext
    from ._aio._streams import StreamReader
    from ._aio._waits import Arrival
    from ._aio._worker import Worker
    from ._aio._workflow import Workflow

__version__ = "0.1.0"

__all__ = [
    "Arrival",
    "AttemptSuperseded",
    "BudgetExhausted",
    "Checkpoint",
    "CheckpointNotFound",
    "CircuitOpen",
    "Client",
    "Codec",
    "ConnectionLost",
    "DaemonNotFound",
    "DeadlineExceeded",
    "InvalidArgument",
    "JSONCodec",
    "LeaseError",
    "LeaseLost",
    "LeaseRequired",
    "LimitExceeded",
    "NotPermitted",
    "Overloaded",
    "PayloadTooLarge",
    "RateLimited",
    "RequestCancelled",
    "Retry",
    "Run",
    "RunCancelled",
    "RunClosed",
    "RunConflict",
    "RunError",
    "RunNotFound",
    "RunOwned",
    "RunPaused",
    "RunSuspended",
    "Schedules",
    "ShuttingDown",
    "SidestepError",
    "State",
    "StepConflict",
    "StepContext",
    "StepError",
    "StepFailed",
    "StepMismatch",
    "StepUnknown",
    "StorageError",
    "StorageFull",
    "StreamReader",
    "TimeoutExpired",
    "TokenInvalid",
    "Unsupported",
    "Worker",
    "Workflow",
    "connect",
    "current_run",
    "current_step",
    "step",
    "transaction",
    "workflow",
]

# The parts on asyncio come when they are asked for: asyncio alone costs more than the rest.
_LAZY = {
    "Arrival": "_waits",
    "Checkpoint": "_checkpoint",
    "Client": "_client",
    "Run": "_run",
    "Schedules": "_schedules",
    "State": "_state",
    "StepContext": "_step_context",
    "StreamReader": "_streams",
    "Worker": "_worker",
    "Workflow": "_workflow",
    "connect": "_client",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"{__name__}._aio.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
