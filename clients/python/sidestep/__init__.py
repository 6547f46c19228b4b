"""Durable execution: finished steps are not run again.

`workflow` and `step` make functions durable; `connect` talks to the daemon on asyncio,
`sidestep.sync.connect` without. Importing this package loads neither of the two clients.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ._artifact import Artifact
from ._codec import Codec, JSONCodec
from ._configure import configure
from ._current import current_run, current_step, get_run, get_step
from ._decorators import awaited, step, workflow
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
from ._rate import Rate
from ._retry import Retry
from ._transaction import transaction

if TYPE_CHECKING:
    from ._aio._checkpoint import Checkpoint
    from ._aio._client import Client, connect
    from ._aio._handle import RunHandle
    from ._aio._run import Run
    from ._aio._schedules import Schedules
    from ._aio._state import State
    from ._aio._state_reader import StateReader
    from ._aio._step_context import StepContext
    from ._aio._streams import StreamReader
    from ._aio._waits import Arrival
    from ._aio._worker import Worker
    from ._aio._workflow import Workflow
    from ._pickled import PickleCodec

__version__ = "0.1.0"

__all__ = [
    "Arrival",
    "Artifact",
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
    "PickleCodec",
    "Rate",
    "RateLimited",
    "RequestCancelled",
    "Retry",
    "Run",
    "RunCancelled",
    "RunClosed",
    "RunConflict",
    "RunError",
    "RunHandle",
    "RunNotFound",
    "RunOwned",
    "RunPaused",
    "RunSuspended",
    "Schedules",
    "ShuttingDown",
    "SidestepError",
    "State",
    "StateReader",
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
    "awaited",
    "configure",
    "connect",
    "current_run",
    "current_step",
    "get_run",
    "get_step",
    "step",
    "transaction",
    "workflow",
]

# The parts on asyncio come when they are asked for: asyncio alone costs more than the rest.
_LAZY = {
    "Arrival": "_aio._waits",
    "Checkpoint": "_aio._checkpoint",
    "Client": "_aio._client",
    "PickleCodec": "_pickled",
    "Run": "_aio._run",
    "RunHandle": "_aio._handle",
    "Schedules": "_aio._schedules",
    "State": "_aio._state",
    "StateReader": "_aio._state_reader",
    "StepContext": "_aio._step_context",
    "StreamReader": "_aio._streams",
    "Worker": "_aio._worker",
    "Workflow": "_aio._workflow",
    "connect": "_aio._client",
}


def __getattr__(name: str) -> Any:
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    import importlib

    value = getattr(importlib.import_module(f"{__name__}.{_LAZY[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_LAZY})
