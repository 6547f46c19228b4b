"""How soon the page shows much: a run of a million entries, a filter of a hundred thousand runs, an event.

    BIN=.build-install/release .venv/bin/python benchmarks/page.py [--entries 1000000] [--runs 100000] [--times 9]

A daemon and `sidestep ui` of their own, and a real Chromium in front of them. Times are the browser's: from the click on a
link until what it leads to is drawn (`first`), and until nothing is asked any more (`all`). Milliseconds, the median and the
worst.
"""

import argparse
import shutil
import statistics
import sys
import time
import unittest
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "Tests/BlackBox"), str(ROOT / "Tests/BlackBox/UI"), str(ROOT / "benchmarks")]

from bench import Bench  # noqa: E402
from lists import Client, fill  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

# Requests that are under way are counted, so that "all" is a fact and no guess.
WATCH = """() => {
    window.asked = 0;
    const ask = window.fetch;
    window.fetch = (...given) => { asked += 1; return ask(...given).finally(() => setTimeout(() => { asked -= 1; })); };
    const there = {
        run: () => document.querySelectorAll(".history .entry").length > 5 && document.querySelector(".lane"),
        rows: () => document.title.includes("Runs") && document.querySelector("main tbody tr, main .empty") && asked === 0,
        still: () => asked === 0,
    };
    window.shown = (address, what) => new Promise((resolve, reject) => {
        const link = document.createElement("a");
        link.href = address;
        document.body.append(link);
        const began = performance.now();
        let first;
        link.click();
        link.remove();
        const look = () => {
            const now = performance.now() - began;
            if (first === undefined && there[what]()) first = now;
            if (first !== undefined && asked === 0) resolve([first, now]);
            else if (now > 60000) reject(new Error(`${address}: ${asked} requests under way, ${document.title}: ${document.body.innerText.slice(0, 2000)}`));
            else requestAnimationFrame(look);
        };
        requestAnimationFrame(look);
    });
}"""
FILTERS = {
    "a workflow": "workflow=research", "a rare workflow": "workflow=rare", "a status": "status=failed",
    "a tag": "tag=env%3Dprod", "a rare tag": "tag=only%3Dhere", "a text": "text=000123", "a text that nothing has": "text=nothing",
}  # fmt: skip


def long_run(client: Client, entries: int) -> None:
    """A run whose journal has so many entries: a completed step is one of them."""
    client.call("resume", run="long", workflow="long")
    for start in range(0, entries, 500):
        calls = [("step.complete", {"run": "long", "step": f"step {number}", "output": number})
                 for number in range(start, min(start + 500, entries))]  # fmt: skip
        client.send(calls)
        client.replies(len(calls))


def say(what: str, values: list, limit: str = "") -> None:
    median, worst = statistics.median(values), max(values)
    print(f"{what:48} {median:8.0f} {worst:8.0f}   {limit}", flush=True)


def resident(pid: int) -> float:
    """Megabytes that a process has in memory."""
    words = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines() if ":" in line)
    return int(words["VmRSS"].split()[0]) / 1024


def measure(bench: Bench, given: argparse.Namespace, driver) -> None:
    print(f"filling: {given.entries} entries, {given.runs} runs", file=sys.stderr)
    client = Client(str(bench.socket))
    long_run(client, given.entries)
    fill(client, given.runs)
    starts = []
    for _ in range(given.times):
        begun = time.monotonic()
        served = bench.page()
        starts.append((time.monotonic() - begun) * 1000)
        if len(starts) < given.times:
            served.end()
    say("sidestep ui: until it serves", starts, "150")
    browser = driver.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
    page = browser.new_page()
    page.set_default_timeout(120_000)
    page.goto(served.url)
    page.wait_for_selector(".live.live")
    page.evaluate(WATCH)
    show = lambda address, what: page.evaluate("([a, b]) => shown(a, b)", [address, what])  # noqa: E731
    opened = []
    for _ in range(given.times):
        show("/runs", "rows")
        opened.append(show("/runs/long", "run"))
    say(f"a run of {given.entries} entries: first", [one[0] for one in opened], "200")
    say(f"a run of {given.entries} entries: all", [one[1] for one in opened])
    page.mouse.move(300, 700)
    scrolled = []
    for _ in range(given.times):
        scrolled.append(page.evaluate("""() => new Promise((resolve) => {
            const place = document.querySelector(".history");
            const scroller = [place, ...document.querySelectorAll("*")].find((one) => one.scrollHeight > one.clientHeight + 1000);
            const began = performance.now();
            const before = document.querySelector(".history .entry").textContent;
            (scroller ?? document.scrollingElement).scrollTop += 200000 * (1 + Math.random());
            const look = () => (document.querySelector(".history .entry")?.textContent ?? before) !== before && asked === 0
                ? resolve(performance.now() - began) : requestAnimationFrame(look);
            requestAnimationFrame(look);
        })"""))
    say("to scroll far in it", scrolled)
    for name, query in FILTERS.items():
        taken = []
        for _ in range(given.times):
            show("/", "still")
            taken.append(show(f"/runs?{query}", "rows")[1])
        say(f"{given.runs} runs by {name}", taken, "100")
    print(f"{'sidestep ui: resident, MB':48} {resident(served.process.pid):8.0f}            40")
    browser.close()


class Once(Bench):
    def runTest(self):  # noqa: N802
        with sync_playwright() as driver:
            measure(self, GIVEN, driver)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--entries", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=9)
    GIVEN = parser.parse_args()
    print(f"{'':48} {'median':>8} {'worst':>8}   limit")
    sys.exit(not unittest.TextTestRunner().run(Once()).wasSuccessful())
