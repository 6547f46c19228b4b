"""Which run, and which step of it, the calling code belongs to."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ._aio._run import Run as AsyncRun
    from ._aio._run import StepContext as AsyncStepContext
    from ._sync._run import Run as SyncRun
    from ._sync._run import StepContext as SyncStepContext

RUN: ContextVar[Any] = ContextVar("sidestep_run", default=None)
STEP: ContextVar[Any] = ContextVar("sidestep_step", default=None)


def current_run() -> AsyncRun | SyncRun | None:
    """Return the run that the calling code works for, or None outside of one."""
    run: AsyncRun | SyncRun | None = RUN.get()
    return run


def current_step() -> AsyncStepContext | SyncStepContext | None:
    """Return the step whose body the calling code is, or None outside of one."""
    step: AsyncStepContext | SyncStepContext | None = STEP.get()
    return step
