"""When LangGraph saves, and what a killed graph does again: its three ways, with delta channels."""

import operator
from pathlib import Path
from typing import Annotated, Any

import pytest
from daemon import Daemon
from processes import die, in_child

pytest.importorskip("langgraph")
from langgraph.channels.delta import DeltaChannel
from langgraph.graph import START, StateGraph
from typing_extensions import TypedDict

import sidestep
from sidestep.langgraph import SidestepSaver

pytestmark = pytest.mark.filterwarnings("default")  # the frameworks warn of their own affairs
WAYS = ["sync", "async", "exit"]


def once(said: list[str], way: str) -> list[str]:
    """Return what was said, an input that was left over named once.

    What is written to a delta channel may be saved before the checkpoint that it leads to. Killed
    in between, a turn begins anew and its input is there twice: with LangGraph's savers as well.
    """
    left_over = [n for n in range(1, len(said)) if said[n - 1] == said[n] == "?" and way == "async"]
    return [text for n, text in enumerate(said) if n not in left_over]


def add(left: list[Any], writes: list[list[Any]]) -> list[Any]:
    return [*left, *[item for write in writes for item in write]]


class Talk(TypedDict):
    """What is added is stored, and a number."""

    said: Annotated[list[str], DeltaChannel(add)]
    turns: Annotated[int, operator.add]


class Bench:
    """A graph of three nodes, of which the second is killed once in its turn."""

    def __init__(self, place: Path, thread: str, way: str) -> None:
        self.log, self.died, self.thread, self.way = place / "log", place / "died", thread, way
        self.config: Any = {"configurable": {"thread_id": thread}}

    def executed(self, name: str) -> None:
        with self.log.open("a") as file:
            file.write(name + "\n")

    def graph(self, saver: SidestepSaver, effect: Any, dies: str) -> Any:
        def node(name: str) -> Any:
            def run(state: Talk) -> dict[str, Any]:
                said = effect(f"{name}{state['turns']}")
                if said == dies and not self.died.exists():
                    self.died.touch()
                    die()
                return {"said": [said], "turns": int(name == "third")}

            return run

        graph = StateGraph(Talk)
        for before, name in zip(
            [START, "first", "second"], ["first", "second", "third"], strict=True
        ):
            graph.add_node(name, node(name))
            graph.add_edge(before, name)
        return graph.compile(checkpointer=saver)


@pytest.mark.parametrize("way", WAYS)
def test_a_killed_graph_comes_to_the_state_of_one_that_was_not(
    daemon: Daemon, run_id: str, tmp_path: Path, way: str
) -> None:
    bench = Bench(tmp_path, run_id, way)

    def effect(name: str) -> str:
        bench.executed(name)
        return name

    def turn() -> Any:
        with SidestepSaver() as saver:
            app = bench.graph(saver, effect, dies="second1")
            begin = None if app.get_state(bench.config).next else {"said": ["?"], "turns": 0}
            return app.invoke(begin, bench.config, durability=bench.way)["said"]

    assert turn() == ["?", "first0", "second0", "third0"]
    assert in_child(turn) == "killed"
    wanted = ["?", "first0", "second0", "third0", "?", "first1", "second1", "third1"]
    assert once(turn(), way) == wanted
    executed = bench.log.read_text().split()
    # Saved before the next node begins: none but the killed one is executed again.
    if way == "sync":
        assert executed.count("first1") == 1
    # Saved at the end alone: the turn begins anew.
    if way == "exit":
        assert executed.count("first1") == 2
    assert (executed.count("second1"), executed.count("third1")) == (2, 1)


@pytest.mark.parametrize("way", WAYS)
def test_effects_that_are_steps_are_done_once_whenever_the_graph_saves(
    daemon: Daemon, run_id: str, tmp_path: Path, way: str
) -> None:
    bench = Bench(tmp_path, run_id, way)

    @sidestep.step
    def effect(name: str) -> str:
        bench.executed(name)
        return name

    def newest(thread: str) -> Any:
        found = SidestepSaver().get_tuple({"configurable": {"thread_id": thread}})
        return found and found.config["configurable"]["checkpoint_id"]

    before = sidestep.step(newest, name="before")

    @sidestep.workflow
    def turn(thread: str) -> list[str]:
        with SidestepSaver() as saver:
            app = bench.graph(saver, effect, dies="second1")
            is_new = before(thread) == newest(thread)
            begin: Any = {"said": ["?"], "turns": 0} if is_new else None
            said: list[str] = app.invoke(begin, bench.config, durability=bench.way)["said"]
            if said[-1] == "third1" and not (tmp_path / "at the end").exists():
                (tmp_path / "at the end").touch()
                die()
            return said

    patient = turn.options(if_owned="wait")
    first = ["?", "first0", "second0", "third0"]
    assert patient.run(run_id, run_id=f"{run_id}-1") == first
    for _ in range(2):  # within its second node, and when the graph had ended and the run had not
        assert in_child(lambda: patient.run(run_id, run_id=f"{run_id}-2")) == "killed"
    second = patient.run(run_id, run_id=f"{run_id}-2")
    assert once(second, way) == [*first, "?", "first1", "second1", "third1"]
    assert patient.run(run_id, run_id=f"{run_id}-2") == second
    assert sorted(bench.log.read_text().split()) == sorted(
        ["first0", "second0", "third0", "first1", "second1", "third1"]
    )
