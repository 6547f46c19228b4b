"""run.watch over deaths of the daemon and of connections, and with readers that do not read."""

import json
import random
import threading
import time
import unittest

from harness import Connection, Daemon, Refused, wait_for


class Watcher:
    """Follows all runs; goes on behind the last sequence it has seen whenever its connection is gone."""

    def __init__(self, daemon: Daemon, seed: int):
        self.daemon, self.random = daemon, random.Random(seed)
        self.entries: list[dict] = []
        self.lagged = 0
        self.is_over = False
        self.thread = threading.Thread(target=self.work, daemon=True)
        self.thread.start()

    @property
    def last(self) -> int:
        return self.entries[-1]["sequence"] if self.entries else 0

    def work(self) -> None:
        while not self.is_over:
            try:
                self.follow()
            except (OSError, ConnectionError, ValueError, KeyError):
                time.sleep(0.01)

    def follow(self) -> None:
        connection = Connection(self.daemon.socket)
        try:
            connection.call("run.watch", after=self.last)
            # Some connections are given up by the watcher itself, in the middle of what it reads.
            patience = self.random.choice([50, 200, 100000])
            connection.socket.settimeout(0.5)
            while patience and not self.is_over:
                try:
                    line = connection.read_line()
                except TimeoutError:
                    return
                if not line:
                    return
                message = json.loads(line)
                if message["method"] == "run.event":
                    self.entries.append(message["params"])
                    patience -= 1
                else:
                    self.lagged += 1
        finally:
            connection.close()

    def stop(self) -> None:
        self.is_over = True
        self.thread.join(10)


def journals(connection: Connection) -> list[tuple]:
    """Every entry of every run, in the order of sequences."""
    entries, cursor = [], None
    while True:
        page = connection.call("run.list", limit=1000, cursor=cursor)
        for run in page["runs"]:
            after = 0
            while after is not None:
                found = connection.call("run.history", run=run["id"], after=after)
                entries += [(e["sequence"], run["id"], e["kind"], e.get("step")) for e in found["entries"]]
                after = found.get("more")
        cursor = page.get("more")
        if cursor is None:
            return sorted(entries)


def seen(watcher: Watcher) -> list[tuple]:
    return [(e["sequence"], e["run"], e["kind"], e.get("step")) for e in watcher.entries]


class Watch(unittest.TestCase):
    def test_kills_of_daemon_and_connections_lose_no_entry_and_repeat_none(self):
        with Daemon() as daemon:
            watchers = [Watcher(daemon, seed) for seed in range(4)]
            is_over = threading.Event()

            def work(number: int) -> None:
                count = 0
                while not is_over.is_set():
                    count += 1
                    try:
                        connection = Connection(daemon.socket)
                        connection.call("resume", run=f"r{number}-{count}", if_owned="take_over")
                        for step in range(8):
                            connection.call("step.complete", step=f"s{step}", output=step)
                        if count % 3:
                            connection.call("run.complete")
                        connection.close()
                    except (OSError, ConnectionError, Refused, ValueError):
                        time.sleep(0.01)

            workers = [threading.Thread(target=work, args=(number,)) for number in range(4)]
            for worker in workers:
                worker.start()
            for _ in range(12):
                before = [len(watcher.entries) for watcher in watchers]
                wait_for(
                    lambda: all(len(w.entries) > count + 20 for w, count in zip(watchers, before)), 60, "entries to be seen"
                )
                daemon.kill()
                daemon.start()
            is_over.set()
            for worker in workers:
                worker.join()
            connection = daemon.connect()
            # The grace of runs whose connection was closed ends, and their journals with it.
            wait_for(lambda: not connection.call("run.list", status="running")["runs"], 60, "the end of all owners")
            wanted = journals(connection)
            self.assertGreater(len(wanted), 200)  # a sanitizer's daemon writes a fifth of the usual
            for watcher in watchers:
                wait_for(lambda: watcher.last >= wanted[-1][0], seconds=30, what="the last entry")
                watcher.stop()
                self.assertEqual(seen(watcher)[: len(wanted)], wanted)
            print(f"watch: 12 kills, {len(wanted)} entries, 4 watchers, none missed, none repeated")

    def test_a_reader_that_does_not_read_costs_no_memory_and_misses_nothing(self):
        with Daemon() as daemon:
            lazy = daemon.connect()
            lazy.call("run.watch", after=0)
            connection = daemon.connect()
            connection.call("resume", run="busy")
            before = daemon.written_kib()
            error = {"text": "x" * 2000}
            count = 20_000
            for start in range(0, count, 500):
                numbers = [
                    connection.send("step.fail", step=f"s{n}", error=error, retryable=False)
                    for n in range(start, start + 500)
                ]
                for number in numbers:
                    connection.reply(number)
            # 40 MB were announced; what is kept for the reader is bounded by watch_bytes.
            self.assertLess(daemon.written_kib() - before, 24 << 10)
            connection.call("step.complete", step="last", output=1)
            steps, lagging, order, sent = set(), 0, [], 0
            while "last" not in steps:
                message = json.loads(lazy.read_line())
                if message["method"] == "run.lagging":
                    lagging += 1
                    # All that matches up to there was sent, and nothing behind it.
                    sent = message["params"]["sequence"]
                    self.assertGreaterEqual(sent, order[-1] if order else 0)
                    continue
                order.append(message["params"]["sequence"])
                self.assertGreater(order[-1], sent)
                if "step" in message["params"]:
                    steps.add(message["params"]["step"])
            self.assertEqual(steps, {f"s{n}" for n in range(count)} | {"last"})
            self.assertGreaterEqual(lagging, 1)
            self.assertEqual(order, sorted(set(order)))

    def test_a_connection_has_a_bounded_number_of_watches(self):
        with Daemon() as daemon:
            connection = daemon.connect()
            watches = [connection.call("run.watch")["watch"] for _ in range(100)]
            with self.assertRaises(Refused) as caught:
                connection.call("run.watch")
            self.assertEqual((caught.exception.kind, caught.exception.data["limit"]), ("limit_exceeded", "watches"))
            self.assertTrue(connection.call("run.unwatch", watch=watches[0])["ended"])
            connection.call("run.watch")


if __name__ == "__main__":
    unittest.main()
