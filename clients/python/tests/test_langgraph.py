"""LangGraph's own conformance suite on the saver, and graphs that are killed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from daemon import Daemon

pytest.importorskip("langgraph")
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate

from sidestep.langgraph import SidestepSaver

pytestmark = pytest.mark.filterwarnings("default")  # the frameworks warn of their own affairs


class InThreads(SidestepSaver):
    """The saver whose asyncio methods call the blocking ones: the suite knows the former only."""

    async def aget_tuple(self, config: Any) -> Any:
        return await asyncio.to_thread(self.get_tuple, config)

    async def alist(self, config: Any, **options: Any) -> AsyncIterator[Any]:
        for found in await asyncio.to_thread(lambda: list(self.list(config, **options))):
            yield found

    async def aput(self, *args: Any) -> Any:
        return await asyncio.to_thread(self.put, *args)

    async def aput_writes(self, *args: Any, **options: Any) -> None:
        await asyncio.to_thread(lambda: self.put_writes(*args, **options))

    async def adelete_thread(self, thread_id: str) -> None:
        await asyncio.to_thread(self.delete_thread, thread_id)

    async def adelete_for_runs(self, run_ids: Any) -> None:
        await asyncio.to_thread(self.delete_for_runs, run_ids)

    async def acopy_thread(self, source_thread_id: str, target_thread_id: str) -> None:
        await asyncio.to_thread(self.copy_thread, source_thread_id, target_thread_id)

    async def aprune(self, thread_ids: Any, *, strategy: str = "keep_latest") -> None:
        await asyncio.to_thread(lambda: self.prune(thread_ids, strategy=strategy))


@pytest.mark.parametrize("kind", [SidestepSaver, InThreads])
def test_langgraphs_conformance_suite_passes_in_full(
    daemon: Daemon, kind: type[SidestepSaver]
) -> None:
    @checkpointer_test(name=kind.__name__)
    async def saver() -> AsyncIterator[BaseCheckpointSaver[Any]]:
        made = kind()
        yield made
        await made.aclose()
        made.close()

    report = asyncio.run(validate(saver))
    assert len(report.results) == 8
    for name, result in report.results.items():
        assert result.detected, name
        assert not result.failures, (name, result.failures)
        assert result.tests_passed > 0
        assert result.tests_failed == result.tests_skipped == 0, name
    assert sum(result.tests_passed for result in report.results.values()) == 81
