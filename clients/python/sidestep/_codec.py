"""From Python values to JSON and back."""

from __future__ import annotations

from typing import Any, Protocol

from ._json import plain_types
from ._readers import Reader, reader
from ._retry import text_of


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
    """Plain JSON; dataclasses, enums and pydantic models are written as JSON, read by their type.

    What a function declares is followed into containers, unions and fields.
    """

    def to_json(self, value: Any) -> Any:
        """Return `value` as plain types."""
        if value is None or type(value) in (bool, int) or (type(value) is str and value.isascii()):
            return value
        return plain_types(value)

    def from_json(self, value: Any, type_: Any = None) -> Any:
        """Return `value`, made into `type_` where that is known."""
        if type_ is None:
            return value
        known = reader(type_)
        return value if known is None else known.read(value)

    def recorded(self, value: Any, type_: Any) -> tuple[Any, Any]:
        """Return what is to be recorded of `value`, and what it is read back as.

        Raises TypeError or ValueError when that is not what `value` was.
        """
        output = self.to_json(value)
        known = None if type_ is None else reader(type_)
        if known is None:
            return output, self.from_json(output)
        try:
            return output, self._verified(value, output, type_, known)
        except Exception as error:
            # Computed fields are written, because others use them; a model may refuse to read them.
            bare = plain_types(value, bare=True)
            if bare == output:
                raise unreadable(type_, error) from error
        try:
            return bare, self._verified(value, bare, type_, known)
        except Exception as error:
            raise unreadable(type_, error) from error

    def _verified(self, value: Any, output: Any, type_: Any, known: Reader) -> Any:
        read = self.from_json(output, type_)
        if known.same(value, read):
            return read
        raise ValueError("it comes back as another value")


def recorded(codec: Codec, value: Any, type_: Any) -> tuple[Any, Any]:
    """Return what is to be recorded of `value`, and what its readers get; refuses what they do not.

    Whatever a codec of the user's raises says that.
    """
    if type_ is None and type(codec) is JSONCodec:
        output = codec.to_json(value)
        return output, output
    if isinstance(codec, JSONCodec):
        return codec.recorded(value, type_)
    output = codec.to_json(value)
    return output, codec.from_json(output, type_)


def unreadable(type_: Any, error: Exception) -> TypeError:
    """Return the error for a value that is not read back as its declared type."""
    name = getattr(type_, "__name__", None) if isinstance(type_, type) else None
    return TypeError(f"as {name or type_} it cannot be read back: {reason(error)}")


def reason(error: Exception) -> str:
    """Return what an error of a codec says, without the values that pydantic repeats."""
    details = getattr(error, "errors", None)
    if not callable(details):
        return text_of(error) or type(error).__name__
    try:
        found = details(include_input=False, include_url=False, include_context=False)
        return "; ".join(f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in found[:3])
    except Exception:
        return type(error).__name__


JSON = JSONCodec()
