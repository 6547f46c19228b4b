"""One thing done to many runs (``run.bulk``)."""

from __future__ import annotations

from typing import Any

import pytest
from daemon import Daemon

import sidestep
from sidestep import sync


@pytest.fixture
def client(daemon: Daemon) -> Any:
    with sync.connect() as made:
        yield made


def test_many_runs_are_changed_at_once(client: sync.Client, run_id: str) -> None:
    names = [f"{run_id}-{number}" for number in range(5)]
    for name in names:
        client.call("run.enqueue", {"run": name, "workflow": run_id})
    looked = client.bulk("cancel", workflow=run_id, dry_run=True, limit=2)
    assert (looked["count"], looked["runs"]) == (5, [names[4], names[3]])
    # In parts of two, to the end.
    assert client.bulk("cancel", workflow=run_id, grace=0.5, limit=2)["runs"] == names[::-1]
    told = client.bulk("retry", runs=[names[0], "none"])
    assert (told["count"], told["skipped"][0]["kind"]) == (1, "run_not_found")
    assert [run["id"] for run in client.runs(workflow=run_id, open=True)] == [names[0]]
    with pytest.raises(sidestep.InvalidArgument):
        client.bulk("delete")
