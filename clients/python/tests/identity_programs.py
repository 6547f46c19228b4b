"""Random programs of calls, and what each of them must answer whatever happens."""

from __future__ import annotations

import asyncio
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import sidestep

# Few names and arguments, so that many calls are alike in one of the two, and some in both.
NAMES = ("fetch", "store", "charge")
# These have an outcome of their own on record, whatever is within them now.
KEPT = ("nested", "child", "graph")
THREADED = ("seq", "gather", "bounded", "nested", "child")
KINDS = (
    "seq",
    "gather",
    "group",
    "bounded",
    "pool",
    "executor",
    "nested",
    "child",
    "agent",
    "graph",
)


@dataclass
class Node:
    """A part of a program: a call, a pipe of two, or several parts in some way at once."""

    kind: str
    name: str = ""
    arg: int = 0
    parts: list[Node] = field(default_factory=list)


def program(chance: random.Random, depth: int = 3, kinds: tuple[str, ...] = KINDS) -> Node:
    """Return a random program."""
    if depth == 0 or chance.random() < 0.25:
        kind = chance.choice(("call", "call", "pipe"))
        return Node(kind, chance.choice(NAMES), chance.randrange(4))
    kind = chance.choice(kinds)
    inner = tuple(k for k in kinds if k not in ("graph", "agent")) if kind == "graph" else kinds
    if kind == "agent":
        return Node(kind, arg=chance.randrange(3))
    if kind in ("pool", "executor", "graph"):
        calls = [Node("call", chance.choice(NAMES), chance.randrange(5)) for _ in range(4)]
        return Node(kind, arg=chance.randrange(10**6), parts=calls)
    parts = [program(chance, depth - 1, inner) for _ in range(chance.randint(2, 4))]
    # The argument tells one such step from another: what is within it is no part of the call.
    return Node(kind, chance.choice(NAMES), chance.randrange(10**6), parts)


def mutated(root: Node, chance: random.Random) -> Node:
    """Return the program with one call put in, left out or changed."""
    copy = _copy(root)
    spots = [node for node in walk(copy) if node.parts and node.kind not in KEPT]
    if not spots:
        return Node("seq", parts=[copy, Node("call", "charge", 77)])
    node = chance.choice(spots)
    place = chance.randrange(len(node.parts))
    new = Node("call", chance.choice(NAMES), 50 + chance.randrange(5))
    how = chance.choice(("in", "out", "changed"))
    if how == "in":
        node.parts.insert(place, new)
    elif how == "out" and len(node.parts) > 1:
        del node.parts[place]
    else:
        node.parts[place] = new
    return copy


def _copy(node: Node) -> Node:
    return Node(node.kind, node.name, node.arg, [_copy(part) for part in node.parts])


def walk(node: Node) -> Iterator[Node]:
    """Iterate over the parts of a program that are executed anew whatever is on record."""
    yield node
    for part in node.parts if node.kind not in KEPT else ():
        yield from walk(part)


def answer(node: Node) -> Any:
    """Return what a program must answer."""
    if node.kind == "call":
        return f"{node.name}({node.arg})"
    if node.kind == "pipe":
        return f"store(fetch({node.arg}))"
    if node.kind == "agent":
        return f"about {node.arg}"
    parts = [answer(part) for part in node.parts]
    return sorted(parts) if node.kind == "graph" else parts


def effects(node: Node) -> Counter[str]:
    """Return the calls that a program makes."""
    if node.kind == "call":
        return Counter([f"{node.name}({node.arg})"])
    if node.kind == "pipe":
        return Counter([f"fetch({node.arg})", f"store(fetch({node.arg}))"])
    if node.kind == "agent":
        return Counter([f"about {node.arg}"])
    found: Counter[str] = Counter()
    for part in node.parts:
        found += effects(part)
    return found


class Player:
    """Executes a program with timings of its own; `did` is told of each effect."""

    def __init__(self, seed: int, did: Callable[[str], None]) -> None:
        self._chance = random.Random(seed)
        self._did = did
        self._made: Any = None

        def effect(name: str) -> Any:
            async def call(arg: Any) -> str:
                await asyncio.sleep(self._pause())
                return self._done(f"{name}({arg})")

            return sidestep.step(name=name)(call)

        def plain(name: str) -> Any:
            def call(arg: Any) -> str:
                time.sleep(self._pause())
                return self._done(f"{name}({arg})")

            return sidestep.step(name=name)(call)

        self._calls = {name: effect(name) for name in NAMES}
        self._plain = {name: plain(name) for name in NAMES}

    def _pause(self) -> float:
        return self._chance.choice((0.0, 0.0, 0.001, 0.004, 0.012, 0.03))

    def _done(self, text: str) -> str:
        self._did(text)
        return text

    async def play(self, node: Node) -> Any:
        """Execute a part, and return its answer."""
        return await getattr(self, f"_{node.kind}")(node)

    async def _call(self, node: Node) -> Any:
        return await self._calls[node.name](node.arg)

    async def _pipe(self, node: Node) -> Any:
        return await self._calls["store"](await self._calls["fetch"](node.arg))

    async def _seq(self, node: Node) -> Any:
        return [await self.play(part) for part in node.parts]

    async def _gather(self, node: Node) -> Any:
        return list(await asyncio.gather(*[self._late(part) for part in node.parts]))

    async def _late(self, node: Node) -> Any:
        await asyncio.sleep(self._pause() / 3)
        return await self.play(node)

    async def _group(self, node: Node) -> Any:
        if not hasattr(asyncio, "TaskGroup"):
            return await self._gather(node)
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(self._late(part)) for part in node.parts]
        return [task.result() for task in tasks]

    async def _bounded(self, node: Node) -> Any:
        places = asyncio.Semaphore(1 + node.arg % 2)

        async def one(part: Node) -> Any:
            async with places:
                return await self._late(part)

        return list(await asyncio.gather(*map(one, node.parts)))

    async def _pool(self, node: Node) -> Any:
        items = list(enumerate(node.parts))
        results: dict[int, Any] = {}

        async def worker() -> None:
            while items:
                number, part = items.pop(0)
                results[number] = await self.play(part)

        await asyncio.gather(worker(), worker())
        return [results[number] for number in range(len(node.parts))]

    async def _executor(self, node: Node) -> Any:
        loop = asyncio.get_running_loop()
        with ThreadPoolExecutor(2) as pool:
            calls = [loop.run_in_executor(pool, self._plain[n.name], n.arg) for n in node.parts]
            return list(await asyncio.gather(*calls))

    async def _nested(self, node: Node) -> Any:
        @sidestep.step(name=f"outer{node.arg % 3}")
        async def outer(number: int) -> Any:
            return await self._gather(node)

        return await outer(node.arg)

    async def _child(self, node: Node) -> Any:
        @sidestep.workflow(name=f"child{node.arg % 3}", wait=60, max_interruptions=10_000)
        async def child(number: int) -> Any:
            return await self._gather(node)

        return await child(node.arg)

    async def _agent(self, node: Node) -> Any:
        if self._made is None:
            self._made = _agent(self._pause, self._done)
        return (await self._made.run(str(node.arg))).output

    async def _graph(self, node: Node) -> Any:
        return await _graph(self, node)


class ThreadPlayer:
    """Executes a program without asyncio: what is at once is in threads."""

    def __init__(self, seed: int, did: Callable[[str], None]) -> None:
        self._chance = random.Random(seed)
        self._did = did
        self._calls = {name: self._step(name) for name in NAMES}

    def _step(self, name: str) -> Any:
        def call(arg: Any) -> str:
            time.sleep(self._pause())
            self._did(f"{name}({arg})")
            return f"{name}({arg})"

        return sidestep.step(name=name)(call)

    def _pause(self) -> float:
        return self._chance.choice((0.0, 0.0, 0.001, 0.004, 0.012, 0.03))

    def play(self, node: Node) -> Any:
        """Execute a part, and return its answer."""
        if node.kind == "call":
            return self._calls[node.name](node.arg)
        if node.kind == "pipe":
            return self._calls["store"](self._calls["fetch"](node.arg))
        how = {"seq": self._seq, "nested": self._nested, "child": self._child}
        return how.get(node.kind, self._at_once)(node)

    def _seq(self, node: Node) -> Any:
        return [self.play(part) for part in node.parts]

    def _at_once(self, node: Node) -> Any:
        with ThreadPoolExecutor(1 + node.arg % 4) as pool:
            return list(pool.map(self._late, node.parts))

    def _late(self, node: Node) -> Any:
        time.sleep(self._pause() / 3)
        return self.play(node)

    def _nested(self, node: Node) -> Any:
        @sidestep.step(name=f"outer{node.arg % 3}")
        def outer(number: int) -> Any:
            return self._at_once(node)

        return outer(node.arg)

    def _child(self, node: Node) -> Any:
        @sidestep.workflow(name=f"child{node.arg % 3}", wait=60, max_interruptions=10_000)
        def child(number: int) -> Any:
            return self._at_once(node)

        return child(node.arg)


def _agent(pause: Callable[[], float], done: Callable[[str], str]) -> Any:
    from pydantic_ai import Agent
    from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
    from pydantic_ai.models.function import AgentInfo, FunctionModel

    from sidestep.pydantic_ai import SidestepDurability

    async def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        await asyncio.sleep(pause())
        asked = messages[-1].parts[-1].content  # type: ignore[union-attr]
        return ModelResponse(parts=[TextPart(done(f"about {asked}"))])

    return Agent(FunctionModel(say), name="agent", capabilities=[SidestepDurability()])


async def _graph(player: Player, node: Node) -> Any:
    """Execute two calls in nodes, one after the other, and the others as sends."""
    import operator
    from typing import Annotated

    from langgraph.graph import START, StateGraph
    from langgraph.types import Send
    from typing_extensions import TypedDict

    from sidestep.langgraph import SidestepSaver

    # By call: LangGraph does not find what a class in a function refers to.
    state = TypedDict("state", {"done": Annotated[list, operator.add]})  # type: ignore[misc]  # noqa: UP013
    run = sidestep.current_run()
    assert run is not None
    made = StateGraph(state)
    ahead, sent = node.parts[:2], node.parts[2:]

    def task(part: Node) -> Any:
        async def execute(state: Any) -> Any:
            return {"done": [await player.play(part)]}

        return execute

    async def worker(state: Any) -> Any:
        return {"done": [await player.play(state["part"])]}

    before = START
    for number, part in enumerate(ahead):
        made.add_node(f"node{number}", task(part))
        made.add_edge(before, f"node{number}")
        before = f"node{number}"
    made.add_node("worker", worker)
    if sent:
        made.add_conditional_edges(before, lambda _: [Send("worker", {"part": p}) for p in sent])
    app: Any = made.compile(checkpointer=SidestepSaver(run.client.socket))
    step = sidestep.get_step()
    place = f"{step.name if step else ''}:{node.arg}"
    config: Any = {"configurable": {"thread_id": f"{run.id}:{place}"}}
    begun = (await app.aget_state(config)).values
    result = await app.ainvoke(None if begun else {"done": []}, config, durability="sync")
    await app.checkpointer.aclose()
    return sorted(result["done"])
