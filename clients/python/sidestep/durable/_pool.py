"""Connections to the user's database, and transactions that hold the record of their step."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import datetime, timezone
from typing import Any

from .._codec import JSON, recorded
from .._context import STEP
from .._extras import needs
from .._json import dumps

_TABLE = """
CREATE TABLE IF NOT EXISTS sidestep_transactions (
    step VARCHAR(2048) PRIMARY KEY,
    output TEXT NOT NULL
)
"""
_FIND = "SELECT output FROM sidestep_transactions WHERE step = $1"
_KEEP = "INSERT INTO sidestep_transactions (step, output) VALUES ($1, $2)"


class Pool:
    """The user's database: PostgreSQL by asyncpg, or a SQLite file.

    `acquire` gives a connection with `execute`, `fetch`, `fetchrow` and `fetchval`, whose
    parameters are ``$1``, ``$2``, …. Within a transaction it is the transaction's connection.
    """

    def __init__(self, url: str | None = None) -> None:
        self.url = url
        self._pools: dict[tuple[str, int], Any] = {}

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Any]:
        """Give a connection for the block."""
        held = _CONNECTION.get()
        if held is not None:
            yield held
            return
        async with self._connection() as connection:
            yield connection

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Any]:
        """Give a connection whose changes are committed together at the end of the block."""
        async with self._connection() as connection, connection.transaction():
            token = _CONNECTION.set(connection)
            try:
                yield connection
            finally:
                _CONNECTION.reset(token)

    @asynccontextmanager
    async def _connection(self) -> AsyncIterator[Any]:
        url = self.url or os.environ.get("DBOS_DATABASE_URL")
        if url is None:
            raise ValueError("no database: DBOS(database_url=…), or set DBOS_DATABASE_URL")
        if url.startswith("sqlite:///"):
            connection = SQLiteConnection(url[len("sqlite:///") :])
            try:
                yield connection
            finally:
                connection.close()
            return
        try:
            import asyncpg
        except ImportError as error:
            raise needs("postgres", error) from error

        connected = await asyncpg.connect(url)
        try:
            yield connected
        finally:
            await connected.close()


_CONNECTION: ContextVar[Any] = ContextVar("sidestep_connection", default=None)


def transactional(pool: Pool, body: Callable[[], Awaitable[Any]]) -> Callable[[], Awaitable[Any]]:
    """Return a step's body that commits `body` and the record of the step together."""

    async def call() -> Any:
        key = STEP.get().idempotency_key
        async with pool.transaction() as connection:
            await connection.execute(_TABLE)
            known = await connection.fetchval(_FIND, key)
            if known is not None:
                return JSON.from_json(json.loads(known))
            output, read = recorded(JSON, await body(), None)
            await connection.execute(_KEEP, key, dumps(output))
            return read

    return call


class SQLiteConnection:
    """A SQLite file behind the few calls of asyncpg that are used here; `NOW()` works."""

    def __init__(self, path: str) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA busy_timeout = 10000")
        self._connection.create_function("NOW", 0, lambda: datetime.now(timezone.utc).isoformat())

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    async def execute(self, sql: str, *args: Any) -> None:
        """Execute a statement."""
        await self.fetch(sql, *args)

    async def fetch(self, sql: str, *args: Any) -> list[Any]:
        """Return the rows of a statement."""
        text = re.sub(r"\$(\d+)", r"?\1", sql)
        return await asyncio.to_thread(lambda: self._connection.execute(text, args).fetchall())

    async def fetchrow(self, sql: str, *args: Any) -> Any:
        """Return the first row, or None."""
        rows = await self.fetch(sql, *args)
        return rows[0] if rows else None

    async def fetchval(self, sql: str, *args: Any) -> Any:
        """Return the first value of the first row, or None."""
        row = await self.fetchrow(sql, *args)
        return None if row is None else row[0]

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Commit what the block does, or undo it when it raises."""
        await self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        await self.execute("COMMIT")
