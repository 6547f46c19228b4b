"""Blocks that are the workflow of a run."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from .._backends.aio import follow
from .._context import RUN, place
from .._entering import enter, leave
from .._errors import RunCancelled, StepUnknown
from .._failures import every
from .._options import RunOptions
from ._client import Client, connect
from ._executing import let_go
from ._run import Run


class RunScope:
    """``with sidestep.workflow("x", run="order-17") as run``: the block is the workflow.

    It cannot be skipped: for a finished run its steps come from the journal, and one that has no
    record raises RunClosed. A failure that its
    policy retries gives the run back for the next process.
    """

    def __init__(
        self, name: str, run_id: str | None, options: RunOptions, client: Client | None = None
    ) -> None:
        self._name = name
        self._run_id = run_id
        self._options = options
        self._client = client
        self._owns_client = client is None
        self._entered: Any = None

    async def __aenter__(self) -> Run:
        if self._client is None:
            self._client = await connect()
        try:
            self.run = await self._client.resume(
                self._run_id, workflow=self._name, options=self._options
            )
        except BaseException:
            await self._close()
            raise
        self.run._parent, self.run._place = RUN.get(), place()
        follow()
        self._entered = enter(self.run, None)
        return self.run

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        leave(self._entered)
        try:
            await self._finish(error)
        finally:
            await self._close()

    async def _finish(self, error: BaseException | None) -> None:
        run = self.run
        if isinstance(run._final, RunCancelled):
            await run._compensate()
        if run._final is not None:
            if error is not run._final:
                raise run._final from error
        elif run.closed:
            pass
        elif error is None:
            await run._complete_as(run._output)
        elif any(isinstance(e, StepUnknown) for e in every(error)) or run._leaves(error):
            await let_go(run)
        elif not any(run._is_final(e) for e in every(error)):
            if (await run.fail(error))["retry"]:
                await let_go(run)

    async def _close(self) -> None:
        if self._owns_client and self._client is not None:
            await self._client.close()
            self._client = None
