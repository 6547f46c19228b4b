"""The trace that a run is in, handed in and out: with OpenTelemetry's own SDK, and without."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from daemon import ROOT, Daemon
from opentelemetry import trace
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import sidestep
import sidestep.sync
from sidestep._traces import begun_here, of_step

PROVIDER = TracerProvider()
EXPORTER = InMemorySpanExporter()
PROVIDER.add_span_processor(SimpleSpanProcessor(EXPORTER))
TRACER = PROVIDER.get_tracer("tests")


@pytest.fixture(scope="module")
def _traced(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Daemon]:
    """A daemon that has a collector; nobody is there, and nothing is asked of it here."""
    settings = tmp_path_factory.mktemp("traced") / "conf"
    settings.write_text("otlp_endpoint = http://127.0.0.1:9\n")
    with Daemon(flags=("--config", str(settings))) as daemon:
        yield daemon


@pytest.fixture
def traced(_traced: Daemon, monkeypatch: pytest.MonkeyPatch) -> Daemon:
    monkeypatch.setenv("SIDESTEP_SOCKET", _traced.socket)
    monkeypatch.setenv("SIDESTEP_AUTOSTART", "0")
    monkeypatch.delenv("TRACEPARENT", raising=False)
    EXPORTER.clear()
    return _traced


def span(name: str) -> ReadableSpan:
    (found,) = [span for span in EXPORTER.get_finished_spans() if span.name == name]
    return found


def parent(name: str) -> str:
    """Where a span is, as `traceparent` says it."""
    found = span(name).parent
    assert found is not None
    return f"00-{found.trace_id:032x}-{found.span_id:016x}-{found.trace_flags:02x}"


def test_spans_of_a_body_are_below_that_of_its_step_and_those_of_a_workflow_below_that_of_its_run(
    traced: Daemon, run_id: str
) -> None:
    places: dict[str, str | None] = {}

    @sidestep.sync.step
    def ask() -> int:
        places["step"] = sidestep.sync.current_step().traceparent
        with TRACER.start_as_current_span("in the step"):
            return 1

    @sidestep.sync.workflow
    def flow() -> int:
        places["run"] = sidestep.sync.current_run().traceparent
        with TRACER.start_as_current_span("in the run"):
            pass
        return ask()

    with TRACER.start_as_current_span("outside") as outside:
        flow.run(run_id=run_id)
        assert trace.get_current_span() is outside
    assert places["run"] is not None
    assert places["step"] is not None
    assert parent("in the run") == places["run"]
    assert parent("in the step") == places["step"]
    assert (
        places["run"][3:35] == places["step"][3:35] == f"{outside.get_span_context().trace_id:032x}"
    )
    with sidestep.sync.connect() as client:
        assert client.get(run_id)["traceparent"] == places["run"]


def test_on_asyncio_and_in_threads_each_body_has_its_own_place(traced: Daemon, run_id: str) -> None:
    @sidestep.step
    async def ask(number: int) -> int:
        await asyncio.sleep(0.01)
        with TRACER.start_as_current_span(f"asked {number}"):
            await asyncio.sleep(0.01)
        return number

    async def in_a_thread() -> None:
        def work() -> None:
            with TRACER.start_as_current_span("in a thread"):
                pass

        with ThreadPoolExecutor(1) as pool:
            await asyncio.wrap_future(pool.submit(work))

    @sidestep.workflow
    async def flow() -> str | None:
        await asyncio.gather(*(ask(number) for number in range(5)))
        await in_a_thread()
        return sidestep.current_run().traceparent

    place = asyncio.run(flow.run(run_id=run_id))
    assert place is not None
    assert len({parent(f"asked {number}") for number in range(5)}) == 5
    assert parent("in a thread") == place


def test_the_names_of_spans_are_those_of_the_daemon() -> None:
    run = "00-53ceb2f3e983e70c38a1e91e68b7c009-0fc4867a4fa3006b-01"
    assert of_step(run, "fetch/é", 2) == "00-53ceb2f3e983e70c38a1e91e68b7c009-975ed79adc669ebd-01"


def test_another_attempt_is_another_span(traced: Daemon, run_id: str) -> None:
    seen = []

    def body() -> int:
        seen.append(sidestep.sync.current_step().traceparent)
        if len(seen) == 1:
            raise ValueError("again")
        return 1

    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        run.step("s", body, retry={"max_attempts": 2, "initial_ms": 1})
        assert run.traceparent is not None
        assert seen == [of_step(run.traceparent, "s", 1), of_step(run.traceparent, "s", 2)]


def test_what_the_environment_says_is_the_parent_unless_it_is_nonsense(
    traced: Daemon, run_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    for text, wanted in [(given, given), ("nonsense", None), (given.upper(), None), ("", None)]:
        monkeypatch.setenv("TRACEPARENT", text)
        assert begun_here({}).get("traceparent") == wanted
    assert begun_here({"traceparent": "mine"}) == {"traceparent": "mine"}
    monkeypatch.setenv("TRACEPARENT", given)
    with sidestep.sync.connect() as client:
        run = client.resume(run_id)
        assert run.traceparent is not None
        assert run.traceparent[3:35] == given[3:35]
        client.enqueue("w", run=f"{run_id}-queued")
        assert client.get(f"{run_id}-queued")["traceparent"][3:35] == given[3:35]


def test_a_daemon_without_a_collector_leaves_everything_as_it_is(
    daemon: Daemon, run_id: str
) -> None:
    EXPORTER.clear()

    def body() -> str | None:
        with TRACER.start_as_current_span("within"):
            return sidestep.sync.current_step().traceparent

    with TRACER.start_as_current_span("around") as around, sidestep.sync.connect() as client:
        assert client.resume(run_id).step("s", body) is None
        found = span("within").parent
        assert found is not None
        assert found.span_id == around.get_span_context().span_id


WITHOUT = """
import sys
sys.modules["opentelemetry"] = None
import sidestep.sync
with sidestep.sync.connect() as client:
    run = client.resume(sys.argv[1])
    print(run.traceparent, run.step("s", lambda: sidestep.sync.current_step().traceparent))
"""


def test_without_opentelemetry_the_place_is_told_all_the_same(
    traced: Daemon, run_id: str, tmp_path: Path
) -> None:
    program = tmp_path / "without.py"
    program.write_text(WITHOUT)
    path = str(ROOT / "clients/python")
    done = subprocess.run(
        [sys.executable, str(program), run_id],
        env={**os.environ, **traced.environment, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    run, step = done.stdout.split()
    assert step == of_step(run, "s", 1)


def test_a_worker_is_in_the_trace_of_whoever_enqueued(traced: Daemon, run_id: str) -> None:
    @sidestep.sync.workflow(name=f"{run_id}-flow")
    def flow() -> str | None:
        return sidestep.sync.current_run().traceparent

    with TRACER.start_as_current_span("web request") as request, sidestep.sync.connect() as client:
        handle = flow.enqueue(run_id=run_id)
        thread = threading.Thread(
            target=sidestep.sync.Worker(flow, client=client).run, kwargs={"until_idle": True}
        )
        thread.start()
        thread.join(60)
        place = handle.result()
    assert place is not None
    assert place[3:35] == f"{request.get_span_context().trace_id:032x}"
