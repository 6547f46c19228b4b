"""What the input of a run is made of: the arguments that its workflow is called with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._codec import Codec, JSONCodec, recorded
from ._declared import Parameters, parameter_types
from ._json import plain_types


def call_input(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Return the input of a run whose workflow is called with these arguments."""
    if kwargs:
        return {"args": list(args), "kwargs": dict(sorted(kwargs.items()))}
    return list(args)


def input_of(codec: Codec, args: Sequence[Any], kwargs: Mapping[str, Any] | None = None) -> Any:
    """Return the input of a run of a workflow whose function is not known here."""
    return recorded_input(codec, None, args, kwargs or {})


def recorded_input(
    codec: Codec, function: Any, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> Any:
    """Return the input of a run whose workflow is called with these arguments.

    Refuses arguments that a worker could not read as the types that the function declares.
    """
    if not isinstance(codec, JSONCodec):
        return codec.to_json(call_input(args, kwargs))
    types = parameter_types(function) or _NO_TYPES
    args = [recorded(codec, arg, types.of_place(n))[0] for n, arg in enumerate(args)]
    kwargs = {name: recorded(codec, arg, types.of_name(name))[0] for name, arg in kwargs.items()}
    return call_input(args, kwargs)


def called_with(codec: Codec, input: Any, function: Any) -> tuple[list[Any], dict[str, Any]]:
    """Return the arguments of a workflow that a recorded input stands for, as it declares them."""
    if not isinstance(codec, JSONCodec):
        return arguments_of(codec.from_json(input), function)
    args, kwargs = arguments_of(input, function)
    types = parameter_types(function) or _NO_TYPES
    return (
        [codec.from_json(arg, types.of_place(n)) for n, arg in enumerate(args)],
        {name: codec.from_json(arg, types.of_name(name)) for name, arg in kwargs.items()},
    )


# Each argument is recorded by itself, whatever the codec makes of a list of them.
_NO_TYPES = Parameters([], {}, None, None)


def as_before_tags(args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Return the input that older clients recorded for a call; None when they refused it."""
    try:
        return plain_types(call_input(args, kwargs))
    except (TypeError, ValueError):
        return None


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


def same_call(function: Any, left: Any, right: Any) -> bool:
    """Return whether two inputs stand for the same call: by place or by name, in any order."""
    return bool(left == right or _bound(function, left) == _bound(function, right))


def _bound(function: Any, input: Any) -> Any:
    import inspect

    try:
        args, kwargs = arguments_of(input, function)
        return inspect.signature(function).bind(*args, **kwargs).arguments
    except (TypeError, ValueError):
        return input


def with_own(
    function: Any, args: Sequence[Any], kwargs: Mapping[str, Any], given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the arguments by name, with what is `given` for parameters that nothing else fills."""
    import inspect

    given = {name: value for name, value in given.items() if value is not None}
    merged = dict(kwargs)
    if not given:
        return merged
    try:
        signature = inspect.signature(function)
        filled = signature.bind_partial(*args, **kwargs).arguments
    except (TypeError, ValueError):
        return merged
    for name, value in given.items():
        if name in signature.parameters and name not in filled and not is_client(value):
            merged[name] = value
    return merged


# Coroutines of one world, in the other, would never be awaited.
OTHER_KIND = (
    "is of the other kind: workflows of coroutine functions go with `sidestep.connect()` and"
    " `sidestep.Worker`, those of plain functions with `sidestep.sync.connect()` and"
    " `sidestep.sync.Worker`; `sidestep worker MODULE` executes both"
)


def is_client(value: Any) -> bool:
    """Return whether a value is a client of ours, which no run can have as its input."""
    return hasattr(value, "call") and hasattr(value, "codec") and hasattr(value, "resume")
