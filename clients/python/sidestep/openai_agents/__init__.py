"""A session for the OpenAI Agents SDK: ``Runner.run(…, session=SidestepSession("chat-1"))``.

Needs ``openai-agents``: ``pip install "sidestep[openai-agents]"``. It keeps the history, not the
effects of tools: those are for `sidestep.step`.
"""

from __future__ import annotations

from typing import Any

from .._extras import needs

try:
    from agents.memory import SessionABC
except ImportError as error:
    raise needs("openai-agents", error) from error

from .._loops import LoopClients
from ._compaction import Replacing
from ._settings import limit_of, settings_of

__all__ = ["SidestepSession"]


# The largest count that the daemon takes.
_MOST = 1_000_000_000


class SidestepSession(Replacing, SessionABC):
    """Keeps the items of a session as a conversation in the daemon.

    Several processes may use a session at the same time: items are added in whole calls, and
    `pop_item` takes an item once. `socket` is where the daemon answers; without one it is found.
    """

    def __init__(
        self,
        session_id: str,
        *,
        socket: str | None = None,
        session_settings: Any = None,
        settings: Any = None,
    ) -> None:
        """Take the SDK's `session_settings` (`settings` is its older name here)."""
        self.session_id = session_id
        given = settings if session_settings is None else session_settings
        self.session_settings = settings_of(given)
        self._name = f"openai-agents/{session_id}"
        self._daemon = LoopClients(socket)

    async def get_items(self, limit: int | None = None) -> list[Any]:
        """Return the items in order, or the last `limit` of them."""
        limit = limit_of(self.session_settings) if limit is None else limit
        if limit is not None and limit <= 0:
            return []
        part = {} if limit is None else {"last": min(limit, _MOST)}
        found = await self._daemon.entries(self._name, **part)
        return [] if found is None else found["entries"]

    async def add_items(self, items: list[Any]) -> None:
        """Add items, all of them or none."""
        if items:
            params = {"conversation": self._name, "entries": [*items]}
            await self._daemon.call("conversation.append", params)

    async def pop_item(self) -> Any | None:
        """Remove the last item and return it; None when there is none."""
        while True:
            found = await self._daemon.entries(self._name, last=1)
            if found is None or not found["entries"]:
                return None
            params = {
                "conversation": self._name,
                "keep": found["length"] - 1,
                "expected_revision": found["revision"],
            }
            if (await self._daemon.call("conversation.append", params))["appended"]:
                return found["entries"][0]

    async def clear_session(self) -> None:
        """Forget the session."""
        await self._daemon.call("conversation.delete", {"conversation": self._name})

    async def aclose(self) -> None:
        """Close the connection of the running event loop."""
        await self._daemon.close()
