"""Forks, other event loops, threads with loops, notebooks: what programs really do."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from facts import until
from processes import child_says

import sidestep
import sidestep.sync
from sidestep._loops import LoopClients

ROUNDS = 100


def connections(client: sidestep.sync.Client) -> int:
    """Return how many connections the daemon has."""
    return int(client.call("system.info")["connections"])


# Forks


def test_a_forked_child_has_a_connection_of_its_own(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:

        def own_answers(who: str) -> str:
            for number in range(ROUNDS):
                name = f"{run_id}-{who}-{number}"
                client.call("run.enqueue", {"run": name, "workflow": "w"})
                if client.get(name)["run"]["id"] != name:
                    return "an answer for another"
            return "its own"

        said: list[tuple[int, str]] = []
        child = threading.Thread(
            target=lambda: said.append(child_says(lambda say: say(own_answers("child"))))
        )
        child.start()
        assert own_answers("parent") == "its own"
        child.join()
        assert said == [(0, "its own")]


def test_a_forked_child_of_a_program_on_asyncio_has_a_connection_of_its_own(
    daemon: Daemon, run_id: str
) -> None:
    async def own_answers(client: sidestep.Client, who: str) -> str:
        for number in range(ROUNDS):
            name = f"{run_id}-{who}-{number}"
            await client.call("run.enqueue", {"run": name, "workflow": "w"})
            if (await client.get(name))["run"]["id"] != name:
                return "an answer for another"
        return "its own"

    async def main() -> tuple[tuple[int, str], str]:
        async with await sidestep.connect() as client:

            def in_child(say: Any) -> None:
                asyncio._set_running_loop(None)
                asyncio.set_event_loop_policy(None)  # uvloop does not outlive a fork
                say(asyncio.run(own_answers(client, "child")))

            child = asyncio.get_running_loop().run_in_executor(None, child_says, in_child)
            parent = await own_answers(client, "parent")
            return await child, parent

    assert asyncio.run(main()) == ((0, "its own"), "its own")


def test_a_client_that_ended_before_the_fork_does_not_stand_in_another_ones_way(
    daemon: Daemon, run_id: str
) -> None:
    async def one() -> sidestep.Client:
        async with await sidestep.connect() as client:
            await client.call("ping")
        return client

    # Sets have no order of their own: of six, one comes before the living client.
    ended = [asyncio.run(one()) for _ in range(6)]

    async def main() -> tuple[int, str]:
        async with await sidestep.connect() as client:

            def in_child(say: Any) -> None:
                asyncio._set_running_loop(None)
                asyncio.set_event_loop_policy(None)
                asyncio.run(client.call("ping"))
                say("answered")

            return await asyncio.get_running_loop().run_in_executor(None, child_says, in_child)

    assert asyncio.run(main()) == (0, "answered")
    assert len(ended) == 6


def test_a_run_stays_with_the_process_that_holds_it(daemon: Daemon, run_id: str) -> None:
    @sidestep.step
    def fetch(n: int) -> int:
        return n

    def in_child(say: Any) -> None:
        try:
            fetch(2)
        except sidestep.LeaseLost as error:
            say(str(error))

    @sidestep.workflow
    def work() -> list[int]:
        first = fetch(1)
        status, said = child_says(in_child)
        assert status == 0
        assert "forked this one" in said
        assert "a run of its own" in said
        return [first, fetch(3)]

    assert work.run(run_id=run_id) == [1, 3]
    with sidestep.sync.connect() as client:
        facts = client.get(run_id)["run"]
        assert (facts["epoch"], facts["status"]) == (1, "completed")


def test_the_end_of_a_forked_child_leaves_the_parents_connection_alone(
    daemon: Daemon, run_id: str
) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        link = client._link
        for _ in range(5):
            assert child_says(lambda say: client.close())[0] == 0
        assert run.step("s", int) == 0
        assert client._link is link


# Loops


def test_a_client_that_is_used_on_another_loop_says_so(daemon: Daemon) -> None:
    async def make() -> sidestep.Client:
        return await sidestep.connect()

    loop = asyncio.new_event_loop()
    client = loop.run_until_complete(make())
    with pytest.raises(RuntimeError, match="another event loop"):
        asyncio.run(client.call("ping"))
    assert loop.run_until_complete(client.call("ping")) == {}
    loop.run_until_complete(client.close())
    loop.close()


def test_many_loops_leave_no_connection_behind(daemon: Daemon) -> None:
    clients = LoopClients()
    with sidestep.sync.connect() as watcher:
        before = connections(watcher)
        for _ in range(20):
            assert asyncio.run(clients.call("ping", {})) == {}
        until(lambda: connections(watcher) == before)
        assert len(clients._clients) == 0


def test_callers_at_the_same_time_share_the_connection_of_their_loop(daemon: Daemon) -> None:
    clients = LoopClients()

    async def main() -> None:
        impatient = asyncio.ensure_future(clients.call("ping", {}))
        await asyncio.sleep(0)
        impatient.cancel()
        assert await asyncio.gather(*[clients.call("ping", {}) for _ in range(10)]) == [{}] * 10
        await clients.close()
        assert clients._clients == {}
        assert await clients.call("ping", {}) == {}

    asyncio.run(main())


def test_a_step_of_an_async_workflow_may_be_called_on_another_loop(
    daemon: Daemon, run_id: str
) -> None:
    @sidestep.step
    async def fetch(n: int) -> int:
        await asyncio.sleep(0)
        return n * 10

    @sidestep.step
    def with_a_loop_of_its_own() -> list[int]:
        async def inner() -> list[int]:
            return [await fetch(1), await fetch(2)]

        return asyncio.run(inner())

    @sidestep.workflow
    async def work() -> Any:
        return await with_a_loop_of_its_own()  # type: ignore[misc]

    assert asyncio.run(work.run(run_id=run_id)) == [10, 20]
    with sidestep.sync.connect() as client:
        steps = client.call("step.list", {"run": run_id})["steps"]
    assert {s["step"] for s in steps} == {
        "with_a_loop_of_its_own",
        "with_a_loop_of_its_own/fetch",
        "with_a_loop_of_its_own/fetch#2",
    }


@pytest.mark.filterwarnings("default")  # the framework leaves its loop open
def test_run_sync_of_an_agent_works_in_a_thread_of_an_async_workflow(
    daemon: Daemon, run_id: str
) -> None:
    pytest.importorskip("pydantic_ai")
    from pydantic_agents import calling, look, make

    agent = make(calling(("look", {"x": 1})))
    agent.tool_plain(look)

    @sidestep.workflow
    async def work() -> str:
        return str((await asyncio.to_thread(agent.run_sync, "go")).output)

    first = asyncio.run(work.run(run_id=run_id))
    with sidestep.sync.connect() as client:
        steps = {s["step"]: s["status"] for s in client.call("step.list", {"run": run_id})["steps"]}
    assert set(steps.values()) == {"completed"}
    assert {"trip", "trip/model", "trip/model#2"} < set(steps)
    assert first
    gc.collect()


# Notebooks

CELLS = [
    "import sidestep",
    """
@sidestep.step
def fetch(page: int) -> str:
    return f"text of page {page}"

@sidestep.workflow
def research(topic: str) -> list[str]:
    return [fetch(page) for page in range(3)]

research.run("tides", run_id="NAME")
""",
    "research.run('tides', run_id='NAME') == [fetch(n) for n in range(3)]",
    """
import sidestep.sync
with sidestep.sync.connect() as client:
    status = client.get("NAME")["run"]["status"]
status
""",
    """
async def main():
    async with await sidestep.connect() as client:
        return await client.result("NAME")
await main()
""",
    """
from langgraph.graph import START, StateGraph
from sidestep.langgraph import SidestepSaver
from typing_extensions import TypedDict
class State(TypedDict):
    n: int
graph = StateGraph(State)
graph.add_node("add", lambda state: {"n": state["n"] + 1})
graph.add_edge(START, "add")
saver = SidestepSaver()
app = graph.compile(checkpointer=saver)
config = {"configurable": {"thread_id": "NAME"}}
app.invoke({"n": 1}, config), (await app.ainvoke({"n": 5}, config))
""",
]


@pytest.mark.filterwarnings("default")  # the notebook's packages warn of their own affairs
def test_the_quick_start_works_in_a_notebook(daemon: Daemon, run_id: str) -> None:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    pytest.importorskip("langgraph")
    path = str(Path(sidestep.__file__).parents[1])
    first = f"import sys; sys.path.insert(0, {path!r})"
    sources = [first, *[cell.replace("NAME", run_id) for cell in CELLS]]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(text) for text in sources])
    nbclient.NotebookClient(book, timeout=120, kernel_name="python3").execute()
    said = [
        output.get("data", {}).get("text/plain") or output.get("text", "")
        for cell in book.cells
        for output in cell.outputs
    ]
    pages = str([f"text of page {n}" for n in range(3)])
    assert said == [pages, "True", "'completed'", pages, "({'n': 2}, {'n': 6})"]


def test_a_notebook_can_interrupt_a_workflow_that_waits(daemon: Daemon, run_id: str) -> None:
    """As a kernel does it: a running loop, the call from within it, and then SIGINT."""
    program = (
        "import asyncio, sys, types, sidestep, sidestep.sync\n"
        "sys.modules['ipykernel'] = types.ModuleType('ipykernel')\n"
        "@sidestep.workflow\n"
        "def work():\n"
        "    run = sidestep.sync.current_run()\n"
        "    print('waits', flush=True)\n"
        "    run.wait_signal('never')\n"
        "async def cell():\n"
        f"    work.run(run_id='{run_id}')\n"
        "loop = asyncio.new_event_loop()\n"
        "try:\n"
        "    loop.run_until_complete(cell())\n"
        "except KeyboardInterrupt:\n"
        "    print('interrupted', flush=True)\n"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(Path(sidestep.__file__).parents[1])},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "waits\n"
    with sidestep.sync.connect() as client:
        until(lambda: client.get(run_id)["steps"].get("waiting") == 1)
        child.send_signal(signal.SIGINT)
        assert child.stdout.read() == "interrupted\n"
        child.wait(60)
        child.stdout.close()
        until(lambda: client.get(run_id)["run"]["status"] != "running")
