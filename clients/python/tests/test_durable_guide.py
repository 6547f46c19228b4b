"""The programs of the guide, whole, and killed in the middle and started again."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from daemon import Daemon
from document import serve_document
from guide_programs import NEEDS_POSTGRES, PROGRAMS, effects, start
from postgres import Postgres

import sidestep.sync
from sidestep._fingerprint import digest


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with Postgres() as server:
        server.sql("postgres", 'CREATE ROLE "user" SUPERUSER LOGIN')  # whom the programs connect as
        yield server


@pytest.fixture(scope="module")
def document() -> Iterator[str]:
    server = serve_document()
    yield f"http://127.0.0.1:{server.server_address[1]}/"
    server.shutdown()
    server.server_close()


class Place:
    """A fresh daemon and fresh databases for one execution of a program."""

    def __init__(self, folder: Path, document: str, program: str, postgres: Any) -> None:
        self.folder = folder
        folder.mkdir()
        with sqlite3.connect(folder / "research.db") as database:
            database.execute("CREATE TABLE research (data TEXT, timestamp TEXT)")
        database.close()
        self.daemon = Daemon(str(folder))
        self.environment = {
            "SIDESTEP_SOCKET": self.daemon.socket,
            "SIDESTEP_AUTOSTART": "0",
            "DBOS_DATABASE_URL": f"sqlite:///{folder}/research.db",
            "DOCUMENT": document,
            "OPENAI_API_KEY": "sk-none",
        }
        if program in NEEDS_POSTGRES:
            server = postgres()
            server.database("agents")
            self.environment |= {"PGPORT": str(server.port), "PGUSER": "user"}


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_program_of_the_guide_runs_and_goes_on_where_it_was_killed(
    program: str, tmp_path: Path, document: str, request: pytest.FixtureRequest
) -> None:
    def server() -> Postgres:
        found: Postgres = request.getfixturevalue("postgres")
        return found

    count = PROGRAMS[program][1]
    whole = Place(tmp_path / "whole", document, program, server)
    with whole.daemon:
        result = start(program, whole.folder, whole.environment, None)
        assert sum(effects(whole.folder).values()) == count
    # An effect is two points, before and after it: the middle one is killed at both.
    middle = (count + 2) // 2
    for point in (2 * middle - 1, 2 * middle):
        place = Place(tmp_path / f"killed-{point}", document, program, server)
        with place.daemon:
            assert start(program, place.folder, place.environment, point) == "killed"
            before = effects(place.folder)
            known = recorded(place.daemon.socket)
            assert start(program, place.folder, place.environment, None) == result
        after = effects(place.folder)
        # At least once: what was done and not recorded is done again, and nothing else.
        done = {step: n for (text, step), n in before.items() if not text.endswith("fails")}
        in_doubt = sum(n for step, n in done.items() if step not in known)
        assert sum(before.values()) == point // 2
        assert sum(after.values()) - count == in_doubt, (before, after)
        assert in_doubt >= 1 - point % 2


def recorded(socket: str) -> set[str]:
    """Return the keys of the steps that are on record, once the daemon knows of all deaths."""
    end = time.monotonic() + 60
    with sidestep.sync.connect(socket) as client:
        while client.runs(status="running"):
            assert time.monotonic() < end, "a dead process still owns its run"
            time.sleep(0.001)
        found: set[str] = set()
        for run in client.runs():
            steps = client.call("step.list", {"run": run["id"]})["steps"]
            done = [step for step in steps if step["status"] == "completed"]
            found |= {f"{run['uid']}/{key}" for step in done for key in keys(step)}
        return found


def keys(step: dict[str, Any]) -> list[str]:
    """Return the names that a step has for the outside world: by order, and by arguments."""
    name = step["step"].partition("#")[0]
    return [step["step"], f"{name}~{digest(step.get('fingerprint', ''))}"]
