"""What the OpenAI Agents SDK asks of a session besides its four methods."""

import asyncio
from typing import Any

import pytest
from daemon import Daemon

pytest.importorskip("agents")
from agents.memory import SessionSettings

from sidestep.openai_agents import SidestepSession, _compaction

pytestmark = [
    pytest.mark.filterwarnings("default"),  # the framework warns of its own affairs
    pytest.mark.skipif(_compaction.Snapshot is None, reason="the SDK has no such thing yet"),
]


def said(*texts: str) -> list[Any]:
    return [{"role": "user", "content": text} for text in texts]


async def begun(name: str, *texts: str) -> SidestepSession:
    session = SidestepSession(name)
    await session.add_items(said(*texts))
    return session


def test_the_last_items_are_replaced_all_at_once(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        session = await begun(run_id, "a", "b", "c", "d")
        snapshot = await session._get_compaction_snapshot(3)
        assert (snapshot.items, snapshot.complete) == (said("b", "c", "d"), False)
        assert not await snapshot.replace_suffix(3, said("nothing"))
        assert await snapshot.replace_suffix(1, said("c and d"))
        assert await session.get_items() == said("a", "b", "c and d")
        assert (await session._get_compaction_snapshot(3)).complete
        nobody = await SidestepSession(f"{run_id}-none")._get_compaction_snapshot(3)
        assert (nobody.items, nobody.complete) == ([], True)
        assert not await nobody.replace_suffix(0, said("x"))

    asyncio.run(main())


def test_nothing_is_replaced_where_somebody_has_added_since(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        session = await begun(run_id, "a", "b")
        snapshot = await session._get_compaction_snapshot(10)
        await SidestepSession(run_id).add_items(said("c"))
        assert not await snapshot.replace_suffix(0, said("all"))
        assert await session.get_items() == said("a", "b", "c")

    asyncio.run(main())


def test_first_items_that_are_over_go_with_it(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        session = await begun(run_id, "old 1", "old 2", "a", "old 3", "b", "c")
        snapshot = await session._get_compaction_snapshot(
            2, prune_prefix=lambda item: item["content"].startswith("old")
        )
        assert await snapshot.replace_suffix(0, said("b and c"))
        assert await session.get_items() == said("a", "old 3", "b and c")

    asyncio.run(main())


def test_a_session_that_keeps_items_in_its_own_way_is_left_to_the_sdk(
    daemon: Daemon, run_id: str
) -> None:
    class Loud(SidestepSession):
        async def add_items(self, items: list[Any]) -> None:
            await super().add_items([{**item, "loud": True} for item in items])

    class Named(SidestepSession):
        """Reads and adds as its parent does."""

    async def main() -> None:
        assert await Loud(run_id)._get_compaction_snapshot(3) is None
        assert await Named(run_id)._get_compaction_snapshot(3) is not None

    asyncio.run(main())


def test_settings_are_those_of_the_sdk(daemon: Daemon, run_id: str) -> None:
    assert SidestepSession(run_id).session_settings == SessionSettings()
    session = SidestepSession(run_id, session_settings={"limit": 1})
    assert session.session_settings == SessionSettings(limit=1)
    with pytest.raises(TypeError, match="Unknown session settings: limitt"):
        SidestepSession(run_id, session_settings={"limitt": 1})

    async def main() -> None:
        await session.add_items(said("a", "b"))
        assert await session.get_items() == said("b")

    asyncio.run(main())
