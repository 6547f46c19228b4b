"""Agents of Pydantic AI on a real daemon: what is recorded, and what is replayed."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from processes import die, in_child
from pydantic_agents import OwnToolset, ask, calling, look, make, steps

import sidestep
import sidestep.sync

pytest.importorskip("pydantic_ai")
from pydantic_ai import Agent, ModelHTTPError
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.models.test import TestModel
from pydantic_ai.toolsets import FunctionToolset

from sidestep.pydantic_ai import SidestepDurability


@pytest.mark.usefixtures("_loop")
def test_outside_of_a_workflow_the_agent_is_as_it_was() -> None:
    agent = make(calling(("look", {"x": 2})))
    agent.tool_plain(look)
    assert agent.run_sync("go").output == "4"


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
        "trip", "trip/model", "trip/tool:look@c0.1", "trip/tool:look@c1.1", "trip/model#2",
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


@pytest.mark.parametrize("at_run_time", [True, False])
def test_toolsets_of_any_kind_are_durable(daemon: Daemon, run_id: str, at_run_time: bool) -> None:
    calls: list[str] = []
    own = OwnToolset(FunctionToolset([look]), calls)
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
    assert set(steps(run_id)) == {"trip", "trip/model", "trip/model#2"}


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

    policy = {"retry": sidestep.Retry(3, initial=0.001), "retry_on": [ModelHTTPError]}
    assert ask(make(FunctionModel(say), model_options=policy), run_id).output == "at last"
    assert len(calls) == 3


def test_models_need_no_registration(daemon: Daemon, run_id: str) -> None:
    agent = make(TestModel(call_tools=[], custom_output_text="default"))
    for _ in range(2):
        with agent.override(model=TestModel(call_tools=[], custom_output_text="other")):
            assert ask(agent, run_id).output == "other"
