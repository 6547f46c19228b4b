"""Readers of unions, of names for types, and of enums."""

from __future__ import annotations

import enum
import functools
import typing
from typing import Any

from .._alike import alike
from .._exact import SCALARS
from .._tags import tagged, untagged
from ._base import Find, Reader, are_same, read_as, write_as

_JSON = SCALARS | {dict, list}


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
                if made is not value and self._is_of(known, made, value):
                    return made
            except Exception as error:
                problem = error
        is_plain = type(value) in _JSON  # else it had a tag
        if is_plain and problem is not None and all(known for _, known in self._members):
            raise problem
        return value

    def write(self, value: Any, bare: bool = False) -> Any:
        known = self._of(value)
        if known is None:
            return tagged(value)
        plain = known.write(value, bare)
        if len(self._members) == 1:
            return plain
        try:  # another member of the union may take it for its own
            is_read = self.same(value, self.read(untagged(plain)))
        except Exception:
            is_read = False
        return plain if is_read else _other_form(value, plain)

    def same(self, given: Any, read: Any) -> bool:
        if given is None or read is None:
            return given is read
        if len(self._members) == 1:
            return are_same(self._members[0][1], given, read)
        known = self._of(given)
        return alike(given, read) if known is None else known.same(given, read)

    @staticmethod
    def _is_of(known: Reader, made: Any, value: Any) -> bool:
        """Return whether `made` is written as the value that it was read of."""
        return any(untagged(known.write(made, bare)) == value for bare in (False, True))

    def _of(self, value: Any) -> Reader | None:
        """Return the reader of the member that a value of a program is of."""
        if len(self._members) == 1 and value is not None:
            return self._members[0][1]
        for type_, known in self._members:
            cls = typing.get_origin(type_) or type_
            if known is not None and isinstance(cls, type) and isinstance(value, cls):
                return known
        return None


def _other_form(value: Any, plain: Any) -> Any:
    try:
        return tagged(value)
    except (TypeError, ValueError):
        return plain  # what it is read back as is told by who compares


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

    def write(self, value: Any, bare: bool = False) -> Any:
        return write_as(self._within, value, bare)

    def same(self, given: Any, read: Any) -> bool:
        return are_same(self._within, given, read)


class Enum(Reader):
    """A member of an enum, by its value."""

    tag = "enum"

    def __init__(self, cls: type[enum.Enum]) -> None:
        self._cls = cls

    def read(self, value: Any) -> Any:
        return self._cls(value)

    def write(self, value: Any, bare: bool = False) -> Any:
        return tagged(value.value if isinstance(value, self._cls) else value)
