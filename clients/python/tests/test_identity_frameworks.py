"""Steps within the nodes of a graph, and agents fanned out, keep their records over deaths."""

from __future__ import annotations

import asyncio
import operator
from pathlib import Path
from typing import Annotated, Any

import pytest
from daemon import Daemon
from processes import die, in_child
from typing_extensions import TypedDict

import sidestep
import sidestep.sync

pytest.importorskip("langgraph")
pytest.importorskip("pydantic_ai")
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Send
from pydantic_agents import make
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, UserPromptPart
from pydantic_ai.models.function import AgentInfo, FunctionModel

from sidestep.langgraph import SidestepSaver

pytestmark = pytest.mark.filterwarnings("default")  # the frameworks warn of their own affairs


class State(TypedDict):
    """What the graphs have."""

    items: Annotated[list[str], operator.add]
    left: int


def steps(run: str) -> list[str]:
    with sidestep.sync.connect() as client:
        return [s["step"] for s in client.call("step.list", {"run": run})["steps"]]


def lines(path: Path) -> list[str]:
    return path.read_text().split() if path.exists() else []


def note(path: Path, text: str) -> None:
    with path.open("a") as file:
        file.write(text + "\n")


def graph(nodes: dict[str, Any], edges: list[tuple[str, str]], saver: Any) -> Any:
    made = StateGraph(State)
    for name, node in nodes.items():
        made.add_node(name, node)
    for edge in edges:
        made.add_edge(*edge)
    return made.compile(checkpointer=saver)


@pytest.mark.parametrize("amounts", [("A", "B"), ("A", "A")])
def test_a_node_that_the_saver_skips_leaves_its_record_to_no_other(
    daemon: Daemon, run_id: str, tmp_path: Path, amounts: tuple[str, str]
) -> None:
    charged, died = tmp_path / "charged", tmp_path / "died"

    @sidestep.step
    def charge(amount: str) -> str:
        note(charged, amount)
        return f"charged {amount}"

    def first(state: State) -> Any:
        return {"items": [charge(amounts[0])]}

    def second(state: State) -> Any:
        if not died.exists():
            died.touch()
            die()
        return {"items": [charge(amounts[1])]}

    @sidestep.workflow(name="shop", wait=60)
    def shop() -> list[str]:
        saver = SidestepSaver()
        edges = [(START, "first"), ("first", "second"), ("second", END)]
        compiled = graph({"first": first, "second": second}, edges, saver)
        config = {"configurable": {"thread_id": run_id}}
        begin = None if compiled.get_state(config).values else {"items": [], "left": 0}
        result = compiled.invoke(begin, config, durability="sync")
        saver.close()
        return list(result["items"])

    assert in_child(lambda: shop.run(run_id=run_id)) == "killed"
    assert shop.run(run_id=run_id) == [f"charged {amount}" for amount in amounts]
    assert lines(charged) == list(amounts)


def test_a_node_that_is_visited_again_has_steps_of_its_own(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    ticks, died = tmp_path / "ticks", tmp_path / "died"

    @sidestep.step
    def tick() -> int:
        note(ticks, "tick")
        return len(lines(ticks))

    def turn(state: State) -> Any:
        if state["left"] == 2 and not died.exists():
            died.touch()
            die()
        return {"items": [str(tick())], "left": state["left"] - 1}

    @sidestep.workflow(name="looping", wait=60)
    def work() -> list[str]:
        saver = SidestepSaver()
        made = StateGraph(State)
        made.add_node("turn", turn)
        made.add_edge(START, "turn")
        made.add_conditional_edges("turn", lambda s: "turn" if s["left"] else END)
        compiled = made.compile(checkpointer=saver)
        config = {"configurable": {"thread_id": run_id}}
        begin = None if compiled.get_state(config).values else {"items": [], "left": 4}
        result = compiled.invoke(begin, config, durability="sync")
        saver.close()
        return list(result["items"])

    assert in_child(lambda: work.run(run_id=run_id)) == "killed"
    assert work.run(run_id=run_id) == ["1", "2", "3", "4"]
    assert len(steps(run_id)) == len(set(steps(run_id))) == 4


def test_sends_that_end_in_another_order_keep_their_records(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    effects, died = tmp_path / "effects", tmp_path / "died"
    delays = {"a": 0.03, "b": 0.0, "c": 0.01}

    @sidestep.step
    async def fetch(item: str) -> str:
        await asyncio.sleep(delays[item])
        return item.upper()

    @sidestep.step
    async def store(text: str) -> str:
        note(effects, text)
        if len(lines(effects)) >= 2 and not died.exists():
            died.touch()
            die()
        return f"stored {text}"

    async def worker(state: Any) -> Any:
        return {"items": [await store(await fetch(state["item"]))]}

    @sidestep.workflow(name="sends", wait=60)
    async def work() -> list[str]:
        made = StateGraph(State)
        made.add_node("plan", lambda state: {"left": 0})
        made.add_node("worker", worker)
        made.add_edge(START, "plan")
        made.add_conditional_edges("plan", lambda _: [Send("worker", {"item": i}) for i in delays])
        # Nothing is kept of this graph but what its steps have recorded.
        compiled = made.compile(checkpointer=InMemorySaver())
        config: Any = {"configurable": {"thread_id": "t"}}
        result = await compiled.ainvoke({"items": [], "left": 1}, config)
        return sorted(result["items"])

    assert in_child(lambda: asyncio.run(work.run(run_id=run_id))) == "killed"
    delays.update({"a": 0.0, "b": 0.03})
    assert asyncio.run(work.run(run_id=run_id)) == ["stored A", "stored B", "stored C"]
    # What was in flight at the death may have happened twice, and nothing else.
    assert sorted(set(lines(effects))) == ["A", "B", "C"]
    assert len(lines(effects)) <= 3 + 2


def answering(asked: Path) -> FunctionModel:
    """Return a model that notes what it is asked, and answers with it."""

    def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        prompt = [
            part.content
            for message in messages
            for part in message.parts
            if isinstance(part, UserPromptPart)
        ][-1]
        note(asked, str(prompt).replace(" ", "-"))
        return ModelResponse(parts=[TextPart(f"about {prompt}")])

    return FunctionModel(say)


@pytest.mark.parametrize("equal", [False, True])
def test_agents_fanned_out_over_a_death_keep_their_answers(
    daemon: Daemon, run_id: str, tmp_path: Path, equal: bool
) -> None:
    asked, died = tmp_path / "asked", tmp_path / "died"
    delays = {1: 0.04, 2: 0.0, 3: 0.02}
    agent = make(answering(asked))

    @sidestep.step
    async def fetch(n: int) -> str:
        await asyncio.sleep(delays[n])
        return "the same" if equal else f"text {n}"

    @sidestep.workflow(name="agents", wait=60)
    async def work() -> list[str]:
        async def one(n: int) -> str:
            answer = (await agent.run(await fetch(n))).output
            if len(lines(asked)) >= 2 and not died.exists():
                died.touch()
                die()
            return answer

        return list(await asyncio.gather(*map(one, delays)))

    assert in_child(lambda: asyncio.run(work.run(run_id=run_id))) == "killed"
    delays.update({1: 0.0, 2: 0.05})
    answers = asyncio.run(work.run(run_id=run_id))
    assert answers == (["about the same"] * 3 if equal else [f"about text {n}" for n in (1, 2, 3)])
    assert len(lines(asked)) <= 3 + 2  # two at most were in flight


def test_an_agent_that_goes_on_from_a_history_is_known_by_it(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    asked, died = tmp_path / "asked", tmp_path / "died"
    agent = make(answering(asked))

    @sidestep.workflow(name="talks", wait=60)
    async def work() -> list[str]:
        async def talk(first: str, pause: float) -> str:
            await asyncio.sleep(pause)
            one = await agent.run(first)
            two = await agent.run("go on", message_history=one.all_messages())
            return f"{one.output}, {two.output}"

        pauses = (0.03, 0.0) if died.exists() else (0.0, 0.03)
        both = await asyncio.gather(talk("sea", pauses[0]), talk("lake", pauses[1]))
        if not died.exists():
            died.touch()
            die()
        return list(both)

    assert in_child(lambda: asyncio.run(work.run(run_id=run_id))) == "killed"
    answers = asyncio.run(work.run(run_id=run_id))
    assert answers == ["about sea, about go on", "about lake, about go on"]
    assert len(lines(asked)) == 4
