"""Exceptions that come from a record are caught by the class of the one that was recorded."""

from __future__ import annotations

import traceback
from typing import Any, TypeVar

from ._class_names import class_name, named_class
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
# Names of classes that the log has told of.
_said: set[str] = set()


def details_of(error: BaseException) -> dict[str, Any]:
    """Return what is recorded of an exception beside its type and text.

    `class` is ``module:name``; `args` are there when they are plain data, `notes` (PEP 678) when
    there are some, `traceback` is the end of the text.
    """
    cls = type(error)
    details: dict[str, Any] = {"class": class_name(cls)}
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
    out: the exception is a `base` alone, and the log says so once for each class.
    """
    cls = _loaded(failure, base)
    if cls is None:
        return base(text, data=data)
    both = _known.get((base, cls)) or _join(base, cls)
    try:
        error: E = both(text, data=data)  # type: ignore[assignment]
    except Exception:
        _known[base, cls] = both = base
        error = base(text, data=data)
    if both is base:
        _say_once(failure["class"], base, "it cannot be made from a record")
    else:
        if isinstance(failure.get("args"), list):
            error.args = tuple(failure["args"])
        for note in failure.get("notes") or ():
            if hasattr(error, "add_note"):  # Python 3.11
                error.add_note(str(note))
    return error


def _loaded(failure: Any, base: type) -> type[BaseException] | None:
    """Return the class that a record names: a program that can catch it has loaded it."""
    name = failure.get("class") if isinstance(failure, dict) else None
    if not isinstance(name, str):
        return None
    found = named_class(name)
    if found is None:
        _say_once(name, base, "no module of this program has it")
        return None
    if not issubclass(found, Exception) or issubclass(found, (SidestepError, *_CONTROL)):
        return None
    return found


def _say_once(name: str, base: type, why: str) -> None:
    if name in _said:
        return
    _said.add(name)
    import logging

    logging.getLogger("sidestep").warning(
        "an exception of class %s is on record, and %s: only `except %s` catches it",
        _utf8(name)[:200],
        why,
        base.__name__,
    )


def _join(base: type[E], cls: type[BaseException]) -> type[SidestepError]:
    try:
        both = type(
            base.__name__, (base, cls), {"__module__": base.__module__, "__doc__": base.__doc__}
        )
    except TypeError:  # final, or of another layout
        both = base
    _known[base, cls] = both
    return both
