#!/usr/bin/env python3
"""What it costs a call that what its workspace holds is kept before: `--workspace-at calls` beside `start`.

    benchmarks/trees.py FOLDER [--files 1000,10000,100000] [--calls 12] [--place FOLDER] [--json]

FOLDER has the programs. For each size a folder is made of files of 1 KiB, a hundred in each of its folders, and a program makes calls
to the provider of the recorder's tests under `sidestep run --record`. It writes one file before each second call, so that one tree in
two is another one. Figures are medians: of calls after a change, and after none.
"""

import argparse
import contextlib
import json
import pathlib
import statistics
import sys
import tempfile
import time

from recorder import Bench

PROGRAM = """
import json, os, pathlib, sys, time, urllib.request
count, out = int(sys.argv[1]), pathlib.Path(sys.argv[2])
took = []
for number in range(2 * count + 2):
    if number % 2:
        pathlib.Path("0/1").write_text(f"changed {number}\\n" * 50)
        # Changes that are younger are looked at again.
        time.sleep(0.1)
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": f"{number} [words:1]"}]}).encode()
    request = urllib.request.Request(os.environ["OPENAI_BASE_URL"] + "/chat/completions", body,
                                     {"Content-Type": "application/json"})
    began = time.perf_counter()
    urllib.request.urlopen(request).read()
    took.append((time.perf_counter() - began) * 1e3)
# The first two read what was made a moment ago.
out.write_text(json.dumps({"none": took[2::2], "change": took[3::2]}))
"""


def fill(folder, count):
    for number in range(count):
        if number % 100 == 0:
            (folder / str(number // 100)).mkdir(parents=True)
        (folder / str(number // 100) / str(number % 100)).write_bytes(b"%08d" % number * 128)


def measure(bench, folder, count, at):
    """Milliseconds of calls after a change, and after none."""
    out = bench.place / f"{count}-{at}.json"
    with contextlib.ExitStack() as stack:
        process = bench.start(
            stack,
            [bench.programs / "sidestep", "run", "--record", "--id", f"{count}-{at}", "--upstream", f"openai={bench.direct}",
             "--workspace", folder, "--workspace-at", at, "--", sys.executable, bench.place / "program.py",
             str(bench.options.calls), out], cwd=folder)  # fmt: skip
        if process.wait() != 0:
            raise SystemExit(f"the program failed: {process.returncode}")
    return {kind: statistics.median(times) for kind, times in json.loads(out.read_text()).items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--files", default="1000,10000,100000", help="sizes of the workspace")
    parser.add_argument("--calls", type=int, default=12, help="calls of each kind")
    parser.add_argument("--place", help="where the workspace lies, and what is kept of it; not in memory")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    found = {}
    with contextlib.ExitStack() as stack:
        place = stack.enter_context(tempfile.TemporaryDirectory(dir=options.place, prefix="sidestep-bench-"))
        bench = Bench(options, place, stack)
        bench.environment["XDG_STATE_HOME"] = f"{place}/state"
        (bench.place / "program.py").write_text(PROGRAM)
        for count in map(int, options.files.split(",")):
            folder = bench.place / "work" / str(count)
            fill(folder, count)
            # What was written just now is read twice.
            time.sleep(3)
            plain, kept = (measure(bench, folder, count, at) for at in ("start", "calls"))
            found[count] = {"call": plain["none"]} | {kind: kept[kind] - plain[kind] for kind in kept}
    if options.json:
        return print(json.dumps(found))
    print(f"{'files':>8} {'a call':>10} {'a tree, nothing changed':>25} {'a tree, one file changed':>26}")
    for count, figures in found.items():
        print(f"{count:>8} {figures['call']:>7.1f} ms {figures['none']:>22.1f} ms {figures['change']:>23.1f} ms")


if __name__ == "__main__":
    main()
