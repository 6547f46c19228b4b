"""What the methods of the checkpointer have in common, on asyncio and in threads."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from langgraph.checkpoint.base import BaseCheckpointSaver, Checkpoint, CheckpointTuple

from . import _values as values


class Shared(BaseCheckpointSaver[str]):
    """The numbers of versions, and what goes over the wire."""

    def get_next_version(self, current: Any, channel: None = None) -> str:
        """Return the next version of a channel: a number that sorts as text, and some chance."""
        number = 0 if current is None else int(str(current).partition(".")[0])
        return f"{number + 1:032}.{random.random():016}"

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
