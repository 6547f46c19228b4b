"""The framework's own errors, and Python's, survive a replay with their class."""

from __future__ import annotations

import builtins
from collections.abc import Callable
from typing import Any

from pydantic_ai import exceptions

from .._errors import StepFailed

_MEMBERS = ("model_name", "status_code", "body")


def describe(error: BaseException) -> BaseException:
    """Note on an error of the framework what its class is made with, so that it is recorded."""
    if isinstance(error, exceptions.AgentRunError):
        known = {name: getattr(error, name, None) for name in _MEMBERS}
        plain = {n: v for n, v in known.items() if isinstance(v, (str, int)) and v is not None}
        error.sidestep_failure = {**plain, "message": error.message}  # type: ignore[attr-defined]
    return error


def rebuilt(error: StepFailed) -> Exception | None:
    """Return the error that a step failed with, or None when its class cannot be made again.

    Known are the framework's errors and Python's own: an agent raises the same ones in a run as
    outside of it, and on a replay as the first time.
    """
    failure = error.failure if isinstance(error.failure, dict) else {}
    known = _of_framework(failure) or _of_python(failure)
    if known is not None:
        recorded = {**failure, "step": error.step}
        known.sidestep_failure = recorded  # type: ignore[attr-defined]
    return known


def _of_framework(failure: dict[str, Any]) -> Exception | None:
    cls: Any = getattr(exceptions, str(failure.get("type")), None)
    if not isinstance(cls, type) or not issubclass(cls, exceptions.AgentRunError):
        return None
    arguments: list[Any] = [str(failure.get("message", ""))]
    if issubclass(cls, exceptions.ModelAPIError):
        arguments.insert(0, str(failure.get("model_name", "")))
    if "status_code" in failure:
        arguments = [failure["status_code"], arguments[0], failure.get("body")]
    return _made(cls, arguments)


def _of_python(failure: dict[str, Any]) -> Exception | None:
    cls: Any = getattr(builtins, str(failure.get("type")), None)
    if not isinstance(cls, type) or not issubclass(cls, Exception) or issubclass(cls, _OF_LOOPS):
        return None
    return _made(cls, [str(failure.get("message", ""))])


def _made(cls: Callable[..., Exception], arguments: list[Any]) -> Exception | None:
    try:
        return cls(*arguments)
    except TypeError:  # a class that needs more than was recorded
        return None


_OF_LOOPS = (StopIteration, StopAsyncIteration)  # a coroutine cannot raise them
