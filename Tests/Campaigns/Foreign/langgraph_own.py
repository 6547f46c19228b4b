"""Picks the tests of LangGraph that have a checkpointer or a store: those that `langgraph_swap` swaps."""

from __future__ import annotations

import os
from typing import Any

CHECKPOINTERS = {"sync_checkpointer": ("sqlite", "sqlite_aes"), "async_checkpointer": ("sqlite_aio",)}
STORES = ("sync_store", "async_store")


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Leave those whose storage is one that is swapped."""
    if os.environ.get("FOREIGN_ALL") == "1":
        return
    picked, others = [], []
    for item in items:
        params = getattr(getattr(item, "callspec", None), "params", {})
        kinds = [params.get(name) in kinds for name, kinds in CHECKPOINTERS.items() if name in params]
        is_meant = all(kinds) if kinds else any(name in params for name in STORES)
        (picked if is_meant else others).append(item)
    config.hook.pytest_deselected(items=others)
    items[:] = picked
