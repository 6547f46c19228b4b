"""Readers of unions, of names for types, and of enums."""

from __future__ import annotations

import enum
import functools
import json
import typing
from typing import Any

from .._alike import alike
from .._json import dumps
from ._base import Find, Reader, are_same, read_as


def union(args: tuple[Any, ...], find: Find) -> Reader | None:
    """Return the reader of a union of these types; None when none of them needs one."""
    members = [(arg, find(arg)) for arg in args if arg is not type(None)]
    return _Union(members) if any(known for _, known in members) else None


class _Union(Reader):
    """The first type that a value fits: one that is read, and written would be the same."""

    def __init__(self, members: list[tuple[Any, Reader | None]]) -> None:
        self._members = members

    def read(self, value: Any) -> Any:
        if value is None:
            return None
        if len(self._members) == 1:
            return read_as(self._members[0][1], value)
        problem: Exception | None = None
        for type_, known in self._members:
            if known is None:
                if _is_plain(value, type_):
                    return value
                continue
            try:
                made = known.read(value)
                if made is not value and _written(made) == value:
                    return made
            except Exception as error:
                problem = error
        if problem is None or any(known is None for _, known in self._members):
            return value
        raise problem

    def same(self, given: Any, read: Any) -> bool:
        if given is None or read is None:
            return given is read
        if len(self._members) == 1:
            return are_same(self._members[0][1], given, read)
        for type_, known in self._members:
            cls = typing.get_origin(type_) or type_
            if known is not None and isinstance(cls, type) and isinstance(given, cls):
                return isinstance(read, cls) and known.same(given, read)
        return alike(given, read)


def _written(value: Any) -> Any:
    return json.loads(dumps(value))


def _is_plain(value: Any, type_: Any) -> bool:
    cls = typing.get_origin(type_) or type_
    if cls is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if cls is int and isinstance(value, bool):
        return False
    if cls is typing.Literal:
        return value in typing.get_args(type_)
    return not isinstance(cls, type) or isinstance(value, cls)


class Alias(Reader):
    """A name for a type, which may hold itself: it is looked into when it is needed."""

    def __init__(self, alias: Any, find: Find) -> None:
        self._alias = alias
        self._find = find

    @functools.cached_property
    def _within(self) -> Reader | None:
        return self._find(self._alias.__value__)

    def read(self, value: Any) -> Any:
        return read_as(self._within, value)

    def same(self, given: Any, read: Any) -> bool:
        return are_same(self._within, given, read)


class Enum(Reader):
    """A member of an enum, by its value."""

    def __init__(self, cls: type[enum.Enum]) -> None:
        self._cls = cls

    def read(self, value: Any) -> Any:
        return self._cls(value)
