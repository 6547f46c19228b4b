"""What makes a declared type of JSON: containers, unions, enums, dataclasses, pydantic models.

A reader also tells whether what it made says the same as what was recorded, so that a result
that could not be read back is refused before it is recorded.
"""

from __future__ import annotations

import collections
import enum
import functools
import json
import types
import typing
from collections.abc import Callable, Mapping
from typing import Any

from ._alike import alike
from ._hints import hints
from ._json import by_name, dumps

Reading = Callable[[Any], Any]


class Reader:
    """Makes values of one type of what JSON gives back."""

    def read(self, value: Any) -> Any:
        """Return the value that `value` stands for; raises what the type raises."""
        raise NotImplementedError

    def same(self, given: Any, read: Any) -> bool:
        """Return whether `read` says what `given`, a value of a program, said."""
        return alike(given, read)


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
        return _Alias(type_)
    if origin in (typing.Union, types.UnionType):
        return _union(args)
    cls = type_ if origin is None else origin
    return _of_class(cls, args) if isinstance(cls, type) else None


def _of_class(cls: type, args: tuple[Any, ...]) -> Reader | None:
    if hasattr(cls, "model_validate"):
        return _Model(cls)
    if hasattr(cls, "__dataclass_fields__"):
        return _Dataclass(cls)
    if issubclass(cls, enum.Enum):
        return _Enum(cls)
    if issubclass(cls, tuple):
        return _NamedTuple(cls) if hasattr(cls, "_fields") else _tuple(args)
    if issubclass(cls, dict) and hasattr(cls, "__required_keys__"):
        return _TypedDict(cls)
    if cls in _MAPPINGS:
        return _mapping(args)
    if cls in _COLLECTIONS:
        return _collection(_COLLECTIONS[cls], args)
    return None


def _read(known: Reader | None, value: Any) -> Any:
    return value if known is None else known.read(value)


def _same(known: Reader | None, given: Any, read: Any) -> bool:
    return alike(given, read) if known is None else known.same(given, read)


# Containers


def _collection(make: Callable[[Any], Any], args: tuple[Any, ...]) -> Reader | None:
    item = reader(args[0]) if args else None
    return None if item is None and make is list else _Collection(make, item)


class _Collection(Reader):
    def __init__(self, make: Callable[[Any], Any], item: Reader | None) -> None:
        self._make = make
        self._item = item

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return self._make(value if self._item is None else map(self._item.read, value))

    def same(self, given: Any, read: Any) -> bool:
        if self._item is None or isinstance(read, (set, frozenset)):
            return alike(given, read)
        pairs = zip(given, read)  # noqa: B905  # their lengths are compared
        return len(given) == len(read) and all(self._item.same(*pair) for pair in pairs)


def _tuple(args: tuple[Any, ...]) -> Reader:
    if len(args) == 2 and args[1] is Ellipsis:
        return _Collection(tuple, reader(args[0]))
    return _Tuple([reader(arg) for arg in args])


class _Tuple(Reader):
    """A tuple with a type for each place; without types any."""

    def __init__(self, items: list[Reader | None]) -> None:
        self._items = items

    def read(self, value: Any) -> Any:
        if not isinstance(value, list):
            return value
        return tuple(map(_read, self._for(value), value))

    def same(self, given: Any, read: Any) -> bool:
        return len(given) == len(read) and all(map(_same, self._for(read), given, read))

    def _for(self, values: Any) -> list[Reader | None]:
        return self._items if len(self._items) == len(values) else [None] * len(values)


class _NamedTuple(Reader):
    def __init__(self, cls: Any) -> None:
        self._cls = cls

    @functools.cached_property
    def _items(self) -> list[Reader | None]:
        known = hints(self._cls)
        return [reader(known.get(name)) for name in self._cls._fields]

    def read(self, value: Any) -> Any:
        if isinstance(value, dict):
            value = [value[name] for name in self._cls._fields]
        return self._cls(*map(_read, self._items, value)) if isinstance(value, list) else value

    def same(self, given: Any, read: Any) -> bool:
        if not isinstance(given, self._cls):
            return alike(given, read)
        return type(given) is type(read) and all(map(_same, self._items, given, read))


def _mapping(args: tuple[Any, ...]) -> Reader | None:
    key, value = args if len(args) == 2 else (str, Any)
    keys = _keys(key)
    member = reader(value)
    return None if keys is None and member is None else _Mapping(keys, member)


def _keys(key: Any) -> Reading | None:
    """Return what makes a key of the text that it is in JSON."""
    if key in (int, float):
        return key  # type: ignore[no-any-return]
    if isinstance(key, type) and issubclass(key, enum.Enum):
        return {json_key(member.value): member for member in key}.__getitem__
    return None


def json_key(value: Any) -> str:
    """Return the text that a key of a dict is in JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    return str(value)


class _Mapping(Reader):
    def __init__(self, keys: Reading | None, member: Reader | None) -> None:
        self._keys = keys
        self._member = member

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if self._keys is not None:
            value = {self._keys(key): member for key, member in value.items()}
        return {key: _read(self._member, member) for key, member in value.items()}

    def same(self, given: Any, read: Any) -> bool:
        texts = {json_key(key): member for key, member in read.items()}
        return len(given) == len(texts) and all(
            json_key(key) in texts and _same(self._member, member, texts[json_key(key)])
            for key, member in given.items()
        )


class _TypedDict(Reader):
    def __init__(self, cls: Any) -> None:
        self._cls = cls

    @functools.cached_property
    def _members(self) -> dict[str, Reader | None]:
        return {name: reader(_bare(hint)) for name, hint in hints(self._cls).items()}

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        return {key: _read(self._members.get(key), member) for key, member in value.items()}

    def same(self, given: Any, read: Any) -> bool:
        return given.keys() == read.keys() and all(
            _same(self._members.get(key), member, read[key]) for key, member in given.items()
        )


def _bare(hint: Any) -> Any:
    # Required[…], NotRequired[…] and ReadOnly[…] are for type checkers.
    name = getattr(typing.get_origin(hint), "__name__", None) or str(typing.get_origin(hint))
    marks = ("Required", "NotRequired", "ReadOnly")
    return typing.get_args(hint)[0] if name.rpartition(".")[2] in marks else hint


# Choices


def _union(args: tuple[Any, ...]) -> Reader | None:
    members = [(arg, reader(arg)) for arg in args if arg is not type(None)]
    return _Union(members) if any(known for _, known in members) else None


class _Union(Reader):
    """The first type that a value fits: one that is read, and written would be the same."""

    def __init__(self, members: list[tuple[Any, Reader | None]]) -> None:
        self._members = members

    def read(self, value: Any) -> Any:
        if value is None:
            return None
        if len(self._members) == 1:
            return _read(self._members[0][1], value)
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
            return _same(self._members[0][1], given, read)
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


class _Alias(Reader):
    """A name for a type, which may hold itself: it is looked into when it is needed."""

    def __init__(self, alias: Any) -> None:
        self._alias = alias

    @functools.cached_property
    def _within(self) -> Reader | None:
        return reader(self._alias.__value__)

    def read(self, value: Any) -> Any:
        return _read(self._within, value)

    def same(self, given: Any, read: Any) -> bool:
        return _same(self._within, given, read)


class _Enum(Reader):
    def __init__(self, cls: type[enum.Enum]) -> None:
        self._cls = cls

    def read(self, value: Any) -> Any:
        return self._cls(value)


# Objects


class _Dataclass(Reader):
    """Made as a program makes it; what its fields come to then is what was recorded."""

    def __init__(self, cls: Any) -> None:
        self._cls = cls

    @functools.cached_property
    def _fields(self) -> dict[str, tuple[bool, Reader | None]]:
        import dataclasses

        known = hints(self._cls)
        fields = dataclasses.fields(self._cls)
        return {field.name: (field.init, reader(known.get(field.name))) for field in fields}

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if hasattr(self._cls, "__pydantic_validator__"):
            return _validated(self._cls.__pydantic_validator__.validate_json, value)
        given = {
            name: _read(known, value[name])
            for name, (init, known) in self._fields.items()
            if init and name in value
        }
        made = self._cls(**given)
        for name, (init, known) in self._fields.items():
            if not init and name in value:
                object.__setattr__(made, name, _read(known, value[name]))
        return made

    def same(self, given: Any, read: Any) -> bool:
        if isinstance(given, dict):  # it can be read, and nothing else was promised
            return True
        return type(given) is type(read) and all(
            _same(known, _member(given, name), _member(read, name))
            for name, (_, known) in self._fields.items()
        )


class _Model(Reader):
    """A pydantic model, read by the names of its fields or by their aliases."""

    def __init__(self, cls: Any) -> None:
        self._cls = cls

    @functools.cached_property
    def _fields(self) -> dict[str, Reader | None]:
        fields: Mapping[str, Any] = getattr(self._cls, "model_fields", None) or {}
        return {
            name: reader(field.annotation) for name, field in fields.items() if not field.exclude
        }

    def read(self, value: Any) -> Any:
        if isinstance(value, self._cls):
            return value
        if hasattr(self._cls, "model_validate_json"):
            return _validated(self._cls.model_validate_json, value)
        return self._cls.model_validate(value)

    def same(self, given: Any, read: Any) -> bool:
        if not hasattr(given, "model_dump"):  # it can be read, and nothing else was promised
            return True
        if not hasattr(self._cls, "model_fields"):
            return type(given) is type(read)
        extra = "__pydantic_extra__"
        return (
            type(given) is type(read)
            and all(_same(r, _member(given, n), _member(read, n)) for n, r in self._fields.items())
            and alike(_member(given, extra), _member(read, extra))
        )


def _member(item: Any, name: str) -> Any:
    return getattr(item, name, None)


def _validated(validate: Callable[..., Any], value: Any) -> Any:
    """Validate as JSON: strict models, and bytes in base 64, are read as they were written."""
    return validate(dumps(value), **by_name())


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
