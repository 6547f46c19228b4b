#!/usr/bin/env python3
"""Steps per second of `sidestep each` and of `xargs -P8 sidestep step`, in turns, on a daemon of their own.

    benchmarks/each.py FOLDER --command .build/bench/nothing [--lines 10000] [--rounds 3] [--jobs 8]

FOLDER has the release programs. `xargs` gets a part of the lines, as many as it does in a few seconds: what it does in a
second does not depend on how many there are. Prints the medians as JSON, and beside them what the same command costs
without any record (`plain`), and `again`, when all is recorded.

Every step starts a process. `nothing.c` is the cheapest there is, and shows what Sidestep itself costs; /bin/true costs
more to start than all the rest on many machines, and then `each` does what `plain` does.
"""

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--lines", type=int, default=10_000)
    parser.add_argument("--xargs-lines", type=int, default=500)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--jobs", type=int, default=8)
    parser.add_argument("--command", default="/bin/true")
    parser.add_argument("--place", help="where the database lies; not in memory")
    return parser.parse_args()


def per_second(script, lines, environment):
    """Runs a line of sh with the lines 1 to N on its standard input."""
    text = "".join(f"{number}\n" for number in range(lines)).encode()
    began = time.perf_counter()
    subprocess.run(["bash", "-euc", script], input=text, env=environment, check=True, stdout=subprocess.DEVNULL)
    return lines / (time.perf_counter() - began)


def measure(options, environment):
    found = {"plain": [], "xargs": [], "each": [], "again": []}
    for turn in range(options.rounds):
        start = 'eval "$(sidestep start {}-' + str(turn) + ')"; '
        each = start.format("each") + f"sidestep each line -j {options.jobs} -- {options.command} {{}}"
        step = f"xargs -P{options.jobs} -I{{}} sidestep step line:{{}} -- {options.command} {{}}"
        plain = f"xargs -P{options.jobs} -I{{}} {options.command} {{}}"
        found["xargs"].append(per_second(start.format("xargs") + step, options.xargs_lines, environment))
        found["plain"].append(per_second(plain, options.lines // 4, environment))
        found["each"].append(per_second(each, options.lines, environment))
        found["again"].append(per_second(each, options.lines, environment))
    return {name: round(statistics.median(figures), 1) for name, figures in found.items()}


def main():
    options = arguments()
    folder = options.folder.resolve()
    with tempfile.TemporaryDirectory(prefix="each-", dir=options.place) as place:
        environment = {name: value for name, value in os.environ.items() if not name.startswith("SIDESTEP")}
        environment |= {
            "PATH": f"{folder}:{os.environ['PATH']}", "SIDESTEP_SOCKET": f"{place}/s.sock", "SIDESTEP_AUTOSTART": "0"}
        log = open(f"{place}/log", "wb")
        daemon = subprocess.Popen(
            [folder / "sidestepd", "--socket", f"{place}/s.sock", "--database", f"{place}/d.db"],
            env=environment, stdout=log, stderr=log)
        try:
            deadline = time.monotonic() + 10
            while subprocess.run(["sidestep", "ping"], env=environment, capture_output=True).returncode:
                if time.monotonic() > deadline:
                    sys.exit("the daemon did not start")
            figures = measure(options, environment)
        finally:
            daemon.terminate()
            daemon.wait(20)
            log.close()
    figures["ratio"] = round(figures["each"] / figures["xargs"], 1)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
