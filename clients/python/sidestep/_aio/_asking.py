"""How groups of questions to the daemon are asked."""

from __future__ import annotations

from typing import Any

from ._connection import Connection

Facts = dict[str, Any]
# In classes that have a method `list`.
Many = list[Facts]


class Questions:
    """A group of methods of the protocol; what they answer are the facts as they stand there."""

    def __init__(self, client: Connection) -> None:
        self._client = client

    async def _ask(self, method: str, /, **params: Any) -> Any:
        """Call a method with the parameters that are given."""
        given = {name: value for name, value in params.items() if value is not None}
        return await self._client.call(method, given)

    async def _all(self, page: Any, member: str, ask: Any) -> list[Any]:
        """Return a member of a page and of all that follow it; `ask` gets what is `more`."""
        found: list[Any] = page[member]
        while page.get("more") is not None:
            page = await ask(page["more"])
            found += page[member]
        return found
