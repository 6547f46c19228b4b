"""Which values JSON gives back as they are, types included."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

# The member by which an object of JSON is known to stand for a value that JSON has no form for.
TAG = "$sidestep"

SCALARS = frozenset((str, int, float, bool, type(None)))

# Their subclasses become them where a function declares that: numpy's float64 is a float.
BUILTINS: dict[Any, Callable[[Any], Any]] = {
    dict: dict,
    float: float.__float__,
    int: int.__int__,
    list: list,
    str: str.__str__,
}


def as_builtin(value: Any, type_: Any) -> Any:
    """Return the value as the builtin type that is declared, when it is of a subclass of that."""
    if type(type_) is not type or type(value) in SCALARS or type_ not in BUILTINS:
        return value
    return BUILTINS[type_](value) if isinstance(value, type_) else value


def is_plain(value: Any) -> bool:
    """Return whether JSON gives back the whole of a value as it is."""
    if type(value) is dict:
        for key, member in value.items():
            if type(key) is not str or not (type(member) in SCALARS or is_plain(member)):
                return False
        return TAG not in value
    if type(value) is list:
        for item in value:  # noqa: SIM110  # a generator is half as fast
            if type(item) not in SCALARS and not is_plain(item):
                return False
        return True
    return type(value) in SCALARS


def has_tags(value: Any) -> bool:
    """Return whether something in a value of JSON stands for another value."""
    if type(value) is dict:
        if TAG in value:
            return True
        value = value.values()
    elif type(value) is not list:
        return False
    for item in value:  # noqa: SIM110
        if type(item) not in SCALARS and has_tags(item):
            return True
    return False
