"""Agents of Pydantic AI on a real daemon; only the models are faked."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from processes import die, in_child

import sidestep
import sidestep.sync

pytest.importorskip("pydantic_ai")
from pydantic_ai import Agent, ModelHTTPError, RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.test import TestModel
from pydantic_ai.toolsets import AbstractToolset, FunctionToolset, ToolsetTool
from pydantic_ai.usage import UsageLimits

from sidestep._context import RUN
from sidestep.pydantic_ai import SidestepDurability, approval_by_signal


@pytest.fixture
def _loop() -> Iterator[None]:
    """The loop that `run_sync` finds; it leaves open what it makes itself."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    yield
    asyncio.set_event_loop(None)
    loop.close()


def calling(*calls: tuple[str, dict[str, Any]]) -> FunctionModel:
    """A model that calls these tools at once, and then says what they returned."""

    def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        if len(messages) == 1:
            parts = [
                ToolCallPart(name, args, tool_call_id=f"c{n}")
                for n, (name, args) in enumerate(calls)
            ]
            return ModelResponse(parts=parts)
        returned = [str(getattr(part, "content", "")) for part in messages[-1].parts]
        return ModelResponse(parts=[TextPart(" ".join(returned))])

    return FunctionModel(say)


def make(model: Any, **options: Any) -> Agent[None, str]:
    return Agent(model, name="trip", capabilities=[SidestepDurability(**options)])


@asynccontextmanager
async def held(run_id: str) -> AsyncIterator[None]:
    """Work for a run, and leave it open so that it can be taken up again."""
    async with await sidestep.connect() as client:
        run = await client.resume(run_id, workflow="w", wait=5)
        token = RUN.set(run)
        try:
            yield
        finally:
            RUN.reset(token)
            if run._final is None:
                await run.release()


def ask(agent: Agent[None, Any], run_id: str, prompt: str = "go", **options: Any) -> Any:
    """Run the agent for a run that stays open."""

    async def main() -> Any:
        async with held(run_id):
            return await agent.run(prompt, **options)

    return asyncio.run(main())


def steps(run_id: str) -> dict[str, str]:
    with sidestep.sync.connect() as client:
        found = client.call("step.list", {"run": run_id})["steps"]
    return {item["step"]: item["status"] for item in found}


@pytest.mark.usefixtures("_loop")
def test_outside_of_a_workflow_the_agent_is_as_it_was() -> None:
    agent = make(calling(("look", {"x": 2})))
    agent.tool_plain(look)
    assert agent.run_sync("go").output == "4"


def look(x: int) -> int:
    return x * x


@pytest.mark.parametrize("version", ["2.61", "2.36"])
def test_a_replay_calls_neither_model_nor_tools(
    daemon: Daemon, run_id: str, version: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if version == "2.36":  # it makes the ids of its runs by chance and asks nobody
        monkeypatch.setattr(SidestepDurability, "get_default_run_id", lambda self: None)
        monkeypatch.setattr("sidestep.pydantic_ai._durability._IDS_BY_HOOK", False)
    calls: list[str] = []
    agent = make(calling(("look", {"x": 2}), ("look", {"x": 3})))

    @agent.tool_plain(name="look")
    async def counted(x: int) -> int:
        calls.append(f"look {x}")
        return x * x

    first = ask(agent, run_id)
    assert (first.output, sorted(calls)) == ("4 9", ["look 2", "look 3"])
    again = ask(agent, run_id)
    assert (again.output, again.usage, len(calls)) == (first.output, first.usage, 2)
    assert again.all_messages()[0].parts[0].content == "go"
    assert set(steps(run_id)) == {
        "trip/model", "trip/tool:look@c0.1", "trip/tool:look@c1.1", "trip/model#2",
    }  # fmt: skip


@pytest.mark.usefixtures("_loop")
def test_a_plain_workflow_runs_the_agent_without_asyncio(daemon: Daemon, run_id: str) -> None:
    calls: list[str] = []
    agent = make(calling(("look", {"x": 2})))

    @sidestep.step
    def charge(x: int) -> int:
        calls.append("charge")
        return x * x

    @agent.tool_plain(name="look")
    def outer(x: int) -> int:
        return charge(x)

    @sidestep.workflow(name="w", retry=2)
    def work() -> str:
        said: str = agent.run_sync("go").output
        if len(calls) == 1:
            calls.append("failed once")
            raise RuntimeError
        return said

    assert work.run(run_id=run_id) == "4"
    assert calls == ["charge", "failed once"]
    assert "trip/tool:look@c0.1/charge" in steps(run_id)


class Own(AbstractToolset[None]):
    """A toolset of the user's own kind, which the framework knows nothing about."""

    def __init__(self, calls: list[str]) -> None:
        self.calls = calls
        self.tools = FunctionToolset([look])

    @property
    def id(self) -> str | None:
        return None

    async def get_tools(self, ctx: RunContext[None]) -> dict[str, ToolsetTool[None]]:
        return await self.tools.get_tools(ctx)

    async def call_tool(self, name: str, tool_args: Any, ctx: RunContext[None], tool: Any) -> Any:
        self.calls.append(name)
        return await self.tools.call_tool(name, tool_args, ctx, tool)


@pytest.mark.parametrize("at_run_time", [True, False])
def test_toolsets_of_any_kind_are_durable(daemon: Daemon, run_id: str, at_run_time: bool) -> None:
    calls: list[str] = []
    own = Own(calls)
    model = calling(("look", {"x": 5}))
    if at_run_time:
        agent = make(model)
        options: Any = {"toolsets": [own]}
    else:
        agent = Agent(model, name="trip", toolsets=[own], capabilities=[SidestepDurability()])
        options = {}
    for _ in range(2):
        assert ask(agent, run_id, **options).output == "25"
    assert calls == ["look"]


def test_function_toolsets_can_come_with_the_run(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []

    def counted(x: int) -> int:
        calls.append(x)
        return x

    agent = make(calling(("counted", {"x": 7})))
    for _ in range(2):
        assert ask(agent, run_id, toolsets=[FunctionToolset([counted])]).output == "7"
    assert calls == [7]


def test_a_tool_can_read_its_idempotency_key(daemon: Daemon, run_id: str) -> None:
    keys: list[str] = []
    agent = make(calling(("pay", {})))

    @agent.tool_plain(metadata={"sidestep": {"retry": {"max_attempts": 3, "initial_ms": 1}}})
    async def pay() -> str:
        context = sidestep.current_step()
        assert context is not None
        keys.append(context.idempotency_key)
        if len(keys) < 3:
            raise ConnectionError("again")
        return "paid"

    assert ask(agent, run_id).output == "paid"
    with sidestep.sync.connect() as client:
        uid = client.get(run_id)["run"]["uid"]
    assert keys == [f"{uid}/trip/tool:pay@c0.1"] * 3


def test_a_tool_left_out_of_the_journal_runs_again(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []
    agent = make(calling(("cheap", {})))

    @agent.tool_plain(metadata={"sidestep": False})
    async def cheap() -> str:
        calls.append(1)
        return "x"

    for _ in range(2):
        ask(agent, run_id)
    assert len(calls) == 2
    assert set(steps(run_id)) == {"trip/model", "trip/model#2"}


def test_an_at_most_once_tool_is_unknown_after_a_death_and_can_be_settled(
    daemon: Daemon, run_id: str, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    agent = make(calling(("pay", {})))

    @agent.tool_plain(metadata={"sidestep": {"at_most_once": True}})
    async def pay() -> str:
        with log.open("a") as file:
            file.write("paid\n")
        die()
        return "never"

    assert in_child(lambda: ask(agent, run_id)) == "killed"
    with pytest.raises(sidestep.StepUnknown):
        ask(agent, run_id)
    assert log.read_text() == "paid\n"
    with sidestep.sync.connect() as client:
        payload = {"kind": "tool_return", "result": "settled"}
        client.resolve(run_id, "trip/tool:pay@c0.1", "completed", output=payload)
        client.call("run.unpause", {"run": run_id})
    assert ask(agent, run_id).output == "settled"
    assert log.read_text() == "paid\n"


def test_a_result_that_json_cannot_hold_fails_once_and_clearly(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []
    agent = make(calling(("bad", {})), tool_options={"retry": 5})

    @agent.tool_plain
    async def bad() -> Any:
        calls.append(1)
        return object()

    @sidestep.workflow(name="w", retry=5)
    async def work() -> str:
        return (await agent.run("go")).output

    with pytest.raises(sidestep.StepFailed, match="cannot be recorded") as caught:
        asyncio.run(work.run(run_id=run_id))
    assert caught.value.type == "SerializationError"
    assert calls == [1]
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["run"]["status"] == "failed"


def test_a_changed_prompt_is_refused_on_replay(daemon: Daemon, run_id: str) -> None:
    agent = make(TestModel(call_tools=[]))
    ask(agent, run_id, "one")
    with pytest.raises(sidestep.StepMismatch):
        ask(agent, run_id, "two")


def test_errors_of_the_framework_keep_their_class_on_replay(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []

    def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        calls.append(1)
        raise ModelHTTPError(429, "gpt", "slow down")

    for _ in range(2):
        with pytest.raises(ModelHTTPError) as caught:
            ask(make(FunctionModel(say)), run_id)
        assert (caught.value.status_code, caught.value.model_name) == (429, "gpt")
    assert calls == [1]


def test_errors_of_python_keep_their_class_too(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []
    agent = make(calling(("look", {"x": 2})))

    @agent.tool_plain(name="look")
    async def failing(x: int) -> int:
        calls.append(x)
        raise TimeoutError(f"{x} does not answer")

    for _ in range(2):
        with pytest.raises(TimeoutError, match="2 does not answer") as caught:
            ask(agent, run_id)
        cause = caught.value.__cause__
        assert isinstance(cause, sidestep.StepFailed)
        assert cause.step == "trip/tool:look@c0.1"
    assert calls == [2]


def test_model_requests_are_retried_by_policy(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []

    def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        calls.append(1)
        if len(calls) < 3:
            raise ModelHTTPError(503, "gpt")
        return ModelResponse(parts=[TextPart("at last")])

    policy = {"retry": sidestep.Retry(3, initial_ms=1), "retry_on": [ModelHTTPError]}
    assert ask(make(FunctionModel(say), model_options=policy), run_id).output == "at last"
    assert len(calls) == 3


def test_models_need_no_registration(daemon: Daemon, run_id: str) -> None:
    agent = make(TestModel(call_tools=[], custom_output_text="default"))
    for _ in range(2):
        with agent.override(model=TestModel(call_tools=[], custom_output_text="other")):
            assert ask(agent, run_id).output == "other"


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
    assert steps(run_id) == {"trip/model": "failed"}


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
            toolsets=[MCPToolset(transport, id="numbers")],
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
