"""Readers of dataclasses and of pydantic models."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import Any

from .._alike import alike
from .._hints import hints
from .._json import by_name, dumps
from ._base import Find, Reader, are_same, read_as


class Dataclass(Reader):
    """Made as a program makes it; what its fields come to then is what was recorded."""

    def __init__(self, cls: Any, find: Find) -> None:
        self._cls = cls
        self._find = find

    @functools.cached_property
    def _fields(self) -> dict[str, tuple[bool, Reader | None]]:
        import dataclasses

        known = hints(self._cls)
        fields = dataclasses.fields(self._cls)
        return {field.name: (field.init, self._find(known.get(field.name))) for field in fields}

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        if hasattr(self._cls, "__pydantic_validator__"):
            return _validated(self._cls.__pydantic_validator__.validate_json, value)
        given = {
            name: read_as(known, value[name])
            for name, (init, known) in self._fields.items()
            if init and name in value
        }
        made = self._cls(**given)
        for name, (init, known) in self._fields.items():
            if not init and name in value:
                object.__setattr__(made, name, read_as(known, value[name]))
        return made

    def same(self, given: Any, read: Any) -> bool:
        if isinstance(given, dict):  # it can be read, and nothing else was promised
            return True
        return type(given) is type(read) and all(
            are_same(known, _member(given, name), _member(read, name))
            for name, (_, known) in self._fields.items()
        )


class Model(Reader):
    """A pydantic model, read by the names of its fields or by their aliases."""

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
