"""Calls to a model provider, recorded within a block of a run: real SDK, a provider that counts."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemon import Daemon

import sidestep
from sidestep import sync

openai = pytest.importorskip("openai")

PROVIDER = Path(__file__).parents[3] / "Tests/BlackBox/Recorder/provider.py"


@pytest.fixture
def provider(tmp_path: Path) -> Iterator[str]:
    process = subprocess.Popen(
        [sys.executable, str(PROVIDER), "--log", str(tmp_path / "calls")],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def calls(tmp_path: Path) -> list[str]:
    lines = (tmp_path / "calls").read_text().splitlines()
    return [json.loads(line)["end"] for line in lines]


def ask(question: str) -> str:
    client = openai.OpenAI(api_key="any")
    messages = [{"role": "user", "content": question}]
    return str(
        client.chat.completions.create(model="m", messages=messages).choices[0].message.content
    )


def test_what_a_block_was_answered_is_given_again_to_the_next_execution(
    daemon: Daemon, provider: str, tmp_path: Path
) -> None:
    before = os.environ.get("OPENAI_BASE_URL")

    def execute() -> tuple[list[str], sync.Run]:
        run = client.resume("recorded", workflow="w")
        with run.recorder(upstreams={"openai": provider}) as recorder:
            assert os.environ["OPENAI_BASE_URL"] == recorder.environment["OPENAI_BASE_URL"]
            answers = [ask("one [words:2]"), ask("two [words:2]")]
        assert os.environ.get("OPENAI_BASE_URL") == before
        return answers, run

    with sync.connect() as client:
        first, run = execute()
        run.release()
        second, run = execute()
        run.complete()
        with pytest.raises(sidestep.RunClosed):
            run.recorder()
    assert first == second == ["SAMPLE 1", "SAMPLE 1"]
    assert calls(tmp_path) == ["sent", "sent"]


def test_a_block_on_asyncio_records_without_keeping_the_loop(
    daemon: Daemon, provider: str, tmp_path: Path
) -> None:
    async def main() -> str:
        async with await sidestep.connect() as client:
            run = await client.resume("recorded-aio", workflow="w")
            async with run.recorder(upstreams={"openai": provider}):
                with pytest.raises(sidestep.SidestepError, match="already"):
                    await run.recorder(upstreams={"openai": provider}).__aenter__()
                answer = await asyncio.to_thread(ask, "one [words:2]")
            await run.complete()
        return answer

    assert asyncio.run(main()) == "SAMPLE 1"
    assert calls(tmp_path) == ["sent"]


def test_a_recorder_that_cannot_start_says_so_and_leads_nobody(daemon: Daemon) -> None:
    before = dict(os.environ)
    with sync.connect() as client:
        run = client.resume("no-recorder", workflow="w")
        with (
            pytest.raises(sidestep.SidestepError, match="did not start: exit status 64"),
            run.recorder(options=["--no-such-option"]),
        ):
            pass
        assert dict(os.environ) == before
        run.complete()
