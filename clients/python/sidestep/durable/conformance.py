"""What every `DurableBackend` must do: checks to run in the tests of a backend of one's own.

@pytest.mark.parametrize("name", sidestep.durable.conformance.CHECKS)
def test_my_backend(name):
asyncio.run(sidestep.durable.conformance.check(name, MyBackend()))
"""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable

from ._backend import DurableBackend
from ._checkpoint import Checkpoint

__all__ = ["CHECKS", "check"]


async def check(name: str, backend: DurableBackend) -> None:
    """Run one of `CHECKS` on a backend; AssertionError says what it does wrong."""
    await backend.initialize()
    await CHECKS[name](backend, f"conformance-{uuid.uuid4().hex[:12]}")


async def _returns(backend: DurableBackend, workflow: str) -> None:
    saved = Checkpoint(
        agent_state={"phase": "plan", "n": [1, 2.5, None, True]},
        message_history=[{"role": "user", "content": "ä question"}, {"parts": []}],
        tool_results={"search": ["a", "b"]},
        step_number=3,
        metadata={"model": "m"},
    )
    id_ = await backend.save_checkpoint(workflow, saved)
    found = await backend.load_checkpoint(id_)
    assert found is not None, "a saved checkpoint is not found by its id"
    for name in ("agent_state", "message_history", "tool_results", "step_number", "metadata"):
        assert getattr(found, name) == getattr(saved, name), f"{name} does not come back as it was"


async def _nothing(backend: DurableBackend, workflow: str) -> None:
    assert await backend.load_checkpoint(f"{workflow}-none") is None, "an unknown id must give None"
    assert await backend.list_checkpoints(workflow) == [], "an unknown workflow has no checkpoints"
    await backend.delete_checkpoints(workflow)


async def _order(backend: DurableBackend, workflow: str) -> None:
    saved = [
        await backend.save_checkpoint(workflow, Checkpoint(agent_state={"n": n}, step_number=0))
        for n in range(12)
    ]
    assert len(set(saved)) == 12, "ids must be unique, also for one step_number"
    assert await backend.list_checkpoints(workflow) == saved, "the list must be the oldest first"
    for n, id_ in enumerate(saved):
        found = await backend.load_checkpoint(id_)
        assert found is not None, "a checkpoint was lost"
        assert found.agent_state == {"n": n}, "a checkpoint was overwritten by another"


async def _apart(backend: DurableBackend, workflow: str) -> None:
    one = await backend.save_checkpoint(workflow, Checkpoint(agent_state=1))
    two = await backend.save_checkpoint(f"{workflow}-2", Checkpoint(agent_state=2))
    await backend.delete_checkpoints(workflow)
    assert await backend.list_checkpoints(f"{workflow}-2") == [two], "another workflow was touched"
    assert await backend.load_checkpoint(one) is None, "a deleted checkpoint is still there"


async def _deletes_before(backend: DurableBackend, workflow: str) -> None:
    saved = [
        await backend.save_checkpoint(workflow, Checkpoint(agent_state=n, step_number=n))
        for n in range(4)
    ]
    await backend.delete_checkpoints(workflow, before_step=0)
    assert await backend.list_checkpoints(workflow) == saved, "before_step=0 must delete nothing"
    await backend.delete_checkpoints(workflow, before_step=2)
    assert await backend.list_checkpoints(workflow) == saved[2:], "before_step is exclusive"
    await backend.delete_checkpoints(workflow)
    assert await backend.list_checkpoints(workflow) == [], "without before_step all are deleted"


CHECKS: dict[str, Callable[[DurableBackend, str], Awaitable[None]]] = {
    "a checkpoint comes back as it was saved": _returns,
    "what is not there gives nothing": _nothing,
    "nothing is overwritten, and lists are in order": _order,
    "workflows are apart": _apart,
    "checkpoints before a step are deleted": _deletes_before,
}
"""The checks by their names, which are sentences."""
