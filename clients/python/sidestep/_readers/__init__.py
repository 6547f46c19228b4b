"""What writes a declared type as JSON and makes it of JSON: containers, unions, classes.

A reader also tells whether what it made says the same as what was recorded, so that a result
that could not be read back is refused before it is recorded.
"""

from __future__ import annotations

import collections
import enum
import functools
import types
import typing
from collections.abc import Callable
from typing import Any

from .._tags import learn, tagged, untagged
from ._base import Reader
from ._choices import Alias, Enum, union
from ._containers import NamedTuple, TypedDict, collection, mapping, tuple_of
from ._objects import Attrs, Dataclass, Model, Struct
from ._standard import BY_CLASS, BY_TAG

__all__ = ["Reader", "reader", "tagged", "untagged"]


@functools.lru_cache(maxsize=1024)
def _known(type_: Any) -> Reader | None:
    return _make(type_)


def reader(type_: Any) -> Reader | None:
    """Return the reader of a type; None when JSON gives its values back as they are, or it is
    not known.
    """
    try:
        hash(type_)
    except TypeError:  # an annotation that holds a list
        return _make(type_)
    return _known(type_)


def _make(type_: Any) -> Reader | None:
    if isinstance(type_, str) or type_ in _PLAIN:
        return None
    origin, args = typing.get_origin(type_), typing.get_args(type_)
    if origin is typing.Annotated:
        return reader(args[0])
    if hasattr(type_, "__supertype__"):  # NewType
        return reader(type_.__supertype__)
    if type(type_).__name__ == "TypeAliasType":
        return Alias(type_, reader)
    if origin in (typing.Union, types.UnionType):
        return union(args, reader)
    cls = type_ if origin is None else origin
    return _of_class(cls, args) if isinstance(cls, type) else None


def _of_class(cls: type, args: tuple[Any, ...]) -> Reader | None:
    if hasattr(cls, "model_validate"):
        return Model(cls, reader)
    if hasattr(cls, "__dataclass_fields__"):
        return Dataclass(cls, reader)
    if hasattr(cls, "__attrs_attrs__"):
        return Attrs(cls, reader)
    if hasattr(cls, "__struct_fields__"):
        return Struct(cls)
    if issubclass(cls, enum.Enum):
        return Enum(cls)
    if issubclass(cls, tuple):
        return NamedTuple(cls, reader) if hasattr(cls, "_fields") else tuple_of(args, reader)
    if issubclass(cls, dict) and hasattr(cls, "__required_keys__"):
        return TypedDict(cls, reader)
    if cls in _MAPPINGS:
        return mapping(args, reader)
    if cls in _COLLECTIONS:
        return collection(_COLLECTIONS[cls], args, reader)
    return BY_CLASS.get(cls)


_ABC = collections.abc
_PLAIN = (None, type(None), Any, object, str, int, float, bool)
_MAPPINGS = {dict, _ABC.Mapping, _ABC.MutableMapping}
_COLLECTIONS: dict[type, Callable[[Any], Any]] = {
    list: list,
    _ABC.Sequence: list,
    _ABC.MutableSequence: list,
    _ABC.Collection: list,
    _ABC.Iterable: list,
    set: set,
    frozenset: frozenset,
    _ABC.Set: set,
    collections.deque: collections.deque,
}

learn(reader, BY_TAG.get)
