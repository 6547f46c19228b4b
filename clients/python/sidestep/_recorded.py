"""What is on record of an exception."""

from __future__ import annotations

from typing import Any


class Recorded:
    """What an error of ours tells of the recorded failure that it stands for."""

    data: dict[str, Any]

    @property
    def failure(self) -> Any:
        """The recorded error, as JSON gave it back."""
        return self.data.get("failure")

    @property
    def type(self) -> str | None:
        """The name of the recorded exception's class."""
        failure = self.failure
        return failure.get("type") if isinstance(failure, dict) else None

    @property
    def traceback(self) -> str | None:
        """The end of the traceback of the recorded exception, as text."""
        failure = self.failure
        lines = failure.get("traceback") if isinstance(failure, dict) else None
        return lines if isinstance(lines, str) else None
