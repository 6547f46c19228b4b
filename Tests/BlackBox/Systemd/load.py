"""Clients at work until their standard input ends: every step is noted when it runs and when it is acknowledged.

    load.py SOCKET CLIENTS

Lines on standard output: `ran RUN STEP`, `told RUN STEP`, `error RUN TEXT`.
"""

import asyncio
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "clients" / "python"))

import sidestep


def note(*words: str) -> None:
    os.write(1, f"{' '.join(words)}\n".encode())


async def work(socket: str, name: str) -> None:
    try:
        async with await sidestep.connect(socket, autostart=False) as client:
            run = await client.resume(name)
            number = 0
            while True:
                number += 1
                step = f"s{number}"
                await run.step(step, note, "ran", name, step)
                note("told", name, step)
    except Exception as error:
        note("error", name, repr(error))


async def main() -> None:
    workers = [asyncio.create_task(work(sys.argv[1], f"load-{number}")) for number in range(int(sys.argv[2]))]
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
    for worker in workers:
        worker.cancel()
    await asyncio.gather(*workers, return_exceptions=True)


asyncio.run(main())
