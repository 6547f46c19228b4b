# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""What can be asked of, and done with, runs of anybody: the methods that need no lease."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from .._budget import Budget, budget_to_wire
from .._codec import outward
from .._inputs import input_of
from .._times import epoch, milliseconds
from ._asking import Facts, Questions
from ._connection import Connection

if TYPE_CHECKING:
    from datetime import datetime

    from .._times import Span


Action = Literal["cancel", "retry", "pause", "unpause", "delete"]
UsageGrouping = Literal["day", "model", "workflow", "user"]


class Administration(Connection):
    """Changes and copies of runs."""

    @property
    def _questions(self) -> Questions:
        return Questions(self)

    def pause(self, run: str) -> Facts:
        """Have nobody execute a run; its owner loses it (``run.pause``)."""
        return (self._questions._ask("run.pause", run=run))["run"]  # type: ignore[no-any-return]

    def unpause(self, run: str) -> Facts:
        """Let a paused run go on, and forget its interruptions (``run.unpause``)."""
        return (self._questions._ask("run.unpause", run=run))["run"]  # type: ignore[no-any-return]

    def delete(self, run: str) -> bool:
        """Remove a run that nobody executes; return whether there was one (``run.delete``)."""
        return (self._questions._ask("run.delete", run=run))["deleted"]  # type: ignore[no-any-return]

    def bulk(
        self,
        action: Action,
        *,
        runs: Sequence[str] | None = None,
        all: bool = False,
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
        reason: str | None = None,
        grace: Span | None = None,
        dry_run: bool = False,
        limit: int | None = None,
    ) -> Facts:
        """Do one thing to many runs: those named, or those that a filter finds (``run.bulk``).

        Return ``count``, the ids in ``runs``, and in ``skipped`` the runs that it cannot be done
        to, each with ``kind`` and ``message``. A run made meanwhile is left alone. A dry run
        changes nothing; it counts all and names the first `limit`, a hundred. Without it, `limit`
        is how many runs one call of the daemon looks at.
        """
        total: Facts = {"count": 0, "runs": [], "skipped": []}
        cursor: str | None = None
        while True:
            part = self._questions._ask(
                "run.bulk",
                action=action,
                runs=runs if runs is None else list(runs),
                all=all or None,
                workflow=workflow,
                status=status,
                open=open,
                tag=tag and dict(tag),
                created_after=epoch(created_after),
                created_before=epoch(created_before),
                newer_than_ms=milliseconds(newer_than),
                older_than_ms=milliseconds(older_than),
                text=text,
                parent=parent,
                user=user,
                reason=reason,
                grace_ms=milliseconds(grace),
                dry_run=dry_run,
                limit=limit,
                cursor=cursor,
            )
            total = {name: known + part[name] for name, known in total.items()}
            cursor = part.get("more")
            if cursor is None:
                return total

    def update(
        self,
        run: str,
        *,
        tags: Mapping[str, str | None] | None = None,
        metadata: Any = None,
        deadline: datetime | int | None = None,
        budget: Budget | None = None,
    ) -> Facts:
        """Change what people say about a run; a tag that is None is removed (``run.update``)."""
        reply = self._questions._ask(
            "run.update",
            run=run,
            tags=tags and dict(tags),
            metadata=metadata,
            deadline_at=epoch(deadline),
            budget=budget_to_wire(budget),
        )
        return reply["run"]  # type: ignore[no-any-return]

    def fork(
        self,
        run: str,
        *,
        new_run: str | None = None,
        step: str | None = None,
        checkpoint: str | None = None,
        from_failed: bool | None = None,
        workflow: str | None = None,
        args: Sequence[Any] | None = None,
        state: Any = None,
        messages: Sequence[Any] | None = None,
        signals: Literal["leave", "copy"] | None = None,
        recording: int | None = None,
        response: Mapping[str, Any] | None = None,
    ) -> Facts:
        """Begin a run with the records of another: those before `step`, or up to `checkpoint`.

        `args` are what the workflow is called with; without them as the source was. The fork waits
        for a worker, or for whoever resumes it (``run.fork``). With `recording` that call is made
        again, or has the answer that `response` tells as the protocol does (`text`, …).
        """
        write = self.codec.to_json
        reply = self._questions._ask(
            "run.fork",
            run=run,
            new_run=new_run,
            step=step,
            checkpoint=checkpoint,
            from_failed=from_failed,
            workflow=workflow,
            input=None if args is None else input_of(self.codec, args),
            state=None if state is None else write(state),
            messages=None if messages is None else write(list(messages)),
            signals=signals,
            recording=recording,
            response=response and dict(response),
        )
        return reply["run"]  # type: ignore[no-any-return]

    def diff(
        self, run: str, other: str, *, limit: int | None = None, max_bytes: int | None = None
    ) -> Facts:
        """Return in which steps two runs differ (``run.diff``)."""
        return self._questions._ask(  # type: ignore[no-any-return]
            "run.diff", run=run, other=other, limit=limit, max_bytes=max_bytes
        )

    def history(
        self, run: str, *, after: int | None = None, limit: int | None = None
    ) -> list[Facts]:
        """Return the journal of a run, the oldest entry first (``run.history``)."""
        questions = self._questions

        def ask(more: int | None) -> Facts:
            return questions._ask("run.history", run=run, after=more, limit=limit)  # type: ignore[no-any-return]

        page = ask(after)
        return page["entries"] if limit else questions._all(page, "entries", ask)

    def timeline(
        self,
        run: str,
        *,
        width: int | None = None,
        from_at: datetime | int | None = None,
        until_at: datetime | int | None = None,
    ) -> Facts:
        """Show what a run did over time, for a drawing of some columns (``run.timeline``).

        Return ``lives``, ``spans`` and ``marks`` between ``from_at`` and ``until_at``, moments in
        milliseconds; what is narrower than a column is counted together.
        """
        return self._questions._ask(  # type: ignore[no-any-return]
            "run.timeline",
            run=run,
            width=width,
            from_at=epoch(from_at),
            until_at=epoch(until_at),
        )

    def usage(
        self,
        by: UsageGrouping = "day",
        *,
        from_at: datetime | int | None = None,
        until_at: datetime | int | None = None,
        time_zone: str | None = None,
        workflow: str | None = None,
        model: str | None = None,
        user: int | None = None,
    ) -> list[Facts]:
        """Sum what runs have used, by day, model, workflow or user (``run.usage``).

        Each line has ``of``, the day or the name, and ``usage``. What removed runs used counts.
        Without `from_at`, thirty days are meant.
        """
        reply = self._questions._ask(
            "run.usage",
            by=by,
            from_at=epoch(from_at),
            until_at=epoch(until_at),
            time_zone=time_zone,
            workflow=workflow,
            model=model,
            user=user,
        )
        return reply["lines"]  # type: ignore[no-any-return]

    def export(
        self,
        run: str,
        *,
        generation: int | None = None,
        max_bytes: int | None = None,
        without_recordings: bool | None = None,
    ) -> list[str]:
        """Return all that is known of a run, as lines that `import_run` takes (``run.export``).

        `without_recordings` leaves out what recorded calls sent and got.
        """
        questions = self._questions

        def ask(cursor: str | None) -> Facts:
            return questions._ask(  # type: ignore[no-any-return]
                "run.export",
                run=run,
                generation=generation,
                cursor=cursor,
                max_bytes=max_bytes,
                without_recordings=without_recordings,
            )

        return questions._all(ask(None), "lines", ask)

    def import_run(
        self, lines: Sequence[Any], *, run: str | None = None, user: int | None = None
    ) -> Facts:
        """Take in an exported run, under another id if that is given (``run.import``)."""
        begun: str | None = None
        reply: Facts = {}
        for start in range(0, max(1, len(lines)), _LINES):
            part = list(lines[start : start + _LINES])
            reply = self._questions._ask(
                "run.import", lines=part, run=run, user=user, **{"import": begun}
            )
            begun = reply.get("import")
        return reply

    def resolve(
        self,
        run: str,
        step: str,
        resolution: Literal["rerun", "completed", "failed"],
        *,
        output: Any = ...,
        error: Any = ...,
    ) -> Facts:
        """Settle an unknown step as ``rerun``, ``completed`` or ``failed`` (``step.resolve``)."""
        params: Facts = {"run": run, "step": step, "as": resolution}
        if output is not ...:
            params["output"] = self.codec.to_json(output)
        if error is not ...:
            params["error"] = outward(self.codec, error)
        return self.call("step.resolve", params)  # type: ignore[no-any-return]


# Lines that one call takes.
_LINES = 2000
