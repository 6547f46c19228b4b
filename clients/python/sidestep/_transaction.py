"""Steps whose effect and record are committed together in the user's database."""

from __future__ import annotations

import functools
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from ._codec import Codec, recorded
from ._context import STEP
from ._declared import result_type
from ._decorators import is_async, step
from ._failures import Unfit
from ._json import dumps

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from ._keywords import StepKeywords

P = ParamSpec("P")
R = TypeVar("R")

_TABLE = """CREATE TABLE IF NOT EXISTS sidestep_transactions (
    step VARCHAR(2048) PRIMARY KEY, output TEXT NOT NULL)"""
_FIND = "SELECT output FROM sidestep_transactions WHERE step = {}"
_KEEP = "INSERT INTO sidestep_transactions (step, output) VALUES ({}, {})"


def transaction(
    source: Any, *, name: str | None = None, **options: Unpack[StepKeywords]
) -> Callable[[Callable[Concatenate[Any, P], R]], Callable[P, R]]:
    """Make a function a step that is *transactional*: effect and record are committed together.

    `source` is a SQLAlchemy engine (an async one for an `async def`), or a function that returns a
    new DB-API connection, as ``lambda: sqlite3.connect("shop.db")``. The decorated function gets
    the connection as its first argument and must not commit. The record is a row of the table
    ``sidestep_transactions`` of that database: whatever dies when, the effect is there once.
    `options` are those of `step`.
    """

    def make(function: Callable[Concatenate[Any, P], R]) -> Callable[P, R]:
        title = name or function.__name__
        record = _Record(function, options)
        if is_async(function):
            body: Any = _async_body(function, source, record)
        elif hasattr(source, "begin"):
            body = _engine_body(function, source, record)
        else:
            body = _plain_body(function, source, record)
        made: Callable[P, R] = step(name=title, **options)(functools.wraps(function)(body))
        return made

    return make


class _Record:
    """What the row of a step holds: its result, as the step's own codec writes it."""

    def __init__(self, function: Callable[..., Any], options: StepKeywords) -> None:
        self._function = function
        self._options = options

    def text(self, output: Any) -> str:
        """Return the text of a result; one that cannot be read back ends the transaction."""
        try:
            return dumps(recorded(self._codec, output, self._type)[0])
        except Exception as error:
            raise Unfit(f"the result of step {STEP.get().name}", error) from error

    def value(self, text: str) -> Any:
        """Return the result of a text."""
        return self._codec.from_json(json.loads(text), self._type)

    @property
    def _codec(self) -> Codec:
        return self._options.get("codec") or STEP.get().run.codec

    @property
    def _type(self) -> Any:
        return self._options.get("result_type") or result_type(self._function)


def _plain_body(
    function: Callable[..., Any], connect: Callable[[], Any], record: _Record
) -> Callable[..., Any]:
    def body(*args: Any, **kwargs: Any) -> Any:
        key = _key()
        with _connection(connect) as (connection, mark):
            cursor = connection.cursor()
            if key is not None:
                cursor.execute(_FIND.format(mark), (key,))
                known = cursor.fetchone()
                if known is not None:
                    return record.value(known[0])
            output = function(connection, *args, **kwargs)
            if key is not None:
                cursor.execute(_KEEP.format(mark, mark), (key, record.text(output)))
            connection.commit()
            return output

    return body


@contextmanager
def _connection(connect: Callable[[], Any]) -> Iterator[tuple[Any, str]]:
    connection = connect()
    module = sys.modules[type(connection).__module__.partition(".")[0]]
    mark = "?" if getattr(module, "paramstyle", "qmark") == "qmark" else "%s"
    try:
        connection.cursor().execute(_TABLE)
        connection.commit()
        if module.__name__ == "sqlite3":  # two processes must not both find nothing
            connection.execute("BEGIN IMMEDIATE")
        yield connection, mark
    except BaseException:
        connection.rollback()
        raise
    finally:
        connection.close()


def _engine_body(function: Callable[..., Any], engine: Any, record: _Record) -> Callable[..., Any]:
    def body(*args: Any, **kwargs: Any) -> Any:
        text, key = _text(), _key()
        with engine.begin() as connection:
            connection.execute(text(_TABLE))
        with engine.begin() as connection:
            if key is not None:
                known = connection.execute(text(_FIND.format(":step")), {"step": key}).first()
                if known is not None:
                    return record.value(known[0])
            output = function(connection, *args, **kwargs)
            if key is not None:
                row = {"step": key, "output": record.text(output)}
                connection.execute(text(_KEEP.format(":step", ":output")), row)
            return output

    return body


def _async_body(function: Callable[..., Any], engine: Any, record: _Record) -> Callable[..., Any]:
    async def body(*args: Any, **kwargs: Any) -> Any:
        text, key = _text(), _key()
        async with engine.begin() as connection:
            await connection.execute(text(_TABLE))
        async with engine.begin() as connection:
            if key is not None:
                found = await connection.execute(text(_FIND.format(":step")), {"step": key})
                known = found.first()
                if known is not None:
                    return record.value(known[0])
            output = await function(connection, *args, **kwargs)
            if key is not None:
                row = {"step": key, "output": record.text(output)}
                await connection.execute(text(_KEEP.format(":step", ":output")), row)
            return output

    return body


def _key() -> str | None:
    context = STEP.get()
    return None if context is None else context.idempotency_key


def _text() -> Any:
    import sqlalchemy

    return sqlalchemy.text
