"""Agents of Pydantic AI on a real daemon: usage, streams, approval, servers, deaths."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from daemon import Daemon
from pydantic_agents import ask, calling, held, look, make, steps

import sidestep
import sidestep.sync

pytest.importorskip("pydantic_ai")
from pydantic_ai import Agent, RunContext
from pydantic_ai.messages import ModelMessage
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.test import TestModel
from pydantic_ai.usage import UsageLimits

from sidestep.pydantic_ai import SidestepDurability, approval_by_signal


def test_usage_limits_trip_at_the_same_step_on_replay(daemon: Daemon, run_id: str) -> None:
    from pydantic_ai import UsageLimitExceeded

    agent = make(calling(("look", {"x": 2})))
    agent.tool_plain(look)
    for _ in range(2):
        with pytest.raises(UsageLimitExceeded):
            ask(agent, run_id, usage_limits=UsageLimits(request_limit=1))
    assert "trip/model#2" not in steps(run_id)


def test_parallel_tools_that_delegate_lose_no_usage(daemon: Daemon, run_id: str) -> None:
    helper: Agent[None, str] = Agent(
        TestModel(call_tools=[]), name="helper", capabilities=[SidestepDurability()]
    )
    agent = make(calling(("delegate", {"n": 1}), ("delegate", {"n": 2}), ("nested", {})))

    @agent.tool
    async def delegate(ctx: RunContext[None], n: int) -> str:
        return (await helper.run(f"{n}", usage=ctx.usage)).output

    @agent.tool
    async def nested(ctx: RunContext[None]) -> str:
        middle: Agent[None, str] = Agent(
            calling(("inner", {})), name="middle", capabilities=[SidestepDurability()]
        )

        @middle.tool
        async def inner(ctx: RunContext[None]) -> str:
            return (await helper.run("deep", usage=ctx.usage)).output

        return (await middle.run("go", usage=ctx.usage)).output

    first = ask(agent, run_id).usage
    assert first.requests == 2 + 2 + 2 + 1
    assert ask(agent, run_id).usage == first
    with sidestep.sync.connect() as client:
        recorded = client.get(run_id)["usage"]
    assert (recorded["requests"], recorded["input_tokens"]) == (7, first.input_tokens)


def in_words(*words: str, cut: bool = False) -> tuple[FunctionModel, list[str]]:
    sent: list[str] = []

    async def stream(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[str]:
        for word in words:
            sent.append(word)
            yield word
        if cut:
            raise ConnectionError("cut")

    return FunctionModel(stream_function=stream), sent


def streaming(agent: Agent[None, str], run_id: str, take: int) -> list[str]:
    """Return the first chunks of a streamed run, leaving the run open."""

    async def main() -> list[str]:
        chunks: list[str] = []
        async with held(run_id), agent.run_stream("go") as result:
            async for chunk in result.stream_text(delta=True, debounce_by=None):
                chunks.append(chunk)
                if len(chunks) == take:
                    break
        return chunks

    return asyncio.run(main())


def test_a_stream_is_live_once_and_replayed_whole(daemon: Daemon, run_id: str) -> None:
    model, sent = in_words("one ", "two ", "three")
    assert streaming(make(model), run_id, 99) == ["one ", "two ", "three"]
    assert streaming(make(model), run_id, 99) == ["one two three"]
    assert sent == ["one ", "two ", "three"]


def test_a_consumer_that_leaves_leaves_nothing_recorded(daemon: Daemon, run_id: str) -> None:
    model, sent = in_words("one ", "two ", "three")
    assert streaming(make(model), run_id, 1) == ["one "]
    assert set(steps(run_id).values()) == {"backoff"}
    assert streaming(make(model), run_id, 99) == ["one ", "two ", "three"]
    assert len(sent) > 3


def test_a_stream_that_breaks_fails_its_step(daemon: Daemon, run_id: str) -> None:
    model, _ = in_words("one ", cut=True)
    for _ in range(2):
        with pytest.raises(ConnectionError):
            streaming(make(model), run_id, 99)
    assert steps(run_id) == {"trip": "failed", "trip/model": "failed"}


@pytest.mark.usefixtures("_loop")
def test_an_agent_can_open_its_run_by_itself(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []
    agent = make(calling(("counted", {})), auto=True)

    @agent.tool_plain
    async def counted() -> str:
        calls.append(1)
        return "once"

    for _ in range(2):
        assert agent.run_sync("go", run_id=run_id).output == "once"
    assert calls == [1]
    with sidestep.sync.connect() as client:
        assert client.result(run_id) == "once"


def test_a_tool_waits_for_approval_by_signal(daemon: Daemon, run_id: str) -> None:
    calls: list[str] = []
    agent: Agent[None, str] = Agent(
        calling(("pay", {"cents": 5}), ("pay", {"cents": 900})),
        name="trip",
        capabilities=[SidestepDurability(), approval_by_signal()],
    )

    @agent.tool_plain(requires_approval=True)
    async def pay(cents: int) -> str:
        calls.append(f"paid {cents}")
        return f"paid {cents}"

    @sidestep.workflow(name="w", suspend_after=0.01)
    async def work() -> str:
        return (await agent.run("go")).output

    with pytest.raises(sidestep.RunSuspended):
        asyncio.run(work.run(run_id=run_id))
    with sidestep.sync.connect() as client:
        state = client.call("state.list", {"run": run_id})["state"]
        assert state["approval:c1"] == {"tool": "pay", "args": {"cents": 900}}
        client.signal(run_id, "approval:c0", {"approved": True, "value": {"cents": 6}})
        client.signal(run_id, "approval:c1", {"approved": False, "message": "too much"})
    assert asyncio.run(work.run(run_id=run_id)) == "paid 6 too much"
    assert asyncio.run(work.run(run_id=run_id)) == "paid 6 too much"
    assert calls == ["paid 6"]


SERVER = """
import sys
from fastmcp import FastMCP
open(sys.argv[1], "a").write("started\\n")
server = FastMCP("numbers")
@server.tool
def double(x: int) -> int:
    open(sys.argv[1], "a").write("called\\n")
    return x * 2
server.run(show_banner=False)
"""


def test_an_mcp_server_is_not_even_started_on_replay(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    pytest.importorskip("fastmcp.server")
    from fastmcp.client.transports import StdioTransport
    from pydantic_ai.mcp import MCPToolset

    log = tmp_path / "log"
    (tmp_path / "server.py").write_text(SERVER)
    for _ in range(2):
        transport = StdioTransport(sys.executable, [str(tmp_path / "server.py"), str(log)])
        agent = Agent(
            calling(("double", {"x": 4})),
            name="trip",
            toolsets=[MCPToolset(transport, id="numbers", init_timeout=120)],
            capabilities=[SidestepDurability()],
        )
        assert ask(agent, run_id).output == "8"
    assert log.read_text() == "started\ncalled\n"


def test_the_kill_campaign_finds_nothing_wrong() -> None:
    script = Path(__file__).with_name("campaign.py")
    done = subprocess.run(
        [sys.executable, str(script), "--every", os.environ.get("SIDESTEP_CAMPAIGN_EVERY", "9")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert " 0 failed" in done.stdout
