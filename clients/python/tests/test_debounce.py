"""Of many calls the last one counts; nobody who dies takes away what others have asked for."""

from __future__ import annotations

from typing import Any

import pytest
from daemon import Daemon
from processes import die, in_child

import sidestep
from sidestep import sync
from sidestep._sync._connection import Connection


def dying(at: int, behind: bool) -> None:
    """Have this process die at its call of that number: before it, or when it is answered."""
    original, made = Connection._call, [0]

    def call(self: Connection, identifier: int, method: str, *more: Any) -> Any:
        made[0] += 1
        if made[0] == at and not behind:
            die()
        reply = original(self, identifier, method, *more)
        if made[0] == at:
            die()
        return reply

    Connection._call = call  # type: ignore[method-assign]


@pytest.mark.parametrize("behind", [False, True])
def test_one_call_of_the_key_is_kept_wherever_who_debounces_dies(
    daemon: Daemon, run_id: str, behind: bool
) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        return n

    def waiting() -> list[Any]:
        with sync.connect() as client:
            runs = client.runs(workflow=f"w-{run_id}", status="queued")
            return [client.get(run["id"])["input"] for run in runs]

    work.debounce("k", 3600, 1)
    died = 0
    for at in range(1, 10):

        def later(at: int = at) -> None:
            dying(at, behind)
            work.debounce("k", 3600, at + 1)

        how = in_child(later)
        died += how == "killed"
        assert waiting() in ([[1]], [[at + 1]]) if at == 1 else len(waiting()) == 1
        if how == "done":
            assert waiting() == [[at + 1]]
            break
    else:
        raise AssertionError("it makes ever more calls")
    assert died >= 1


def test_a_call_that_is_sent_again_is_known(daemon: Daemon, run_id: str) -> None:
    @sidestep.workflow(name=f"w-{run_id}")
    def work(n: int) -> int:
        return n

    with sync.connect() as client:
        original, methods = client.call, []

        def twice(method: str, params: Any = None, **more: Any) -> Any:
            methods.append(method)
            original(method, params, **more)
            return original(method, params, **more)  # its first answer was lost

        client.call = twice  # type: ignore[method-assign]
        first = work.options(client=client).debounce("k", 3600, 1)
        second = work.options(client=client).debounce("k", 3600, 2)
        assert methods == ["run.enqueue", "run.enqueue"]
        runs = client.runs(workflow=f"w-{run_id}")
        assert [run["id"] for run in runs] == [second.id]
        with pytest.raises(sidestep.RunNotFound):
            first.status()
