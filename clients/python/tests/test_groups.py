"""Groups of exceptions: what is in them decides, and is recorded."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

import pytest
from daemon import Daemon

import sidestep
from sidestep import sync

if sys.version_info < (3, 11):
    from exceptiongroup import ExceptionGroup


def several(*errors: Exception) -> ExceptionGroup[Exception]:
    return ExceptionGroup("several", [ValueError("plain"), ExceptionGroup("inner", [*errors])])


def attempts(run_id: str, error: Exception, **options: Any) -> tuple[int, Any]:
    """Return how often a step is tried that raises this, and what is recorded of it."""
    calls: list[int] = []

    def body() -> None:
        calls.append(1)
        raise error

    with sync.connect() as client:
        run = client.resume(run_id)
        with pytest.raises(sidestep.StepFailed) as caught:
            run.step("s", body, retry=sidestep.Retry(3, initial=0.001), **options)
        (step,) = client.call("step.list", {"run": run_id})["steps"]
        assert step["error"] == caught.value.failure
    return len(calls), caught.value.failure


def test_fail_on_and_retry_on_look_into_groups(daemon: Daemon, run_id: str) -> None:
    group = several(ConnectionResetError("gone"))
    assert attempts(run_id + "1", group, fail_on=[ConnectionError])[0] == 1
    assert attempts(run_id + "2", group, fail_on=[KeyError])[0] == 3
    assert attempts(run_id + "3", group, retry_on=[ConnectionError])[0] == 3
    assert attempts(run_id + "4", group, retry_on=[KeyError])[0] == 1


def test_the_members_of_a_group_are_recorded(daemon: Daemon, run_id: str) -> None:
    _, failure = attempts(run_id, several(OSError("a"), KeyError("b")), fail_on=[Exception])
    assert failure["type"] == "ExceptionGroup"
    plain, inner = failure["errors"]
    assert (plain["type"], plain["message"]) == ("ValueError", "plain")
    assert [item["type"] for item in inner["errors"]] == ["OSError", "KeyError"]


def test_the_longest_wait_that_a_member_asks_for_counts() -> None:
    from sidestep._failures import step_failure

    soon, late = OSError(), OSError()
    soon.retry_after_ms, late.retry_after_ms = 5, 50  # type: ignore[attr-defined]
    assert step_failure(several(soon, late))["retry_after_ms"] == 50


@pytest.mark.skipif(sys.version_info < (3, 11), reason="task groups are of 3.11")
def test_a_policy_of_a_workflow_looks_into_the_group_of_its_tasks(
    daemon: Daemon, run_id: str
) -> None:
    calls: list[int] = []

    @sidestep.step(fail_on=[Exception])
    async def fetch(n: int) -> None:
        raise ConnectionResetError(str(n))

    @sidestep.workflow(retry=sidestep.Retry(3, initial=0.001, retry_on=[ConnectionError]))
    async def work() -> None:
        calls.append(1)
        async with asyncio.TaskGroup() as group:  # type: ignore[attr-defined,unused-ignore]
            group.create_task(fetch(1))
            group.create_task(fetch(2))

    with pytest.raises(ExceptionGroup):
        asyncio.run(work.run(run_id=run_id))
    assert len(calls) == 3


@pytest.mark.skipif(sys.version_info < (3, 11), reason="task groups are of 3.11")
def test_an_unknown_step_in_a_group_leaves_the_run_open(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name="w")
    async def work() -> None:
        async with asyncio.TaskGroup() as group:  # type: ignore[attr-defined,unused-ignore]
            group.create_task(charge())

    @sidestep.step(at_most_once=True)
    async def charge() -> None:
        raise NotImplementedError

    with sync.connect() as client:
        run = client.resume(run_id, workflow="w", input=[])
        begin = {"step": "charge", "at_most_once": True, "fingerprint": "[]"}
        client.call("step.begin", {"lease": run.lease, **begin})
        run.release()
        client.call("run.unpause", {"run": run_id})
    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(work.run(run_id=run_id))
    assert isinstance(caught.value.exceptions[0], sidestep.StepUnknown)
    with sync.connect() as client:
        assert client.get(run_id)["run"]["reason"] == "unknown_step"
