"""What reading the metrics costs others: 64 clients alone, and beside one that asks for them ten times a second.

    BIN=.build-install/release python3 benchmarks/scraped.py [--clients 64] [--seconds 4] [--times 9]

Both in turn, each with a daemon and a database of its own. Printed: steps a second and the p99 of a step alone, and the medians
of the pairs' ratios: 1 is no difference.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

from lists import Client  # noqa: E402

BIN = Path(os.environ.get("BIN", HERE.parent / ".build-install/release")).resolve()
PERIOD = 0.1


def scrape(path: str, stop: threading.Event, sizes: list) -> None:
    client = Client(path)
    due = time.monotonic()
    while not stop.is_set():
        sizes.append(len(client.call("system.metrics")["text"]))
        due += PERIOD
        stop.wait(max(0, due - time.monotonic()))


def measured(load: Path, given: argparse.Namespace, is_scraped: bool) -> tuple[float, float]:
    """Steps a second, and the p99 in microseconds."""
    with tempfile.TemporaryDirectory(prefix="sidestep-scraped-", dir=given.folder) as folder:
        path = f"{folder}/s.sock"
        with open(f"{folder}/log", "wb") as log:
            daemon = subprocess.Popen(
                [BIN / "sidestepd", "--socket", path, "--database", f"{folder}/d.db"], stdout=log, stderr=log,
                env={**os.environ, "SIDESTEP_AUTOSTART": "0"})  # fmt: skip
        stop, sizes = threading.Event(), []
        scraper = threading.Thread(target=scrape, args=(path, stop, sizes))
        try:
            for _ in range(500):
                if os.path.exists(path):
                    break
                time.sleep(0.01)
            if is_scraped:
                scraper.start()
            command = [load, "steps", path, str(given.clients), str(given.seconds)]
            said = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
        finally:
            stop.set()
            if scraper.is_alive():
                scraper.join()
            daemon.terminate()
            daemon.wait()
        if is_scraped and len(sizes) < given.seconds / PERIOD / 2:
            raise SystemExit(f"only {len(sizes)} readings in {given.seconds} s")
        return float(said[0]), float(said[2])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--clients", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--times", type=int, default=9)
    parser.add_argument("--folder", help="where the databases are; a real disk")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        load = Path(place) / "load"
        subprocess.run(["cc", "-O2", "-o", load, HERE / "load.c"], check=True)
        rates, p99s, alone = [], [], []
        for turn in range(given.times):
            pair = {}
            for is_scraped in (turn % 2 == 0, turn % 2 != 0):
                pair[is_scraped] = measured(load, given, is_scraped)
            alone.append(pair[False])
            rates.append(pair[True][0] / pair[False][0])
            p99s.append(pair[True][1] / pair[False][1])
            print(f"  steps/s {rates[-1]:.3f}, p99 {p99s[-1]:.3f}", file=sys.stderr, flush=True)
    rate, p99 = (statistics.median(one) for one in zip(*alone))
    print(f"alone: {rate:.0f} steps/s, p99 {p99:.0f} us; beside a reader of metrics: "
          f"{statistics.median(rates):.3f} of the rate, {statistics.median(p99s):.3f} of the p99")  # fmt: skip


if __name__ == "__main__":
    main()
