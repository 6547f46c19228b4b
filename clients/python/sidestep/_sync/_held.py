# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""The right to act for a run: its lease, and what ends it."""

from __future__ import annotations

from typing import Any

from .._backends.sync import CANCELLED, Branches, Lock, follow
from .._calls import Call, Calls
from .._codec import Codec
from .._context import STEP, place
from .._errors import (
    ConnectionLost,
    LeaseError,
    LeaseLost,
    RunCancelled,
    RunClosed,
    SidestepError,
    StepMismatch,
    StepUnknown,
)
from .._failures import Suspended, interrupts_reach_here, members_of, warn
from .._fingerprint import ANY
from .._options import OnMismatch, StepOptions
from ._daemon import Daemon

# How a program ends: the process leaves the run, which says nothing about the run.
_LEAVING: tuple[type[BaseException], ...] = (KeyboardInterrupt, SystemExit, *CANCELLED)


_WAYS_OUT = (
    "if the program was changed: give the changed step another name (@step(name='…'), also from its"
    " arguments, as 'fetch:{doc}'), begin another run (run_id=), say on_mismatch='reuse' (take the"
    " record) or 'run' (execute it as a new step) for the step or the workflow, or fork the run;"
    " then open it again with if_closed='retry'"
)


class Held:
    """A run as its owner sees it; `Run` adds what can be done with it."""

    def __init__(self, client: Daemon, reply: dict[str, Any]) -> None:
        self.client = client
        # Of the input, the output and the results of steps; all else is read by others as well.
        self.codec: Codec = client.codec
        self.info: dict[str, Any] = reply["run"]
        self.id: str = self.info["id"]
        self.uid: str = self.info["uid"]
        # Its own span, for what is below it; None when nobody is told of traces.
        self.traceparent: str | None = reply.get("traceparent")
        self.lease: str | None = reply.get("lease")
        self.replaying = bool(reply["steps"])
        self._journal: dict[str, dict[str, Any]] = {item["step"]: item for item in reply["steps"]}
        # An older client, or another language's, has recorded steps without their arguments.
        self._is_old = any(item.get("fingerprint") is None for item in reply["steps"])
        self._calls = Calls(self._journal, self._is_old)
        self._branches = Branches()
        self._on_mismatch: OnMismatch = "error"
        self._parent: Held | None = None
        self._place: str | None = None
        # What frameworks note of one execution of the workflow.
        self._kept: dict[Any, Any] = {}
        self._final: SidestepError | None = None
        # Whether a worker executes it, whom nothing that a workflow raises may end.
        self._contained = False
        # Which bodies of steps execute now, and which waits are open: a run may be left only when
        # it does nothing but wait. While it may be gone (`_leaving`) no body begins.
        self._executing: set[object] = set()
        self._waiting: set[str] = set()
        self._leaving = False
        self._departure = Lock()

    @property
    def closed(self) -> bool:
        """Whether the run is closed: it has a result, and no step of it can run."""
        return self.lease is None

    def idempotency_key(self, step: str | None = None) -> str:
        """Return the stable key of a step (never of an attempt) for the outside world.

        Without an argument it is the key of the step that is executing. A name is taken as it is
        recorded.
        """
        if step is None:
            context = STEP.get()
            if context is None:
                raise ValueError("outside of a step, idempotency_key() needs the step's name")
            return context.idempotency_key  # type: ignore[no-any-return]
        return f"{self.uid}/{step}"

    # Which call it is

    def _scoped(self, name: str) -> str:
        """Return a name within what executes: a step, a framework's task."""
        parent = STEP.get()
        if parent is not None and parent.run is not self:
            parent = None
        # A graph within a step, or within the run; not one that the run or the step is within.
        here = place()
        if here == (self._place if parent is None else parent.place):
            here = None
        if parent is None and here is None:
            return name
        inner = name if here is None else f"{here}/{name}"
        base = inner if parent is None else f"{parent.name}/{inner}"
        # Older clients did not know of the tasks of frameworks.
        return name if self._is_old and self._calls.knows(name, instead_of=base) else base

    def _name_of(self, name: str) -> str:
        """Return the recorded name of the next call of `name`, by the order of the calls alone."""
        base = self._scoped(name)
        return (self._calls.take(base, ANY) or self._calls.add(base, ANY)).name

    def _identify(self, base: str, fingerprint: str, options: StepOptions) -> Call:
        """Return which call of the run this is: one that is on record, or a new one."""
        while (call := self._calls.next(base, fingerprint)) is None:
            follow()
            call = self._differing(base, fingerprint, options)
            if call is not None:
                break
        return call

    def _differing(self, base: str, fingerprint: str, options: StepOptions) -> Call | None:
        """Decide on a call that fits none of the records of its name; None is to look again."""
        choice = options.on_mismatch or self._on_mismatch
        if choice == "reuse":
            return self._calls.take_any(base, fingerprint)
        if choice == "run" and not options.at_most_once:
            return self._calls.add(base, fingerprint)
        others = self._branches.settle(self, base)
        if others is True:
            return None
        unclaimed = self._calls.unclaimed(base)
        if not unclaimed:
            return None
        recorded = self._journal[unclaimed[0]].get("fingerprint")
        text = (
            f"{base} is called with {fingerprint}, and {unclaimed[0]} is on record with {recorded}"
        )
        if others is None:  # a branch that gets on by itself may still call it
            warn(f"run {self.id}: {text}; it is executed as a step of its own")
            return self._calls.add(base, fingerprint)
        data = {"run": self.id, "step": base, "expected": recorded, "actual": fingerprint}
        raise StepMismatch(f"run {self.id}: {text}", data={**data, "hint": _WAYS_OUT})

    def _call(
        self, method: str, params: dict[str, Any], *, compensating: bool = False
    ) -> Any:
        if self._final is not None and not (compensating and isinstance(self._final, RunCancelled)):
            raise self._final
        if self.lease is None:
            raise self._not_held()
        try:
            return self.client.call(method, {"lease": self.lease, **params})
        except (LeaseLost, RunCancelled) as error:
            self._end(error)
            raise

    def _check(self) -> None:
        if self._final is not None:
            raise self._final

    def _not_held(self) -> RunClosed:
        return RunClosed(
            f"run {self.id} is {self.info.get('status')} and not held here", data={"run": self.id}
        )

    def _end(self, error: SidestepError) -> None:
        if self._final is None:
            self._final = error
        if self.lease is not None and not isinstance(self._final, RunCancelled):
            self.client._runs.pop(self.lease, None)  # a cancelled run may still compensate

    def _leaves(self, error: BaseException) -> bool:
        """Whether the error takes the process out of the run; else it is the run's own failure."""
        if isinstance(error, (Suspended, GeneratorExit)):
            return True
        if self._contained:
            return isinstance(error, KeyboardInterrupt) and interrupts_reach_here()
        return isinstance(error, _LEAVING) or any(map(self._leaves, members_of(error)))

    def _is_outcome(self, error: BaseException) -> bool:
        """Whether the error is how the body of a step ended; else it was thrown in from outside."""
        return not (isinstance(error, CANCELLED) or self._leaves(error))

    def _is_final(self, error: BaseException) -> bool:
        if isinstance(error, (StepUnknown, ConnectionLost)):
            return True
        return isinstance(error, (LeaseError, RunCancelled, RunClosed)) and (error.run == self.id)

    def _stay(self) -> None:
        """Return when it is known that the run is not left; raises Suspended when it was."""
        with self._departure:
            if self.lease is None:
                raise Suspended

    def _closed(self, info: dict[str, Any]) -> None:
        self.info = info
        if self.lease is not None:
            self.client._runs.pop(self.lease, None)
        self.lease = None
