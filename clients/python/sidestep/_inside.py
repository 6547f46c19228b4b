"""What frameworks and decorators do with a run that its users do not: the one door to it.

Runs of both clients come through here. The files of a client (`_aio`, `_sync`, with what is below
them in `_backends`) are one class in rooms and know each other; all others use these functions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

from ._entering import enter, leave
from ._options import StepOptions

T = TypeVar("T")


def perform(
    run: Any, name: str, function: Any, args: Any, kwargs: Any, options: StepOptions
) -> Any:
    """Execute a function as the step `name`, or return its record; awaitable on asyncio."""
    return run._perform(name, function, args, kwargs, options)


def loop_of(run: Any) -> Any:
    """Return the loop that the calls of the run are made on; None for a run that blocks."""
    return run._loop


def scoped(run: Any, name: str) -> str:
    """Return a name within what executes: a step, a framework's task."""
    return run._scoped(name)  # type: ignore[no-any-return]


def open_step(run: Any, name: str, options: StepOptions, fingerprint: str) -> Any:
    """Open the step `name`, to be begun and completed by hand; awaitable on asyncio."""
    return run._open(name, options, fingerprint)


def open_part(run: Any, name: str, fingerprint: str) -> Any:
    """Open a part of the run that has a name of its own; awaitable on asyncio."""
    return run._part(name, fingerprint)


def has_record(run: Any, step: str) -> bool:
    """Return whether a step is in the journal, begun or done."""
    return step in run._journal


def has_ended(run: Any) -> bool:
    """Return whether nothing can be done for the run any more."""
    return run.closed or run._final is not None


def is_outcome(run: Any, error: BaseException) -> bool:
    """Return whether the error is how the body of a step ended; else it came from outside."""
    return run._is_outcome(error)  # type: ignore[no-any-return]


@contextmanager
def executing(run: Any, step: Any) -> Iterator[None]:
    """Note that the body of a step executes; a run that does nothing but wait may be left."""
    entered = enter(run, step.context)
    run._executing.add(step)
    try:
        yield
    finally:
        run._executing.discard(step)
        leave(entered)


def is_leaving(run: Any) -> bool:
    """Return whether the run may have been left: no body begins before that is known."""
    return run._leaving  # type: ignore[no-any-return]


def stay(run: Any) -> Any:
    """Return when it is known that the run is not left; awaitable on asyncio."""
    return run._stay()


def branches(run: Any) -> Any:
    """Return what knows of the tasks or threads that the run consists of."""
    return run._branches


def kept(run: Any, kind: Callable[[], T]) -> T:
    """Return what `kind` makes, once in an execution of the workflow: a framework's own notes."""
    if kind not in run._kept:
        run._kept[kind] = kind()
    return run._kept[kind]  # type: ignore[no-any-return]


def drive(workflow: Any, run: Any, args: Any, kwargs: Any) -> Any:
    """Execute the workflow for a run that this process holds; awaitable on asyncio."""
    return workflow._drive(run, args, kwargs)
