#!/usr/bin/env python3
"""Works through the text files of a directory: one durable step per file, one that sums up.

    agent.py DIR --run ID [--effects FILE] [--delay SECONDS]

Kill it at any moment and start it again with the same arguments: it goes on after the last finished
file. Every execution of a step's body leaves a line in EFFECTS, so a repetition would be seen there.
"""

from __future__ import annotations

import argparse
import os
import re
import signal
import sys
import time
from collections import Counter
from pathlib import Path

try:
    import sidestep
except ImportError:  # not installed: the package of this checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python"))
    import sidestep

from sidestep.sync import current_run

EFFECTS = ""
DELAY = 0.0
COMMON = set(
    """
    about above after again also been before being between both could does from have into it's its
    more most only other over same should some such than that their them then there these they this
    those under until very were what when where which while will with would your
    """.split()
)


@sidestep.step(name="list")
def list_files(directory: str) -> list[str]:
    """Which files there are is a result, too: one that comes later must not change this run."""
    return sorted(path.name for path in Path(directory).iterdir() if path.suffix in (".md", ".txt"))


def read(path: Path) -> dict[str, object]:
    """The expensive part: reads a file, and says so."""
    fail_point("before-effect")
    time.sleep(DELAY)
    text = path.read_text(errors="replace")
    words = re.findall(r"[A-Za-z']{2,}", text)
    common = Counter(word.lower() for word in words if len(word) > 3).most_common(60)
    note(f"{path.name}: {len(words)} words")
    fail_point("after-effect")
    keywords = [word for word, _ in common if word not in COMMON][:5]
    return {"words": len(words), "lines": text.count("\n"), "keywords": keywords}


@sidestep.step
def summary(found: dict[str, dict[str, object]]) -> str:
    words = sum(int(str(item["words"])) for item in found.values())
    best = Counter(word for item in found.values() for word in item["keywords"])  # type: ignore[attr-defined]
    note(f"summary: {len(found)} files, {words} words")
    topics = ", ".join(word for word, _ in best.most_common(8))
    return f"{len(found)} files, {words} words; they speak of {topics}"


@sidestep.workflow(name="files")
def work(directory: str) -> str:
    run = current_run()
    messages: list[dict[str, object]] = []
    found: dict[str, dict[str, object]] = {}
    for name in list_files(directory):
        fail_point("before-step")
        found[name] = run.step(f"read:{name}", read, Path(directory) / name, retry=3)
        fail_point("after-step")
        how = "replayed" if run.replaying else "ran     "
        print(f"{how} {name}: {found[name]['words']} words", flush=True)
        messages += [
            {"role": "user", "content": f"read {name}"},
            {"role": "assistant", "content": found[name]},
        ]
        if not run.replaying:  # what a finished step brought is saved already
            run.checkpoint({"files": len(found)}, messages=messages, step_number=len(found))
        fail_point("after-checkpoint")
    result = summary(found)
    fail_point("before-complete")
    return result


def note(line: str) -> None:
    """An effect on the world outside: one line at the end of a file, in one write."""
    if EFFECTS:
        descriptor = os.open(EFFECTS, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.write(descriptor, line.encode() + b"\n")
        os.close(descriptor)


_passed: Counter[str] = Counter()


def fail_point(name: str) -> None:
    """For tests: AGENT_FAIL_AT=after-effect:3 kills this process when it comes there the third time."""
    _passed[name] += 1
    if os.environ.get("AGENT_FAIL_AT") == f"{name}:{_passed[name]}":
        os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    global EFFECTS, DELAY
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("directory", metavar="DIR")
    parser.add_argument("--run", default=None, help="the id of the run; without it each start is a new one")
    parser.add_argument("--effects", default="", metavar="FILE", help="where each effect leaves a line")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="how long a file takes")
    options = parser.parse_args()
    EFFECTS, DELAY = options.effects, options.delay
    print(work.run(options.directory, run_id=options.run))


if __name__ == "__main__":
    main()
