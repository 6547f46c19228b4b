# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Filters of runs under names."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from .._times import epoch, milliseconds
from ._asking import Facts, Many, Questions

if TYPE_CHECKING:
    from datetime import datetime

    from .._times import Span


class Views(Questions):
    """The saved views of this user; `Client.views` is this."""

    def put(
        self,
        name: str,
        *,
        workflow: str | None = None,
        status: str | None = None,
        open: bool | None = None,
        tag: Mapping[str, str] | None = None,
        created_after: datetime | int | None = None,
        created_before: datetime | int | None = None,
        newer_than: Span | None = None,
        older_than: Span | None = None,
        text: str | None = None,
        parent: str | None = None,
        user: int | None = None,
    ) -> Facts:
        """Save what `Client.runs` is to find under a name, or change that (``view.put``).

        `newer_than` and `older_than` are ages in seconds: what they find moves on with the time.
        """
        said = {
            "workflow": workflow,
            "status": status,
            "open": open,
            "tag": tag and dict(tag),
            "created_after": epoch(created_after),
            "created_before": epoch(created_before),
            "newer_than_ms": milliseconds(newer_than),
            "older_than_ms": milliseconds(older_than),
            "text": text,
            "parent": parent,
            "user": user,
        }
        wanted = {member: value for member, value in said.items() if value is not None}
        return (self._ask("view.put", view=name, filter=wanted))["view"]  # type: ignore[no-any-return]

    def list(self) -> Many:
        """Return the saved views by their names (``view.list``)."""
        return (self._ask("view.list"))["views"]  # type: ignore[no-any-return]

    def delete(self, name: str) -> bool:
        """Remove a view; return whether there was one (``view.delete``)."""
        return (self._ask("view.delete", view=name))["deleted"]  # type: ignore[no-any-return]
