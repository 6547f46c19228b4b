"""What can be looked up of runs of anybody."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .._codec import outward
from .._times import milliseconds
from ._administration import Administration
from ._asking import Facts

if TYPE_CHECKING:
    from .._times import Span


class Lookups(Administration):
    """Reads what belongs to runs."""

    async def explain(self, run: str) -> Facts:
        """Say why a run is where it is, and what happens next (``run.explain``)."""
        return await self._questions._ask("run.explain", run=run)  # type: ignore[no-any-return]

    async def lease(self, run: str) -> Facts:
        """Return who executes a run, and since when (``lease.get``)."""
        return await self._questions._ask("lease.get", run=run)  # type: ignore[no-any-return]

    async def steps(
        self, run: str, *, status: str | None = None, cursor: str | None = None
    ) -> list[Facts]:
        """Return the steps of a run in the order of its journal (``step.list``)."""
        questions = self._questions

        async def ask(more: str | None) -> Facts:
            return await questions._ask(  # type: ignore[no-any-return]
                "step.list", run=run, cursor=more, limit=None, max_bytes=None, status=status
            )

        return await questions._all(await ask(cursor), "steps", ask)

    async def step(self, run: str, name: str) -> Facts:
        """Return one step of a run by its recorded name (``step.get``)."""
        return await self._questions._ask("step.get", run=run, step=name)  # type: ignore[no-any-return]

    async def inflight(self, *, all: bool | None = None, limit: int | None = None) -> list[Facts]:
        """Return the steps that somebody should look at: the unknown ones (``step.inflight``).

        With `all` those that execute now as well.
        """
        return (await self._questions._ask("step.inflight", all=all, limit=limit))["steps"]  # type: ignore[no-any-return]

    async def signals(
        self, run: str, *, signal: str | None = None, all: bool | None = None
    ) -> list[Facts]:
        """Return the signals that a run has not taken, with `all` every one (``signal.list``)."""
        questions = self._questions

        async def ask(cursor: str | None) -> Facts:
            return await questions._ask(  # type: ignore[no-any-return]
                "signal.list", run=run, signal=signal, all=all, limit=None, cursor=cursor
            )

        return await questions._all(await ask(None), "signals", ask)

    async def promises(self, run: str, *, status: str | None = None) -> list[Facts]:
        """Return the promises of a run (``promise.list``)."""
        return (await self._questions._ask("promise.list", run=run, status=status))["promises"]  # type: ignore[no-any-return]

    async def timers(self, run: str | None = None, *, limit: int | None = None) -> list[Facts]:
        """Return what sleeps, the soonest first (``timer.list``)."""
        return (await self._questions._ask("timer.list", run=run, limit=limit))["timers"]  # type: ignore[no-any-return]

    async def streams(self, run: str) -> list[Facts]:
        """Return the streams of a run (``stream.list``)."""
        return (await self._questions._ask("stream.list", run=run))["streams"]  # type: ignore[no-any-return]

    async def artifacts(
        self, run: str | None = None, *, artifact: str | None = None, limit: int | None = None
    ) -> list[Facts]:
        """Return the artifacts of a run, or the versions of one (``artifact.list``)."""
        questions = self._questions

        async def ask(cursor: str | None) -> Facts:
            return await questions._ask(  # type: ignore[no-any-return]
                "artifact.list", run=run, artifact=artifact, limit=limit, cursor=cursor
            )

        page = await ask(None)
        return page["artifacts"] if limit else await questions._all(page, "artifacts", ask)

    async def artifact(
        self, artifact: str, *, run: str | None = None, version: int | None = None
    ) -> Facts:
        """Return an artifact, the newest version unless one is named (``artifact.get``)."""
        return await self._questions._ask(  # type: ignore[no-any-return]
            "artifact.get", artifact=artifact, run=run, version=version
        )

    async def checkpoints(self, run: str) -> list[Facts]:
        """Return the checkpoints of a run, the newest first (``checkpoint.list``)."""
        questions = self._questions

        async def ask(cursor: str | None) -> Facts:
            return await questions._ask("checkpoint.list", run=run, limit=None, cursor=cursor)  # type: ignore[no-any-return]

        return await questions._all(await ask(None), "checkpoints", ask)

    async def checkpoint(
        self,
        checkpoint: str | None = None,
        *,
        run: str | None = None,
        name: str | None = None,
        token: str | None = None,
    ) -> Facts:
        """Return a checkpoint by its id, its token, or the newest of a run (``checkpoint.get``)."""
        return await self._questions._ask(  # type: ignore[no-any-return]
            "checkpoint.get", checkpoint=checkpoint, run=run, name=name, token=token
        )

    async def delete_checkpoints(
        self, run: str, *, before: int | None = None, checkpoint: str | None = None
    ) -> int:
        """Remove checkpoints of a run: all, some or one; how many (``checkpoint.delete``)."""
        reply = await self._questions._ask(
            "checkpoint.delete", run=run, before=before, checkpoint=checkpoint
        )
        return reply["deleted"]  # type: ignore[no-any-return]

    async def events(
        self,
        *,
        run: str | None = None,
        event: str | None = None,
        after: int | None = None,
        limit: int | None = None,
        wait: Span | None = None,
    ) -> list[Facts]:
        """Return the events that were announced, by a run or of a name, the oldest first.

        With `wait` it waits so many seconds for one that follows `after` (``event.list``).
        """
        questions = self._questions

        async def ask(more: int | None) -> Facts:
            return await questions._ask(  # type: ignore[no-any-return]
                "event.list",
                run=run,
                event=event,
                after=more,
                limit=limit,
                wait_ms=milliseconds(wait),
            )

        page = await ask(after)
        return page["events"] if limit or wait else await questions._all(page, "events", ask)

    async def emit(self, event: str, value: Any = None, *, event_id: str | None = None) -> Facts:
        """Announce an event of no run, once for each `event_id` (``event.emit``)."""
        told = outward(self.codec, value)
        return await self._questions._ask(  # type: ignore[no-any-return]
            "event.emit", event=event, value=told, run=None, lease=None, event_id=event_id
        )
