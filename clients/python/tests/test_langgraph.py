"""LangGraph's own conformance suite on the saver, and graphs that are killed."""

import asyncio
import operator
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any

import pytest
from daemon import Daemon
from processes import die, in_child
from typing_extensions import TypedDict

pytest.importorskip("langgraph")
from langgraph.channels.delta import DeltaChannel
from langgraph.checkpoint.base import BaseCheckpointSaver
from langgraph.checkpoint.conformance import checkpointer_test, validate
from langgraph.graph import END, START, StateGraph

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


def add(left: list[Any], writes: list[list[Any]]) -> list[Any]:
    return [*left, *[item for write in writes for item in write]]


class Talk(TypedDict):
    """A state whose messages are kept as what was added."""

    messages: Annotated[list[str], DeltaChannel(add, snapshot_frequency=50)]
    turns: Annotated[int, operator.add]


def talk(saver: Any, size: int = 1024) -> Any:
    def user(state: Talk) -> dict[str, Any]:
        return {"messages": [f"question {state['turns']} ".ljust(size, "q")], "turns": 1}

    def model(state: Talk) -> dict[str, Any]:
        return {"messages": [f"answer {len(state['messages'])} ".ljust(size, "a")]}

    graph = StateGraph(Talk)
    graph.add_node("user", user)
    graph.add_node("model", model)
    graph.add_edge(START, "user")
    graph.add_edge("user", "model")
    graph.add_edge("model", END)
    return graph.compile(checkpointer=saver)


async def turns(saver: Any, thread: str, count: int) -> Any:
    graph = talk(saver)
    config = {"configurable": {"thread_id": thread}}
    for _ in range(count):
        await graph.ainvoke({"messages": [], "turns": 0}, config)
    return (await graph.aget_state(config)).values


def test_delta_channels_survive_copy_and_prune(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        saver = SidestepSaver()
        before = await turns(saver, run_id, 8)
        assert (len(before["messages"]), before["turns"]) == (16, 8)
        await saver.acopy_thread(run_id, f"{run_id}-copy")
        count = len([found async for found in saver.alist({"configurable": {"thread_id": run_id}})])
        await saver.aprune([run_id])
        left = len([found async for found in saver.alist({"configurable": {"thread_id": run_id}})])
        assert 1 <= left <= count
        await saver.adelete_thread(f"{run_id}-gone")
        for thread in (run_id, f"{run_id}-copy"):
            graph = talk(saver)
            state = await graph.aget_state({"configurable": {"thread_id": thread}})
            assert state.values == before
            assert len((await turns(saver, thread, 1))["messages"]) == 18
        await saver.aclose()

    asyncio.run(main())


def test_pruning_drops_what_lies_before_the_last_snapshot(daemon: Daemon, run_id: str) -> None:
    async def main() -> None:
        saver = SidestepSaver()
        config = {"configurable": {"thread_id": run_id}}
        before = await turns(saver, run_id, 60)
        count = len([found async for found in saver.alist(config)])
        await saver.aprune([run_id])
        left = len([found async for found in saver.alist(config)])
        assert left < count // 2
        assert (await talk(saver).aget_state(config)).values == before
        await saver.aclose()

    asyncio.run(main())


def test_sixty_turns_take_no_more_room_than_in_sqlite_alone(tmp_path: Path) -> None:
    from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver

    async def sqlite_alone(count: int) -> None:
        async with AsyncSqliteSaver.from_conn_string(str(tmp_path / "alone.db")) as saver:
            await saver.setup()
            await turns(saver, "t", count)

    async def in_the_daemon(socket: str, count: int) -> None:
        saver = SidestepSaver(socket)
        await turns(saver, "t", count)
        await saver.aclose()

    grown = []
    daemon = Daemon(str(tmp_path))
    for count in (0, 60):
        asyncio.run(sqlite_alone(count))
        with daemon:
            asyncio.run(in_the_daemon(daemon.socket, count))
        grown.append([(tmp_path / name).stat().st_size for name in ("sidestep.db", "alone.db")])
    ours, alone = (grown[1][n] - grown[0][n] for n in (0, 1))
    print(f"{ours // 1024} KiB, SQLite alone {alone // 1024} KiB")
    assert ours <= alone


def test_a_killed_graph_goes_on_at_its_last_node(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"

    def node(name: str) -> Any:
        def run(state: Talk) -> dict[str, Any]:
            with log.open("a") as file:
                file.write(name + "\n")
            if name == "second" and not (tmp_path / "died").exists():
                (tmp_path / "died").touch()
                die()
            return {"messages": [name], "turns": 1}

        return run

    def work() -> Any:
        graph = StateGraph(Talk)
        for name in ("first", "second", "third"):
            graph.add_node(name, node(name))
        graph.add_edge(START, "first")
        graph.add_edge("first", "second")
        graph.add_edge("second", "third")
        saver = SidestepSaver()
        compiled = graph.compile(checkpointer=saver)
        config = {"configurable": {"thread_id": run_id}}
        known = compiled.get_state(config).values
        begin = None if known else {"messages": [], "turns": 0}
        result = compiled.invoke(begin, config, durability="sync")
        saver.close()
        return result["messages"]

    assert in_child(work) == "killed"
    assert work() == ["first", "second", "third"]
    assert log.read_text().split() == ["first", "second", "second", "third"]


def test_a_saver_is_a_context_manager_and_made_from_a_url(daemon: Daemon, run_id: str) -> None:
    config = {"configurable": {"thread_id": run_id}}
    with SidestepSaver.from_conn_string(f"sidestep://{daemon.socket}") as saver:
        talk(saver).invoke({"messages": [], "turns": 0}, config)
    for url in ("sidestep:", daemon.socket, f"unix://{daemon.socket}"):
        with SidestepSaver.from_conn_string(url) as saver:
            assert talk(saver).get_state(config).values["turns"] == 1

    async def asynchronously() -> None:
        async with SidestepSaver.from_conn_string("sidestep:") as saver:
            assert (await turns(saver, run_id, 1))["turns"] == 2

    asyncio.run(asynchronously())
    for url in ("postgresql://localhost/db", "sidestep://other-host/s"):
        with pytest.raises(ValueError, match=r"sidestep:|three slashes"):
            SidestepSaver.from_conn_string(url)
