"""Workflows and steps with the client that blocks, on a real daemon."""

from __future__ import annotations

from typing import Any

import pytest
from daemon import Daemon
from effects import Calls

import sidestep
import sidestep.sync
from sidestep.sync import current_run, step, workflow


def test_a_finished_run_returns_its_output(daemon: Daemon, run_id: str) -> None:
    calls = Calls()
    double = step(name="double")(lambda n: calls(n) * 2)

    @workflow
    def sums(*numbers: int) -> int:
        return sum(double(number) for number in numbers)

    assert sums.run(1, 2, 3, run_id=run_id) == 12
    assert sums.run(1, 2, 3, run_id=run_id) == 12
    assert calls.calls == [1, 2, 3]
    assert sums(4) == 8
    with pytest.raises(sidestep.RunConflict):
        sums.run(9, run_id=run_id)


def test_a_failed_workflow_is_taken_up_by_retry(daemon: Daemon, run_id: str) -> None:
    calls = Calls()
    fail = True

    @workflow
    def work() -> str:
        run = current_run()
        assert run is not None
        run.step("one", calls, 1)
        if fail:
            raise ValueError("not yet")
        return run.step("two", calls, "two")  # type: ignore[return-value]

    with pytest.raises(ValueError, match="not yet"):
        work.run(run_id=run_id)
    with pytest.raises(sidestep.RunClosed, match="ValueError: not yet") as caught:
        work.run(run_id=run_id)
    assert isinstance(caught.value, ValueError)
    failure = caught.value.data["failure"]
    assert (failure["type"], failure["message"]) == ("ValueError", "not yet")
    fail = False
    assert work.options(if_closed="retry").run(run_id=run_id) == "two"
    assert calls.calls == [1, "two"]


def test_the_policy_of_a_run_executes_it_again(daemon: Daemon, run_id: str) -> None:
    calls = Calls()

    @workflow(retry=sidestep.Retry(3, initial=0.001))
    def work() -> int:
        run = current_run()
        assert run is not None
        run.step("good", calls, "good")
        run.step(
            "bad",
            lambda: 1 // (run.attempt - 2 if run.attempt == 2 else 1) if run.attempt < 3 else 0,
        )
        if run.attempt < 3:
            raise OSError("again")
        return run.attempt

    assert work.run(run_id=run_id) == 3
    assert calls.calls == ["good"]


def test_a_step_is_retried_as_its_policy_says(daemon: Daemon, run_id: str) -> None:
    calls = Calls()

    @step(retry=sidestep.Retry(4, initial=0.001), fail_on=[KeyError])
    def flaky(kind: str) -> str:
        calls(kind)
        if calls.calls.count(kind) < 3:
            raise {"os": ConnectionResetError, "key": KeyError}[kind]("x")
        return "done"

    with workflow("w", run=run_id):
        assert flaky("os") == "done"
        with pytest.raises(sidestep.StepFailed) as caught:
            flaky("key")
    assert calls.calls == ["os"] * 3 + ["key"]
    assert caught.value.type == "KeyError"
    assert isinstance(caught.value.__cause__, KeyError)


def test_a_failed_step_is_replayed_as_it_failed(daemon: Daemon, run_id: str) -> None:
    def bad() -> None:
        raise LookupError("nothing there")

    failures = []
    for _ in range(2):
        with sidestep.sync.connect() as client:
            run = client.resume(run_id)
            with pytest.raises(sidestep.StepFailed) as caught:
                run.step("bad", bad)
            failures.append(caught.value)
            run.release()
    assert str(failures[0]) == str(failures[1])
    assert failures[0].failure == failures[1].failure
    assert (failures[0].type, failures[0].args) == ("LookupError", ("nothing there",))


def test_a_result_that_is_not_json_fails_once(daemon: Daemon, run_id: str) -> None:
    calls = Calls()
    with workflow("w", run=run_id) as run:
        with pytest.raises(sidestep.StepFailed, match="cannot be recorded") as caught:
            run.step("bad", lambda: calls(object()), retry=5)
        run.output = {"kept": True}
    assert len(calls.calls) == 1
    assert caught.value.type == "SerializationError"
    with sidestep.sync.connect() as client:
        assert client.result(run_id) == {"kept": True}


def test_an_output_that_is_not_json_fails_the_run(daemon: Daemon, run_id: str) -> None:
    @workflow(retry=5)
    def bad() -> object:
        return object()

    with pytest.raises(TypeError, match="cannot be recorded"):
        bad.run(run_id=run_id)
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["run"]["status"] == "failed"


def test_first_result_and_replay_are_equal(daemon: Daemon, run_id: str) -> None:
    found = []
    for _ in range(2):
        with sidestep.sync.connect() as client:
            run = client.resume(run_id)
            found.append(run.step("s", lambda: {1: (2, 3), "x": 1.5}))
            run.release()
    assert found[0] == found[1] == {1: (2, 3), "x": 1.5}


def test_lease_lost_cannot_be_caught(daemon: Daemon, run_id: str) -> None:
    calls = Calls()

    @workflow
    def work() -> str:
        run = current_run()
        assert run is not None
        run.step("one", calls, 1)
        with sidestep.sync.connect() as other:
            other.resume(run_id, if_owned="take_over")
            for name in ("two", "three"):
                try:
                    run.step(name, calls, name)
                except Exception:
                    pass
        return "swallowed"

    with pytest.raises(sidestep.LeaseLost):
        work.run(run_id=run_id)
    assert "three" not in calls.calls


def test_an_unknown_step_pauses_the_run(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id, workflow="pay", input=[])
        client.call("step.begin", {"lease": run.lease, "step": "charge", "at_most_once": True})
        run.release()
        facts = client.get(run_id)["run"]
        assert (facts["status"], facts.get("reason")) == ("paused", "unknown_step")
        client.call("run.unpause", {"run": run_id})

    @workflow(name="pay")
    def pay() -> Any:
        run = current_run()
        assert run is not None
        return run.step("charge", lambda: "charged", at_most_once=True)

    with pytest.raises(sidestep.StepUnknown):
        pay.run(run_id=run_id)
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["run"]["reason"] == "unknown_step"
        client.resolve(run_id, "charge", "completed", output="by hand")
    assert pay.run(run_id=run_id) == "by hand"


def test_checkpoints_messages_and_state(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        assert run.messages() == []
        first = run.checkpoint({"at": 1}, messages=["a", "b"])
        assert (first.message_count, len(first.resume_token) >= 22) == (2, True)
        run.checkpoint(append=["c"])
        run.checkpoint(append=["d"], keep=1, name="branch")
        assert run.messages() == ["a", "d"]
        assert run.messages(last=1) == ["d"]
        assert run.messages(from_=0, count=1) == ["a"]
        run.state.set("k", {"x": [1]})
        assert run.state.get("k") == {"x": [1]}
        assert run.state.get("none", 5) == 5
        assert run.state.all() == {"k": {"x": [1]}}
        run.state.delete("k")
        assert run.state.all() == {}
        run.release()
        again = client.resume(token=first.resume_token)
        assert again.id == run_id
        assert again.last_checkpoint is not None
        assert again.last_checkpoint["state"] == {"at": 1}


def test_idempotency_keys(daemon: Daemon, run_id: str) -> None:
    with workflow("w", run=run_id) as run:

        def body() -> Any:
            context = sidestep.current_step()
            assert context is not None
            context.usage(model="m", input_tokens=3)
            context.usage(input_tokens=4)
            return run.idempotency_key(), context.idempotency_key

        keys = run.step("s", body)
        assert keys == (f"{run.uid}/s",) * 2
        with pytest.raises(ValueError, match="outside"):
            run.idempotency_key()
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["usage"]["input_tokens"] == 7


def test_a_fingerprint_that_changed(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        run.step("ask", str.upper, "a", fingerprint="1")
        run.release()
        run = client.resume(run_id)
        with pytest.raises(sidestep.StepMismatch) as caught:
            run.step("ask", str.upper, "b", fingerprint="2")
        assert (caught.value.expected, caught.value.actual) == ("1", "2")


def test_a_long_journal_is_paged(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        for number in range(30):
            run.step(f"s{number}", lambda: "x" * 1000)
        run.release()
        original, pages = client.call, []

        def call(method: str, params: Any = None, **more: Any) -> Any:
            pages.append(method)
            return original(
                method,
                {**params, "max_bytes": 9000} if method in ("resume", "step.list") else params,
            )

        client.call = call  # type: ignore[method-assign]
        run = client.resume(run_id)
        assert len(run._journal) == 30
        assert pages.count("step.list") >= 2


def test_replay_needs_no_round_trip(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        for number in range(20):
            run.step("s", lambda number=number: number)
        run.release()
        run = client.resume(run_id)
        before = next(client._ids)
        assert run.replaying
        assert [run.step("s", int) for _ in range(20)] == list(range(20))
        assert next(client._ids) == before + 1
        assert run.replaying
        run.step("new", int)
        assert not run.replaying


def test_workflows_within_workflows(daemon: Daemon, run_id: str) -> None:
    calls = Calls()

    @workflow
    def child(n: int) -> int:
        run = current_run()
        assert run is not None
        return run.step("s", calls, n)  # type: ignore[return-value]

    @workflow
    def parent() -> list[int]:
        return [child(1), child(2)]

    assert parent.run(run_id=run_id) == [1, 2]
    with sidestep.sync.connect() as client:
        assert client.result(f"{run_id}/child#2") == 2


def test_the_first_record_of_a_step_counts(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)

        def body() -> str:
            # Somebody with the same lease is faster.
            done = {"lease": run.lease, "step": "s", "output": "theirs"}
            client.call("step.complete", done)
            return "mine"

        assert run.step("s", body) == "theirs"
        with pytest.raises(sidestep.StepConflict) as caught:
            client.call("step.complete", {"lease": run.lease, "step": "s", "output": "mine"})
        assert caught.value.output == "theirs"


def test_an_interrupted_workflow_gives_its_run_back(daemon: Daemon, run_id: str) -> None:
    @workflow
    def work() -> None:
        run = current_run()
        assert run is not None
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        work.run(run_id=run_id)
    with sidestep.sync.connect() as client:
        facts = client.get(run_id)["run"]
        assert (facts["status"], facts["interruptions"]) == ("queued", 0)


def test_a_codec_of_ones_own(daemon: Daemon, run_id: str) -> None:
    class Text:
        def to_json(self, value: Any) -> Any:
            return repr(value)

        def from_json(self, value: Any, type_: Any = None) -> Any:
            return eval(value) if isinstance(value, str) else value

    with sidestep.sync.connect(codec=Text()) as client:
        run = client.resume(run_id)
        assert run.step("s", lambda: {1, 2}) == {1, 2}
        run.release()
        assert client.resume(run_id).step("s", int) == {1, 2}


def test_nothing_of_a_run_works_after_its_end(daemon: Daemon, run_id: str) -> None:
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        run.complete("out")
        for call in (
            lambda: run.step("s", int),
            lambda: run.checkpoint({}),
            lambda: run.state.set("a", 1),
            lambda: run.complete("again"),
        ):
            with pytest.raises(sidestep.RunClosed):
                call()


def test_retries_within_an_outer_step_replay_the_inner_ones(daemon: Daemon, run_id: str) -> None:
    calls = Calls()
    inner = step(name="inner")(lambda n: calls(n))

    @step(retry=sidestep.Retry(2, initial=0.001))
    def outer() -> int:
        total = inner(1) + inner(2)
        if calls.calls.count("outer") == 0:
            calls("outer")
            raise OSError("once")
        return int(total)

    with workflow("w", run=run_id) as run:
        run.output = outer()
    assert calls.calls == [1, 2, "outer"]
    with sidestep.sync.connect() as client:
        assert client.result(run_id) == 3


def test_a_finished_run_refuses_a_new_step_before_its_body(daemon: Daemon, run_id: str) -> None:
    calls = Calls()
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        run.step("known", calls, 1)
        run.complete()
        finished = client.resume(run_id)
        assert finished.step("known", calls, 1) == 1
        with pytest.raises(sidestep.RunClosed):
            finished.step("new", calls, 2)
    assert calls.calls == [1]
