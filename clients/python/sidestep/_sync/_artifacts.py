# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Large values by reference: kept by a run, read by everybody who may see it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, TypeVar, overload

from .._artifact import Artifact
from .._content import Content, written
from ._held import Held

T = TypeVar("T")


class Artifacts(Held):
    """What a run can keep for others."""

    @overload
    def artifact(
        self, name: str, value: os.PathLike[str], *, description: str | None = None
    ) -> Artifact[bytes]: ...

    @overload
    def artifact(
        self, name: str, value: T, *, description: str | None = None
    ) -> Artifact[T]: ...

    def artifact(self, name: str, value: Any, *, description: str | None = None) -> Any:
        """Keep a large value, and return a handle that stands for it in arguments and results.

        `value` is bytes, a text, the path of a file whose bytes are copied, or any other value that
        can be recorded. The same content is kept once in a run. That is ``stream.append`` and
        ``artifact.put``.
        """
        content = Content(value, self.client.codec)
        made = content.handle(self.id, name)
        if not self._is_kept(made):
            for count, piece in enumerate(content.pieces()):
                params = {"stream": made.stream, "items": [written(piece)], "from": count}
                self._call("stream.append", params)
            self._call("stream.close", {"stream": made.stream})
        put: dict[str, Any] = {"artifact": name, "type": "json", "content": made.to_wire()}
        if description is not None:
            put["description"] = description
        self._call("artifact.put", put)
        return made

    def read(self, artifact: Artifact[T]) -> T:
        """Return the value that a handle stands for (`Client.read`)."""
        return self.client.read(artifact)

    def chunks(self, artifact: Artifact[Any]) -> Iterator[bytes]:
        """Return the bytes of what a handle stands for, piece by piece (`Client.chunks`)."""
        return self.client.chunks(artifact)

    def _is_kept(self, made: Artifact[Any]) -> bool:
        known = self.client.streams(self.id)
        return any(each["stream"] == made.stream and each["closed"] for each in known)
