"""From LangGraph's values to what goes over the wire, and back."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from typing import Any

from langgraph.checkpoint.base import (
    WRITES_IDX_MAP,
    Checkpoint,
    CheckpointTuple,
    get_checkpoint_metadata,
)

APART_BYTES = 512
"""Values of this size and above are kept apart from their checkpoint, equal ones once."""


def encoded(serde: Any, value: Any) -> dict[str, str]:
    """Return a value as ``{type, data}``."""
    kind, data = serde.dumps_typed(value)
    return {"type": kind, "data": b64encode(data).decode()}


def decoded(serde: Any, item: Mapping[str, Any]) -> Any:
    """Return the value of ``{type, data}``."""
    return serde.loads_typed((item["type"], b64decode(item["data"])))


def place(config: Any) -> dict[str, Any]:
    """Return the members that say where a checkpoint is: thread and namespace."""
    configurable = config["configurable"]
    found = {"thread": str(configurable["thread_id"])}
    namespace = configurable.get("checkpoint_ns", "")
    return {**found, "namespace": namespace} if namespace else found


def put_params(serde: Any, config: Any, checkpoint: Checkpoint, metadata: Any) -> dict[str, Any]:
    """Return the parameters of ``graph.put``."""
    inline: dict[str, Any] = {}
    values = []
    for channel, value in checkpoint["channel_values"].items():
        item = encoded(serde, value)
        if len(item["data"]) < APART_BYTES * 4 // 3:
            inline[channel] = value
        else:
            values.append({"channel": channel, **item})
    params: dict[str, Any] = {
        **place(config),
        "checkpoint": checkpoint["id"],
        **encoded(serde, {**checkpoint, "channel_values": inline}),
        "metadata": get_checkpoint_metadata(config, metadata),
    }
    optional = {
        "parent": config["configurable"].get("checkpoint_id"),
        "values": values,
        "channels": list(inline),
        "deltas": list(metadata.get("counters_since_delta_snapshot") or ()),
    }
    params.update({name: value for name, value in optional.items() if value})
    return params


def writes_params(
    serde: Any, config: Any, writes: Sequence[tuple[str, Any]], task_id: str, task_path: str
) -> dict[str, Any]:
    """Return the parameters of ``graph.put_writes``."""
    params: dict[str, Any] = {
        **place(config),
        "checkpoint": str(config["configurable"]["checkpoint_id"]),
        "task": task_id,
        "writes": [
            {
                "index": WRITES_IDX_MAP.get(channel, number),
                "channel": channel,
                **encoded(serde, value),
            }
            for number, (channel, value) in enumerate(writes)
        ],
        "replace": all(channel in WRITES_IDX_MAP for channel, _ in writes),
    }
    return {**params, "path": task_path} if task_path else params


def list_params(
    config: Any, filter: dict[str, Any] | None, before: Any, limit: int | None
) -> dict[str, Any]:
    """Return the parameters of ``graph.list``."""
    params: dict[str, Any] = {}
    if config is not None:
        configurable = config["configurable"]
        params["thread"] = str(configurable["thread_id"])
        if configurable.get("checkpoint_ns") is not None:
            params["namespace"] = configurable["checkpoint_ns"]
        if configurable.get("checkpoint_id"):
            params["checkpoint"] = configurable["checkpoint_id"]
    if before is not None and before["configurable"].get("checkpoint_id"):
        params["before"] = before["configurable"]["checkpoint_id"]
    if filter:
        params["filter"] = filter
    if limit is not None:
        params["limit"] = min(limit, 100)
    return params


def config_of(thread: str, namespace: str, checkpoint: str) -> dict[str, Any]:
    """Return the config that names a checkpoint."""
    configurable = {"thread_id": thread, "checkpoint_ns": namespace, "checkpoint_id": checkpoint}
    return {"configurable": configurable}


def tuple_of(serde: Any, found: Mapping[str, Any]) -> CheckpointTuple:
    """Return the checkpoint tuple of a graph checkpoint of the wire."""
    where = found["thread"], found["namespace"]
    checkpoint: Any = decoded(serde, found)
    apart = {item["channel"]: decoded(serde, item) for item in found["values"]}
    checkpoint["channel_values"] = {**checkpoint["channel_values"], **apart}
    parent = found.get("parent")
    config: Any = config_of(*where, found["checkpoint"])
    parent_config: Any = None if parent is None else config_of(*where, parent)
    return CheckpointTuple(
        config, checkpoint, found["metadata"], parent_config, pending(serde, found["writes"])
    )


def pending(serde: Any, writes: Sequence[Mapping[str, Any]]) -> list[tuple[str, str, Any]]:
    """Return writes as LangGraph's pending writes."""
    return [(item["task"], item["channel"], decoded(serde, item)) for item in writes]


def histories(serde: Any, reply: Mapping[str, Any]) -> dict[str, Any]:
    """Return the delta histories of a reply, by channel."""
    found: dict[str, Any] = {}
    for item in reply["channels"]:
        history: dict[str, Any] = {"writes": pending(serde, item["writes"])}
        seed = item.get("seed")
        if seed is not None:
            value = decoded(serde, seed)
            whole = seed["whole"]
            history["seed"] = value["channel_values"][item["channel"]] if whole else value
        found[item["channel"]] = history
    return found
