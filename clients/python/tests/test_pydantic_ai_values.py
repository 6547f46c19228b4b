"""What tools of any toolset return and raise is on a replay what it was."""

from __future__ import annotations

import asyncio
import math
import sys
from collections.abc import Callable
from typing import Any

import pytest
from daemon import Daemon
from pydantic_agents import OwnToolset, calling, held, make

pytest.importorskip("pydantic_ai")
from pydantic_ai import Agent, BinaryContent, ImageUrl, ModelHTTPError, RunContext, ToolReturn
from pydantic_ai.exceptions import UnexpectedModelBehavior, UserError
from pydantic_ai.messages import ModelMessage, ModelResponse, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, FunctionModel
from pydantic_ai.toolsets import FunctionToolset

from sidestep.pydantic_ai import SidestepDurability

WAYS = ["own", "run", "override", "class"]


def ask(run_id: str, way: str, tool: Callable[..., Any]) -> Any:
    """Ask an agent that has the tool in one of the ways that there are."""
    model = calling(("give", {}))
    tools: FunctionToolset[None] = FunctionToolset([tool], id="gifts" if way == "own" else None)
    agent = make(model)
    if way == "own":
        durability: Any = SidestepDurability()
        agent = Agent(model, name="trip", toolsets=[tools], capabilities=[durability])

    async def main() -> Any:
        async with held(run_id):
            if way == "override":
                with agent.override(toolsets=[tools]):
                    return await agent.run("go")
            given: Any = {"run": [tools], "class": [OwnToolset(tools, [])]}.get(way)
            return await agent.run("go", toolsets=given)

    return asyncio.run(main())


def returned(result: Any) -> list[Any]:
    return [
        part.content
        for message in result.all_messages()
        for part in message.parts
        if isinstance(part, ToolReturnPart)
    ]


VALUES: list[Any] = [
    BinaryContent(b"\x89PNG\xff", media_type="application/pdf"),
    ImageUrl(url="https://example.org/a.png"),
    {"picture": ImageUrl(url="https://example.org/a.png"), "n": 1},
    [BinaryContent(b"\xff\x00", media_type="application/pdf"), "text"],
    {"share": math.inf, "raw": [b"\xff\x00", b"text"]},
    ["text", 1, None, {"kind": "tool-return"}],
]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("value", VALUES, ids=[str(n) for n in range(len(VALUES))])
def test_what_a_tool_returns_keeps_its_type(
    daemon: Daemon, run_id: str, way: str, value: Any
) -> None:
    calls: list[int] = []

    def give() -> Any:
        calls.append(1)
        return value

    first, again = (returned(ask(run_id, way, give)) for _ in range(2))
    assert first == again == [value]
    assert type(first[0]) is type(again[0]) is type(value)
    assert calls == [1]


@pytest.mark.parametrize("way", WAYS)
def test_not_a_number_comes_back(daemon: Daemon, run_id: str, way: str) -> None:
    def give() -> Any:
        return ToolReturn(return_value=[math.nan], metadata={"raw": b"\xff"})

    for _ in range(2):
        (value,) = returned(ask(run_id, way, give))
        assert math.isnan(value[0])


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("method", ["enqueue", "cancel"])
def test_what_a_replay_would_not_repeat_is_refused_within_a_tool(
    daemon: Daemon, run_id: str, way: str, method: str
) -> None:
    def give(ctx: RunContext[None]) -> str:
        ctx.enqueue("more") if method == "enqueue" else ctx.cancel()
        return "done"

    for _ in range(2):
        with pytest.raises(UserError, match=f"{method}.* is not supported"):
            ask(run_id, way, give)


class Refused(Exception):
    """An error of the user's own."""

    def __init__(self, code: int, body: dict[str, Any]) -> None:
        super().__init__(code, body)
        self.code = code


def noted(error: Exception) -> Exception:
    if sys.version_info >= (3, 11):
        error.add_note("seen")
    return error


ERRORS: list[Callable[[], Exception]] = [
    lambda: ModelHTTPError(429, "m", {"error": {"code": "slow", "tokens": [1, 2]}}),
    lambda: ModelHTTPError(500, "m", "text"),
    lambda: UnexpectedModelBehavior("odd", '{"a": 1}'),
    lambda: FileNotFoundError(2, "No such file", "a.txt"),
    lambda: OSError(28, "No space left", "a", None, "b"),
    lambda: ConnectionRefusedError(111, "refused"),
    lambda: KeyError("key"),
    lambda: UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid"),
    lambda: Refused(3, {"why": "full"}),
    lambda: noted(ValueError("bad", 1)),
]


def facts(error: Any) -> Any:
    """What a handler of an error looks at."""
    names = "status_code", "body", "model_name", "errno", "strerror", "filename", "filename2"
    members = [facts(member) for member in getattr(error, "exceptions", ())]
    notes = getattr(error, "__notes__", None)
    known = {name: getattr(error, name, None) for name in (*names, "code")}
    args = None if members else error.args
    return type(error), str(error), args, known, notes, members


def caught(run_id: str, make_error: Callable[[], Exception], as_model: bool) -> Any:
    """Return what an agent raises whose tool, or model, raises this."""

    def give() -> str:
        raise make_error()

    if not as_model:
        with pytest.raises(Exception) as tool:  # noqa: PT011
            ask(run_id, "run", give)
        return tool.value

    def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        raise make_error()

    async def main() -> None:
        async with held(run_id):
            await make(FunctionModel(say)).run("go")

    with pytest.raises(Exception) as model:  # noqa: PT011
        asyncio.run(main())
    return model.value


@pytest.mark.parametrize("as_model", [False, True])
@pytest.mark.parametrize("error", ERRORS, ids=[str(n) for n in range(len(ERRORS))])
def test_an_error_keeps_what_its_class_was_made_with(
    daemon: Daemon, run_id: str, error: Callable[[], Exception], as_model: bool
) -> None:
    first, again = (facts(caught(run_id, error, as_model)) for _ in range(2))
    assert first == again == facts(error())


@pytest.mark.skipif(sys.version_info < (3, 11), reason="groups are of 3.11")
@pytest.mark.parametrize("as_model", [False, True])
def test_a_group_keeps_its_members(daemon: Daemon, run_id: str, as_model: bool) -> None:
    def error() -> Exception:
        inner = ExceptionGroup("inner", [KeyError("k")])  # noqa: F821
        several = [ModelHTTPError(503, "m", {"a": 1}), OSError(5, "bad"), inner]
        return ExceptionGroup("several", several)  # noqa: F821

    first, again = (facts(caught(run_id, error, as_model)) for _ in range(2))
    assert first == again == facts(error())


def test_a_record_of_an_earlier_version_is_read() -> None:
    from sidestep.pydantic_ai._toolset import _unpack

    assert _unpack({"kind": "value", "value": 4}) == 4
    assert _unpack(
        {"kind": "tool-return", "value": {"return_value": 4, "kind": "tool-return"}}
    ) == ToolReturn(4)
