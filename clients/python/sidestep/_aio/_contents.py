"""The content of artifacts, as everybody reads it who may see the run."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any, TypeVar

from .._artifact import Artifact
from .._content import Reading, value_of
from ._lookups import Lookups

T = TypeVar("T")


class Contents(Lookups):
    """Reads what runs keep by reference."""

    async def read(self, artifact: Artifact[T]) -> T:
        """Return the value that a handle stands for."""
        pieces = [piece async for piece in self.chunks(artifact)]
        return value_of(artifact, pieces, self.codec)  # type: ignore[no-any-return]

    async def chunks(self, artifact: Artifact[Any]) -> AsyncIterator[bytes]:
        """Return the bytes of what a handle stands for, piece by piece (``stream.read``).

        Raises RunNotFound when the run is gone that keeps it, SidestepError when it keeps other
        content by now.
        """
        reading, start = Reading(artifact), 0
        while True:
            asked = {"run": artifact.run, "stream": artifact.stream, "from": start}
            page = await self.call("stream.read", asked)
            for item in page["items"]:
                yield reading.take(item)
            if page["next"] == start:
                break
            start = page["next"]
        reading.end()
