"""Where named checkpoints are kept: the contract, the daemon, the memory of this process."""

from __future__ import annotations

import copy
import itertools
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from .._aio._client import Client, client_of, connect
from .._aio._run import Run
from .._context import RUN
from .._errors import CheckpointNotFound, RunNotFound
from .._inside import has_ended
from .._json import plain_types
from ._checkpoint import Checkpoint


class DurableBackend(ABC):
    """A store of named checkpoints; derive from it to keep them elsewhere.

    `sidestep.durable.conformance` holds the tests that every backend must pass.
    """

    async def initialize(self) -> None:
        """Make ready: connect, create tables. Calling it again changes nothing."""
        return

    @abstractmethod
    async def save_checkpoint(self, workflow_id: str, checkpoint: Checkpoint) -> str:
        """Save a checkpoint and return its id, unique in the store; nothing is overwritten."""

    @abstractmethod
    async def load_checkpoint(self, checkpoint_id: str) -> Checkpoint | None:
        """Return a checkpoint, or None when there is no such id."""

    @abstractmethod
    async def list_checkpoints(self, workflow_id: str) -> list[str]:
        """Return the ids of a workflow's checkpoints, the oldest first."""

    @abstractmethod
    async def delete_checkpoints(self, workflow_id: str, before_step: int | None = None) -> None:
        """Delete the checkpoints of a workflow, or those with a `step_number` below; 0 is none."""


class SidestepBackend(DurableBackend):
    """Keeps checkpoints in the daemon, beside the steps of their run.

    `{workflow_id}-{step_number}` loads the newest checkpoint with that number.
    """

    async def save_checkpoint(self, workflow_id: str, checkpoint: Checkpoint) -> str:
        """Save a checkpoint of a run that this process works for, or that nobody holds."""
        async with _held(workflow_id) as run:
            saved = await run.checkpoint(
                plain_types(checkpoint.agent_state),
                messages=plain_types(list(checkpoint.message_history)),
                step_number=checkpoint.step_number,
                tool_results=_given(checkpoint.tool_results),
                metadata=_given(checkpoint.metadata),
                resume_token=checkpoint.resume_token,
            )
        return saved.id

    async def load_checkpoint(self, checkpoint_id: str) -> Checkpoint | None:
        """Return a checkpoint with its messages."""
        async with _client() as client:
            try:
                found = await client.call("checkpoint.get", {"checkpoint": checkpoint_id})
            except CheckpointNotFound:
                found = await _newest_numbered(client, checkpoint_id)
            if found is None:
                return None
            messages: list[Any] = []
            params: dict[str, Any] = {"checkpoint": found["checkpoint"]}
            cursor: Any = 0
            while cursor is not None:
                page = await client.call("checkpoint.messages", {**params, "from": cursor})
                messages += page["messages"]
                cursor = page.get("more")
        return Checkpoint(
            agent_state=found.get("state"),
            message_history=messages,
            tool_results=found.get("tool_results"),
            step_number=found.get("step_number"),
            metadata=found.get("metadata"),
            id=found["checkpoint"],
        )

    async def list_checkpoints(self, workflow_id: str) -> list[str]:
        """Return the ids, the oldest first."""
        async with _client() as client:
            return [item["checkpoint"] for item in await _listed(client, workflow_id)]

    async def delete_checkpoints(self, workflow_id: str, before_step: int | None = None) -> None:
        """Delete all, or those with a lower number."""
        async with _client() as client:
            if before_step is None:
                try:
                    await client.call("checkpoint.delete", {"run": workflow_id})
                except RunNotFound:
                    pass
                return
            for item in await _listed(client, workflow_id):
                number = item.get("step_number")
                if number is not None and number < before_step:
                    params = {"run": workflow_id, "checkpoint": item["checkpoint"]}
                    await client.call("checkpoint.delete", params)


class InMemoryDurableBackend(DurableBackend):
    """Keeps checkpoints in this process: for tests."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._kept: dict[str, tuple[str, Checkpoint]] = {}

    async def save_checkpoint(self, workflow_id: str, checkpoint: Checkpoint) -> str:
        """Keep a copy."""
        kept = copy.deepcopy(checkpoint)
        kept.id = f"{workflow_id}-{next(self._numbers)}"
        self._kept[kept.id] = (workflow_id, kept)
        return kept.id

    async def load_checkpoint(self, checkpoint_id: str) -> Checkpoint | None:
        """Return a copy, or None."""
        found = self._kept.get(checkpoint_id)
        return None if found is None else copy.deepcopy(found[1])

    async def list_checkpoints(self, workflow_id: str) -> list[str]:
        """Return the ids, the oldest first."""
        return [id_ for id_, (owner, _) in self._kept.items() if owner == workflow_id]

    async def delete_checkpoints(self, workflow_id: str, before_step: int | None = None) -> None:
        """Forget all, or those with a lower number."""
        for id_, (owner, kept) in list(self._kept.items()):
            number = kept.step_number
            old = before_step is None or (number is not None and number < before_step)
            if owner == workflow_id and old:
                del self._kept[id_]


@asynccontextmanager
async def _client() -> AsyncIterator[Client]:
    run = RUN.get()
    if isinstance(run, Run):
        yield client_of(run)
        return
    async with await connect() as client:
        yield client


@asynccontextmanager
async def _held(workflow_id: str) -> AsyncIterator[Run]:
    run = RUN.get()
    if isinstance(run, Run) and run.id == workflow_id:
        yield run
        return
    async with _client() as client:
        other = await client.resume(workflow_id, wait=10.0)
        try:
            yield other
        finally:
            if not has_ended(other):
                await other.release()


async def _listed(client: Client, workflow_id: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    params: dict[str, Any] = {"run": workflow_id}
    while True:
        try:
            page = await client.call("checkpoint.list", params)
        except RunNotFound:
            return []
        found += page["checkpoints"]
        if page.get("more") is None:
            return found[::-1]
        params["cursor"] = page["more"]


async def _newest_numbered(client: Client, alias: str) -> dict[str, Any] | None:
    workflow_id, _, number = alias.rpartition("-")
    if not number.isdecimal():
        return None
    for item in reversed(await _listed(client, workflow_id)):
        if item.get("step_number") == int(number):
            params = {"checkpoint": item["checkpoint"]}
            return await client.call("checkpoint.get", params)  # type: ignore[no-any-return]
    return None


def _given(data: Any) -> Any:
    return ... if data is None else plain_types(data)
