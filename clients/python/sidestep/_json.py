"""Writing JSON: compact, strict, and of what dataclasses, enums and pydantic models come to."""

from __future__ import annotations

import enum
import json
import sys
from collections.abc import Callable, Iterable
from typing import Any

from ._alike import masked, refuse_mask

Encoder = Callable[[Any, int], Iterable[str]]


def dumps(value: Any) -> str:
    """Write JSON as it goes over the wire: compact, no NaN, in the order of the dicts."""
    try:
        return "".join(pieces(value, 0))
    except ValueError as error:
        raise in_words(error) from None


def in_words(error: ValueError) -> ValueError:
    """Return the error of a writer of JSON with what to do about it."""
    if "Out of range" not in str(error):
        return error
    return ValueError("JSON has no NaN and no infinity: use None or a text for them")


def plain_types(value: Any, of: Any = None) -> Any:
    """Return the plain types that `value` is in JSON; `of` is what it was made of, if anything."""
    text = dumps(value)
    if not text.isascii():
        utf8(text)
    if _MASK in text and masked(value if of is None else of):
        refuse_mask()
    return json.loads(text)


def utf8(text: str) -> bytes:
    """Return the UTF-8 of a text; ValueError says what to do about one that has none."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise ValueError(
            f"a text holds {text[error.start]!a}, half of a pair of surrogates, which has no UTF-8;"
            " Python makes it of bytes that are none: keep these in base 64, or replace it with"
            " text.encode(errors='replace').decode()"
        ) from None


def _plain(value: Any) -> Any:
    """Stand in for a value that JSON does not know."""
    dump = getattr(value, "model_dump", None)
    if dump is not None and not isinstance(value, type):
        return dump(mode="json")
    return _other(value)


def _other(value: Any) -> Any:
    if isinstance(value, enum.Enum):
        return value.value
    if hasattr(value, "__dataclass_fields__") and not isinstance(value, type):
        serializer = getattr(value, "__pydantic_serializer__", None)
        if serializer is not None:
            return serializer.to_python(value, mode="json")
        import dataclasses

        return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}
    name = type(value).__name__
    await_it = " (is an `await` missing?)" if name == "coroutine" else ""
    raise TypeError(f"JSON cannot hold a value of type {name}{await_it}")


def by_name() -> dict[str, bool]:
    """Return what lets pydantic read fields by their names, whatever their aliases are."""
    version = sys.modules["pydantic"].VERSION.split(".")
    if (int(version[0]), int(version[1])) < (2, 11):
        return {}
    return {"by_name": True, "by_alias": True}


def encoder(default: Callable[[Any], Any], *, sort: bool, nan: bool) -> Encoder:
    """Return what writes compact JSON, made once: `json.dumps` makes its writer for every call.

    That is half of the time of a short text. It is called with a value and 0, and returns pieces of
    text: no function of Python stands between. What holds itself raises RecursionError.
    """
    make = getattr(json.encoder, "c_make_encoder", None)
    separators = (":", ",")
    if make is None:
        encode = json.JSONEncoder(
            ensure_ascii=False,
            allow_nan=nan,
            separators=separators[::-1],
            default=default,
            sort_keys=sort,
        ).encode
        return lambda value, _: (encode(value),)
    text = json.encoder.encode_basestring
    return make(None, default, text, None, *separators, sort, False, nan)  # type: ignore[no-any-return]


pieces = encoder(_plain, sort=False, nan=False)
_MASK = "*" * 10  # pydantic's SecretStr and SecretBytes
