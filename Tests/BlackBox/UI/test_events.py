"""The stream of events: every entry once, in order, over slow readers and deaths of the daemon."""

import json
import threading
import time
from pathlib import Path

from bench import LONG, Bench, Stream, wait_for


class Events(Bench):
    def entries(self, stream, count):
        return [stream.named("message") for _ in range(count)]

    def make(self, *names):
        for name in names:
            self.rpc("run.enqueue", run=name, workflow="w")

    def test_a_stream_begins_now_or_behind_a_sequence(self):
        page = self.page().enter()
        self.make("a", "b")
        now = Stream(page)
        self.addCleanup(now.close)
        self.assertEqual(now.first.headers["content-type"], ["text/event-stream"])
        sequence = now.named("hello")["sequence"]
        self.make("c")
        entry = self.entries(now, 1)[0]
        self.assertEqual((entry["run"], entry["sequence"] > sequence), ("c", True))
        all_of_it = Stream(page, after=0)
        self.addCleanup(all_of_it.close)
        self.assertEqual(all_of_it.named("hello"), {"sequence": 0})
        found = self.entries(all_of_it, 3)
        self.assertEqual([entry["run"] for entry in found], ["a", "b", "c"])
        self.assertEqual(all_of_it.last, found[-1]["sequence"])
        # What the browser saw last wins over its page's address.
        last = Stream(page, after=0, last=found[1]["sequence"])
        self.addCleanup(last.close)
        last.named("hello")
        self.assertEqual(self.entries(last, 1)[0]["run"], "c")
        for wrong in "-1", "x", "1e3":
            self.assertEqual(page.ask(path=f"/events?after={wrong}").status, 400)

    def test_an_entry_is_what_run_watch_tells(self):
        page = self.page().enter()
        stream = Stream(page)
        self.addCleanup(stream.close)
        stream.named("hello")
        name = '<script>\n\nevent: gone\ndata: {}\n\n"'
        self.make(name)
        entry = self.entries(stream, 1)[0]
        found = self.rpc("run.history", run=name)["entries"][0]
        self.assertEqual({key: entry[key] for key in found}, found)
        self.assertEqual(entry["run"], name)

    def test_many_streams_cost_the_daemon_one_watch(self):
        page = self.page().enter()
        before = self.rpc("system.info")["connections"]
        streams = [Stream(page) for _ in range(20)]
        for stream in streams:
            self.addCleanup(stream.close)
            stream.named("hello")
        # Calls have one, the watch has one.
        self.assertLessEqual(self.rpc("system.info")["connections"], before + 2)
        self.make("r")
        for stream in streams:
            self.assertEqual(self.entries(stream, 1)[0]["run"], "r")

    def test_who_comes_late_joins_the_others(self):
        page = self.page().enter()
        self.make(*[f"r{n}" for n in range(50)])
        live = Stream(page)
        self.addCleanup(live.close)
        live.named("hello")
        late = [Stream(page, after=0) for _ in range(5)]
        for stream in late:
            self.addCleanup(stream.close)
            stream.named("hello")
            self.assertEqual([entry["run"] for entry in self.entries(stream, 50)], [f"r{n}" for n in range(50)])
        self.make("new")
        for stream in [live, *late]:
            self.assertEqual(self.entries(stream, 1)[0]["run"], "new")
        wait_for(lambda: self.rpc("system.info")["connections"] <= 3, "the end of the watches of their own")
        self.make("newer")
        for stream in [live, *late]:
            self.assertEqual(self.entries(stream, 1)[0]["run"], "newer")

    def test_the_daemon_dies_and_comes_back_and_no_entry_is_lost_or_repeated(self):
        page = self.page().enter()
        stream = Stream(page)
        self.addCleanup(stream.close)
        start = stream.named("hello")["sequence"]
        seen, told = [], []
        for life in range(4):
            stop = threading.Event()
            maker = threading.Thread(target=self.make_until, args=(stop, life))
            maker.start()
            for _ in range(5):
                self.take(stream, seen, told)
            self.daemon.kill()
            self.daemon.wait(LONG)
            stop.set()
            maker.join(LONG)
            while "gone" not in told:
                self.take(stream, seen, told)
            self.start_daemon()
            while "back" not in told:
                self.take(stream, seen, told)
            told.clear()
        self.make("last")
        while seen[-1]["run"] != "last":
            self.take(stream, seen, told)
        runs = self.rpc("run.list", limit=1000)["runs"]
        wanted = sorted(
            entry["sequence"] for run in runs for entry in self.rpc("run.history", run=run["id"])["entries"])  # fmt: skip
        self.assertEqual([entry["sequence"] for entry in seen], [n for n in wanted if n > start])

    def make_until(self, stop, life):
        number = 0
        while not stop.is_set():
            number += 1
            params = json.dumps({"run": f"l{life}-{number}", "workflow": "w"})
            self.sidestep("call", "run.enqueue", params)

    def take(self, stream, seen, told):
        name, data = stream.next()
        if name == "message":
            seen.append(data)
        else:
            told.append(name)

    def test_a_stream_without_a_daemon_is_told_so_and_begins_when_it_is_there(self):
        self.stop_daemon()
        page = self.page().enter()
        stream = Stream(page)
        self.addCleanup(stream.close)
        self.assertEqual(stream.next()[0], "gone")
        self.start_daemon()
        self.assertEqual(stream.named("back"), {})
        stream.named("hello")
        self.make("r")
        self.assertEqual(self.entries(stream, 1)[0]["run"], "r")

    def test_another_database_begins_anew(self):
        page = self.page().enter()
        self.make(*[f"r{n}" for n in range(20)])
        stream = Stream(page)
        self.addCleanup(stream.close)
        stream.named("hello")
        self.make("a")
        last = self.entries(stream, 1)[0]["sequence"]
        self.stop_daemon()
        for file in self.folder.glob("d.db*"):
            file.unlink()
        self.start_daemon()
        self.assertLess(stream.named("hello")["sequence"], last)
        self.make("b")
        self.assertEqual(self.entries(stream, 1)[0]["run"], "b")
        # So does a browser that comes back with the old one's.
        again = Stream(page, last=last + 1000)
        self.addCleanup(again.close)
        self.assertEqual(again.named("hello")["sequence"], last + 1000)
        self.assertLess(again.named("hello")["sequence"], last)
        self.make("c")
        self.assertEqual(self.entries(again, 1)[0]["run"], "c")

    def test_who_reads_slowly_loses_nothing_and_is_not_closed(self):
        page = self.page().enter()
        slow = Stream(page, narrow=True)
        self.addCleanup(slow.close)
        slow.named("hello")
        # More than is kept for who is behind, and more than the kernel takes.
        self.make_many(10000, long=1000)
        seen = []
        while len(seen) < 10000:
            seen.append(slow.named("message"))
            if len(seen) % 100 == 0:
                time.sleep(0.02)
        self.assertEqual([entry["run"].split("-")[0] for entry in seen], [f"m{n}" for n in range(10000)])
        self.assertEqual(sorted({entry["sequence"] for entry in seen}), [entry["sequence"] for entry in seen])

    def test_an_idle_stream_costs_nothing(self):
        page = self.page().enter()
        stream = Stream(page)
        self.addCleanup(stream.close)
        stream.named("hello")
        self.assertFalse(self.is_readable(stream.wire, 1.5))
        before = self.switches(page)
        time.sleep(2)
        self.assertLess(self.switches(page) - before, 10)

    def switches(self, page):
        """How often its threads have been given a processor."""
        count = 0
        for task in Path(f"/proc/{page.process.pid}/task").iterdir():
            lines = (task / "status").read_text().splitlines()
            count += sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)
        return count
