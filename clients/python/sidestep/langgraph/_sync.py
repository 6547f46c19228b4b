# Generated from sidestep/langgraph/_aio.py by tools/generate_sync.py. Do not edit.
"""The checkpointer's methods that block."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from langgraph.checkpoint.base import (
    ChannelVersions,
    Checkpoint,
    CheckpointMetadata,
    CheckpointTuple,
)

from .._blocking import OneClient
from . import _values as values
from ._shared import Shared


class BlockingMethods(Shared):
    """Those that do not begin with ``a``."""

    _blocking: OneClient

    def get_tuple(self, config: Any) -> CheckpointTuple | None:
        """Return the checkpoint that `config` names, or the newest of its thread."""
        reply = self._blocking.call("graph.get", self._get(config))
        return self._found(reply)

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
            reply = self._blocking.call("graph.list", params)
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
        params = values.put_params(self.serde, config, checkpoint, metadata)
        self._blocking.call("graph.put", params)
        return self._named(config, checkpoint)

    def put_writes(
        self, config: Any, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str = ""
    ) -> None:
        """Save what a task wrote."""
        params = values.writes_params(self.serde, config, writes, task_id, task_path)
        self._blocking.call("graph.put_writes", params)

    def delete_thread(self, thread_id: str) -> None:
        """Forget a thread."""
        self._blocking.call("graph.delete_thread", {"thread": str(thread_id)})

    def delete_for_runs(self, run_ids: Sequence[str]) -> None:
        """Forget the checkpoints that these runs of a graph made."""
        self._blocking.call("graph.delete_runs", {"runs": [str(run) for run in run_ids]})

    def copy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        """Copy a thread with its whole history."""
        params = {"thread": str(source_thread_id), "target": str(target_thread_id)}
        self._blocking.call("graph.copy_thread", params)

    def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
        """Forget all but the newest checkpoints, and what they depend on; or all (``delete``)."""
        for method, params in self._prune(thread_ids, strategy):
            self._blocking.call(method, params)

    def get_delta_channel_history(
        self, *, config: Any, channels: Sequence[str]
    ) -> Mapping[str, Any]:
        """Return what channels got since their last snapshot, in one call of the daemon."""
        if not channels:
            return {}
        params = {**self._get(config), "channels": [*channels]}
        return values.histories(self.serde, self._blocking.call("graph.delta_history", params))

    def close(self) -> None:
        """Close the connection that these methods use."""
        self._blocking.close()
