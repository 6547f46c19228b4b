"""Gives the tests of LangGraph Sidestep's saver and store where they ask for those on SQLite and in memory.

Each test finds them empty. `InMemoryStore()`, `SqliteStore` and `AsyncSqliteStore` that a test makes itself are swapped
as well, without their vectors.
"""

from __future__ import annotations

import os
from contextlib import ExitStack, asynccontextmanager, contextmanager
from typing import Any

import foreign_daemon
import langgraph.checkpoint.memory
import langgraph.store.memory
import pytest
from langgraph.checkpoint.serde.encrypted import EncryptedSerializer
from langgraph_own import CHECKPOINTERS, STORES, pytest_collection_modifyitems

from sidestep import sync
from sidestep.langgraph import SidestepSaver, SidestepStore

__all__ = ["pytest_collection_modifyitems"]

SOCKET = foreign_daemon.socket()
OWN_STORE = langgraph.store.memory.InMemoryStore


def forget() -> None:
    """Forget all threads and memories."""
    with sync.connect(SOCKET) as client:
        client.call("memory.clear", {"namespace": []})
        while found := client.call("graph.list", {"limit": 1000})["checkpoints"]:
            for thread in {checkpoint["thread"] for checkpoint in found}:
                client.call("graph.delete_thread", {"thread": thread})


def saver(kind: str) -> SidestepSaver:
    """Return a saver, with the serializer that the test means."""
    serde = EncryptedSerializer.from_pycryptodome_aes(key=b"1234567890123456")
    return SidestepSaver(SOCKET, serde=serde if kind == "sqlite_aes" else None)


@pytest.hookimpl(tryfirst=True)
def pytest_fixture_setup(fixturedef: Any, request: Any) -> Any:
    """Make what the test asks for."""
    name = fixturedef.argname
    if name in STORES:
        made: Any = SidestepStore(SOCKET)
    elif name in CHECKPOINTERS and request.param in CHECKPOINTERS[name]:
        made = saver(request.param)
    else:
        return None
    forget()
    fixturedef.addfinalizer(made.close)
    fixturedef.cached_result = (made, fixturedef.cache_key(request), None)
    return made


class Store(SidestepStore):
    """What a test that makes its store itself gets: with what SQLite's has and the daemon does alone."""

    def setup(self) -> None: ...

    def sweep_ttl(self) -> int:
        return 0

    def start_ttl_sweeper(self) -> None: ...

    def stop_ttl_sweeper(self) -> None: ...


class AsyncStore(Store):
    """The same on asyncio."""

    async def setup(self) -> None: ...  # type: ignore[override]

    async def sweep_ttl(self) -> int:  # type: ignore[override]
        return 0

    async def start_ttl_sweeper(self) -> None: ...  # type: ignore[override]

    async def stop_ttl_sweeper(self) -> None: ...  # type: ignore[override]


class InMemory(Store):
    """In the place of ``InMemoryStore``; one with vectors is LangGraph's own."""

    def __new__(cls, *, index: Any = None) -> Any:
        return OWN_STORE(index=index) if index is not None else super().__new__(cls)

    def __init__(self, *, index: Any = None) -> None:
        super().__init__(SOCKET, index=index)
        forget()


class OnSQLite:
    """In the place of ``SqliteStore``. A test with vectors that asks for none of them passes without."""

    MIGRATIONS: tuple[str, ...] = ()

    @classmethod
    @contextmanager
    def from_conn_string(cls, _: str, *, index: Any = None, ttl: Any = None) -> Any:
        forget()
        with Store(SOCKET, ttl=ttl) as store:
            yield store


class OnAsyncSQLite:
    """In the place of ``AsyncSqliteStore``."""

    @classmethod
    @asynccontextmanager
    async def from_conn_string(cls, _: str, *, index: Any = None, ttl: Any = None) -> Any:
        forget()
        async with AsyncStore(SOCKET, ttl=ttl) as store:
            yield store


class MemorySaver(SidestepSaver):
    """In the place of ``InMemorySaver``."""

    def __init__(self, *, serde: Any = None, factory: Any = None) -> None:
        super().__init__(SOCKET, serde=serde)
        self.stack = ExitStack()
        forget()


if os.environ.get("FOREIGN_ALL") == "1":
    langgraph.checkpoint.memory.InMemorySaver = MemorySaver  # type: ignore[misc,assignment]
    langgraph.checkpoint.memory.MemorySaver = MemorySaver  # type: ignore[misc]
langgraph.store.memory.InMemoryStore = InMemory  # type: ignore[misc,assignment]
try:
    import langgraph.store.sqlite
    import langgraph.store.sqlite.aio
except ImportError:
    pass
else:
    langgraph.store.sqlite.SqliteStore = OnSQLite  # type: ignore[misc,assignment]
    langgraph.store.sqlite.AsyncSqliteStore = OnAsyncSQLite  # type: ignore[misc,assignment]
    langgraph.store.sqlite.aio.AsyncSqliteStore = OnAsyncSQLite  # type: ignore[misc,assignment]
