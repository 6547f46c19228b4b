"""Readers of collections, tuples and dicts."""

from __future__ import annotations

import collections
import functools
import typing
from collections.abc import Callable
from typing import Any

from .._alike import alike
from .._exact import TAG
from .._hints import hints
from .._tags import in_order, of_pairs, tagged
from ._base import Find, Reader, are_same, read_as, write_as
from ._keys import Keys, keys_of


def collection(make: Callable[[Any], Any], args: tuple[Any, ...], find: Find) -> Reader | None:
    """Return the reader of a collection that `make` makes of a list."""
    item = find(args[0]) if args else None
    return None if item is None and make is list else _Collection(make, item)


class _Collection(Reader):
    def __init__(self, make: Callable[[Any], Any], item: Reader | None) -> None:
        self._make = make
        self._item = item

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return self._make(value if self._item is None else map(self._item.read, value))

    def write(self, value: Any, bare: bool = False) -> Any:
        if isinstance(value, (set, frozenset)) and self._make in (set, frozenset):
            return in_order(write_as(self._item, item, bare) for item in value)
        if isinstance(value, (list, tuple, collections.deque)):
            return [write_as(self._item, item, bare) for item in value]
        return tagged(value)

    def same(self, given: Any, read: Any) -> bool:
        if isinstance(read, (set, frozenset)):
            return bool(set(given) == read)
        pairs = zip(given, read)  # noqa: B905  # their lengths are compared
        return len(given) == len(read) and all(are_same(self._item, *pair) for pair in pairs)


def tuple_of(args: tuple[Any, ...], find: Find) -> Reader:
    """Return the reader of a tuple with these types."""
    if len(args) == 2 and args[1] is Ellipsis:
        return _Collection(tuple, find(args[0]))
    return _Tuple([find(arg) for arg in args])


class _Tuple(Reader):
    """A tuple with a type for each place; without types any."""

    def __init__(self, items: list[Reader | None]) -> None:
        self._items = items

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return tuple(map(read_as, self._for(value), value))

    def write(self, value: Any, bare: bool = False) -> Any:
        if not isinstance(value, (list, tuple)):
            return tagged(value)
        pairs = zip(self._for(value), value)  # noqa: B905  # `_for` makes them as long
        return [write_as(known, item, bare) for known, item in pairs]

    def same(self, given: Any, read: Any) -> bool:
        return len(given) == len(read) and all(map(are_same, self._for(read), given, read))

    def _for(self, values: Any) -> list[Reader | None]:
        return self._items if len(self._items) == len(values) else [None] * len(values)


class NamedTuple(Reader):
    """A tuple whose places have names."""

    tag = "object"

    def __init__(self, cls: Any, find: Find) -> None:
        self._cls = cls
        self._find = find

    @functools.cached_property
    def _items(self) -> list[Reader | None]:
        known = hints(self._cls)
        return [self._find(known.get(name)) for name in self._cls._fields]

    def read(self, value: Any) -> Any:
        if isinstance(value, dict):
            value = [value[name] for name in self._cls._fields]
        return self._cls(*map(read_as, self._items, value)) if isinstance(value, list) else value

    def write(self, value: Any, bare: bool = False) -> Any:
        if not isinstance(value, self._cls):
            return tagged(value)
        pairs = zip(self._items, value)  # noqa: B905  # the class has as many
        return [write_as(known, item, bare) for known, item in pairs]

    def same(self, given: Any, read: Any) -> bool:
        if not isinstance(given, self._cls):
            return alike(given, read)
        return type(given) is type(read) and all(map(are_same, self._items, given, read))


def mapping(args: tuple[Any, ...], find: Find) -> Reader | None:
    """Return the reader of a mapping with these types."""
    key, value = args if len(args) == 2 else (str, Any)
    keys = keys_of(key, find)
    member = find(value)
    return None if keys is None and member is None else _Mapping(keys, member)


class _Mapping(Reader):
    def __init__(self, keys: Keys | None, member: Reader | None) -> None:
        self._keys = keys
        self._member = member

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if self._keys is not None:
            value = {self._keys.read(key): member for key, member in value.items()}
        return {key: read_as(self._member, member) for key, member in value.items()}

    def write(self, value: Any, bare: bool = False) -> Any:
        if not isinstance(value, dict):
            return tagged(value)
        items = [(key, write_as(self._member, item, bare)) for key, item in value.items()]
        if self._keys is not None:
            return {self._keys.text(key): item for key, item in items}
        if TAG in value or not all(type(key) is str for key in value):
            return of_pairs((tagged(key), item) for key, item in items)
        return dict(items)

    def same(self, given: Any, read: Any) -> bool:
        return len(given) == len(read) and all(
            key in read and are_same(self._member, member, read[key])
            for key, member in given.items()
        )


class TypedDict(Reader):
    """A dict with a type for each name."""

    def __init__(self, cls: Any, find: Find) -> None:
        self._cls = cls
        self._find = find

    @functools.cached_property
    def _members(self) -> dict[str, Reader | None]:
        return {name: self._find(_bare(hint)) for name, hint in hints(self._cls).items()}

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: read_as(self._members.get(key), member) for key, member in value.items()}

    def write(self, value: Any, bare: bool = False) -> Any:
        if not isinstance(value, dict) or not all(type(key) is str for key in value):
            return tagged(value)
        items = [(k, write_as(self._members.get(k), item, bare)) for k, item in value.items()]
        return of_pairs(items) if TAG in value else dict(items)

    def same(self, given: Any, read: Any) -> bool:
        return given.keys() == read.keys() and all(
            are_same(self._members.get(key), member, read[key]) for key, member in given.items()
        )


def _bare(hint: Any) -> Any:
    # Required[…], NotRequired[…] and ReadOnly[…] are for type checkers.
    name = getattr(typing.get_origin(hint), "__name__", None) or str(typing.get_origin(hint))
    marks = ("Required", "NotRequired", "ReadOnly")
    return typing.get_args(hint)[0] if name.rpartition(".")[2] in marks else hint
