"""What a step is called with, as a short text: the same for the same arguments in every process.

A replay finds the record of a call by its name and this text, whatever the order of the calls.
"""

from __future__ import annotations

import functools
import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ._artifact import Artifact
from ._json import encoder

# A text up to this length stands as it is, so that people can read it; a longer one is cut, and
# told from others by its hash. Characters.
_PLAIN, _HEAD = 120, 80
# The fingerprint of a call that is told from others by its name and their order alone.
ANY = "*"
# That of a call without arguments.
NONE = "[]"


def of_call(function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Return the fingerprint of a call.

    What JSON can hold counts by value, and so do dataclasses, pydantic models, sets, bytes and
    the values of the standard library that have one text; any other object counts by its class.
    Arguments count alike whether they are given by place or by name.
    """
    if kwargs:
        args, kwargs = _in_order(function, args, kwargs)
    elif not args:
        return NONE
    if kwargs:
        return of_value([*args, dict(kwargs)])
    try:
        text = "".join(_pieces(args, 0))
    except (TypeError, ValueError, RecursionError):
        text = _in_parts(args)
    return text if len(text) <= _PLAIN and text.isprintable() else _cut(text)


def filled(name: str, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Return the name of a step with the arguments of a call put into its places: ``{doc}``.

    Raises TypeError when a place is no parameter of the function.
    """
    signature = _signature(function)
    try:
        bound = signature.bind(*args, **kwargs)
    except (AttributeError, TypeError):
        raise TypeError(
            f"the name {name!r} of a step has places, and the call fills none"
        ) from None
    bound.apply_defaults()
    try:
        return name.format(**bound.arguments)
    except (KeyError, IndexError, AttributeError, ValueError) as error:
        known = ", ".join(bound.arguments)
        raise TypeError(
            f"the name {name!r} of a step cannot be filled: {error!r}; its parameters are {known}"
        ) from None


def of_value(value: Any) -> str:
    """Return the fingerprint of a value."""
    try:
        text = "".join(_pieces(value, 0))
    except (TypeError, ValueError, RecursionError):
        text = _in_parts(value)
    return text if len(text) <= _PLAIN and text.isprintable() else _cut(text)


def _cut(text: str) -> str:
    return f"{text[:_HEAD].encode('unicode_escape').decode()}…{digest(text)}"


def digest(text: str) -> str:
    """Return 16 hexadecimal digits that stand for a text."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:16]


def _in_parts(value: Any) -> str:
    # Keys that cannot be compared or are no texts, a circle: the part that has them by class.
    return _write([_part(item) for item in value])


def _write(value: Any) -> str:
    return "".join(_pieces(value, 0))


def _part(value: Any) -> Any:
    try:
        return json.loads(_write(value))
    except (TypeError, ValueError, RecursionError):
        return _by_class(value)


def _member(value: Any) -> str:
    try:
        return _write(value)
    except (TypeError, ValueError, RecursionError):
        return _in_parts(value)


def _by_class(value: Any) -> str:
    cls = value if isinstance(value, type) else type(value)
    return f"<{cls.__module__}.{cls.__qualname__}>"


def _other(value: Any) -> Any:
    """Stand in for a value that JSON does not know."""
    if isinstance(value, type):
        return _by_class(value)
    if isinstance(value, (set, frozenset)):
        return sorted(map(_member, value))
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"<bytes {hashlib.sha256(value).hexdigest()[:16]}>"
    if isinstance(value, Artifact):
        return value.to_wire()
    dump = getattr(value, "model_dump", None)
    if dump is not None:
        return _dumped(value, dump)
    if hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name, None) for name in value.__dataclass_fields__}
    if isinstance(value, functools.partial):
        return [value.func, *value.args, value.keywords]
    if callable(value) and hasattr(value, "__qualname__"):
        return f"<{value.__module__}.{value.__qualname__}>"
    return _of_library(value)


def _dumped(value: Any, dump: Callable[..., Any]) -> Any:
    try:
        return dump(mode="json")
    except Exception:  # a field that has no JSON, a validator of the user's own
        return _by_class(value)


def _of_library(value: Any) -> str:
    import datetime
    import decimal
    import enum
    import os
    import uuid

    if isinstance(value, enum.Enum):
        return f"<{type(value).__qualname__}.{value.name}>"
    if isinstance(value, (datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, os.PathLike):
        return str(os.fspath(value))
    if isinstance(value, (datetime.timedelta, decimal.Decimal, complex, range, uuid.UUID)):
        return str(value)
    return _by_class(value)


def _in_order(
    function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[Sequence[Any], Mapping[str, Any]]:
    signature = _signature(function)
    if signature is None:
        return args, kwargs
    try:
        bound = signature.bind(*args, **kwargs)
    except TypeError:  # the call will say so itself
        return args, kwargs
    return bound.args, bound.kwargs


def _signature(function: Any) -> Any:
    try:
        return _cached_signature(function)
    except TypeError:  # it has no hash
        return None


@functools.lru_cache(maxsize=1024)
def _cached_signature(function: Any) -> Any:
    import inspect

    try:
        return inspect.signature(function)
    except (TypeError, ValueError):
        return None


_pieces = encoder(_other, sort=True, nan=True)
