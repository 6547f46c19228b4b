"""Executes one program of the parity scenarios: ``parity_program.py '{"program": …}'``."""

from __future__ import annotations

import asyncio
import builtins
import datetime
import decimal
import json
import os
import signal
import sys
import time
import uuid
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import sidestep
from sidestep._tags import untagged

EFFECTS = os.environ["EFFECTS"]

# What a value with a tag is in this language.
NATIVE = {
    "bytes": bytes,
    "date": datetime.date,
    "datetime": datetime.datetime,
    "decimal": decimal.Decimal,
    "object": dict,
    "path": type(Path()),
    "time": datetime.time,
    "timedelta": datetime.timedelta,
    "uuid": uuid.UUID,
}


def main() -> None:
    task = json.loads(sys.argv[1])
    try:
        output = asyncio.run(execute(task))
        report = {"ends": "completed", "output": output}
    except sidestep.RunClosed as error:
        report = {"ends": "failed" if "failure" in error.data else "run_closed"}
    except sidestep.SidestepError as error:
        report = {"ends": error.kind, "message": str(error)}
        if isinstance(error, sidestep.StepFailed):
            report["ends"] = "failed"
    except AssertionError as error:
        report = {"ends": "assertion", "message": str(error)}
    except Exception as error:
        report = {"ends": "failed", "message": repr(error)}
    print("report " + json.dumps(report), flush=True)


async def execute(task: dict[str, Any]) -> Any:
    options = dict(task.get("options", {}))
    if "wait_ms" in options:
        options["wait"] = options.pop("wait_ms") / 1000

    async def program(*_: Any) -> Any:
        try:
            await perform(task["program"])
        except Returned as returned:
            return returned.value

    maker = sidestep.workflow(task.get("workflow", "parity"), **options)
    return await maker(program).run(*task.get("input", []), run_id=task["run"])


class Returned(BaseException):
    def __init__(self, value: Any) -> None:
        self.value = value


async def perform(instructions: list[dict[str, Any]]) -> None:
    run = sidestep.current_run()
    assert isinstance(run, sidestep.Run)
    for item in instructions:
        if "step" in item:
            await step(run, item)
        elif "parallel" in item:
            await asyncio.gather(*[step(run, one) for one in item["parallel"]])
        elif "checkpoint" in item:
            given = dict(item["checkpoint"])
            messages = given.pop("messages", None)
            if messages is not None and "all" in messages:
                given["messages"] = messages["all"]
            elif messages is not None:
                given.update(messages)
            await run.checkpoint(**given)
        elif "messages" in item:
            found = await run.messages()
            assert found == item["messages"], f"messages are {found}"
        elif "state_set" in item:
            for name, value in item["state_set"].items():
                await run.state.set(name, value)
        elif "state" in item:
            for name, value in item["state"].items():
                found = await run.state.get(name)
                assert found == value, f"{name} is {found}"
        elif "kill" in item:
            die()
        elif "tell" in item:
            print("tell " + item["tell"], flush=True)
            await asyncio.to_thread(sys.stdin.readline)
        elif "return" in item:
            raise Returned(item["return"])
        elif "raise" in item:
            raise getattr(builtins, item["raise"])("as the scenario says")
        else:
            raise SystemExit(f"unknown instruction {item}")


async def step(run: sidestep.Run, item: dict[str, Any]) -> None:
    async def body() -> Any:
        if item.get("kill") == "before":
            die()
        if "effect" in item:
            with open(EFFECTS, "a") as file:
                file.write(item["effect"] + "\n")
        await perform(item.get("steps", []))
        if item.get("kill") == "inside":
            time.sleep(item.get("sleep_ms", 0) / 1000)
            die()
        with open(EFFECTS) as file:
            count = file.read().split("\n").count(item.get("effect", ""))
        if count <= item.get("fails", 0) and "fails" in item:
            raise getattr(builtins, item.get("type", "OSError"))("as the scenario says")
        return untagged(item["output"]) if "native" in item else item["output"]

    options = {name: item[name] for name in ("retry", "at_most_once") if name in item}
    try:
        result = await run.step(item["step"], body, **options)
    except sidestep.SidestepError as error:
        if error.kind != item.get("error"):
            raise
        return
    assert "error" not in item, "an error was expected"
    expected = item.get("expect", item["output"])
    if "native" in item:
        expected = untagged(expected)
        assert type(result) is NATIVE[item["native"]], f"it is a {type(result)}"
    assert result == expected, f"the result of {item['step']} is {result!r}"


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    main()
