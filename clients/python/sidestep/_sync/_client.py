# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""The client that opens runs."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from .._codec import Codec
from .._configure import default_codec
from .._errors import RunOwned
from .._inputs import input_of
from .._names import new_run_id
from .._older import Names, in_seconds, renamed
from .._options import RunOptions
from .._starting import Starting
from .._times import seconds
from .._traces import begun_here
from ._daemon import Daemon
from ._handle import RunHandle
from ._run import Run

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from .._keywords import RunKeywords
    from .._times import Span


_OLDER: Names = {"delay_ms": ("delay", in_seconds)}


def connect(
    socket: str | os.PathLike[str] | None = None,
    *,
    autostart: bool | None = None,
    wait: Span = 5.0,
    reconnect_timeout: Span = 300.0,
    codec: Codec | None = None,
) -> Client:
    """Connect to the daemon, and start one for this user when none answers.

    `wait` is how long a named socket (argument or ``SIDESTEP_SOCKET``) is tried, in seconds;
    `reconnect_timeout` how long a lost connection is tried again before ConnectionLost. `codec`
    stands in for that of `sidestep.configure`. Raises DaemonNotFound.
    """
    client = Client(
        socket,
        autostart=autostart,
        reconnect_timeout=seconds(reconnect_timeout),
        codec=default_codec() if codec is None else codec,
    )
    client._connect(seconds(wait))
    return client


class Client(Daemon):
    """The daemon; use `connect` to make one.

    A lost connection is not an error: the client connects again, presents the leases it holds and
    sends what had no reply once more (every call may be sent again).
    """

    def run(self, run: str, *, result_type: Any = None) -> RunHandle[Any]:
        """Return the handle of a run, whoever executes it; its output is read as `result_type`."""
        return RunHandle(run, self, result_type=result_type)

    def enqueue(
        self,
        workflow: str,
        *args: Any,
        run: str | None = None,
        options: RunOptions | None = None,
        queue: str | None = None,
        priority: int | None = None,
        delay: Span | None = None,
        dedup_key: str | None = None,
        concurrency_key: str | None = None,
        **more: Unpack[RunKeywords],
    ) -> RunHandle[Any]:
        """Have a worker execute a workflow with these arguments; return the handle of its run.

        That is ``run.enqueue``. `delay` is in seconds; `more` takes the options of a run (`tags`,
        `retry`, `if_closed` and so on).
        """
        others: dict[str, Any] = dict(more)
        if "delay_ms" in others:
            delay = renamed({"delay_ms": others.pop("delay_ms")}, _OLDER, "enqueue")["delay"]
        given = {"queue": queue, "priority": priority, "delay": delay}
        given |= {"dedup_key": dedup_key, "concurrency_key": concurrency_key}
        params = {
            **(options or RunOptions()).merged(RunOptions(**others)).enqueued(),
            **Starting(given).enqueued(),
            "run": run or new_run_id(),
            "workflow": workflow,
            "input": input_of(self.codec, args),
        }
        reply = self.call("run.enqueue", begun_here(params))
        return RunHandle(reply["run"]["id"], self)

    def resume(
        self,
        run: str | None = None,
        *,
        workflow: str | None = None,
        input: Any = ...,
        options: RunOptions | None = None,
        **more: Unpack[RunKeywords],
    ) -> Run:
        """Open a run, or come back to it, and return it with its journal.

        That is ``resume``. `more` takes the options of a run (`if_closed`, `if_owned`, `wait`,
        `retry` and so on). A closed run comes without a lease, with its output or error.
        """
        options = (options or RunOptions()).merged(RunOptions(**more))
        params: dict[str, Any] = {} if workflow is None else {"workflow": workflow}
        if input is not ...:
            params["input"] = (options.codec or self.codec).to_json(input)
        return self._resume(run, params, options)

    def _resume(self, run: str | None, opening: dict[str, Any], options: RunOptions) -> Run:
        """Open a run; `opening` has its workflow and its input, as that is recorded."""
        params = begun_here({**options.params, **opening})
        if run is not None or "token" not in params:
            params["run"] = run if run is not None else new_run_id()
        started = time.time() * 1000
        link = self._link
        try:
            reply = self.call("resume", params)
        except RunOwned as error:
            owner = error.owner or {}
            mine = owner.get("pid") == os.getpid() and owner.get("since_at", 0) >= started - 1
            if link is self._link or not mine:
                raise
            # The connection broke after the lease was granted and before we heard of it.
            reply = self.call("resume", {**params, "if_owned": "take_over"})
        run_held = self._held(reply, params, options)
        if options.timeout is not None and run_held.lease is not None:
            self._limit(run_held, options.timeout)
        return run_held

    def _limit(self, run: Run, timeout: int) -> None:
        """Note when a run is to have ended, once: the time counts from its beginning."""
        due, known = run.info["created_at"] + timeout, run.info.get("deadline_at")
        if known is None or (run.created and due < known):
            reply = self.call("run.update", {"run": run.id, "deadline_at": due})
            run.info = reply["run"]

    def _held(self, reply: dict[str, Any], params: Any, options: RunOptions) -> Run:
        """Make the run of a reply that grants a lease, with its whole journal."""
        cursor = reply.get("more")
        try:
            if cursor is not None:
                reply["steps"] += self.steps(reply["run"]["id"], cursor=cursor)
        except BaseException:
            if reply.get("lease") is not None:
                self._tell("run.release", {"lease": reply["lease"]})
            raise
        result = Run(self, reply, params)
        result.codec = options.codec or self.codec
        result._suspend_after = options.suspend_after
        result._on_mismatch = options.on_mismatch or "error"
        if result.lease is not None:
            self._runs[result.lease] = result
        return result


def client_of(run: Run) -> Client:
    """Return the client that has opened a run."""
    client = run.client
    assert isinstance(client, Client)
    return client
