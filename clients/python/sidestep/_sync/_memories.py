# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""What is remembered beyond runs: values under keys, in namespaces."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._times import milliseconds
from ._asking import Facts, Many, Questions

if TYPE_CHECKING:
    from .._times import Span


class Memories(Questions):
    """What the daemon's user remembers; `Client.memories` is this. Values are plain JSON.

    A namespace is a sequence of labels, from the general to the particular.
    """

    def put(
        self,
        namespace: Sequence[str],
        key: str,
        value: Any,
        *,
        ttl: Span | None = None,
    ) -> None:
        """Remember a value, for ever or for `ttl` seconds (``memory.put``)."""
        self._client.call(
            "memory.put",
            {
                "namespace": list(namespace),
                "key": key,
                "value": value,
                "ttl_ms": milliseconds(ttl),
            },
        )

    def get(self, namespace: Sequence[str], key: str, *, refresh: bool = False) -> Facts:
        """Return what is remembered; `found` says whether there is something (``memory.get``).

        `refresh` lets it be kept its whole time from now on.
        """
        if refresh:
            self.refresh(namespace, key)
        return self._ask("memory.get", namespace=list(namespace), key=key)  # type: ignore[no-any-return]

    def refresh(self, namespace: Sequence[str], key: str) -> bool:
        """Let it be kept its whole time from now on, if it is there (``memory.refresh``)."""
        reply = self._ask("memory.refresh", namespace=list(namespace), key=key)
        return reply["refreshed"]  # type: ignore[no-any-return]

    def delete(self, namespace: Sequence[str], key: str) -> bool:
        """Forget what is remembered; return whether there was something (``memory.delete``)."""
        reply = self._ask("memory.delete", namespace=list(namespace), key=key)
        return reply["deleted"]  # type: ignore[no-any-return]

    def search(
        self,
        namespace: Sequence[str] = (),
        *,
        filter: Mapping[str, Any] | None = None,
        query: str | None = None,
        limit: int = 10,
        offset: int = 0,
    ) -> Many:
        """Return what is remembered there and below, the last changed first (``memory.search``).

        `filter` names members of the values, `query` a text that stands in them.
        """

        def ask(start: int | None) -> Facts:
            return self._ask(  # type: ignore[no-any-return]
                "memory.search",
                namespace=list(namespace),
                filter=filter,
                query=query,
                limit=limit,
                offset=start,
                max_bytes=None,
            )

        page = ask(offset)
        found: Many = page["items"]
        while page.get("more") is not None and len(found) < limit:
            page = ask(page["more"])
            found += page["items"]
        return found[:limit]

    def namespaces(
        self,
        prefix: Sequence[str] = (),
        *,
        suffix: Sequence[str] = (),
        max_depth: int | None = None,
        limit: int = 100,
        offset: int = 0,
    ) -> list[list[str]]:
        """Return where something is remembered; ``*`` is any one label (``memory.namespaces``)."""
        reply = self._ask(
            "memory.namespaces",
            prefix=list(prefix),
            suffix=list(suffix),
            max_depth=max_depth,
            limit=limit,
            offset=offset,
        )
        return reply["namespaces"]  # type: ignore[no-any-return]

    def clear(self, namespace: Sequence[str]) -> int:
        """Forget a namespace with all below it; return how many values (``memory.clear``)."""
        return (self._ask("memory.clear", namespace=list(namespace)))["deleted"]  # type: ignore[no-any-return]

    def batch(self, operations: Sequence[tuple[str, Mapping[str, Any]]]) -> Many:
        """Do several of these by their names and parameters (``memory.batch``).

        What they write is one transaction: ``[("memory.put", {"namespace": …}), …]``.
        """
        wanted = [{"method": method, "params": params} for method, params in operations]
        return (self._ask("memory.batch", operations=wanted))["results"]  # type: ignore[no-any-return]
