"""Values that JSON has no form for: written as objects with a tag, and made of these again.

The form is part of the protocol's pages, so that other languages can read it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from ._alike import masked, refuse_mask
from ._class_names import class_name, named_class
from ._exact import SCALARS, TAG, is_plain
from ._json import dumps


class Known:
    """What is known of classes and tags: `_readers` says it, which is above this module."""

    of_class: Callable[[Any], Any]
    of_tag: Callable[[str], Any]


_known = Known()


def learn(of_class: Callable[[Any], Any], of_tag: Callable[[str], Any]) -> None:
    """Note how the reader of a class is found, and that of a tag."""
    _known.of_class, _known.of_tag = of_class, of_tag


def tagged(value: Any) -> Any:
    """Return a value as plain data that `untagged` makes the same value of.

    Raises TypeError or ValueError for one that would come back as another.
    """
    cls = type(value)
    if cls in SCALARS:
        return value
    if cls is list:
        return [tagged(item) for item in value]
    if cls is dict:
        if TAG not in value and all(type(key) is str for key in value):
            return {key: tagged(member) for key, member in value.items()}
        return of_pairs((tagged(key), tagged(member)) for key, member in value.items())
    if cls is tuple:
        return _tag("tuple", [tagged(item) for item in value])
    if cls in (set, frozenset):
        return _tag(cls.__name__, in_order(tagged(item) for item in value))
    return _object(value, cls)


def in_order(items: Iterable[Any]) -> list[Any]:
    """Return the plain items of a set in an order that is the same in every process."""
    return sorted(items, key=dumps)


def of_pairs(pairs: Iterable[tuple[Any, Any]]) -> dict[str, Any]:
    """Return what stands for a dict of these plain keys and members."""
    return _tag("dict", [list(pair) for pair in pairs])


def escaped(plain: Any) -> Any:
    """Return what `untagged` gives these plain data back for."""
    return plain if is_plain(plain) else tagged(plain)


def _tag(name: str, value: Any, **more: str) -> dict[str, Any]:
    return {TAG: name, **more, "value": value}


def _object(value: Any, cls: type) -> dict[str, Any]:
    known = _known.of_class(cls)
    if known is None or not known.tag:
        raise _unknown(value, cls)
    if known.tag not in ("enum", "object"):
        return _tag(known.tag, known.write(value))
    name = class_name(cls)
    if named_class(name) is not cls:
        raise TypeError(
            f"a value of class {name} cannot be read back: no module has the class under that name."
            " Define it at the top of a module, or declare it as the type of the result"
        )
    payload = known.write(value, True)
    if not known.same(value, known.read(untagged(payload))):
        if masked(value):
            refuse_mask()
        raise ValueError(f"a value of class {name} comes back as another value")
    return _tag(known.tag, payload, **{"class": name})


def _unknown(value: Any, cls: type) -> TypeError:
    base = next((base for base in cls.__mro__ if base in (*SCALARS, dict, list, tuple)), None)
    if base is not None:
        return TypeError(
            f"a value of type {cls.__qualname__} would come back as {base.__name__}: return"
            f" {base.__name__}(…) of it, or declare that as the type of the result"
        )
    await_it = " (is an `await` missing?)" if cls.__name__ == "coroutine" else ""
    return TypeError(f"JSON cannot hold a value of type {cls.__name__}{await_it}")


def untagged(value: Any) -> Any:
    """Return the value that plain data stand for.

    Raises TypeError for a tag that this version does not know, and for a class that is not loaded.
    """
    if type(value) is list:
        return [untagged(item) for item in value]
    if type(value) is not dict:
        return value
    if TAG not in value:
        return {key: untagged(member) for key, member in value.items()}
    name, payload = value[TAG], value.get("value")
    if not isinstance(name, str):
        raise TypeError(f"it has the tag {name!r}, which is no name")
    if name in ("enum", "object"):
        return _made(value.get("class"), untagged(payload))
    if name in _CONTAINERS:
        return _CONTAINERS[name](untagged(payload))
    known = _known.of_tag(name)
    if known is None:
        raise TypeError(f"it has the tag {name!r}, which {_WHY.get(name, 'this version lacks')}")
    return known.read(payload)


def _made(name: Any, payload: Any) -> Any:
    cls = named_class(name) if isinstance(name, str) else None
    known = None if cls is None else _known.of_class(cls)
    if known is None or known.tag not in ("enum", "object"):
        raise TypeError(f"it is of class {name}, which no module of this program has: import it")
    return known.read(payload)


_CONTAINERS: dict[Any, Callable[[Any], Any]] = {
    "dict": dict,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
}
_WHY = {"pickle": "its own codec reads alone: sidestep.PickleCodec"}
