"""The daemon itself, and how long it keeps what has ended."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Literal

from .._times import epoch, milliseconds
from ._asking import Facts, Many, Questions

if TYPE_CHECKING:
    from datetime import datetime

    from .._times import Span

Ended = Literal["completed", "failed", "cancelled"]


class Retention(Questions):
    """How long runs are kept that have ended; `Client.retention` is this."""

    async def put(
        self,
        *,
        workflow: str | None = None,
        status: Ended | None = None,
        keep: Span | None = None,
        forever: bool | None = None,
    ) -> Facts:
        """Keep runs of a workflow and a status so many seconds; neither of them: all others.

        Without `keep` and `forever` the rule is removed (``retention.put``).
        """
        return await self._ask(  # type: ignore[no-any-return]
            "retention.put",
            workflow=workflow,
            status=status,
            keep_ms=milliseconds(keep),
            forever=forever,
        )

    async def list(self) -> Facts:
        """Return the rules, and what holds where there is none (``retention.list``)."""
        return await self._ask("retention.list")  # type: ignore[no-any-return]

    async def prune(
        self,
        *,
        before: datetime | int | None = None,
        workflow: str | None = None,
        status: Ended | None = None,
        dry_run: bool = False,
    ) -> Facts:
        """Remove runs that ended before a date, or by the rules; return how many (``run.prune``).

        A dry run removes nothing and says what it would free.
        """
        total = {"runs": 0, "bytes": 0}
        while True:
            reply: Facts = await self._ask(
                "run.prune", before=epoch(before), workflow=workflow, status=status, dry_run=dry_run
            )
            total["runs"] += reply["runs"]
            total["bytes"] += reply.get("bytes") or 0
            if dry_run or not reply["more"]:
                return {**reply, **total}


class System(Questions):
    """The daemon itself; `Client.system` is this."""

    async def ping(self) -> None:
        """Return when the daemon has answered (``ping``)."""
        await self._ask("ping")

    async def hello(self, client: str | None = None, version: str | None = None) -> Facts:
        """Say who calls; return the daemon's version, its limits and features (``hello``)."""
        return await self._ask("hello", client=client, version=version, protocol=1)  # type: ignore[no-any-return]

    async def discover(self) -> Facts:
        """Return the protocol as an OpenRPC document (``rpc.discover``)."""
        return await self._ask("rpc.discover")  # type: ignore[no-any-return]

    async def info(self) -> Facts:
        """Return version, places, number of runs, and the settings (``system.info``)."""
        return await self._ask("system.info")  # type: ignore[no-any-return]

    async def stats(self) -> Facts:
        """Return how much is stored (``system.stats``)."""
        return await self._ask("system.stats")  # type: ignore[no-any-return]

    async def usage(
        self,
        *,
        user: int | None = None,
        workflow: str | None = None,
        limit: int | None = None,
        max_age: Span | None = None,
    ) -> Facts:
        """Return what users have, by workflow, and the bytes that it takes (``system.usage``).

        `max_age` is how many seconds old the figures may be, a minute when it is left out.
        """
        return await self._ask(  # type: ignore[no-any-return]
            "system.usage",
            user=user,
            workflow=workflow,
            limit=limit,
            max_age_ms=milliseconds(max_age),
        )

    async def metrics(self) -> str:
        """Return the daemon's metrics, text in the format OpenMetrics (``system.metrics``)."""
        return (await self._ask("system.metrics"))["text"]  # type: ignore[no-any-return]

    async def check(self) -> Facts:
        """Look whether the database is whole (``system.check``)."""
        return await self._ask("system.check")  # type: ignore[no-any-return]

    async def vacuum(self) -> Facts:
        """Give free space back to the file system (``system.vacuum``)."""
        return await self._ask("system.vacuum", progress=None)  # type: ignore[no-any-return]

    async def drain(self, on: bool = True) -> Facts:
        """Let nothing new start; the daemon leaves when what runs has ended (``system.drain``).

        Return ``runs``, those that have an owner, and ``steps``, how many the daemon executes.
        With `on` false, things start again.
        """
        return await self._ask("system.drain", on=on)  # type: ignore[no-any-return]

    async def advance(self, span: Span) -> int:
        """Let time pass in a daemon for tests; return its time, milliseconds (``system.advance``).

        Raises NotPermitted for every other daemon. `sidestep.testing.Daemon` is one for tests.
        """
        return (await self._ask("system.advance", ms=milliseconds(span)))["now"]  # type: ignore[no-any-return]

    async def acts(self, *, after: int | None = None, limit: int | None = None) -> Many:
        """Return who changed what beside runs, the oldest first (``system.acts``)."""

        async def ask(more: int | None) -> Facts:
            return await self._ask("system.acts", after=more, limit=limit)  # type: ignore[no-any-return]

        page = await ask(after)
        return page["acts"] if limit else await self._all(page, "acts", ask)

    async def backup(self, path: str | os.PathLike[str], *, overwrite: bool = False) -> Facts:
        """Have the daemon copy its database to a file that it sees (``system.backup``)."""
        return await self._ask(  # type: ignore[no-any-return]
            "system.backup", path=os.path.abspath(path), overwrite=overwrite, progress=None
        )

    async def open_backup(self) -> Facts:
        """Have the daemon copy its database for this connection to read (``system.backup``)."""
        return await self._ask("system.backup", path=None, overwrite=None, progress=None)  # type: ignore[no-any-return]

    async def read_backup(
        self, backup: str, start: int = 0, *, max_bytes: int | None = None
    ) -> Facts:
        """Return a part of such a copy, in base 64 (``system.backup_read``)."""
        return await self._ask(  # type: ignore[no-any-return]
            "system.backup_read", backup=backup, max_bytes=max_bytes, **{"from": start}
        )
