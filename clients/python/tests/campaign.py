#!/usr/bin/env python3
"""Kills an agent at every journal write and inside every effect, starts it again, and judges.

    campaign.py [--mode run|stream|events] [--every N]

Each kill is SIGKILL of a real process against a real daemon. The first start counts the points;
then one run per point is killed there and started again. Judged against the uninterrupted run:
output, usage and effects. Right is either exact, or a repetition of those effects alone whose step
had begun and was not recorded.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
from collections import Counter
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]

from campaign_verdict import Outcome, effects, judge, recorded
from daemon import Daemon
from processes import child_says
from pydantic_ai import Agent, ModelRetry, RunContext
from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel

import sidestep
import sidestep.sync
from sidestep._aio import _client
from sidestep.pydantic_ai import SidestepDurability, approval_by_signal

WRITES = ("step.begin", "step.complete", "step.fail", "signal.wait", "run.complete")
MODES = ("run", "stream", "events")


class Points:
    """Counts the points a process passes, and kills it at one."""

    def __init__(self, log: Path, kill_at: int | None, approval: bool) -> None:
        self.log = log
        self.approval = approval  # which the framework's `run_stream` cannot ask for
        self.kill_at = kill_at
        self.passed = 0

    def __call__(self) -> None:
        self.passed += 1
        if self.passed == self.kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    def effect(self, text: str) -> None:
        """An effect on the world outside: one line, in one write."""
        step = sidestep.get_step()
        self()
        with self.log.open("ab", buffering=0) as file:
            file.write(json.dumps([text, step.name if step else None]).encode() + b"\n")
        self()


points: Points


def watch_writes() -> None:
    """Make every journal write of the client two points: before it is sent, and when it is done."""

    def watched(function: Callable[..., Any]) -> Callable[..., Any]:
        async def call(self: Any, method: str, *args: Any, **kwargs: Any) -> Any:
            if method not in WRITES:
                return await function(self, method, *args, **kwargs)
            points()
            result = await function(self, method, *args, **kwargs)
            points()
            return result

        return call

    def held(self: Any, notice: Any) -> bool:
        points()
        kept = hold(self, notice)
        points()
        return kept

    hold = _client.Client.hold
    _client.Client.hold = held  # type: ignore[method-assign]
    _client.Client.call = watched(_client.Client.call)  # type: ignore[method-assign]
    _client.Client.notify = watched(_client.Client.notify)  # type: ignore[method-assign]


# The agents


def answers(messages: list[ModelMessage]) -> int:
    return sum(isinstance(message, ModelResponse) for message in messages)


def plan(messages: list[ModelMessage]) -> list[ToolCallPart] | str:
    """What the model says: three tools and one that delegates, one twice, one to be approved."""
    if "second" in str(messages[0]):
        return "the second run"
    said = answers(messages)
    if said == 0:
        parallel = [ToolCallPart("look", {"x": x}, tool_call_id=f"look{x}") for x in range(3)]
        return [*parallel, ToolCallPart("delegate", {"question": "why"}, tool_call_id="d1")]
    if said in (1, 2):
        return [ToolCallPart("stubborn", {"word": "ab"[said - 1]}, tool_call_id=f"s{said}")]
    if said == 3 and points.approval:
        return [ToolCallPart("pay", {"cents": 7}, tool_call_id="p1")]
    return f"done after {said} answers"


def say(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    points.effect("model")
    said = plan(messages)
    return ModelResponse(parts=[TextPart(said)] if isinstance(said, str) else said)


async def say_streaming(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[Any]:
    points.effect("model")
    said = plan(messages)
    if isinstance(said, str):
        for word in said.split():
            yield word + " "
    else:
        for index, call in enumerate(said):
            yield {
                index: DeltaToolCall(
                    call.tool_name, json.dumps(call.args), tool_call_id=call.tool_call_id
                )
            }


def help_(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
    points.effect("helper model")
    return ModelResponse(parts=[TextPart("because")])


helper = Agent(FunctionModel(help_), name="helper", capabilities=[SidestepDurability()])
agent = Agent(
    FunctionModel(say, stream_function=say_streaming),
    name="trip",
    capabilities=[SidestepDurability(), approval_by_signal()],
)


@agent.tool_plain(requires_approval=True)
async def pay(cents: int) -> str:
    points.effect("pay")
    return f"{cents} paid"


@agent.tool_plain
async def look(x: int) -> int:
    points.effect(f"look {x}")
    return x * x


@agent.tool
async def delegate(ctx: RunContext[None], question: str) -> str:
    return (await helper.run(question, usage=ctx.usage)).output


@agent.tool_plain
def stubborn(word: str) -> str:
    points.effect(f"stubborn {word}")
    if word == "a":
        raise ModelRetry("try the next word")
    return word


async def ask(prompt: str, mode: str) -> tuple[str, dict[str, int]]:
    if mode == "run":
        result = await agent.run(prompt)
        return result.output.strip(), numbers(result.usage)
    if mode == "stream":
        async with agent.run_stream(prompt) as stream:
            text = "".join([t async for t in stream.stream_text(delta=True, debounce_by=None)])
            return text.strip(), numbers(stream.usage)
    final: Any = None
    async with agent.run_stream_events(prompt) as events:
        async for event in events:
            final = getattr(event, "result", final)
    return final.output.strip(), numbers(final.usage)


def numbers(usage: Any) -> dict[str, int]:
    return {
        name: getattr(usage, name)
        for name in ("requests", "tool_calls", "input_tokens", "output_tokens")
    }


async def work(run_id: str, mode: str) -> dict[str, Any]:
    async with sidestep.workflow("campaign", run=run_id, wait=60, max_interruptions=100) as run:
        first, used = await ask("first", mode)
        noted = await run.step("note", note)
        second, used_too = await ask("second", mode)
        run.output = {"said": [first, noted, second], "used": [used, used_too]}
        output: dict[str, Any] = run.output
    return output


def note() -> str:
    points.effect("note")
    return "noted"


# The campaign


def child(run_id: str, mode: str, log: Path, kill_at: int | None) -> int:
    """Execute the workflow in a process of its own; return the points passed, or -signal."""
    approve(run_id)
    begin = Points(log, kill_at, mode != "stream")
    status, passed = child_says(lambda say: execute(run_id, mode, begin, say))
    if status > 0:
        raise SystemExit(f"{run_id} ended with an error; see above")
    return status or int(passed)


def execute(run_id: str, mode: str, begin: Points, say: Callable[[str], Any]) -> None:
    global points
    points = begin
    asyncio.run(work(run_id, mode))
    say(str(points.passed))


def approve(run_id: str) -> None:
    with sidestep.sync.connect() as client:
        client.enqueue("campaign", run=run_id)
        client.signal(run_id, "approval:p1", True, message_id="once")


def campaign(mode: str, every: int, socket: str, folder: Path) -> Counter[str]:
    """Kill at every N-th point; return how the restarts came out, by verdict."""
    verdicts: Counter[str] = Counter()
    with sidestep.sync.connect(socket) as client:
        log = folder / f"{mode}-whole"
        count = child(f"{mode}-whole", mode, log, None)
        whole = Outcome(client, f"{mode}-whole", log)
        verdicts["points"] = count
        for point in range(1, count + 1, every):
            run_id, log = f"{mode}-{point}", folder / f"{mode}-{point}"
            if child(run_id, mode, log, point) != -signal.SIGKILL:
                raise SystemExit(f"{run_id} was not killed")
            known, before = recorded(client, run_id), effects(log)
            child(run_id, mode, log, None)
            verdict = judge(whole, Outcome(client, run_id, log), before, known)
            verdicts[verdict.partition(":")[0]] += 1
            if verdict.startswith("wrong"):
                print(f"{run_id}: {verdict}", file=sys.stderr)
    return verdicts


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--mode", choices=MODES, action="append")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only every N-th point")
    options = parser.parse_args()
    watch_writes()
    good = bad = 0
    with Daemon() as daemon, tempfile.TemporaryDirectory(prefix="sidestep-campaign-") as folder:
        os.environ.update(daemon.environment)
        for mode in options.mode or MODES:
            verdicts = campaign(mode, options.every, daemon.socket, Path(folder))
            print(
                f"{mode}: {verdicts['points']} points; "
                + ", ".join(f"{verdicts[v]} {v}" for v in ("exact", "in doubt", "wrong"))
            )
            good += verdicts["exact"] + verdicts["in doubt"]
            bad += verdicts["wrong"]
    print(f"campaign: {good} passed, {bad} failed")
    return 1 if bad or not good else 0


if __name__ == "__main__":
    sys.exit(main())
