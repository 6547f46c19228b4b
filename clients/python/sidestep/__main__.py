"""``python -m sidestep worker MODULE…``: execute the runs of the workflows that modules define.

``python -m sidestep where`` says which daemon a program has, and where its database is, as JSON; it
starts none. Exit status 69: none answers, and none would be started.

Any other command is one of the command line tool: ``python -m sidestep ps``.
"""

from __future__ import annotations

import argparse
import importlib
import logging
import os
import signal
import sys
import threading
from types import ModuleType
from typing import Any

from . import _bin


def main(arguments: list[str] | None = None) -> int:
    """Serve until SIGTERM or SIGINT; return the exit status."""
    given = sys.argv[1:] if arguments is None else arguments
    if given and given[0] not in ("worker", "where", "-h", "--help"):
        _bin.main()
    parser = argparse.ArgumentParser(prog="sidestep worker", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    worker = commands.add_parser("worker", help="execute the runs of the workflows of modules")
    worker.add_argument("modules", nargs="+", metavar="MODULE", help="dotted name, or a .py file")
    worker.add_argument("--queue", action="append", metavar="NAME", help="default: default")
    worker.add_argument("--concurrency", type=int, default=10, metavar="N")
    worker.add_argument("--code-version", metavar="TEXT")
    worker.add_argument("--until-idle", action="store_true", help="end when nothing is left to do")
    commands.add_parser("where", help="say which daemon a program has")
    options = parser.parse_args(given)
    settle()
    if options.command == "where":
        return where()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    found = [item for name in options.modules for item in workflows(load(name))]
    if not found:
        print(f"no workflow in {', '.join(options.modules)}", file=sys.stderr)
        return 65
    return serve(found, options)


def where() -> int:
    """Print which daemon a program of this environment has; return the exit status."""
    import json

    from ._autostart import locate

    found = locate()
    print(json.dumps(found))
    return 69 if "problem" in found else 0


def settle() -> None:
    """Undo what a parent did to our signals.

    Where SIGCHLD is ignored nobody learns how a program ended: `subprocess` reports 0 for each.
    """
    if signal.getsignal(signal.SIGCHLD) is signal.SIG_IGN:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_SETMASK, ())


def load(name: str) -> ModuleType:
    """Import a module by its dotted name or by its file."""
    directory, file = os.path.split(name)
    if file.endswith(".py"):
        sys.path.insert(0, directory or ".")
        return importlib.import_module(file[:-3])
    sys.path.insert(0, "")
    return importlib.import_module(name)


def workflows(module: ModuleType) -> list[Any]:
    """Return the workflows that a module holds, for asyncio and plain ones."""
    from ._aio._workflow import Workflow as AsyncWorkflow
    from ._sync._workflow import Workflow as SyncWorkflow

    kinds = (AsyncWorkflow, SyncWorkflow)
    return [item for item in vars(module).values() if isinstance(item, kinds)]


def serve(found: list[Any], options: argparse.Namespace) -> int:
    """Execute the runs of workflows of both kinds until a signal comes."""
    import asyncio

    from . import sync
    from ._aio._worker import Worker
    from ._backends.sync import join

    settings: dict[str, Any] = {
        "queues": options.queue or ["default"],
        "concurrency": options.concurrency,
        "code_version": options.code_version,
    }
    workers: list[Any] = []
    plain = [item for item in found if isinstance(item, sync.Workflow)]
    coroutines = [item for item in found if not isinstance(item, sync.Workflow)]
    threads = []
    if plain:
        workers.append(sync.Worker(*plain, **settings))
        arguments = {"until_idle": options.until_idle}
        threads.append(threading.Thread(target=workers[0].run, kwargs=arguments))

    def stop(number: int, frame: Any) -> None:
        for worker in workers:
            worker.stop()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    print("serving " + ", ".join(sorted(item.name for item in found)), flush=True)
    for thread in threads:
        thread.start()
    if coroutines:
        workers.append(Worker(*coroutines, **settings))
        asyncio.run(workers[-1].run(until_idle=options.until_idle))
    for thread in threads:
        join(thread)
    return 0


if __name__ == "__main__":
    sys.exit(main())
