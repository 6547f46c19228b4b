"""From the operations of LangGraph's stores to those of ``memory.batch``, and back."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Sequence
from datetime import datetime, timezone
from typing import Any

from langgraph.store.base import (
    GetOp,
    InvalidNamespaceError,
    Item,
    ListNamespacesOp,
    MatchCondition,
    Op,
    PutOp,
    SearchItem,
    SearchOp,
)

Wanted = list[dict[str, Any]]
"""Operations of ``memory.batch``."""
Asking = Generator[Wanted, "list[Any]", "list[Any]"]
"""Yields what is to be asked, is sent the results, and returns those of LangGraph."""

OPERATIONS = 1000
"""The daemon's limit `memory_operations`."""
PAGE = 10_000
"""As many as a search may ask for at once; what is more comes in further ones."""
SEARCH_BYTES = 8 << 20
"""Of all searches in one call."""


def perform(ops: Iterable[Op]) -> Asking:
    """Perform operations as LangGraph's stores do: what reads sees nothing of what is written."""
    numbered = list(enumerate(ops))
    for _, op in numbered:
        _check_labels(op)
    writes = [(number, op) for number, op in numbered if isinstance(op, PutOp)]
    reads = [(number, op) for number, op in numbered if not isinstance(op, PutOp)]
    batch = _Batch()
    # What may look at many is read behind the commit: here it is asked before what is written.
    if writes and any(not isinstance(op, GetOp) for _, op in reads):
        yield from batch.ask(reads)
        reads = []
    yield from batch.ask([*reads, *writes])
    yield from batch.refresh()
    return [batch.found.get(number) for number, _ in numbered]


class _Batch:
    """What is known of the operations of one call."""

    def __init__(self) -> None:
        self.found: dict[int, Any] = {}
        self._expiring: Wanted = []

    def ask(self, numbered: Sequence[tuple[int, Any]]) -> Generator[Wanted, list[Any], None]:
        searches = sum(isinstance(op, SearchOp) for _, op in numbered)
        for start in range(0, len(numbered), OPERATIONS):
            part = numbered[start : start + OPERATIONS]
            results = yield [wanted(op, searches) for _, op in part]
            for (number, op), result in zip(part, results, strict=True):
                self.found[number] = yield from self._whole(op, result)

    def refresh(self) -> Generator[Wanted, list[Any], None]:
        """Let what was read and expires be kept on, in one more call: most things do not."""
        for start in range(0, len(self._expiring), OPERATIONS):
            yield self._expiring[start : start + OPERATIONS]

    def _whole(self, op: Any, result: Any) -> Generator[Wanted, list[Any], Any]:
        """Return LangGraph's result of an operation, with what stands on further pages."""
        if isinstance(op, PutOp):
            return None
        if isinstance(op, GetOp):
            return Item(**self._facts(op, result["item"])) if result["found"] else None
        member = "items" if isinstance(op, SearchOp) else "namespaces"
        rows = result[member]
        while result.get("more") is not None and len(rows) < op.limit:
            rest = op._replace(offset=result["more"], limit=op.limit - len(rows))
            result = (yield [wanted(rest, 1)])[0]
            rows += result[member]
        rows = rows[: max(op.limit, 0)]
        if member == "namespaces":
            return [tuple(row) for row in rows]
        return [SearchItem(**self._facts(op, row)) for row in rows]

    def _facts(self, op: Any, row: Any) -> dict[str, Any]:
        if op.refresh_ttl and row.get("ttl_ms") is not None:
            self._expiring.append(_operation("memory.refresh", row["namespace"], key=row["key"]))
        return {
            "namespace": tuple(row["namespace"]),
            "key": row["key"],
            "value": row["value"],
            "created_at": datetime.fromtimestamp(row["created_at"] / 1000, timezone.utc),
            "updated_at": datetime.fromtimestamp(row["updated_at"] / 1000, timezone.utc),
        }


def _check_labels(op: Any) -> None:
    """Refuse what LangGraph's methods refuse, of operations that come past them as well."""
    places = [getattr(op, name) for name in ("namespace", "namespace_prefix") if hasattr(op, name)]
    places += [condition.path for condition in getattr(op, "match_conditions", None) or ()]
    for place in places:
        for label in place:
            if not isinstance(label, str) or not label or "." in label or "\0" in label:
                raise InvalidNamespaceError(
                    f"{label!r} in {place!r}: a label is a text that is not empty and has no period"
                )


def wanted(op: Any, searches: int) -> dict[str, Any]:
    """Return an operation of ``memory.batch``; `searches` of them share the bytes of a reply."""
    if isinstance(op, GetOp):
        return _operation("memory.get", op.namespace, key=str(op.key))
    if isinstance(op, PutOp):
        return _written(op)
    if isinstance(op, SearchOp):
        return _operation(
            "memory.search",
            op.namespace_prefix,
            filter=op.filter or None,
            query=op.query or None,
            limit=min(max(op.limit, 1), PAGE),
            offset=op.offset,
            max_bytes=max(SEARCH_BYTES // searches, 1),
        )
    if isinstance(op, ListNamespacesOp):
        return _listed(op)
    raise ValueError(f"Unknown operation type: {type(op)}")


def _operation(method: str, namespace: Sequence[str], **params: Any) -> dict[str, Any]:
    given = {name: value for name, value in params.items() if value is not None}
    return {"method": method, "params": {"namespace": list(namespace), **given}}


def _written(op: PutOp) -> dict[str, Any]:
    if op.value is None:
        return _operation("memory.delete", op.namespace, key=str(op.key))
    ttl = None if op.ttl is None else max(1, round(op.ttl * 60_000))
    return _operation("memory.put", op.namespace, key=str(op.key), value=dict(op.value), ttl_ms=ttl)


def _listed(op: ListNamespacesOp) -> dict[str, Any]:
    conditions = op.match_conditions or ()
    params = {
        "prefix": _labels([item for item in conditions if item.match_type == "prefix"], 1),
        "suffix": _labels([item for item in conditions if item.match_type == "suffix"], -1),
        "max_depth": op.max_depth,
        "limit": min(max(op.limit, 1), PAGE),
        "offset": op.offset,
    }
    return {"method": "memory.namespaces", "params": params}


def _labels(conditions: Sequence[MatchCondition], step: int) -> list[str]:
    """Return the one path that says the same as several; `step` -1 counts from their ends."""
    labels: list[str] = []
    for condition in conditions:
        for index, label in enumerate(condition.path[::step]):
            if index == len(labels):
                labels.append(label)
            elif labels[index] == "*":
                labels[index] = label
            elif label not in ("*", labels[index]):
                raise ValueError(f"nothing is {labels[index]!r} and {label!r} in one place")
    return labels[::step]
