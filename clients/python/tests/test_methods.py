"""Every method of the protocol has a typed one in the client, with all of its parameters."""

from __future__ import annotations

import ast
import inspect
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from daemon import ROOT, Daemon

import sidestep
import sidestep.sync
from sidestep import sync
from sidestep._aio import (
    _conversations,
    _graphs,
    _limits,
    _memories,
    _recordings,
    _system,
    _views,
    _webhooks,
)

METHODS: dict[str, set[str]] = {
    method["name"]: {param["name"] for param in method["params"]}
    for method in json.loads((ROOT / "docs/reference/openrpc.json").read_text())["methods"]
}
# What a client does by itself, or reads in another way.
NOT_CALLED = {
    "rpc.cancel": "a call that is given up by its time-out or its task is given up in the daemon",
    "lease.renew": "a connection that is made again presents its leases",
    "run.watch": "`history`, `events(wait=…)`, `stream` and `state.wait` read what comes",
    "run.unwatch": "as run.watch",
}
GROUPS = [_conversations, _graphs, _limits, _memories, _recordings, _system, _views, _webhooks]


def public_classes() -> list[type]:
    found = [getattr(sidestep, name) for name in sidestep.__all__]
    found += [item for group in GROUPS for item in vars(group).values()]
    return [item for item in found if inspect.isclass(item)]


def test_every_method_of_the_protocol_is_named_by_a_method_of_the_client() -> None:
    said: set[str] = set()
    for cls in public_classes():
        said.update(re.findall(r"``([\w.-]+)``", cls.__doc__ or ""))
        for base in cls.__mro__:
            said.update(re.findall(r"``([\w.-]+)``", base.__doc__ or ""))
            for name, member in vars(base).items():
                if not name.startswith("_"):
                    said.update(re.findall(r"``([\w.-]+)``", getattr(member, "__doc__", "") or ""))
    assert sorted(METHODS.keys() - said - NOT_CALLED.keys()) == []
    assert NOT_CALLED.keys() - METHODS.keys() == set()


def asked() -> list[tuple[str, int, str, set[str]]]:
    """Return file, line, method and parameters of every question of the groups."""
    found = []
    for path in sorted(Path(sidestep.__file__).parent.glob("_aio/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "_ask":
                first = node.args[0] if node.args else None
                if not isinstance(first, ast.Constant):
                    continue
                names = {item.arg for item in node.keywords if item.arg}
                for item in node.keywords:
                    if item.arg is None and isinstance(item.value, ast.Dict):
                        names |= {key.value for key in item.value.keys if key}  # type: ignore[attr-defined]
                found.append((path.name, node.lineno, str(first.value), names))
    return found


def test_questions_have_all_parameters_of_their_method_and_no_other() -> None:
    questions = asked()
    assert len(questions) > 60
    for file, line, method, names in questions:
        assert names == METHODS[method], f"{file}:{line}: {method}"


def test_what_is_public_of_the_client_has_types() -> None:
    for cls in (sidestep.Client, sidestep.RunHandle, sync.Client, sync.RunHandle):
        for name, member in inspect.getmembers(cls, inspect.isfunction):
            if name.startswith("_"):
                continue
            for parameter in list(inspect.signature(member).parameters.values())[1:]:
                assert parameter.annotation is not parameter.empty, f"{cls.__name__}.{name}"


@pytest.fixture
def client(daemon: Daemon) -> Any:
    with sync.connect() as made:
        yield made


def test_queues_limits_breakers_and_budgets(client: sync.Client, run_id: str) -> None:
    rate = sidestep.Rate(5, per=60, burst=2)
    queue = client.queues.put(run_id, concurrency=3, rate=rate)
    assert (queue["concurrency"], queue["rate"]["per_ms"], queue["rate"]["burst"]) == (3, 60_000, 2)
    assert client.queues.pause(run_id)["paused"]
    assert not client.queues.unpause(run_id)["paused"]
    assert client.queues.get(run_id)["queue"] == run_id
    assert run_id in [item["queue"] for item in client.queues.list()]
    assert isinstance(client.queues.workers(), list)
    assert client.limits.put(run_id, concurrency=1)["concurrency"] == 1
    assert run_id in [item["limit"] for item in client.limits.list()]
    assert client.limits.delete(run_id)
    breaker = client.breakers.put(run_id, failures=2, cooldown=1.5)
    assert (breaker["max_failures"], breaker["cooldown_ms"]) == (2, 1500)
    assert client.breakers.reset(run_id)["state"] == "closed"
    assert run_id in [item["breaker"] for item in client.breakers.list()]
    run = client.resume(run_id)
    assert client.budgets.set(run.id, tokens=100)["tokens"]["limit"] == 100
    assert client.budgets.get(run.id)["tokens"]["used"] == 0


def test_runs_are_changed_copied_and_looked_into(client: sync.Client, run_id: str) -> None:
    run = client.resume(run_id, workflow="w", input=[1], tags={"a": "1", "b": "2"})
    run.step("one", lambda: (1,))
    run.step("two", lambda: 2)
    run.checkpoint({"at": 1}, name="c")
    run.append("words", "a")
    run.put_artifact("doc", "text")
    run.create_promise("p")
    assert client.lease(run_id)["owner"] is not None
    assert [item["step"] for item in client.steps(run_id)] == ["one", "two"]
    assert client.step(run_id, "two")["output"] == 2
    assert client.update(run_id, tags={"a": None, "c": "3"})["tags"] == {"b": "2", "c": "3"}
    assert client.runs(tag={"c": "3"}, workflow="w", open=True, limit=1)[0]["id"] == run_id
    assert [item["stream"] for item in client.streams(run_id)] == ["words"]
    assert client.artifact("doc", run=run_id)["content"] == "text"
    assert [item["artifact"] for item in client.artifacts(run_id)] == ["doc"]
    assert [item["promise"] for item in client.promises(run_id)] == ["p"]
    client.signal(run_id, "s", 1)
    assert [item["value"] for item in client.signals(run_id)] == [1]
    assert client.timers(run_id) == []
    assert run_id not in [item["run"] for item in client.inflight()]
    assert client.checkpoint(run=run_id, name="c")["state"] == {"at": 1}
    assert len(client.checkpoints(run_id)) == 1
    assert client.delete_checkpoints(run_id) == 1
    assert client.history(run_id)[0]["kind"] == "run.created"
    assert client.history(run_id, limit=1) == client.history(run_id)[:1]
    fork = client.fork(run_id, step="two", new_run=f"{run_id}-f", args=[(1,)])
    again = client.resume(fork["id"])
    assert client.get(fork["id"])["input"] == [{"$sidestep": "tuple", "value": [1]}]
    assert again.step("one", lambda: (9,)) == (1,)
    assert client.diff(run_id, fork["id"])["shared"] == 1
    assert client.pause(run_id)["status"] == "paused"
    assert "paused" in client.explain(run_id)["sentences"][0]
    assert client.unpause(run_id)["status"] == "queued"
    lines = client.export(run_id)
    assert client.delete(run_id)
    assert client.import_run(lines)["imported"]
    assert client.get(run_id)["run"]["status"] == "queued"
    assert client.cancel(run_id, "done with", grace=0.5)["status"] == "cancelled"


def test_events_webhooks_retention_and_the_daemon_itself(
    client: sync.Client, run_id: str, tmp_path: Path
) -> None:
    first = client.emit(run_id, 1, event_id=f"{run_id}-1")
    assert client.emit(run_id, 1, event_id=f"{run_id}-1") == {**first, "duplicate": True}
    client.emit(run_id, 2)
    assert [item["value"] for item in client.events(event=run_id)] == [1, 2]
    after = client.events(event=run_id, after=first["sequence"], wait=5)
    assert [item["value"] for item in after] == [2]
    url = "http://127.0.0.1:9/hook"
    assert client.webhooks.put(run_id, url, [run_id], paused=True)["url"] == url
    assert run_id in [item["webhook"] for item in client.webhooks.list()]
    assert client.webhooks.deliveries(run_id) == []
    assert client.webhooks.delete(run_id)
    with pytest.raises(sidestep.SidestepError):
        client.webhooks.redeliver("none")
    rules = client.retention.put(workflow=run_id, status="failed", keep=3600)["rules"]
    assert [item["keep_ms"] for item in rules if item.get("workflow") == run_id] == [3_600_000]
    assert client.retention.list()["rules"] == rules
    client.retention.put(workflow=run_id, status="failed")
    assert client.retention.prune(workflow=run_id, dry_run=True)["runs"] == 0
    client.system.ping()
    assert client.system.hello("test")["protocol"] == 1
    assert client.system.discover()["openrpc"]
    assert client.system.info()["version"]
    assert client.system.stats()["database_bytes"] > 0
    assert client.system.usage(workflow=run_id, limit=1, max_age=0)["lines"] == []
    assert client.system.metrics().endswith("# EOF\n")
    assert client.system.check()["ok"]
    assert "bytes_after" in client.system.vacuum()
    assert isinstance(client.system.acts(limit=3), list)
    with pytest.raises(sidestep.SidestepError):
        client.system.advance(1)
    copy = client.system.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").stat().st_size == copy["bytes"]
    opened = client.system.open_backup()
    assert client.system.read_backup(opened["backup"])["data"]


def test_views_are_saved_changed_and_removed(client: sync.Client, run_id: str) -> None:
    saved = client.views.put(run_id, workflow=run_id, newer_than=timedelta(hours=1), tag={"a": "1"})
    assert saved["filter"] == {"workflow": run_id, "newer_than_ms": 3_600_000, "tag": {"a": "1"}}
    client.resume(run_id, workflow=run_id, tags={"a": "1"})
    assert [run["id"] for run in client.runs(workflow=run_id, newer_than=3600)] == [run_id]
    assert client.runs(workflow=run_id, older_than=3600) == []
    assert client.views.put(run_id, open=True)["filter"] == {"open": True}
    assert [view["filter"] for view in client.views.list() if view["view"] == run_id] == [
        {"open": True}
    ]
    assert client.views.delete(run_id)
    assert not client.views.delete(run_id)


def test_conversations_and_graphs(client: sync.Client, run_id: str) -> None:
    talk = client.conversations
    assert talk.append(run_id, ["a", "b"], ids=[f"{run_id}1", f"{run_id}2"])["length"] == 2
    assert not talk.append(run_id, ["c"], expected_revision=99)["appended"]
    assert talk.read(run_id, start=1)["entries"] == ["b"]
    assert talk.entry(f"{run_id}2", name=run_id)["value"] == "b"
    assert talk.fork(run_id, f"{run_id}-f", count=1)["length"] == 1
    assert len(talk.list(run_id)) == 2
    assert talk.delete(run_id)
    graphs = client.graphs
    graphs.put(run_id, "1", "json", "e30=", {"step": 1})
    graphs.put_writes(run_id, "1", "t", [])
    found = graphs.get(run_id)
    assert found is not None
    assert len(graphs.list(run_id)) == 1
    graphs.delta_history(run_id, ["x"])
    graphs.copy_thread(run_id, f"{run_id}-c")
    assert graphs.prune([run_id]) == 0
    assert graphs.delete_runs([run_id]) == 0
    assert graphs.delete_thread(run_id) == 1


def test_recordings(client: sync.Client, run_id: str) -> None:
    recordings = client.recordings
    client.resume(run_id)
    assert len(recordings.open("r", run=run_id)["key"]) == 44
    where = {"upstream": "u", "http_method": "POST", "path": "/", "keys": ["k"]}
    first = recordings.begin(
        "r", "a", run=run_id, **where, request=b"[1,2]", cuts=[1, 3], reserve={"tokens": 9}
    )
    second = recordings.begin(
        "r", "b", run=run_id, **where, request="[1,2,3]", cuts=[1, 3, 5], base=first
    )
    third = recordings.begin("r", "c", run=run_id, **where, model="m", tool_refs=["t"])
    headers = [("x-id", "1")]
    done = recordings.complete(
        run_id, first, "a", b"\xff\0", status=200, headers=headers, duration=0.25
    )
    assert (done["state"], done["duration_ms"], done["usage"]["tokens"]) == ("completed", 250, 9)
    recordings.complete(run_id, second, "b", "é", status=200, usage={"tokens": 2})
    assert recordings.fail(run_id, third, "c", "failed", status=529)["status"] == 529
    found = recordings.get(run_id, first, request=True)
    assert found["response"] == {"status": 200, "headers": [["x-id", "1"]], "base64": "/wA="}
    assert found["request"] == {"text": "[1,2]"}
    found = recordings.get(run_id, second, request=True)
    assert (found["response"]["text"], found["request"]["text"]) == ("é", "[1,2,3]")
    assert recordings.diff(run_id, second) == {
        "other": first,
        "differences": [{"pointer": "/2", "after": "3"}],
    }
    assert recordings.reroll(run_id, first)["state"] == "superseded"
    states = [recording["state"] for recording in recordings.list(run_id)]
    assert states == ["superseded", "completed", "failed"]
    assert [it["recording"] for it in recordings.list(run_id, states=["failed"])] == [third]


def test_memories(client: sync.Client, run_id: str) -> None:
    memories, place = client.memories, [run_id, "tastes"]
    memories.put(place, "tea", {"like": "green", "cups": 3})
    memories.put(place, "milk", None, ttl=timedelta(days=1))
    assert memories.get(place, "tea")["item"]["value"] == {"like": "green", "cups": 3}
    found = memories.get(place, "milk", refresh=True)
    assert (found["item"]["value"], found["item"]["ttl_ms"]) == (None, 86_400_000)
    assert [item["key"] for item in memories.search([run_id], filter={"cups": {"$gt": 2}})] == [
        "tea"
    ]
    assert [item["key"] for item in memories.search(place, query="GREEN", offset=0)] == ["tea"]
    assert memories.namespaces([run_id], suffix=["*"], max_depth=2) == [place]
    assert memories.refresh(place, "none") is False
    done = memories.batch(
        [
            ("memory.delete", {"namespace": place, "key": "milk"}),
            ("memory.get", {"namespace": place, "key": "milk"}),
        ]
    )
    assert done == [{"deleted": True}, {"found": False}]
    assert memories.delete(place, "milk") is False
    assert memories.clear([run_id]) == 1


def test_the_daemon_executes_programs_for_a_run_and_a_replay_gets_their_output(
    client: sync.Client, run_id: str
) -> None:
    run = client.resume(run_id)
    done = run.execute("hello", ["/bin/sh", "-c", "echo hello"], timeout=60)
    assert (done["exit"], done["stdout"]) == (0, "hello\n")
    with pytest.raises(sidestep.StepFailed) as caught:
        run.execute("fails", ["/bin/sh", "-c", "exit 3"])
    assert caught.value.failure["exit"] == 3
    with pytest.raises(sidestep.StepFailed):
        run.request("refused", "http://127.0.0.1:9/", timeout=5)
    again = client.resume(run_id, if_owned="take_over")
    assert again.execute("hello", ["/bin/sh", "-c", "echo hello"], timeout=60) == done
    with pytest.raises(sidestep.StepFailed):
        again.execute("fails", ["/bin/sh", "-c", "exit 3"])
