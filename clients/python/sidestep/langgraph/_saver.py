"""The checkpointer, for asyncio and for threads."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from typing import Any

from langgraph.checkpoint.base import (
    BaseCheckpointSaver,
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)

from .._loops import LoopClients
from .._sync import _client as blocking
from . import _values as values


class SidestepSaver(BaseCheckpointSaver[str]):
    """Keeps the checkpoints of graphs in the daemon, with all that LangGraph asks of a saver.

    The methods with an ``a`` are for asyncio and use one connection for each event loop; the
    others block. Several processes may use a thread at the same time. `socket` is where the daemon
    answers; without one it is found, and started when none runs.
    """

    def __init__(self, socket: str | None = None, *, serde: Any = None) -> None:
        super().__init__(serde=serde)
        self._socket = socket
        self._blocking: blocking.Client | None = None
        self._daemon = LoopClients(socket)

    # asyncio

    async def aget_tuple(self, config: Any) -> CheckpointTuple | None:
        """Return the checkpoint that `config` names, or the newest of its thread."""
        reply = await self._acall("graph.get", self._get(config))
        return self._found(reply)

    async def alist(
        self,
        config: Any | None,
        *,
        filter: dict[str, Any] | None = None,
        before: Any | None = None,
        limit: int | None = None,
    ) -> AsyncIterator[CheckpointTuple]:
        """Iterate over checkpoints, the newest first."""
        params, left = values.list_params(config, filter, before, limit), limit
        while left is None or left > 0:
            reply = await self._acall("graph.list", params)
            for found in reply["checkpoints"][:left]:
                yield values.tuple_of(self.serde, found)
            if reply.get("more") is None:
                return
            left = None if left is None else left - len(reply["checkpoints"])
            params["cursor"] = reply["more"]

    async def aput(
        self,
        config: Any,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> Any:
        """Save a checkpoint; return the config that names it."""
        params = values.put_params(self.serde, config, checkpoint, metadata)
        await self._acall("graph.put", params)
        return self._named(config, checkpoint)

    async def aput_writes(
        self, config: Any, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Save what a task wrote."""
        params = values.writes_params(self.serde, config, writes, task_id, task_path)
        await self._acall("graph.put_writes", params)

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget a thread."""
        await self._acall("graph.delete_thread", {"thread": str(thread_id)})

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Forget the checkpoints that these runs of a graph made."""
        await self._acall("graph.delete_runs", {"runs": [str(run) for run in run_ids]})

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a thread with its whole history."""
        params = {"thread": str(source_thread_id), "target": str(target_thread_id)}
        await self._acall("graph.copy_thread", params)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget all but the newest checkpoints, and what they depend on; or all (``delete``)."""
        for method, params in self._prune(thread_ids, strategy):
            await self._acall(method, params)

    async def aget_delta_channel_history(
        self, *, config: Any, channels: Sequence[str]
    ) -> Mapping[str, Any]:
        """Return what channels got since their last snapshot, in one call of the daemon."""
        if not channels:
            return {}
        params = {**self._get(config), "channels": list(channels)}
        return values.histories(self.serde, await self._acall("graph.delta_history", params))

    async def aclose(self) -> None:
        """Close the connection of the running event loop."""
        await self._daemon.close()

    # Threads

    def get_tuple(self, config: Any) -> CheckpointTuple | None:
        """Return the checkpoint that `config` names, or the newest of its thread."""
        return self._found(self._call("graph.get", self._get(config)))

    def list(
        self,
        config: Any | None,
        *,
        filter: dict[str, Any] | None = None,
        before: Any | None = None,
        limit: int | None = None,
    ) -> Iterator[CheckpointTuple]:
        """Iterate over checkpoints, the newest first."""
        params, left = values.list_params(config, filter, before, limit), limit
        while left is None or left > 0:
            reply = self._call("graph.list", params)
            for found in reply["checkpoints"][:left]:
                yield values.tuple_of(self.serde, found)
            if reply.get("more") is None:
                return
            left = None if left is None else left - len(reply["checkpoints"])
            params["cursor"] = reply["more"]

    def put(
        self,
        config: Any,
        checkpoint: Checkpoint,
        metadata: CheckpointMetadata,
        new_versions: ChannelVersions,
    ) -> Any:
        """Save a checkpoint; return the config that names it."""
        self._call("graph.put", values.put_params(self.serde, config, checkpoint, metadata))
        return self._named(config, checkpoint)

    def put_writes(
        self, config: Any, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Save what a task wrote."""
        params = values.writes_params(self.serde, config, writes, task_id, task_path)
        self._call("graph.put_writes", params)

    def delete_thread(self, thread_id: str) -> None:
        """Forget a thread."""
        self._call("graph.delete_thread", {"thread": str(thread_id)})

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Forget the checkpoints that these runs of a graph made."""
        self._call("graph.delete_runs", {"runs": [str(run) for run in run_ids]})

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a thread with its whole history."""
        params = {"thread": str(source_thread_id), "target": str(target_thread_id)}
        self._call("graph.copy_thread", params)

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget all but the newest checkpoints, and what they depend on; or all (``delete``)."""
        for method, params in self._prune(thread_ids, strategy):
            self._call(method, params)

    def get_delta_channel_history(
        self, *, config: Any, channels: Sequence[str]
    ) -> Mapping[str, Any]:
        """Return what channels got since their last snapshot, in one call of the daemon."""
        if not channels:
            return {}
        params = {**self._get(config), "channels": [*channels]}
        return values.histories(self.serde, self._call("graph.delta_history", params))

    def close(self) -> None:
        """Close the connection of the methods that block."""
        if self._blocking is not None:
            self._blocking.close()
            self._blocking = None

    def get_next_version(self, current: Any, channel: None = None) -> str:
        """Return the next version of a channel: a number that sorts as text, and some chance."""
        number = 0 if current is None else int(str(current).partition(".")[0])
        return f"{number + 1:032}.{random.random():016}"

    # Both

    async def _acall(self, method: str, params: dict[str, Any]) -> Any:
        return await self._daemon.call(method, params)

    def _call(self, method: str, params: dict[str, Any]) -> Any:
        if self._blocking is None:
            self._blocking = blocking.connect(self._socket)
        return self._blocking.call(method, params)

    def _get(self, config: Any) -> dict[str, Any]:
        wanted = config["configurable"].get("checkpoint_id")
        where = values.place(config)
        return {**where, "checkpoint": wanted} if wanted else where

    def _found(self, reply: Any) -> CheckpointTuple | None:
        found = reply.get("found")
        return None if found is None else values.tuple_of(self.serde, found)

    def _named(self, config: Any, checkpoint: Checkpoint) -> Any:
        configurable = config["configurable"]
        namespace = configurable.get("checkpoint_ns", "")
        return values.config_of(configurable["thread_id"], namespace, checkpoint["id"])

    def _prune(self, thread_ids: Sequence[str], strategy: str) -> Sequence[tuple[str, Any]]:
        threads = [str(thread) for thread in thread_ids]
        if strategy == "delete":
            return [("graph.delete_thread", {"thread": thread}) for thread in threads]
        if strategy != "keep_latest":
            raise ValueError(f"there is no strategy {strategy!r}: keep_latest or delete")
        return [("graph.prune", {"threads": threads})]
