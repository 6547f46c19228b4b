"""The daemon's metrics, read by the parser of Prometheus' own client."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon import ROOT, Daemon, find_daemon
from prometheus_client.openmetrics.parser import text_string_to_metric_families

import sidestep
import sidestep.sync

Figures = dict[tuple[str, tuple[tuple[str, str], ...]], float]


@pytest.fixture
def client() -> Iterator[sidestep.sync.Client]:
    """Of a daemon that has done nothing yet."""
    with Daemon() as daemon, sidestep.sync.connect(daemon.socket) as client:
        yield client


def read(text: str) -> Figures:
    """All samples by name and labels; a text that the parser does not take is an error."""
    families = list(text_string_to_metric_families(text))
    return {
        (s.name, tuple(sorted(s.labels.items()))): s.value
        for family in families
        for s in family.samples
    }


def figure(figures: Figures, name: str, **labels: str) -> float:
    return figures.get((name, tuple(sorted(labels.items()))), 0)


def test_they_count_steps_by_outcome_and_requests_by_method_and_error(
    client: sidestep.sync.Client,
) -> None:
    run = client.resume("counted")
    for n in range(3):
        run.step(f"good-{n}", lambda: 1)
    with pytest.raises(ZeroDivisionError):
        run.step("bad", lambda: 1 / 0)
    run.complete(None)
    with pytest.raises(sidestep.SidestepError):
        client.call("run.get", {"run": "there is none"})
    with pytest.raises(sidestep.SidestepError):
        client.call("no.such.method")
    found = read(client.system.metrics())
    assert figure(found, "sidestep_step_attempts_total", outcome="completed") == 3
    assert figure(found, "sidestep_step_attempts_total", outcome="failed") == 1
    assert figure(found, "sidestep_requests_total", method="run.get", outcome="run_not_found") == 1
    assert figure(found, "sidestep_requests_total", method="unknown", outcome="malformed") == 1
    assert figure(found, "sidestep_requests_total", method="resume", outcome="ok") == 1
    assert (
        figure(found, "sidestep_runs", status="completed")
        + figure(found, "sidestep_runs", status="failed")
        == 1
    )
    commits = figure(found, "sidestep_commit_seconds_count")
    assert commits == figure(found, "sidestep_batch_calls_count") > 3
    assert figure(found, "sidestep_batch_calls_sum") >= commits
    assert 0 < figure(found, "sidestep_commit_seconds_sum") < 60
    assert figure(found, "process_resident_memory_bytes") > 1 << 20
    assert figure(found, "process_open_fds") > 3


def test_an_attempt_that_dies_with_its_process_is_lost(client: sidestep.sync.Client) -> None:
    text = f"""
import os, sidestep.sync as sidestep
with sidestep.connect({client.socket!r}) as client:
    run = client.resume("killed")
    run.step("last", lambda: os.kill(os.getpid(), 9), at_most_once=True)
"""
    assert subprocess.run([sys.executable, "-c", text], check=False).returncode == -9
    client.call("resume", {"run": "killed", "if_owned": "wait"})
    found = read(client.system.metrics())
    assert figure(found, "sidestep_step_attempts_total", outcome="lost") == 1
    assert figure(found, "sidestep_watched_owners") == 1


def test_names_of_any_characters_are_labels(client: sidestep.sync.Client) -> None:
    name = 'a "quoted" \\ name, ü'
    client.call("queue.put", {"queue": name, "concurrency": 2})
    client.call("limit.put", {"limit": name, "concurrency": 3})
    for n in range(2):
        client.call("run.enqueue", {"workflow": "w", "queue": name, "run": f"waits-{n}"})
    found = read(client.system.metrics())
    labels = [dict(key[1]) for key in found if key[0] == "sidestep_queue_waiting_runs"]
    assert name in [label["queue"] for label in labels]
    waiting = [
        value
        for key, value in found.items()
        if key[0] == "sidestep_queue_waiting_runs" and ("queue", name) in key[1]
    ]
    assert waiting == [2]
    rooms = [value for key, value in found.items() if key[0] == "sidestep_limit_concurrency"]
    assert rooms == [3]


def test_they_are_those_of_the_page_and_what_alerts_and_dashboard_ask_for_is_there(
    client: sidestep.sync.Client,
) -> None:
    page = (ROOT / "docs/reference/metrics.md").read_text()
    declared = set(re.findall(r"^\| `(\w+)`", page, re.MULTILINE))
    assert {
        family.name for family in text_string_to_metric_families(client.system.metrics())
    } == declared
    monitoring = ROOT / "tools/monitoring"
    expressions = re.findall(r"expr: (.*)", (monitoring / "sidestep.rules.yml").read_text())
    for panel in json.loads((monitoring / "sidestep-dashboard.json").read_text())["panels"]:
        expressions += [target["expr"] for target in panel["targets"]]
    assert len(expressions) > 15
    suffix = re.compile(r"_(total|bucket|sum|count|info)$")
    for expression in expressions:
        for name in re.findall(r"\b(?:sidestep|process)_\w+", expression):
            assert name in declared or suffix.sub("", name) in declared, expression


def test_a_file_of_them_is_replaced_as_a_whole_and_kept_when_no_daemon_answers(
    client: sidestep.sync.Client, tmp_path: Path
) -> None:
    file = tmp_path / "sidestep.prom"
    program = str(Path(find_daemon()).parent / "sidestep")
    words = [program, "metrics", "--write", str(file), "--socket"]
    for _ in range(2):
        subprocess.run([*words, client.socket], check=True)
        assert figure(read(file.read_text()), "sidestep_connections") >= 1
    assert file.stat().st_mode & 0o777 == 0o644
    assert [path.name for path in tmp_path.iterdir()] == ["sidestep.prom"]
    before = file.read_bytes()
    nowhere = [*words, str(tmp_path / "none.sock")]
    assert subprocess.run(nowhere, env={"SIDESTEP_AUTOSTART": "0"}, check=False).returncode == 69
    assert file.read_bytes() == before
