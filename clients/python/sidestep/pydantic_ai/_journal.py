"""The run that an agent works for, as the backend sees it: names, steps, usage."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any

from pydantic_ai.usage import RequestUsage, RunUsage

from .._backends.aio import call_body, from_thread
from .._context import RUN
from .._errors import StepFailed
from .._fingerprint import ANY
from .._inside import (
    executing,
    is_leaving,
    is_outcome,
    kept,
    loop_of,
    open_part,
    open_step,
    scoped,
    stay,
)
from .._options import StepOptions
from ._errors import describe, rebuilt

try:  # 2.6x: keeps the telemetry of what is replayed out of traces
    from pydantic_ai.durable_exec import record_durable_unit
except ImportError:

    def record_durable_unit(*, executed: bool) -> None:
        """Do nothing: this version of the framework does not ask."""


AGENT_RUN: ContextVar[str | None] = ContextVar("sidestep_agent_run", default=None)
"""The id of the agent run that the calling code is part of."""


class Plain:
    """The codec of what is plain data already; the line that is sent is its only check."""

    def to_json(self, value: Any) -> Any:
        """Return the value."""
        return value

    def from_json(self, value: Any, type_: Any = None) -> Any:
        """Return the value."""
        return value


PLAIN = Plain()


class AgentRuns:
    """The runs of agents in one execution of a workflow, by their ids.

    `wanted` is what each is to be called, `places` what it is called: the name of its part.
    """

    def __init__(self) -> None:
        self.wanted: dict[str, str] = {}
        self.places: dict[str, str] = {}
        self._made: Counter[str] = Counter()

    def add(self, base: str, name: str) -> str:
        """Return the id of the next one that is to be called `name`; `base` is the first one's."""
        self._made[base] += 1
        number = self._made[base]
        made = base if number == 1 else f"{base}#{number}"
        self.wanted[made] = name
        return made


class Journal:
    """The steps of one agent within one run, asynchronous or blocking.

    The calls of a blocking run are made in a thread, so `agent.run_sync` works in a plain workflow.
    """

    def __init__(self, run: Any, agent: str) -> None:
        self.run = run
        self.agent = agent

    @property
    def _runs(self) -> AgentRuns:
        return kept(self.run, AgentRuns)

    @classmethod
    def current(cls, agent: str) -> Journal:
        """Return the journal of the run that the calling code works for."""
        return cls(RUN.get(), agent)

    def new_agent_run(self, name: str | None = None) -> str:
        """Return an id for the next run of the agent, or of the part that is called `name`."""
        own = name or self.agent
        return self._runs.add(f"{self.run.uid}/{scoped(self.run, own)}", own)

    @asynccontextmanager
    async def agent_run(self, made: str | None, asked: str, by_chance: bool) -> AsyncIterator[None]:
        """Give an agent run the name that it has on every replay, by what it is `asked`.

        `made` is the id of the agent run: one of ours, one that was made `by_chance`, or one that
        its caller gave it, which is its name then.
        """
        names = self._runs.wanted
        if made is None or not (made in names or (by_chance and made != self.run.id)):
            yield
            return
        part = await self.do(open_part, self.run, names.get(made, self.agent), asked)
        self._runs.places[made] = part.name
        await self.do(part.begin)
        try:
            yield
        except BaseException as error:
            await self.do(part.end, error)
            raise
        await self.do(part.end, None)

    def name(self, agent_run: str | None, operation: str) -> str:
        """Return the name of an operation of an agent run, before it is told from its repeats."""
        return f"{self._place(agent_run)}/{operation}"

    async def open(self, name: str, options: StepOptions, fingerprint: str) -> Any:
        """Return the step `name`, to be begun and completed by hand."""
        return await self.do(open_step, self.run, name, options, fingerprint)

    async def perform(
        self,
        name: str,
        body: Callable[[], Awaitable[Any]],
        options: StepOptions,
        fingerprint: str = ANY,
    ) -> Any:
        """Execute `body` as the step `name` and return what is recorded, which is plain data."""
        step = await self.open(name, options, fingerprint)
        record = step.record
        record_durable_unit(executed=record is None)
        while record is None:
            record = await self.do(step.begin)
            if record is not None:
                break
            try:
                record = await self.do(step.complete, await self._body(step, body))
            except BaseException as error:
                if not is_outcome(self.run, error):
                    raise
                record = await self.do(step.fail, describe(error))
        return self.result(step, record)

    def result(self, step: Any, record: Any) -> Any:
        """Return what is recorded of a step, or raise what it failed with."""
        try:
            return step.result(record)
        except StepFailed as error:
            known = rebuilt(error)
            if known is None:
                raise
            raise known from error

    async def do(self, method: Callable[..., Any], *args: Any) -> Any:
        """Call what acts for the run: a method of a step, or a function of `_inside`."""
        loop = loop_of(self.run)
        if loop is None:
            return await asyncio.to_thread(method, *args)
        # `agent.run_sync` in a thread of an async workflow has a loop of its own.
        return await from_thread(method(*args), loop)

    async def _body(self, step: Any, body: Callable[[], Awaitable[Any]]) -> Any:
        with executing(self.run, step):
            if is_leaving(self.run):
                await self.do(stay, self.run)
            return await call_body(body, (), {}, step.options.timeout)

    def _place(self, agent_run: str | None) -> str:
        given = agent_run or ""
        place = self._runs.places.get(given)
        if place is not None:
            return place
        own = self._runs.wanted.get(given)
        if own is None:
            own = self.agent if given in ("", self.run.id) else f"{self.agent}@{given}"
        return scoped(self.run, own)


class Delegated:
    """What the agents that a tool called have consumed on the account of the calling agent.

    They are given ``usage=ctx.usage``; a replayed tool does not call them, so its record carries
    the sum.
    """

    def __init__(self, account: RunUsage) -> None:
        self.account = account
        self.sum = RunUsage()
        self.outer = _DELEGATED.get()


_DELEGATED: ContextVar[Delegated | None] = ContextVar("sidestep_delegated", default=None)


@contextmanager
def delegating(account: RunUsage) -> Any:
    """Collect what is credited to `account` by the code within."""
    delegated = Delegated(account)
    token = _DELEGATED.set(delegated)
    try:
        yield delegated
    finally:
        _DELEGATED.reset(token)


def credit(account: RunUsage, usage: RunUsage | RequestUsage, requests: int = 0) -> None:
    """Note a consumption on `account` for the tools around it that have the same account."""
    delegated = _DELEGATED.get()
    while delegated is not None:
        if delegated.account is account:
            delegated.sum.incr(usage)
            delegated.sum.requests += requests
        delegated = delegated.outer
