"""What a killed and restarted run leaves behind, and whether that is right."""

from __future__ import annotations

import json
import time
from collections import Counter
from pathlib import Path
from typing import Any

import sidestep.sync


class Outcome:
    """What is left of a run: its output, what it consumed, its effects."""

    def __init__(self, client: sidestep.sync.Client, run_id: str, log: Path) -> None:
        facts = client.get(run_id)
        self.output = facts.get("output")
        self.usage = facts.get("usage")
        self.effects = effects(log)


def effects(log: Path) -> Counter[tuple[str, str]]:
    lines = log.read_text().splitlines() if log.exists() else []
    return Counter(tuple(json.loads(line)) for line in lines)


def recorded(client: sidestep.sync.Client, run_id: str) -> set[str]:
    """Return the steps on record, once the daemon knows of the death: then nothing is written."""
    end = time.monotonic() + 60
    while client.get(run_id)["run"]["status"] == "running":
        if time.monotonic() > end:
            raise SystemExit(f"{run_id} is still running, and its process is dead")
        time.sleep(0.001)
    steps = client.call("step.list", {"run": run_id, "status": "completed"})["steps"]
    return {item["step"] for item in steps}


def judge(whole: Outcome, after: Outcome, before: Counter[Any], known: set[str]) -> str:
    if (after.output, after.usage) != (whole.output, whole.usage):
        return f"wrong: {after.output} {after.usage} instead of {whole.output} {whole.usage}"
    repeated = after.effects - whole.effects
    missing = whole.effects - after.effects
    in_doubt = Counter({effect: n for effect, n in before.items() if effect[1] not in known})
    if missing or repeated != in_doubt:
        return f"wrong: missing {missing}, repeated {repeated}, in doubt {in_doubt}"
    return "in doubt" if in_doubt else "exact"
