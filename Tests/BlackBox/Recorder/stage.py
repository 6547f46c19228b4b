"""A daemon, a provider, and agents under `sidestep run --record`, each in a folder of its own."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
sys.path[:0] = [str(ROOT / "clients/python/tests"), str(HERE)]

from daemon import Daemon

#: What only a hang takes, seconds.
HANG = float(os.environ.get("SIDESTEP_HANG", "90"))


def comes(what: str, is_there: Callable[[], Any]) -> Any:
    """Wait for a fact, as long as only a hang takes; return it."""
    bound = time.monotonic() + HANG
    while not (found := is_there()):
        if time.monotonic() > bound:
            raise AssertionError(f"did not come: {what}")
        time.sleep(0.01)
    return found


def sockets() -> list[tuple[str, str, str, str]]:
    """The TCP sockets of this host: address, that of the other end, state (01: neither end is closed), inode; proc(5)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [(row[1], row[2], row[3], row[9]) for row in rows]


def connections_of(pid: int) -> set[str]:
    """The addresses of a process's ends of its TCP connections; none when it is gone."""
    try:
        names = [os.readlink(f"/proc/{pid}/fd/{name}") for name in os.listdir(f"/proc/{pid}/fd")]
    except FileNotFoundError:
        return set()
    return {address for address, _, _, inode in sockets() if f"socket:[{inode}]" in names}


class Supervised:
    """One `sidestep run --record`, and the agent in it."""

    def __init__(self, stage: Stage, run: str, options: list[str], command: list[str], environment: dict[str, str]):
        self.stage, self.run = stage, run
        self.words = ["sidestep", "run", "--record", "--id", run, *options, *stage.upstreams, "--", *command]
        self.errors = stage.folder / f"{run}.errors"
        with self.errors.open("ab") as errors:
            self.process = subprocess.Popen(
                self.words, env={**stage.environment, **environment}, cwd=stage.folder, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=errors,
            )  # fmt: skip

    def end(self) -> int:
        """Wait for its end; the exit status."""
        try:
            return self.process.wait(HANG)
        except subprocess.TimeoutExpired:
            self.kill()
            raise AssertionError(f"does not end: {self.words}\n{self.said}") from None

    def kill(self) -> None:
        """SIGKILL of the supervisor."""
        self.process.kill()
        self.process.wait()

    @property
    def said(self) -> str:
        """What it and the agent wrote to standard error."""
        return self.errors.read_text(errors="replace")[-4000:]


class Stage:
    """What a test plays on."""

    def __init__(self, place: str | None = None, settings: str = "") -> None:
        """`place` is where the database lies, in a folder of its own without it; `settings` are lines of the daemon's."""
        self.folder = Path(tempfile.mkdtemp(prefix="sidestep-recorder-"))
        self.log = self.folder / "calls.jsonl"
        (self.folder / "conf").write_text(settings)
        self.daemon = Daemon(place, ("--config", str(self.folder / "conf")) if settings else ())
        self.started: list[Supervised] = []

    def __enter__(self) -> Stage:
        self.daemon.start()
        self.provider = subprocess.Popen(
            [sys.executable, str(HERE / "provider.py"), "--log", str(self.log)], stdout=subprocess.PIPE, text=True
        )
        assert self.provider.stdout is not None
        self.port = int(self.provider.stdout.readline())
        return self

    def __exit__(self, *_: object) -> None:
        for supervised in self.started:
            supervised.kill()
        self.provider.kill()
        self.provider.wait()
        assert self.provider.stdout is not None
        self.provider.stdout.close()
        self.daemon.stop()
        shutil.rmtree(self.daemon.directory, ignore_errors=True)
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def environment(self) -> dict[str, str]:
        """The user's, without what points SDKs elsewhere."""
        spared = ("OPENAI", "ANTHROPIC", "GEMINI", "GOOGLE", "SIDESTEP", "HTTP_", "HTTPS_", "NO_PROXY")
        own = {name: value for name, value in os.environ.items() if not name.upper().startswith(spared)}
        keys = {f"{name}_API_KEY": "key-of-the-user" for name in ("OPENAI", "ANTHROPIC", "GEMINI")}
        return {
            **own, **keys, "SIDESTEP_SOCKET": self.daemon.socket, "SIDESTEP_AUTOSTART": "0", "HOME": str(self.folder),
            "SIDESTEPD": os.environ.get("SIDESTEPD", ""),
        }  # fmt: skip

    @property
    def upstreams(self) -> list[str]:
        return [
            word
            for name in ("openai", "anthropic", "gemini")
            for word in ("--upstream", f"{name}=http://127.0.0.1:{self.port}")
        ]

    def start(self, run: str, how: str, turns: int, prompt: str, *options: str, **environment: str) -> Supervised:
        """Start the agent of `agent.py` under a run."""
        command = [sys.executable, str(HERE / "agent.py"), how, str(turns), prompt, str(self.folder / f"{run}.out")]
        return self.supervise(run, command, *options, **environment)

    def supervise(self, run: str, command: list[str], *options: str, **environment: str) -> Supervised:
        """Start a program under a run."""
        self.started.append(Supervised(self, run, list(options), command, environment))
        return self.started[-1]

    def program(self, run: str, text: str, *options: str, **environment: str) -> Supervised:
        """Start a program that is given as text under a run; it finds its own name in `OUT`."""
        place = self.folder / f"{run}.py"
        place.write_text(text)
        return self.supervise(
            run, [sys.executable, str(place)], *options, OUT=str(self.folder / f"{run}.out"), **environment
        )

    def kill_agent(self, run: str) -> None:
        """SIGKILL of the agent that now runs, and wait until it is gone and its recorder can know that."""
        pid = int((self.folder / f"{run}.pid").read_text())
        ours = connections_of(pid)
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        comes("the agent's end", lambda: not Path(f"/proc/{pid}").exists())
        comes("the end of its connections", lambda: not any(peer in ours and state == "01" for _, peer, state, _ in sockets()))

    def reached(self, gate: str) -> None:
        """Wait until the provider holds an answer at a gate."""
        comes(f"gate {gate}", (self.folder / f"{gate}.reached").exists)

    def open(self, *gates: str) -> None:
        """Let answers pass."""
        for gate in gates:
            (self.folder / gate).touch()

    def calls(self) -> list[dict[str, Any]]:
        """What the provider answered, or began to."""
        return [json.loads(line) for line in self.log.read_text().splitlines()] if self.log.exists() else []

    def reads(self) -> list[str]:
        """The paths that were read from the provider."""
        place = self.log.with_name("reads.jsonl")
        return [json.loads(line) for line in place.read_text().splitlines()] if place.exists() else []

    def answers(self, run: str) -> list[str]:
        """What the agent got, turn by turn."""
        return (self.folder / f"{run}.out").read_text().split("\n")

    def call(self, method: str, **params: Any) -> dict[str, Any]:
        """Ask the daemon."""
        return dict(json.loads(self.sidestep("call", method, json.dumps(params))))

    def sidestep(self, *words: str, status: int = 0) -> str:
        """Run the command line tool; what it prints."""
        done = subprocess.run(
            ["sidestep", *words], env=self.environment, capture_output=True, text=True, check=False, timeout=HANG
        )
        assert done.returncode == status, f"{words}: status {done.returncode}\n{done.stderr}"
        return done.stdout


@contextlib.contextmanager
def killed_at(
    stage: Stage, run: str, how: str, kill: Callable[[Supervised], None], *options: str
) -> Iterator[Supervised]:
    """Three turns; something is killed while the second answer is half way, and the test goes on from there."""
    stage.open(f"{run}-0", f"{run}-2")
    supervised = stage.start(run, how, 3, f"[words:8][gate:{run}-%]", *options)
    stage.reached(f"{run}-1")
    kill(supervised)
    stage.open(f"{run}-1")
    yield supervised


class Staged(unittest.TestCase):
    """Tests that share a stage, each with no calls counted yet."""

    stage: Stage

    @classmethod
    def setUpClass(cls) -> None:
        cls.stage = cls.enterClassContext(Stage())

    def setUp(self) -> None:
        for place in (self.stage.log, self.stage.log.with_name("reads.jsonl")):
            place.unlink(missing_ok=True)
