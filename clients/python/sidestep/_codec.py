"""From Python values to JSON and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ._exact import BUILTINS, SCALARS, as_builtin, has_tags, is_plain
from ._json import plain_types
from ._retry import text_of

if TYPE_CHECKING:
    from ._readers import Reader


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
    """JSON; a value that JSON has no form for is written by its declared type, else with a tag.

    What a function declares is followed into containers, unions and fields.
    """

    def to_json(self, value: Any) -> Any:
        """Return `value` as plain types."""
        return self.written(value)[0]

    def written(self, value: Any) -> tuple[Any, bool]:
        """Return `value` as plain types, and whether these are all that it was."""
        if value is None or type(value) in (bool, int) or (type(value) is str and value.isascii()):
            return value, True
        if is_plain(value):
            return plain_types(value), True
        from ._readers import tagged

        return plain_types(tagged(value), value), False

    def from_json(self, value: Any, type_: Any = None) -> Any:
        """Return `value`, made into `type_` where that is known."""
        if type(value) not in SCALARS and has_tags(value):
            from ._readers import untagged

            value = untagged(value)
        known = _reader(type_)
        return value if known is None else known.read(value)

    def recorded(self, value: Any, type_: Any) -> tuple[Any, Any]:
        """Return what is to be recorded of `value`, and what it is read back as.

        Raises TypeError or ValueError when that is not what `value` was.
        """
        known = _reader(type_)
        if known is None:
            value = as_builtin(value, type_)
            output = self.to_json(value)
            return output, self.from_json(output)
        output = plain_types(known.write(value), value)
        try:
            return output, self._verified(value, output, type_, known)
        except Exception as error:
            # Computed fields are written, because others use them; a model may refuse to read them.
            bare = plain_types(known.write(value, True), value)
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


def _reader(type_: Any) -> Reader | None:
    if type_ is None or (type(type_) is type and type_ in BUILTINS):
        return None
    from ._readers import reader

    return reader(type_)


def recorded(codec: Codec, value: Any, type_: Any) -> tuple[Any, Any]:
    """Return what is to be recorded of `value`, and what its readers get; refuses what they do not.

    Whatever a codec of the user's raises says that.
    """
    cls = type(value)
    if type(codec) is JSONCodec and (type_ is None or (type_ is cls and type_ in BUILTINS)):
        if value is None or cls is int or cls is bool or (cls is str and value.isascii()):
            return value, value
        output, is_same = codec.written(value)
        return output, output if is_same else codec.from_json(output)
    if isinstance(codec, JSONCodec):
        return codec.recorded(value, type_)
    output = codec.to_json(value)
    return output, codec.from_json(output, type_)


def outward(codec: Codec, value: Any) -> Any:
    """Return what others are told of a value, who know nothing of its class: plain JSON."""
    return plain_types(value) if isinstance(codec, JSONCodec) else codec.to_json(value)


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
