"""Readers of classes with fields: dataclasses, attrs, msgspec and pydantic models."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any

from .._alike import alike
from .._hints import hints
from .._json import by_name, dumps
from .._tags import escaped, tagged
from ._base import Find, Reader, are_same, read_as, write_as


class Dataclass(Reader):
    """Made as a program makes it; what its fields come to then is what was recorded."""

    tag = "object"

    def __init__(self, cls: Any, find: Find) -> None:
        self._cls = cls
        self._find = find

    @functools.cached_property
    def _fields(self) -> dict[str, tuple[str | None, Reader | None]]:
        """What the argument is called that makes a field, if there is one, and how to read it."""
        known = hints(self._cls)
        return {name: (of, self._find(known.get(name))) for name, of in self._arguments()}

    def _arguments(self) -> list[tuple[str, str | None]]:
        import dataclasses

        fields = dataclasses.fields(self._cls)
        return [(field.name, field.name if field.init else None) for field in fields]

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if hasattr(self._cls, "__pydantic_validator__"):
            return _validated(self._cls.__pydantic_validator__.validate_json, value)
        given = {
            argument: read_as(known, value[name])
            for name, (argument, known) in self._fields.items()
            if argument is not None and name in value
        }
        made = self._cls(**given)
        for name, (argument, known) in self._fields.items():
            if argument is None and name in value:
                object.__setattr__(made, name, read_as(known, value[name]))
        return made

    def write(self, value: Any, bare: bool = False) -> Any:
        if not isinstance(value, self._cls):
            return tagged(value)
        serializer = getattr(self._cls, "__pydantic_serializer__", None)
        if serializer is not None:
            return escaped(serializer.to_python(value, mode="json"))
        return {
            name: write_as(known, getattr(value, name), bare)
            for name, (_, known) in self._fields.items()
        }

    def same(self, given: Any, read: Any) -> bool:
        if isinstance(given, dict):  # it can be read, and nothing else was promised
            return True
        return type(given) is type(read) and all(
            are_same(known, _member(given, name), _member(read, name))
            for name, (_, known) in self._fields.items()
        )


class Attrs(Dataclass):
    """A class that attrs has made."""

    def _arguments(self) -> list[tuple[str, str | None]]:
        fields: Any = self._cls.__attrs_attrs__
        names = [(item.name, getattr(item, "alias", None), item.init) for item in fields]
        return [
            (name, (alias or name.lstrip("_")) if init else None) for name, alias, init in names
        ]


class Struct(Reader):
    """A struct of msgspec, which writes and reads it."""

    tag = "object"

    def __init__(self, cls: Any) -> None:
        self._cls = cls

    def read(self, value: Any) -> Any:
        import msgspec

        if isinstance(value, self._cls):
            return value
        return msgspec.json.decode(dumps(value).encode(), type=self._cls)

    def write(self, value: Any, bare: bool = False) -> Any:
        import msgspec

        if not isinstance(value, self._cls):
            return tagged(value)
        return escaped(json.loads(msgspec.json.encode(value)))


class Model(Reader):
    """A pydantic model, read by the names of its fields or by their aliases."""

    tag = "object"

    def __init__(self, cls: Any, find: Find) -> None:
        self._cls = cls
        self._find = find

    @functools.cached_property
    def _fields(self) -> dict[str, Reader | None]:
        fields: Mapping[str, Any] = getattr(self._cls, "model_fields", None) or {}
        return {
            name: self._find(field.annotation)
            for name, field in fields.items()
            if not field.exclude
        }

    def read(self, value: Any) -> Any:
        if isinstance(value, self._cls):
            return value
        if hasattr(self._cls, "model_validate_json"):
            return _validated(self._cls.model_validate_json, value)
        return self._cls.model_validate(value)

    def write(self, value: Any, bare: bool = False) -> Any:
        if not hasattr(value, "model_dump"):
            return tagged(value)
        if bare and hasattr(type(value), "model_fields"):
            names = {"round_trip": True, "by_alias": not by_name()}
            return escaped(value.model_dump(mode="json", **names))
        return escaped(value.model_dump(mode="json"))

    def same(self, given: Any, read: Any) -> bool:
        if not hasattr(given, "model_dump"):  # it can be read, and nothing else was promised
            return True
        if not hasattr(self._cls, "model_fields"):
            return type(given) is type(read)
        extra = "__pydantic_extra__"
        return (
            type(given) is type(read)
            and all(
                are_same(r, _member(given, n), _member(read, n)) for n, r in self._fields.items()
            )
            and alike(_member(given, extra), _member(read, extra))
        )


def _member(item: Any, name: str) -> Any:
    return getattr(item, name, None)


def _validated(validate: Callable[..., Any], value: Any) -> Any:
    """Validate as JSON: strict models, and bytes in base 64, are read as they were written."""
    return validate(dumps(value), **by_name())
