"""Exceptions that come from a record are caught by the class of the one that was recorded."""

from __future__ import annotations

import sys
import traceback
from typing import Any, TypeVar

from ._errors import SidestepError
from ._json import dumps, plain_types

E = TypeVar("E", bound=SidestepError)

# Characters of a recorded traceback: the innermost frames are at its end.
_TRACEBACK = 4000
# Arguments that take more are not recorded.
_ARGUMENTS = 4000

# What means something to the interpreter itself, wherever it is raised.
_CONTROL = (StopIteration, StopAsyncIteration)

# A class of both, or the base alone where there cannot be one.
_known: dict[tuple[type[SidestepError], type[BaseException]], type[SidestepError]] = {}


def details_of(error: BaseException) -> dict[str, Any]:
    """Return what is recorded of an exception beside its type and text.

    `class` is ``module:name``; `args` are there when they are plain data, `notes` (PEP 678) when
    there are some, `traceback` is the end of the text.
    """
    cls = type(error)
    details: dict[str, Any] = {"class": f"{cls.__module__}:{cls.__qualname__}"}
    arguments = _plain(error.args)
    if arguments is not None:
        details["args"] = arguments
    notes = [note for note in getattr(error, "__notes__", ()) if isinstance(note, str)]
    if notes:
        details["notes"] = [_utf8(note)[:_ARGUMENTS] for note in notes[:10]]
    if error.__traceback__ is not None:
        lines = traceback.format_list(traceback.extract_tb(error.__traceback__))
        details["traceback"] = _utf8("".join(lines))[-_TRACEBACK:]
    return details


def _plain(arguments: tuple[Any, ...]) -> list[Any] | None:
    try:
        plain = plain_types(list(arguments))
        return plain if plain == list(arguments) and len(dumps(plain)) <= _ARGUMENTS else None
    except Exception:  # whatever an argument's own class raises
        return None


def _utf8(text: str) -> str:
    return text.encode(errors="backslashreplace").decode()


def raised_as(base: type[E], text: str, data: dict[str, Any], failure: Any) -> E:
    """Make a `base` that is also of the class of the recorded exception, where that is loaded.

    A class that cannot be joined to `base`, or made without what only its own code knows, is left
    out: the exception is a `base` alone.
    """
    cls = _loaded(failure)
    if cls is None:
        return base(text, data=data)
    both = _known.get((base, cls)) or _join(base, cls)
    try:
        error: E = both(text, data=data)  # type: ignore[assignment]
    except Exception:
        _known[base, cls] = base
        return base(text, data=data)
    if both is not base:
        if isinstance(failure.get("args"), list):
            error.args = tuple(failure["args"])
        for note in failure.get("notes") or ():
            if hasattr(error, "add_note"):  # Python 3.11
                error.add_note(str(note))
    return error


def _loaded(failure: Any) -> type[BaseException] | None:
    """Return the class that a record names: a program that can catch it has loaded it."""
    name = failure.get("class") if isinstance(failure, dict) else None
    if not isinstance(name, str):
        return None
    module, _, path = name.partition(":")
    found: Any = sys.modules.get(module)
    for part in path.split("."):
        found = getattr(found, part, None)
    if not (isinstance(found, type) and issubclass(found, Exception)):
        return None
    return None if issubclass(found, (SidestepError, *_CONTROL)) else found


def _join(base: type[E], cls: type[BaseException]) -> type[SidestepError]:
    try:
        both = type(
            base.__name__, (base, cls), {"__module__": base.__module__, "__doc__": base.__doc__}
        )
    except TypeError:  # final, or of another layout
        both = base
    _known[base, cls] = both
    return both
