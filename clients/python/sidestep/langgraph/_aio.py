"""The checkpointer's methods on asyncio."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any

from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)

from .._loops import LoopClients
from . import _values as values
from ._shared import Shared


class AsyncMethods(Shared):
    """Those that begin with ``a``."""

    _daemon: LoopClients

    async def aget_tuple(self, config: Any) -> CheckpointTuple | None:
        """Return the checkpoint that `config` names, or the newest of its thread."""
        reply = await self._daemon.call("graph.get", self._get(config))
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
            reply = await self._daemon.call("graph.list", params)
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
        await self._daemon.call("graph.put", params)
        return self._named(config, checkpoint)

    async def aput_writes(
        self, config: Any, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Save what a task wrote."""
        params = values.writes_params(self.serde, config, writes, task_id, task_path)
        await self._daemon.call("graph.put_writes", params)

    async def adelete_thread(self, thread_id: str) -> None:
        """Forget a thread."""
        await self._daemon.call("graph.delete_thread", {"thread": str(thread_id)})

    async def adelete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Forget the checkpoints that these runs of a graph made."""
        await self._daemon.call("graph.delete_runs", {"runs": [str(run) for run in run_ids]})

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a thread with its whole history."""
        params = {"thread": str(source_thread_id), "target": str(target_thread_id)}
        await self._daemon.call("graph.copy_thread", params)

    async def aprune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget all but the newest checkpoints, and what they depend on; or all (``delete``)."""
        for method, params in self._prune(thread_ids, strategy):
            await self._daemon.call(method, params)

    async def aget_delta_channel_history(
        self, *, config: Any, channels: Sequence[str]
    ) -> Mapping[str, Any]:
        """Return what channels got since their last snapshot, in one call of the daemon."""
        if not channels:
            return {}
        params = {**self._get(config), "channels": [*channels]}
        return values.histories(self.serde, await self._daemon.call("graph.delta_history", params))

    async def aclose(self) -> None:
        """Close the connection that these methods use."""
        await self._daemon.close()
