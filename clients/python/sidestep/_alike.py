"""Whether what was read back says what was recorded."""

from __future__ import annotations

from typing import Any, NoReturn


def alike(given: Any, read: Any) -> bool:
    """Return whether `read` says what `given` said, as far as their types can tell.

    Lists stand for tuples: who writes tuples as lists declares the one or the other.
    """
    if given is read or _equal(given, read):
        return True
    if isinstance(given, (list, tuple)) and isinstance(read, (list, tuple)):
        return len(given) == len(read) and all(map(alike, given, read))
    if isinstance(given, dict) and isinstance(read, dict):
        return given.keys() == read.keys() and all(
            alike(member, read[key]) for key, member in given.items()
        )
    return type(given) is type(read) and _parts_alike(given, read)


def _equal(given: Any, read: Any) -> bool:
    try:
        return bool(given == read) or (given != given and read != read)  # NaN
    except Exception:  # an array, or a class of the user's own
        return True


def _parts_alike(given: Any, read: Any) -> bool:
    """Compare objects that are not equal by the parts that are recorded, or not at all."""
    cls = type(given)
    fields = getattr(cls, "model_fields", None) or getattr(cls, "__dataclass_fields__", None)
    if fields is not None:
        names = [name for name, field in fields.items() if not getattr(field, "exclude", None)]
        return all(alike(getattr(given, n, None), getattr(read, n, None)) for n in names)
    own: Any = cls.__eq__
    return own is object.__eq__


def refuse_mask() -> NoReturn:
    """Raise TypeError for a secret that is written as asterisks."""
    raise TypeError(
        "a secret of it would be recorded as asterisks: leave it out (Field(exclude=True)), or"
        " give its type a serialiser"
    )


def masked(value: Any) -> bool:
    """Return whether a value holds a secret that is written as asterisks."""
    seen: set[int] = set()
    stack = [value]
    while stack:
        item = stack.pop()
        if callable(getattr(item, "get_secret_value", None)):
            return True
        if id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, dict):
            stack += item.values()
        elif isinstance(item, (list, tuple, set, frozenset)):
            stack += item
        elif hasattr(item, "__dict__") and not isinstance(item, type):
            stack += vars(item).values()
            stack += (getattr(item, "__pydantic_extra__", None) or {}).values()
    return False
