"""The options of one run of a workflow, for type checkers; nothing imports this to execute."""

from __future__ import annotations

from ._aio._client import Client as AsyncClient
from ._keywords import RunKeywords
from ._sync._client import Client as SyncClient
from ._times import Span


class StartKeywords(RunKeywords, total=False):
    """Of one run, as a workflow starts or enqueues it."""

    run_id: str | None
    client: AsyncClient | SyncClient | None
    queue: str | None
    priority: int | None
    delay: Span | None
    dedup_key: str | None
    concurrency_key: str | None
