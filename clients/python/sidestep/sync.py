"""The client without asyncio: the same names, calls that block."""

from __future__ import annotations

from ._context import current_run, current_step
from ._decorators import step, workflow
from ._sync._client import Client, connect
from ._sync._run import Checkpoint, Run, State, StepContext
from ._sync._workflow import Workflow

__all__ = [
    "Checkpoint",
    "Client",
    "Run",
    "State",
    "StepContext",
    "Workflow",
    "connect",
    "current_run",
    "current_step",
    "step",
    "workflow",
]
