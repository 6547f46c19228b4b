# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Checkpoints of graphs: what `sidestep.langgraph.SidestepSaver` is made of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ._asking import Facts, Many, Questions


class Graphs(Questions):
    """The daemon's store of graphs; `Client.graphs` is this. Data are in base 64."""

    def put(
        self,
        thread: str,
        checkpoint: str,
        type: str,
        data: str,
        metadata: Any,
        *,
        namespace: str | None = None,
        parent: str | None = None,
        values: Sequence[Facts] | None = None,
        channels: Sequence[str] | None = None,
        deltas: Sequence[str] | None = None,
    ) -> None:
        """Save a checkpoint, and what is kept apart from it (``graph.put``)."""
        self._ask(
            "graph.put",
            thread=thread,
            namespace=namespace,
            checkpoint=checkpoint,
            parent=parent,
            type=type,
            data=data,
            metadata=metadata,
            values=values,
            channels=channels,
            deltas=deltas,
        )

    def put_writes(
        self,
        thread: str,
        checkpoint: str,
        task: str,
        writes: Sequence[Facts],
        *,
        namespace: str | None = None,
        path: str | None = None,
        replace: bool | None = None,
    ) -> None:
        """Save what a task has written, before the next checkpoint (``graph.put_writes``)."""
        self._ask(
            "graph.put_writes",
            thread=thread,
            namespace=namespace,
            checkpoint=checkpoint,
            task=task,
            path=path,
            writes=writes,
            replace=replace,
        )

    def get(
        self, thread: str, *, namespace: str | None = None, checkpoint: str | None = None
    ) -> Facts | None:
        """Return a checkpoint, the newest unless it is named, or None (``graph.get``)."""
        reply = self._ask(
            "graph.get", thread=thread, namespace=namespace, checkpoint=checkpoint
        )
        return reply["found"]  # type: ignore[no-any-return]

    def list(
        self,
        thread: str | None = None,
        *,
        namespace: str | None = None,
        checkpoint: str | None = None,
        before: str | None = None,
        filter: Mapping[str, Any] | None = None,
        limit: int | None = None,
    ) -> Many:
        """Return checkpoints, the newest first (``graph.list``)."""

        def ask(cursor: str | None) -> Facts:
            return self._ask(  # type: ignore[no-any-return]
                "graph.list",
                thread=thread,
                namespace=namespace,
                checkpoint=checkpoint,
                before=before,
                filter=filter,
                limit=limit,
                cursor=cursor,
            )

        page = ask(None)
        return page["checkpoints"] if limit else self._all(page, "checkpoints", ask)

    def delta_history(
        self,
        thread: str,
        channels: Sequence[str],
        *,
        namespace: str | None = None,
        checkpoint: str | None = None,
    ) -> Many:
        """Return what was written to channels up to a checkpoint (``graph.delta_history``)."""
        reply = self._ask(
            "graph.delta_history",
            thread=thread,
            namespace=namespace,
            checkpoint=checkpoint,
            channels=list(channels),
        )
        return reply["channels"]  # type: ignore[no-any-return]

    def copy_thread(self, thread: str, target: str) -> None:
        """Copy all checkpoints of a thread to another (``graph.copy_thread``)."""
        self._ask("graph.copy_thread", thread=thread, target=target)

    def delete_thread(self, thread: str) -> int:
        """Remove a thread; return how many checkpoints it had (``graph.delete_thread``)."""
        return (self._ask("graph.delete_thread", thread=thread))["deleted"]  # type: ignore[no-any-return]

    def delete_runs(self, runs: Sequence[str]) -> int:
        """Remove what runs of the framework have saved (``graph.delete_runs``)."""
        return (self._ask("graph.delete_runs", runs=list(runs)))["deleted"]  # type: ignore[no-any-return]

    def prune(self, threads: Sequence[str]) -> int:
        """Keep the newest checkpoint of each of these threads (``graph.prune``)."""
        return (self._ask("graph.prune", threads=list(threads)))["deleted"]  # type: ignore[no-any-return]
