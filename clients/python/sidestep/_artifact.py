"""Large values by reference: the handle."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

T_co = TypeVar("T_co", covariant=True)

# What the content was: itself, a text, or a value that a codec has written as JSON.
FORMS = ("bytes", "text", "value")


class Artifact(Generic[T_co]):
    """A large value that a run keeps, as arguments and results carry it: `Run.artifact` makes one.

    `client.read(artifact)` and `run.read(artifact)` return the value, `chunks` its bytes piece by
    piece. `run` is the run that keeps it, `size` its bytes, `digest` their SHA-256.
    """

    __slots__ = ("digest", "form", "name", "run", "size")

    def __init__(self, run: str, name: str, form: str, size: int, digest: str) -> None:
        if form not in FORMS:
            raise ValueError(f"an artifact holds {', '.join(FORMS)}, not {form!r}")
        self.run = run
        self.name = name
        self.form = form
        self.size = size
        self.digest = digest

    @property
    def stream(self) -> str:
        """The stream of the run that has the content: the same content is there once."""
        return f"artifact:{self.digest}"

    def to_wire(self) -> dict[str, Any]:
        """Return the handle as plain data."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def from_wire(cls, value: Any) -> Artifact[Any]:
        """Return the handle of plain data; raises what says that they are of none."""
        if isinstance(value, cls):
            return value
        if not isinstance(value, dict) or value.keys() != set(cls.__slots__):
            raise TypeError("an artifact is an object with run, name, form, size and digest")
        return cls(**value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Artifact) and self.to_wire() == other.to_wire()

    def __hash__(self) -> int:
        return hash((self.run, self.name, self.digest))

    def __repr__(self) -> str:
        return f"<Artifact {self.name!r} of run {self.run!r}, {self.size} bytes>"
