"""Back ends of checkpoints, and transactions in the user's database, killed at the worst moment."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from postgres import Postgres
from processes import die, in_child

import sidestep
from sidestep.durable import InMemoryDurableBackend, PostgreSQLDurableBackend, SidestepBackend
from sidestep.durable.conformance import CHECKS, check

sqlalchemy = pytest.importorskip("sqlalchemy")


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        server.database("backends")
        yield server


@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("kind", ["daemon", "memory", "postgresql"])
def test_a_backend_does_what_every_backend_must(
    kind: str, name: str, daemon: Daemon, request: pytest.FixtureRequest
) -> None:
    async def main() -> None:
        if kind == "postgresql":
            server: Postgres = request.getfixturevalue("postgres")
            backend = PostgreSQLDurableBackend(f"{server.base}/backends")
            await check(name, backend)
            await backend.close()
        else:
            await check(name, SidestepBackend() if kind == "daemon" else InMemoryDurableBackend())

    asyncio.run(main())


class Shop:
    """A table of orders in some database, and a workflow that adds to it within a transaction."""

    def __init__(self, url: str, kind: str) -> None:
        self.url = url
        self.kind = kind
        self.engine: Any = None

    def workflow(self) -> Any:
        if self.kind == "async":
            return self._async_workflow()
        if self.kind == "plain":
            source: Any = self.connect
        else:
            source = self.engine = sqlalchemy.create_engine(self.url)

        @sidestep.transaction(source)
        def order(connection: Any, what: str) -> str:
            statement = f"INSERT INTO orders VALUES ('{what}')"
            if self.kind == "plain":
                connection.cursor().execute(statement)
            else:
                connection.execute(sqlalchemy.text(statement))
            return f"ordered {what}"

        @sidestep.workflow(name="shop", wait=60)
        def work() -> str:
            return str(order("tea"))

        return work

    def _async_workflow(self) -> Any:
        from sqlalchemy.ext.asyncio import create_async_engine

        engine = create_async_engine(self.url)

        @sidestep.transaction(engine)
        async def order(connection: Any, what: str) -> str:
            await connection.execute(sqlalchemy.text(f"INSERT INTO orders VALUES ('{what}')"))
            return f"ordered {what}"

        @sidestep.workflow(name="shop", wait=60)
        async def work() -> str:
            try:
                return str(await order("tea"))
            finally:
                await engine.dispose()

        return lambda run_id: asyncio.run(work.run(run_id=run_id))

    def connect(self) -> Any:
        if self.url.startswith("sqlite"):
            return sqlite3.connect(self.url.removeprefix("sqlite:///"))
        import psycopg

        return psycopg.connect(self.url)

    def run(self, run_id: str, kill: str | None = None) -> str:
        if kill is not None:
            _die_before(kill)
        work = self.workflow()
        result = work(run_id) if self.kind == "async" else work.run(run_id=run_id)
        if self.engine is not None:
            self.engine.dispose()
        return str(result)


def _die_before(when: str) -> None:
    """Die when the daemon is told of the step: the transaction is committed, the record is not."""
    from sidestep._aio import _client as aio
    from sidestep._sync import _client as blocking

    for cls in (aio.Client, blocking.Client):
        original: Any = cls.call

        def call(self: Any, method: str, *args: Any, _original: Any = original, **kw: Any) -> Any:
            if method == when:
                die()
            return _original(self, method, *args, **kw)

        cls.call = call  # type: ignore[method-assign, assignment]


SHOPS = [
    "sqlite plain",
    "sqlite engine",
    "postgresql plain",
    "postgresql engine",
    "postgresql async",
]


@pytest.mark.parametrize("shop", SHOPS)
def test_an_effect_in_the_users_database_is_there_once_whatever_dies(
    shop: str, daemon: Daemon, run_id: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    database, kind = shop.split()
    if database == "sqlite":
        url = f"sqlite:///{tmp_path}/shop.db"
        with sqlite3.connect(f"{tmp_path}/shop.db") as connection:
            connection.execute("CREATE TABLE orders (what TEXT)")
        connection.close()
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.database("shop")
        server.sql("shop", "CREATE TABLE orders (what TEXT)")
        driver = {
            "plain": "postgresql",
            "engine": "postgresql+psycopg",
            "async": "postgresql+asyncpg",
        }
        url = url.replace("postgresql", driver[kind], 1)
    place = Shop(url, kind)
    assert in_child(lambda: place.run(run_id, kill="step.complete")) == "killed"
    assert place.run(run_id) == "ordered tea"
    assert place.run(run_id) == "ordered tea"
    if database == "sqlite":
        with sqlite3.connect(f"{tmp_path}/shop.db") as connection:
            count = connection.execute("SELECT count(*) FROM orders").fetchone()[0]
        connection.close()
    else:
        count = int(server.sql("shop", "SELECT count(*) FROM orders"))
    assert count == 1
