"""Errors keep their class over a replay, and what it was made with, as far as that is possible."""

from __future__ import annotations

import builtins
import inspect
import sys
from typing import Any

from pydantic_ai import exceptions

from .._errors import StepFailed
from .._failures import failure_of, members_of
from .._json import dumps
from ._values import kept, restored

# Of an error of the framework, characters of JSON: a page of a gateway is enough.
_LONGEST = 64 << 10
# What a cancelled agent run has done so far is in its steps.
_LEFT_OUT = {"self", "messages", "usage", "new_message_index"}
_OF_LOOPS = (StopIteration, StopAsyncIteration)  # a coroutine cannot raise them


def describe(error: BaseException) -> BaseException:
    """Note on an error what its class is made with, so that it is recorded; also on its members."""
    for member in members_of(error):
        describe(member)
    if hasattr(error, "sidestep_failure") or not isinstance(error, Exception):
        return error
    noted = _noted(error)
    if noted is not None:
        error.sidestep_failure = noted  # type: ignore[attr-defined]
    return error


def rebuilt(error: StepFailed) -> Exception | None:
    """Return the error that a step failed with, or None when its class cannot be made again.

    An agent raises the same ones in a run as outside of it, and on a replay as the first time.
    """
    failure = error.failure if isinstance(error.failure, dict) else {}
    return _rebuilt(failure, error.step)


def _noted(error: Exception) -> dict[str, Any] | None:
    cls = type(error)
    noted: dict[str, Any] = {"module": cls.__module__, "qualname": cls.__qualname__}
    for name in _parameters(cls) if _is_of_framework(cls) else ("filename", "filename2"):
        _add(noted, name, getattr(error, name, None))
    members = members_of(error)
    _add(noted, "args", [getattr(error, "message", "")] if members else list(error.args))
    _add(noted, "notes", getattr(error, "__notes__", None))
    again = _rebuilt({**failure_of(error), **noted}, None)
    return noted if type(again) is cls else None


def _add(noted: dict[str, Any], name: str, value: Any) -> None:
    """Note a part of an error, if JSON can hold it."""
    if value is None or value == []:
        return
    marked = kept(value)
    value = value if marked is None else marked
    try:
        if len(dumps(value)) <= _LONGEST:
            noted[name] = value
    except (TypeError, ValueError, RecursionError):
        pass


def _rebuilt(failure: dict[str, Any], step: str | None) -> Exception | None:
    cls = _class_of(failure)
    if cls is None:
        return None
    try:
        made = _made(cls, failure)
    except Exception:  # a class that needs more than was recorded
        return None
    for note in failure.get("notes") or ():
        if hasattr(made, "add_note"):  # 3.11
            made.add_note(note)
    made.sidestep_failure = failure if step is None else {**failure, "step": step}  # type: ignore[attr-defined]
    return made


def _made(cls: Any, failure: dict[str, Any]) -> Exception:
    message = str(failure.get("message", ""))
    args = _as_it_was(failure.get("args"))
    if "errors" in failure:
        members = [_rebuilt(item, None) or _stand_in(item) for item in failure["errors"]]
        return cls(args[0] if args else message, members)  # type: ignore[no-any-return]
    if _is_of_framework(cls):
        known = {name: _as_it_was(failure[name]) for name in _parameters(cls) if name in failure}
        return cls(**known)  # type: ignore[no-any-return]
    if args is None:
        args = [message]
    if "filename" in failure and len(args) == 2:
        args = [*args, _as_it_was(failure["filename"])]
        if "filename2" in failure:
            args += [None, _as_it_was(failure["filename2"])]
    return cls(*args)  # type: ignore[no-any-return]


def _stand_in(failure: dict[str, Any]) -> StepFailed:
    text = f"{failure.get('type')}: {failure.get('message', '')}"
    return StepFailed(text, data={"failure": failure})


def _as_it_was(value: Any) -> Any:
    found = restored(value)
    return value if found is None else found


def _class_of(failure: dict[str, Any]) -> Any:
    """Return the class of a recorded error: the framework's, Python's, or one that is loaded."""
    name = str(failure.get("type"))
    cls = getattr(exceptions, name, None)
    if not (isinstance(cls, type) and _is_of_framework(cls)):
        cls = getattr(builtins, name, None) or _loaded(failure)
    good = isinstance(cls, type) and issubclass(cls, Exception) and not issubclass(cls, _OF_LOOPS)
    return cls if good else None


def _loaded(failure: dict[str, Any]) -> Any:
    # Never imported: a record is data.
    item: Any = sys.modules.get(str(failure.get("module")))
    for name in str(failure.get("qualname")).split("."):
        item = getattr(item, name, None)
    return item


def _is_of_framework(cls: Any) -> bool:
    return issubclass(cls, exceptions.AgentRunError)


def _parameters(cls: Any) -> list[str]:
    return [name for name in inspect.signature(cls.__init__).parameters if name not in _LEFT_OUT]
