"""How failures are written down, and the exceptions made of them again."""

from __future__ import annotations

from typing import Any

from ._classes import details_of, raised_as
from ._codec import reason
from ._errors import InvalidArgument, PayloadTooLarge, RunClosed, StepFailed, TimeoutExpired
from ._retry import error_to_wire, error_types

# What a value that cannot be sent raises: json, UTF-8, and the limits of a line.
UNFIT = (TypeError, ValueError, RecursionError, InvalidArgument, PayloadTooLarge)


# How many exceptions of a group are recorded.
_MEMBERS = 100

# Seconds: more is no number of seconds.
_LONGEST_AFTER = 10**9


class BodyExpired(Exception):
    """The body of a step took longer than its time-out."""


class Suspended(BaseException):
    """The process has left a run that waits; no ``except Exception`` holds it up."""


class NotSerialisable(TypeError):
    """The result of a step that has had its effect and cannot be recorded."""

    def __init__(self, step: str, error: Exception) -> None:
        super().__init__(
            f"the result of step {step} cannot be recorded: {reason(error)}. Its effect has"
            " happened; it is not repeated. Return plain data, a dataclass or a pydantic model, or"
            " give a codec"
        )


class Unfit(TypeError):
    """The arguments or the output of a workflow cannot be recorded."""

    def __init__(self, what: str, error: Exception) -> None:
        advice = "Use plain data, dataclasses or pydantic models, or give a codec"
        super().__init__(f"{what} cannot be recorded: {reason(error)}. {advice}")


class Unreadable(TypeError):
    """What is recorded cannot be read by the codec, or as the type that the program declares."""

    def __init__(self, what: str, error: Exception) -> None:
        super().__init__(f"{what} cannot be read: {reason(error)}")


def members_of(error: BaseException) -> tuple[BaseException, ...]:
    """Return the exceptions of a group (PEP 654), none for any other exception."""
    members = getattr(error, "exceptions", ())
    found = isinstance(members, tuple) and all(isinstance(e, BaseException) for e in members)
    return members if found else ()


def every(error: BaseException) -> list[BaseException]:
    """Return an exception and, of a group, all that are in it."""
    return [error, *(inner for member in members_of(error) for inner in every(member))]


def interrupts_reach_here() -> bool:
    """Return whether Control-C raises KeyboardInterrupt in the calling code, signal(3).

    `asyncio.run` takes it from Python 3.11 on, and other threads never get it.
    """
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        return False
    return signal.getsignal(signal.SIGINT) is signal.default_int_handler


def is_serialisation(error: BaseException) -> bool:
    """Return whether the error says that a result could not be recorded, now or on record."""
    if isinstance(error, StepFailed):
        return error.type == "SerializationError"
    return isinstance(error, NotSerialisable)


def closed_error(run: str, status: str, error: Any) -> RunClosed:
    """Make the exception for a run that was closed without an output."""
    text = f"run {run} is {status}"
    if isinstance(error, dict) and "type" in error:
        text += f": {error['type']}: {error.get('message', '')}"
    return raised_as(RunClosed, text, {"run": run, "status": status, "failure": error}, error)


def step_failed(run: str, step: str, failure: Any) -> StepFailed:
    """Make the exception for a step that failed for good."""
    text = f"step {step} of run {run} failed"
    if isinstance(failure, dict) and "type" in failure:
        text += f": {failure['type']}: {failure.get('message', '')}"
    return raised_as(StepFailed, text, {"run": run, "step": step, "failure": failure}, failure)


def still_going(timeout: float | None) -> TimeoutExpired:
    """Make the exception for a wait for the end of a run that took too long."""
    return TimeoutExpired(f"the run is open after {timeout} s", data={"which": "wait"})


def failure_of(error: BaseException) -> Any:
    """Return what is recorded of an exception.

    An exception says more than its class and text with an attribute `sidestep_failure` (a dict).
    """
    if isinstance(error, BodyExpired):
        text = "the attempt took longer than its time-out"
        return {"type": "timeout", "which": "start_to_close", "message": text}
    if isinstance(error, StepFailed) and isinstance(error.failure, dict):
        return {**error.failure, "step": error.step}
    if isinstance(error, NotSerialisable):
        return {"type": "SerializationError", "message": str(error)}
    failure = {
        **error_to_wire(error),
        **details_of(error),
        **getattr(error, "sidestep_failure", {}),
    }
    members = members_of(error)
    if members:
        failure["errors"] = [failure_of(member) for member in members[:_MEMBERS]]
    return failure


def step_failure(error: BaseException) -> dict[str, Any]:
    """Return the members of ``step.fail`` that tell what happened."""
    members: dict[str, Any] = {"error": failure_of(error), "types": types_of(error)}
    if any(is_serialisation(e) or isinstance(e, (Unfit, Unreadable)) for e in every(error)):
        members["retryable"] = False
    return {**members, **_retry_after(error)}


def run_failure(error: BaseException, retryable: bool) -> dict[str, Any]:
    """Return the members of ``run.fail`` that tell what happened."""
    retryable = retryable and not any(map(is_serialisation, every(error)))
    members = {"error": failure_of(error), "types": types_of(error)}
    return {"retryable": retryable, **members, **_retry_after(error)}


def types_of(error: BaseException) -> list[str]:
    """Return the names that a policy knows an error by.

    A step's failure is known by what it failed with as well, a group by what its members are.
    """
    if isinstance(error, BodyExpired):
        return ["timeout", "TimeoutError", "Exception", "BaseException"]
    names: list[str] = []
    if isinstance(error, StepFailed):
        if error.__cause__ is not None:
            names += types_of(error.__cause__)
        names += [error.type] if error.type else []
        names += _recorded_types(error.failure)
    names += error_types(error)
    for member in members_of(error):
        names += types_of(member)
    return list(dict.fromkeys(names))


def _recorded_types(failure: Any) -> list[str]:
    members = failure.get("errors") if isinstance(failure, dict) else None
    found = [item for item in members or () if isinstance(item, dict)]
    inner = [name for item in found for name in _recorded_types(item)]
    return [item["type"] for item in found if isinstance(item.get("type"), str)] + inner


def _retry_after(error: BaseException) -> dict[str, Any]:
    told = [
        after
        for item in every(error)
        for cause in (item, item.__cause__ if isinstance(item, StepFailed) else None)
        if (after := _told_after(cause)) is not None
    ]
    return {"retry_after_ms": max(told)} if told else {}


def _told_after(error: Any) -> int | None:
    """Return what an exception says of the next try: `retry_after`, seconds or a timedelta."""
    after = getattr(error, "retry_after_ms", None)
    if isinstance(after, int):
        return after
    span: Any = getattr(error, "retry_after", None)
    if hasattr(span, "total_seconds"):
        span = span.total_seconds()
    if isinstance(span, bool) or not isinstance(span, (int, float)):
        return None  # the text of a header, a method: not ours
    return round(span * 1000) if 0 <= span < _LONGEST_AFTER else None


def warn(text: str, error: BaseException | None = None) -> None:
    """Say something to the operator of a worker, with the traceback of an error."""
    import logging

    logging.getLogger("sidestep").warning("%s", text, exc_info=error)
