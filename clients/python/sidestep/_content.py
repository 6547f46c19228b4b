"""What an artifact is made of: the pieces that its content is kept in."""

from __future__ import annotations

import base64
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from typing import Any

from ._artifact import Artifact
from ._codec import Codec
from ._errors import SidestepError
from ._json import dumps, utf8

# Bytes of one piece: a line of it is far below what one may have, and few lines make a large value.
PIECE = 1 << 19


class Content:
    """What an artifact is made of: its bytes, which may be read twice."""

    def __init__(self, value: Any, codec: Codec) -> None:
        self._path: Any = None
        self._data: Any = b""
        if isinstance(value, os.PathLike):
            self.form, self._path = "bytes", value
        elif isinstance(value, (bytes, bytearray, memoryview)):
            self.form, self._data = "bytes", memoryview(value).cast("B")
        elif isinstance(value, str):
            self.form, self._data = "text", utf8(value)
        else:
            self.form, self._data = "value", utf8(dumps(codec.to_json(value)))

    def handle(self, run: str, name: str) -> Artifact[Any]:
        """Return the handle of the content."""
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces():
            digest.update(piece)
            size += len(piece)
        return Artifact(run, name, self.form, size, digest.hexdigest())

    def pieces(self) -> Iterator[Any]:
        """Iterate over the bytes."""
        if self._path is None:
            for start in range(0, len(self._data), PIECE):
                yield self._data[start : start + PIECE]
            return
        with open(self._path, "rb") as file:
            while piece := file.read(PIECE):
                yield piece


def written(piece: Any) -> str:
    """Return a piece as the stream has it."""
    return base64.b64encode(piece).decode()


class Reading:
    """The bytes of an artifact as they come, and whether they are all of it."""

    def __init__(self, artifact: Artifact[Any]) -> None:
        self._artifact = artifact
        self._digest = hashlib.sha256()

    def take(self, item: str) -> bytes:
        """Return the bytes of an item of the stream."""
        piece = base64.b64decode(item, validate=True)
        self._digest.update(piece)
        return piece

    def end(self) -> None:
        """Raise SidestepError when something is missing."""
        if self._digest.hexdigest() != self._artifact.digest:
            artifact = self._artifact
            raise SidestepError(
                f"the content of artifact {artifact.name} is not in run {artifact.run} any more",
                data={"run": artifact.run, "hint": "a run that is begun anew keeps what it makes"},
            )


def value_of(artifact: Artifact[Any], pieces: Iterable[bytes], codec: Codec) -> Any:
    """Return the value of an artifact."""
    data = b"".join(pieces)
    if artifact.form == "bytes":
        return data
    return data.decode() if artifact.form == "text" else codec.from_json(json.loads(data))
