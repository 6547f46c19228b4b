# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""A process that executes the runs of some workflows, as they come."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from .._backends.sync import contained, in_slots
from .._errors import ConnectionLost, SidestepError
from .._failures import Suspended, Unreadable, warn
from .._inputs import OTHER_KIND, called_with
from .._options import RunOptions
from .._retry import text_of
from ._client import Client, connect
from ._run import Run
from ._workflow import Workflow

if TYPE_CHECKING:
    from .._times import Span

_POLL_SECONDS = 2.0


class Worker:
    """Claims runs (``worker.claim``) and executes them, `concurrency` at a time.

    A run whose process died is claimed by the next worker at once, and goes on where it was. A
    run that does nothing but wait is left after `suspend_after` seconds (``run.suspend``) and
    claimed again when what it waits for has come; None stays with it.
    """

    def __init__(
        self,
        *workflows: Workflow[Any, Any],
        queues: Sequence[str] = ("default",),
        concurrency: int = 10,
        code_version: str | None = None,
        name: str | None = None,
        suspend_after: Span | None = 60.0,
        client: Client | None = None,
    ) -> None:
        if not workflows:
            raise ValueError("a worker needs at least one workflow")
        for workflow in workflows:
            if not isinstance(workflow, Workflow):
                raise TypeError(f"workflow {getattr(workflow, 'name', workflow)!r} {OTHER_KIND}")
        if client is not None and not isinstance(client, Client):
            raise TypeError(f"the client of the worker {OTHER_KIND}")
        self.name = name or f"{os.path.basename(os.getcwd())}-{os.getpid()}"
        self._workflows = {workflow.name: workflow for workflow in workflows}
        self._queues = list(queues)
        self._concurrency = concurrency
        self._code_version = code_version
        self._options = RunOptions(suspend_after=suspend_after)
        self._client = client
        self._stopping = False
        self._stop_when_idle = False

    def run(self, *, until_idle: bool = False) -> None:
        """Execute runs until `stop` is called; with `until_idle` until none is left to claim."""
        self._stop_when_idle = until_idle
        if self._client is not None:
            in_slots(self._slot, self._client, self._concurrency)
            return
        with connect() as client:
            in_slots(self._slot, client, self._concurrency)

    def stop(self) -> None:
        """Claim no more; `run` returns when the runs in hand have ended."""
        self._stopping = True

    def _slot(self, client: Client) -> None:
        while not self._stopping:
            try:
                run = self._claim(client)
            except ConnectionLost:
                if self._stopping:
                    return
                raise
            if run is not None:
                run._contained = True
                contained(self._execute, run)
            elif self._stop_when_idle:
                return

    def _claim(self, client: Client) -> Run | None:
        params: dict[str, Any] = {
            "workflows": sorted(self._workflows),
            "queues": self._queues,
            "worker": self.name,
            "wait_ms": 0 if self._stop_when_idle else round(_POLL_SECONDS * 1000),
        }
        if self._code_version is not None:
            params["code_version"] = self._code_version
        reply = client.call("worker.claim", params)
        if not reply["claimed"]:
            return None
        return client._held(reply, params, self._options)

    def _execute(self, run: Run) -> None:
        """Drive a run to its end; whatever its workflow raises ends the run, not the worker."""
        workflow = self._workflows[run.info["workflow"]]
        try:
            run.codec = workflow._options.codec or run.codec
            args, kwargs = called_with(run.codec, run.input, workflow.function)
        except Exception as error:
            problem = Unreadable(f"the input of run {run.id}", error)
            run.fail(problem, retryable=False)
            warn(f"run {run.id} failed: {problem}")
            return
        try:
            workflow._drive(run, args, kwargs)
        except Suspended:
            pass
        except BaseException as error:
            if run._leaves(error):
                raise
            ours = isinstance(error, SidestepError)
            warn(_what_happened(run.id, error), None if ours else error)


def _what_happened(run: str, error: BaseException) -> str:
    if isinstance(error, SidestepError):
        lines = getattr(error, "traceback", None)  # where a step was when it failed, on record
        return f"run {run}: {error}" + (f"\n{lines.rstrip()}" if lines else "")
    return f"run {run} failed: {type(error).__name__}: {text_of(error)}"
