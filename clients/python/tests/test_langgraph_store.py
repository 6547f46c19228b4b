"""LangGraph's long-term memory in the daemon."""

import asyncio
import time
from datetime import datetime, timezone
from typing import Any

import pytest
from daemon import Daemon
from processes import in_child

pytest.importorskip("langgraph")
from langgraph.graph import START, StateGraph
from langgraph.store.base import (
    BaseStore,
    GetOp,
    InvalidNamespaceError,
    ListNamespacesOp,
    MatchCondition,
    PutOp,
    SearchOp,
)
from typing_extensions import TypedDict

from sidestep.langgraph import SidestepStore, _operations

pytestmark = pytest.mark.filterwarnings("default")  # the frameworks warn of their own affairs


class Both:
    """A store whose blocking methods are called, or those on asyncio."""

    def __init__(self, store: SidestepStore, blocking: bool) -> None:
        self.store, self._blocking = store, blocking

    def __getattr__(self, name: str) -> Any:
        if self._blocking:
            return getattr(self.store, name)
        return lambda *args, **options: asyncio.run(
            getattr(self.store, f"a{name}")(*args, **options)
        )


@pytest.fixture(params=[True, False], ids=["blocking", "asyncio"])
def both(request: pytest.FixtureRequest, daemon: Daemon) -> Both:
    return Both(SidestepStore(), request.param)


def keys(found: list[Any]) -> list[str]:
    return [item.key for item in found]


def test_a_value_is_put_found_replaced_and_forgotten(both: Both, run_id: str) -> None:
    place = (run_id, "notes")
    assert both.get(place, "a") is None
    began = datetime.now(timezone.utc)
    both.put(place, "a", {"text": "grün", "n": [1, 2.5, None, True]})
    item = both.get(place, "a")
    assert (item.namespace, item.key) == (place, "a")
    assert item.value == {"text": "grün", "n": [1, 2.5, None, True]}
    assert abs((item.created_at - began).total_seconds()) < 60
    both.put(place, "a", {"text": "blue"})
    assert both.get(place, "a").value == {"text": "blue"}
    assert both.get(place, "a").created_at == item.created_at
    both.delete(place, "a")
    both.delete(place, "a")
    assert both.get(place, "a") is None
    assert both.list_namespaces(prefix=place) == []


def test_names_of_places_are_checked_as_langgraph_says(both: Both) -> None:
    for place in ((), ("a", ""), ("a.b",), ("langgraph", "x")):
        with pytest.raises(InvalidNamespaceError):
            both.put(place, "k", {})
    for op in (
        PutOp(("a.b",), "k", {}),
        GetOp(("a", ""), "k"),
        SearchOp(("a.b",)),
        ListNamespacesOp((MatchCondition("suffix", ("a.b",)),)),
    ):
        with pytest.raises(InvalidNamespaceError):
            both.batch([op])


def test_a_search_has_members_comparisons_texts_and_pages(both: Both, run_id: str) -> None:
    for number in range(5):
        color = "red" if number % 2 else "green"
        both.put((run_id, f"p{number}"), "k", {"n": number, "color": color, "by": {"who": "Ann"}})
        time.sleep(0.002)  # the last changed comes first
    assert [item.value["n"] for item in both.search((run_id,))] == [4, 3, 2, 1, 0]
    assert [item.value["n"] for item in both.search((run_id,), limit=2, offset=1)] == [3, 2]
    asked = {"color": "red", "n": {"$gte": 1, "$lt": 3}, "by": {"who": {"$ne": "Bob"}}}
    assert [item.value["n"] for item in both.search((run_id,), filter=asked)] == [1]
    assert len(both.search((run_id,), query="GREE", limit=2)) == 2
    assert both.search((run_id,), query="color") == both.search((run_id, "none")) == []
    assert both.search((run_id,))[0].score is None
    assert both.search((run_id,), limit=0) == []


def test_a_search_whose_values_are_no_single_reply_has_them_all(
    both: Both, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_operations, "SEARCH_BYTES", 2000)
    for number in range(5):
        both.put((run_id,), f"{number}", {"text": "x" * 1000})
    assert len(both.search((run_id,), limit=10)) == 5
    assert len(both.search((run_id,), limit=4)) == 4


def test_places_are_listed_by_beginning_end_and_depth(both: Both, run_id: str) -> None:
    for path in ("a/b/c", "a/b/d/e", "a/b/d/i", "a/c/c"):
        both.put((run_id, *path.split("/")), "k", {})
    listed = both.list_namespaces(prefix=(run_id, "a", "b"), max_depth=4)
    assert listed == [(run_id, "a", "b", "c"), (run_id, "a", "b", "d")]
    listed = both.list_namespaces(prefix=(run_id, "a", "*"), suffix=("c",))
    assert listed == [(run_id, "a", "b", "c"), (run_id, "a", "c", "c")]
    assert len(both.list_namespaces(prefix=(run_id,), limit=2, offset=3)) == 1
    conditions = (
        MatchCondition("prefix", (run_id, "*", "b")),
        MatchCondition("prefix", (run_id, "a")),
        MatchCondition("suffix", ("i",)),
        MatchCondition("suffix", ("d", "*")),
    )
    assert both.batch([ListNamespacesOp(conditions)]) == [[(run_id, "a", "b", "d", "i")]]


def test_a_batch_reads_what_was_before_it_writes(both: Both, run_id: str) -> None:
    place = (run_id,)
    both.put(place, "a", {"n": 1})
    results = both.batch(
        [
            PutOp(place, "a", {"n": 2}),
            GetOp(place, "a"),
            SearchOp(place),
            PutOp(place, "b", {"n": 3}),
            PutOp(place, "b", None),
            GetOp(place, "b"),
            ListNamespacesOp((MatchCondition("prefix", place),)),
        ]
    )
    assert results[1].value == {"n": 1}
    assert [item.value for item in results[2]] == [{"n": 1}]
    assert [results[0], *results[3:]] == [None, None, None, None, [place]]
    assert both.get(place, "a").value == {"n": 2}
    assert both.get(place, "b") is None
    assert both.batch([]) == []


def test_a_batch_that_is_refused_has_written_nothing(both: Both, run_id: str) -> None:
    with pytest.raises(Exception, match="`key` is longer"):
        both.batch([PutOp((run_id,), "a", {}), PutOp((run_id,), "b" * 2000, {})])
    assert both.get((run_id,), "a") is None


def test_more_operations_than_one_call_has(both: Both, run_id: str) -> None:
    both.batch([PutOp((run_id,), f"{number}", {"n": number}) for number in range(1500)])
    found = both.batch([GetOp((run_id,), f"{number}") for number in range(1500)])
    assert [item.value["n"] for item in found] == list(range(1500))


def test_what_is_read_is_kept_on_and_what_is_not_expires(daemon: Daemon, run_id: str) -> None:
    place = (run_id,)

    def expires(store: SidestepStore, key: str) -> int:
        named = {"namespace": [*place], "key": key}
        return store._blocking.call("memory.get", named)["item"]["expires_at"]

    with SidestepStore(ttl={"default_ttl": 60}) as store:
        for key in ("a", "b", "c"):
            store.put(place, key, {})
        store.put(place, "kept", {}, ttl=None)
        before = {key: expires(store, key) for key in ("a", "b", "c")}
        time.sleep(0.01)
        assert store.get(place, "a") is not None
        assert store.get(place, "b", refresh_ttl=False) is not None
        assert keys(store.search(place, query="nothing")) == []
        assert expires(store, "a") > before["a"]
        assert (expires(store, "b"), expires(store, "c")) == (before["b"], before["c"])
        store.search(place)
        assert expires(store, "c") > before["c"]
        store.put(place, "short", {}, ttl=1 / 60_000)
        deadline = time.monotonic() + 120
        while store.get(place, "short", refresh_ttl=False) is not None:
            assert time.monotonic() < deadline
        assert sorted(keys(store.search(place))) == ["a", "b", "c", "kept"]
    with SidestepStore(ttl={"refresh_on_read": False}) as quiet:
        before["a"] = expires(quiet, "a")
        time.sleep(0.01)
        quiet.get(place, "a")
        assert expires(quiet, "a") == before["a"]


def test_vectors_are_refused_with_what_to_do_instead() -> None:
    with pytest.raises(NotImplementedError, match="query"):
        SidestepStore(index={"dims": 3, "embed": None})  # type: ignore[typeddict-item]


class Asked(TypedDict):
    """A state."""

    said: str


def remembering(store: BaseStore) -> Any:
    def node(state: Asked, *, store: BaseStore) -> dict[str, Any]:
        known = store.get(("people", state["said"]), "visits")
        visits = known.value["n"] + 1 if known else 1
        store.put(("people", state["said"]), "visits", {"n": visits})
        return {"said": f"{state['said']} {visits}"}

    graph = StateGraph(Asked)
    graph.add_node("node", node)
    graph.add_edge(START, "node")
    return graph.compile(store=store)


def test_a_graph_remembers_over_processes(daemon: Daemon, run_id: str) -> None:
    def once() -> str:
        with SidestepStore.from_conn_string(f"sidestep://{daemon.socket}") as store:
            return str(remembering(store).invoke({"said": run_id})["said"])

    assert in_child(once) == "done"
    assert once() == f"{run_id} 2"

    async def asynchronously() -> str:
        async with SidestepStore() as store:
            return str((await remembering(store).ainvoke({"said": run_id}))["said"])

    assert asyncio.run(asynchronously()) == f"{run_id} 3"
