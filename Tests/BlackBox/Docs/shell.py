"""One shell for all examples of a page, as a reader has one terminal."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from pathlib import Path

# Only a hang takes as long.
SECONDS = 600
_MARK = b"\x01"


class Shell:
    """A bash in a folder of its own."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self._number = 0
        self._process = subprocess.Popen(
            ["bash", "--norc", "--noprofile"], cwd=folder, env=environment, stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True, bufsize=0)

    def execute(self, text: str, *, strict: bool = False) -> tuple[int, str]:
        """Execute a text as if it were typed; return its exit status and what it printed.

        `strict` ends it at the first command that fails.
        """
        self._number += 1
        script = self.folder.parent / f"typed-{self._number}"
        script.write_text(text)
        # In the shell itself, so that what it sets stays; but a failure must not end the shell.
        guard = "set -e; trap 'printf \"\\001%s\\001\" $?' EXIT; " if strict else ""
        line = f"{guard}. {script} </dev/null; __status=$?; set +e; trap - EXIT; printf '\\001%s\\001' $__status; (exit $__status)\n"
        assert self._process.stdin is not None
        self._process.stdin.write(line.encode())
        return self._reply(text)

    def _reply(self, text: str) -> tuple[int, str]:
        assert self._process.stdout is not None
        got = b""
        end = time.monotonic() + SECONDS
        while got.count(_MARK) < 2:
            if not select.select([self._process.stdout], [], [], max(0, end - time.monotonic()))[0]:
                raise AssertionError(f"no end within {SECONDS} s:\n{text}\n{got.decode(errors='replace')}")
            chunk = os.read(self._process.stdout.fileno(), 65536)
            if not chunk:
                raise AssertionError(f"the shell ended:\n{text}\n{got.decode(errors='replace')}")
            got += chunk
        printed, status, _ = got.split(_MARK, 2)
        return int(status), printed.decode(errors="replace")

    @property
    def is_alive(self) -> bool:
        return self._process.poll() is None

    def close(self) -> None:
        """End it, and what it started in the background."""
        try:
            os.killpg(self._process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self._process.wait()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()


def commands(text: str) -> list[tuple[str, str]]:
    """Return the commands of a dialogue, each with what the page says it prints.

    A command begins with `$ `, and goes on over lines that end in a backslash, and to the end of a here-document.
    """
    found: list[tuple[str, str]] = []
    lines = text.splitlines(keepends=True)
    while lines:
        line = lines.pop(0)
        if not line.startswith("$ "):
            assert found, f"a dialogue begins with a command, not with {line!r}"
            found[-1] = found[-1][0], found[-1][1] + line
            continue
        command = line[2:]
        document = re.search(r"<<-?'?(\w+)'?", line)
        while (document and lines[0].strip() != document[1]) or command.endswith("\\\n"):
            command += lines.pop(0)
        if document:
            command += lines.pop(0)
        found.append((command, ""))
    return found


def says(expected: str, printed: str) -> bool:
    """Whether a program printed what the page shows; `…` stands for anything, alone on a line for any lines."""
    pattern = "".join(
        r"(?:.*\n)*?" if line.strip() == "…" else _line(line) for line in expected.splitlines())
    return re.fullmatch(pattern, printed.rstrip("\n") + "\n" if printed.strip() else "") is not None


def _line(line: str) -> str:
    words = re.split(r"( +)", line.rstrip())
    parts = [r" +" if word.isspace() else ".*".join(map(re.escape, word.split("…"))) for word in words]
    return "".join(parts) + r" *\n"
