"""What a program says once, for all that it does with Sidestep."""

from __future__ import annotations

from ._codec import JSON, Codec

_codec: Codec = JSON


def configure(*, codec: Codec | None = None) -> None:
    """Say how values are recorded by the clients that are connected from now on.

    A client, a workflow or a step may have another `codec`. What is left out becomes the default.
    """
    global _codec
    _codec = JSON if codec is None else codec


def default_codec() -> Codec:
    """Return the codec of `configure`."""
    return _codec
