"""The client without asyncio: the same names, calls that block."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import _current
from ._decorators import step, workflow
from ._sync._checkpoint import Checkpoint
from ._sync._client import Client, connect
from ._sync._handle import RunHandle
from ._sync._run import Run
from ._sync._schedules import Schedules
from ._sync._state import State
from ._sync._state_reader import StateReader
from ._sync._step_context import StepContext
from ._sync._streams import StreamReader
from ._sync._waits import Arrival
from ._sync._worker import Worker
from ._sync._workflow import Workflow

# The same functions, with the types of this client.
_current_run: Any = _current.current_run
_current_step: Any = _current.current_step
_get_run: Any = _current.get_run
_get_step: Any = _current.get_step
current_run: Callable[[], Run] = _current_run
current_step: Callable[[], StepContext] = _current_step
get_run: Callable[[], Run | None] = _get_run
get_step: Callable[[], StepContext | None] = _get_step

__all__ = [
    "Arrival",
    "Checkpoint",
    "Client",
    "Run",
    "RunHandle",
    "Schedules",
    "State",
    "StateReader",
    "StepContext",
    "StreamReader",
    "Worker",
    "Workflow",
    "connect",
    "current_run",
    "current_step",
    "get_run",
    "get_step",
    "step",
    "workflow",
]
