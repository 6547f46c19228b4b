"""Limits, breakers and budgets that all processes share, as steps see them."""

from __future__ import annotations

import pytest
from daemon import Daemon

import sidestep
import sidestep.sync


def test_an_open_breaker_refuses_a_step_before_its_body(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []

    def failing() -> None:
        calls.append(1)
        raise ConnectionError("down")

    with sidestep.sync.connect() as client:
        client.call("breaker.put", {"breaker": run_id, "failures": 2})
        run = client.resume(run_id)
        for number in range(2):
            with pytest.raises(sidestep.StepFailed):
                run.step(f"call {number}", failing, breaker=run_id)
        with pytest.raises(sidestep.CircuitOpen):
            run.step("call 3", failing, breaker=run_id)
        client.call("breaker.reset", {"breaker": run_id})
        run.step("call 4", calls.append, 4, breaker=run_id)
    assert calls == [1, 1, 4]


def test_a_budget_refuses_a_step_before_it_is_paid_for(daemon: Daemon, run_id: str) -> None:
    calls: list[int] = []

    def paid(tokens: int) -> None:
        calls.append(tokens)
        context = sidestep.sync.current_step()
        assert context is not None
        context.usage(input_tokens=tokens)

    with sidestep.sync.connect() as client:
        run = client.resume(run_id, budget={"tokens": 100})
        run.step("first", paid, 60, reserve={"tokens": 60})
        with pytest.raises(sidestep.BudgetExhausted):
            run.step("second", paid, 60, reserve={"tokens": 60})
        assert client.get(run_id)["run"]["status"] == "paused"
        client.call("budget.set", {"run": run_id, "budget": {"tokens": 200}})
        client.call("run.unpause", {"run": run_id})
        run = client.resume(run_id)
        run.step("first", paid, 60, reserve={"tokens": 60})
        run.step("second", paid, 60, reserve={"tokens": 60})
    assert calls == [60, 60]


def test_a_run_tells_others_once(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        for _ in range(2):
            run = client.resume(run_id)
            assert run.append("words", "one", "two") == 2
            assert run.append("words", "three") == 3
            assert run.put_artifact("report", "# Tides") == 1
            run.emit(f"{run_id}.done", {"n": 1})
            run.release()
        run = client.resume(run_id)
        run.close_stream("words", final="one two three")
        read = client.call("stream.read", {"run": run_id, "stream": "words"})
        assert (read["items"], read["final"]) == (["one", "two", "three"], "one two three")
        events = client.call("event.list", {"event": f"{run_id}.done"})["events"]
        assert [event["value"] for event in events] == [{"n": 1}]
