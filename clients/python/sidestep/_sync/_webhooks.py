# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Who is told of events over HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

from ._asking import Facts, Many, Questions


class Webhooks(Questions):
    """The daemon's webhooks; `Client.webhooks` is this."""

    def put(
        self,
        name: str,
        url: str,
        events: Sequence[str],
        *,
        secret: str | None = None,
        headers: Mapping[str, str] | None = None,
        paused: bool | None = None,
        max_attempts: int | None = None,
    ) -> Facts:
        """Have a URL called with events of these names, or change that (``webhook.put``)."""
        reply = self._ask(
            "webhook.put",
            webhook=name,
            url=url,
            events=list(events),
            secret=secret,
            headers=headers and dict(headers),
            paused=paused,
            max_attempts=max_attempts,
        )
        return reply["webhook"]  # type: ignore[no-any-return]

    def list(self) -> Many:
        """Return all webhooks (``webhook.list``)."""
        return (self._ask("webhook.list"))["webhooks"]  # type: ignore[no-any-return]

    def delete(self, name: str) -> bool:
        """Remove a webhook; return whether there was one (``webhook.delete``)."""
        return (self._ask("webhook.delete", webhook=name))["deleted"]  # type: ignore[no-any-return]

    def deliveries(
        self,
        name: str | None = None,
        *,
        status: Literal["pending", "delivered", "dead"] | None = None,
        limit: int | None = None,
    ) -> Many:
        """Return what was delivered, or is to be, the newest first (``webhook.deliveries``)."""

        def ask(cursor: str | None) -> Facts:
            return self._ask(  # type: ignore[no-any-return]
                "webhook.deliveries", webhook=name, status=status, limit=limit, cursor=cursor
            )

        page = ask(None)
        return page["deliveries"] if limit else self._all(page, "deliveries", ask)

    def redeliver(self, delivery: str) -> Facts:
        """Have a delivery made once more (``webhook.redeliver``)."""
        return (self._ask("webhook.redeliver", delivery=delivery))["delivery"]  # type: ignore[no-any-return]
