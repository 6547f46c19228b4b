#!/usr/bin/env python3
"""A program of LangGraph's functional API whose tasks survive, offline: its model is a function.

    langgraph_functional.py --run THREAD [--effects FILE] [--delay SECONDS]

Four tasks, one after the other; the result of each is in the daemon before the next begins. Kill it at any moment and
start it again with the same thread: finished tasks are not executed again. Each execution leaves a line in EFFECTS.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Any

try:
    import sidestep
except ImportError:  # not installed: the package of this checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "clients" / "python"))
    import sidestep

from langgraph.func import entrypoint, task

from sidestep.langgraph import SidestepSaver


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default="article", metavar="THREAD", help="the thread")
    parser.add_argument("--effects", default="", metavar="FILE", help="where each task leaves a line")
    parser.add_argument("--delay", type=float, default=0.0, metavar="SECONDS", help="how long a task takes")
    options = parser.parse_args()

    @task
    def work(name: str, before: int) -> str:
        time.sleep(options.delay)
        if options.effects:
            with open(options.effects, "a") as file:
                file.write(name + "\n")
        return f"{name} after {before} tasks"

    with SidestepSaver() as saver:

        @entrypoint(checkpointer=saver)
        def article(topic: str) -> str:
            done: list[str] = [topic]
            for name in ("research", "outline", "draft", "review"):
                done.append(work(name, len(done) - 1).result())
            return "; ".join(done)

        config: Any = {"configurable": {"thread_id": options.run}}
        state = article.get_state(config)
        if state.created_at is None:
            article.invoke("about the sea", config, durability="sync")
        elif state.next:
            article.invoke(None, config, durability="sync")
        print(article.get_state(config).values)


if __name__ == "__main__":
    main()
