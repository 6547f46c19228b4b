"""From Python values to JSON and back."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol


class Codec(Protocol):
    """How inputs, outputs and messages become JSON.

    `to_json` returns a value of plain types (or raises TypeError or ValueError), `from_json` gets
    what JSON gave back and the type that the function declares, if any.
    """

    def to_json(self, value: Any) -> Any:
        """Return `value` as dicts, lists, texts, numbers, booleans and None."""

    def from_json(self, value: Any, type_: Any = None) -> Any:
        """Return the value of `type_` that `value` stands for."""


class JSONCodec:
    """Plain JSON; dataclasses and pydantic models are written as objects and read by their type."""

    def to_json(self, value: Any) -> Any:
        """Return `value` as plain types."""
        if value is None or type(value) in (bool, int) or (type(value) is str and value.isascii()):
            return value
        text = dumps(value)
        text.encode()  # a lone surrogate has no UTF-8
        return json.loads(text)

    def from_json(self, value: Any, type_: Any = None) -> Any:
        """Return `value`, made into `type_` when that is a dataclass or a pydantic model."""
        if type_ is None:
            return value
        validate = getattr(type_, "model_validate", None)
        if validate is not None:
            return validate(value)
        fields = getattr(type_, "__dataclass_fields__", None)
        if fields is None or not isinstance(type_, type) or not isinstance(value, dict):
            return value
        hints = _hints(type_)
        return type_(
            **{
                name: self.from_json(value[name], hints.get(name))
                for name in fields
                if name in value
            }
        )


def dumps(value: Any) -> str:
    """Write JSON as it goes over the wire: compact, no NaN, in the order of the dicts."""
    return _write(value)


def call_input(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Return the input of a run whose workflow is called with these arguments."""
    if kwargs:
        return {"args": list(args), "kwargs": dict(sorted(kwargs.items()))}
    return list(args)


def arguments_of(input: Any, function: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a workflow that an input stands for.

    That is what `call_input` made, or what somebody else sent: a list of arguments, an object
    whose members are parameters of the function, or one value.
    """
    if isinstance(input, dict) and input and set(input) <= {"args", "kwargs"}:
        return input.get("args") or [], input.get("kwargs") or {}
    if isinstance(input, list):
        return input, {}
    if isinstance(input, dict) and _takes(function, input):
        return [], input
    return ([] if input is None else [input]), {}


def _takes(function: Any, kwargs: dict[str, Any]) -> bool:
    import inspect

    try:
        inspect.signature(function).bind(**kwargs)
    except (TypeError, ValueError):
        return False
    return True


def result_type(function: Any) -> Any:
    """Return the declared result type of a function when it needs decoding, else None."""
    declared = getattr(function, "__annotations__", _NOTHING).get("return")
    if declared is None:
        return None
    if isinstance(declared, str):
        if declared.partition("[")[0] in _PLAIN_NAMES:
            return None
        declared = _hints(function).get("return")
    known = hasattr(declared, "model_validate") or hasattr(declared, "__dataclass_fields__")
    return declared if known else None


def _hints(item: Any) -> dict[str, Any]:
    import typing

    try:
        return typing.get_type_hints(item)
    except (AttributeError, NameError, TypeError):  # names that exist only for the type checker
        return {}


def _plain(value: Any) -> Any:
    dump = getattr(value, "model_dump", None)
    if dump is not None and not isinstance(value, type):
        return dump(mode="json")
    if "dataclasses" in sys.modules and hasattr(value, "__dataclass_fields__"):
        return {name: getattr(value, name) for name in value.__dataclass_fields__}
    name = type(value).__name__
    await_it = " (is an `await` missing?)" if name == "coroutine" else ""
    raise TypeError(f"JSON cannot hold a value of type {name}{await_it}")


def encoder(default: Callable[[Any], Any], *, sort: bool, nan: bool) -> Callable[[Any], str]:
    """Return what writes compact JSON, made once: `json.dumps` makes its writer for every call.

    That is half of the time of a short text. What holds itself raises RecursionError.
    """
    make = getattr(json.encoder, "c_make_encoder", None)
    separators = (":", ",")
    if make is None:
        return json.JSONEncoder(
            ensure_ascii=False,
            allow_nan=nan,
            separators=separators[::-1],
            default=default,
            sort_keys=sort,
        ).encode
    text = json.encoder.encode_basestring
    write = make(None, default, text, None, *separators, sort, False, nan)
    return lambda value: "".join(write(value, 0))


_write = encoder(_plain, sort=False, nan=False)
_NOTHING: dict[str, Any] = {}
_PLAIN_NAMES = {"Any", "None", "bool", "dict", "float", "int", "list", "object", "str", "tuple"}

JSON = JSONCodec()
