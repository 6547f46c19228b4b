"""A worker as test_workers kills it: claims runs, does their steps, each with a line in an effects file.

    worker.py SOCKET EFFECTS
"""

import os
import sys
import time

from harness import Connection, Refused

STEPS = 4


def note(effects: int, text: str) -> None:
    os.write(effects, f"{text}\n".encode())


def execute(connection: Connection, claimed: dict, effects: int) -> None:
    run = claimed["run"]["id"]
    finished = {step["step"] for step in claimed["steps"] if step["status"] == "completed"}
    note(effects, f"claim {run}")
    for number in range(STEPS):
        step = f"s{number}"
        if step in finished:
            continue
        if connection.call("run-step", run=run, step=step, client=True, limit="two")["status"] == "execute":
            note(effects, f"begin {run} {step}")
            time.sleep(0.001)
            note(effects, f"end {run} {step}")
            connection.call("step.complete", run=run, step=step, output=number)
            note(effects, f"recorded {run} {step}")
    connection.call("run.complete", run=run, output="done")


def work(path: str, effects: int) -> None:
    connection = Connection(path)
    while True:
        claimed = connection.call("worker.claim", workflows=["work"], wait_ms=5000)
        if claimed["claimed"]:
            execute(connection, claimed, effects)


def main() -> None:
    effects = os.open(sys.argv[2], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for _ in range(1000):  # a daemon that is killed comes back
        try:
            work(sys.argv[1], effects)
        except (OSError, Refused):
            time.sleep(0.01)


if __name__ == "__main__":
    main()
