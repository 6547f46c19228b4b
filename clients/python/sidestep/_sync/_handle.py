# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""A run as everybody sees it who may: to wait for its result, to tell it something."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from .._backends.sync import Background
from .._errors import ConnectionLost, TimeoutExpired
from .._names import new_run_id
from .._times import seconds
from ._daemon import Daemon
from ._state_reader import StateReader

if TYPE_CHECKING:
    from .._codec import Codec
    from .._times import Span

R = TypeVar("R")
T = TypeVar("T")

# How long one question for a result waits, seconds: it is asked again.
_PATIENCE = 300.0


class RunHandle(Generic[R]):
    """A run, known by its `id`: executed by this program, by a worker, by somebody else.

    `Workflow.start` and `Workflow.enqueue` return it, `Client.run` makes it of an id. It asks on
    the connection that it was made with, and makes one for each question where that is closed.
    """

    def __init__(
        self,
        id: str,
        client: Daemon,
        *,
        result_type: Any = None,
        codec: Codec | None = None,
        work: Background[R] | None = None,
    ) -> None:
        self.id = id
        self._client = client
        self._result_type = result_type
        self._codec = codec
        self._work = work

    def __repr__(self) -> str:
        return f"<RunHandle {self.id!r}>"

    def result(self, *, timeout: Span | None = None) -> R:
        """Return what the run comes to; wait for its end, `timeout` seconds at most.

        Raises RunClosed when it has failed, which is of the class of what its workflow raised, and
        TimeoutExpired (`which` is ``wait``). A run that this program has started in the background
        raises what the workflow raises.
        """
        limit = None if timeout is None else seconds(timeout)
        if self._work is not None:
            return self._work.result(limit)
        return self._with(lambda client: self._wait(client, limit))

    def _wait(self, client: Daemon, timeout: float | None) -> R:
        while True:
            try:
                wait = _PATIENCE if timeout is None else timeout
                return client._result(self.id, wait, self._result_type, self._codec)  # type: ignore[no-any-return]
            except TimeoutExpired:
                if timeout is not None:
                    raise

    def status(self) -> str:
        """Return the state of the run: ``running``, ``waiting``, ``completed`` and so on."""
        return (self.info())["run"]["status"]  # type: ignore[no-any-return]

    def info(self) -> dict[str, Any]:
        """Return the run with its input, its result and what it consumed (``run.get``)."""
        return self._with(lambda client: client.get(self.id))

    def signal(
        self, name: str, value: Any = None, *, message_id: str | None = None
    ) -> dict[str, Any]:
        """Send the run a signal; it is kept when this returns (`Client.signal`)."""
        known = message_id or new_run_id()  # the question may be asked twice
        return self._with(
            lambda client: client.signal(self.id, name, value, message_id=known)
        )

    def cancel(
        self, reason: str | None = None, *, grace: Span | None = None
    ) -> dict[str, Any]:
        """Cancel the run and its children; its owner has `grace` seconds to undo things."""
        return self._with(lambda client: client.cancel(self.id, reason, grace=grace))

    def events(self) -> list[dict[str, Any]]:
        """Return the events that the run has announced, in their order."""
        return self._with(lambda client: client.events(run=self.id))

    @property
    def state(self) -> StateReader:
        """The key/value pairs of the run: `get`, `all`, `wait`."""
        return StateReader(self.id, self._with)

    def _with(self, ask: Callable[[Daemon], T]) -> T:
        if not self._client._closed:
            try:
                return ask(self._client)
            except ConnectionLost:
                if not self._client._closed:
                    raise
            # It was closed meanwhile; every question may be asked again.
        with self._client._anew() as client:
            return ask(client)
