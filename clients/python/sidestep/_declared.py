"""What a function declares of its result and its parameters, where that needs decoding."""

from __future__ import annotations

import functools
import typing
from collections.abc import Mapping
from typing import Any

from ._exact import BUILTINS
from ._hints import hints

# What is declared by one of these says nothing, or that a subclass is to become the builtin.
_BY_NAME: dict[str, Any] = {"Any": None, "None": None, "bool": None, "object": None}
_BY_NAME |= {cls.__name__: cls for cls in BUILTINS}
_PLAIN: dict[Any, Any] = {type(None): None, bool: None, object: None, **{c: c for c in BUILTINS}}


def result_type(function: Any) -> Any:
    """Return the declared result type of a function when it tells how to record one, else None."""
    while isinstance(function, functools.partial):
        function = function.func
    function = getattr(function, "__func__", function)
    try:
        declared = getattr(function, "__annotations__", _NOTHING).get("return")
    except NameError:  # 3.14 looks names up when they are asked for
        return None
    if declared is None or declared is Any:
        return None
    if type(declared) is type and declared in _PLAIN:
        return _PLAIN[declared]
    if type(declared) is str and declared in _BY_NAME:
        return _BY_NAME[declared]
    return _result_type(function)


@functools.lru_cache(maxsize=1024)
def _result_type(function: Any) -> Any:
    declared = hints(function).get("return")
    origin = getattr(typing.get_origin(declared), "__name__", None)
    if origin in ("Awaitable", "Coroutine"):
        declared = typing.get_args(declared)[-1]
    return telling(declared)


def telling(declared: Any) -> Any:
    """Return a declared type when it tells how values are recorded, else None."""
    from ._readers import reader

    if reader(declared) is not None:
        return declared
    origin = typing.get_origin(declared) or declared  # dict[str, Any] is a dict
    return origin if type(origin) is type and origin in BUILTINS else None


def parameter_types(function: Any) -> Parameters | None:
    """Return the declared types of a function's parameters; None when none needs decoding."""
    if function is None or isinstance(function, functools.partial):
        return None  # what is left of its parameters is not declared
    try:
        return _parameter_types(function)
    except TypeError:  # it has no hash
        return None


class Parameters:
    """The types of the arguments of a call, by place and by name."""

    def __init__(self, places: list[Any], names: Mapping[str, Any], rest: Any, others: Any) -> None:
        self._places = places
        self._names = names
        self._rest = rest
        self._others = others

    def of_place(self, index: int) -> Any:
        """Return the type of the argument in a place."""
        return self._places[index] if index < len(self._places) else self._rest

    def of_name(self, name: str) -> Any:
        """Return the type of the argument with a name."""
        return self._names.get(name, self._others)


@functools.lru_cache(maxsize=1024)
def _parameter_types(function: Any) -> Parameters | None:
    import inspect

    known = {
        name: telling(hint)
        for name, hint in hints(getattr(function, "__func__", function)).items()
        if name != "return"
    }
    if not any(known.values()):
        return None
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None
    places = [known.get(p.name) for p in parameters if p.kind in (p.POSITIONAL_ONLY, _EITHER)]
    names = {p.name: known.get(p.name) for p in parameters if p.kind in (_EITHER, p.KEYWORD_ONLY)}
    several = {p.kind: known.get(p.name) for p in parameters}
    kinds = inspect.Parameter
    rest, others = several.get(kinds.VAR_POSITIONAL), several.get(kinds.VAR_KEYWORD)
    return Parameters(places, names, rest, others)


_EITHER = 1  # inspect.Parameter.POSITIONAL_OR_KEYWORD


_NOTHING: dict[str, Any] = {}
