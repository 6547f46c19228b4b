"""What is remembered beyond runs: over deaths of the daemon, between users, and at its limits."""

import os
import random
import threading
import unittest

from harness import Daemon, DaemonTest, Refused, wait_for

KEYS = [f"k{number}" for number in range(8)]


def put(key: str, value, *place: str) -> dict:
    return {"method": "memory.put", "params": {"namespace": list(place), "key": key, "value": value}}


class Deaths(unittest.TestCase):
    def test_a_batch_stands_whole_or_not_at_all_over_kills_of_the_daemon(self):
        with Daemon() as daemon:
            said, chance = 0, random.Random(7)
            for _ in range(8):
                writer = Writer(daemon, said)
                wait_for(lambda writer=writer, before=said: writer.said > before, what="a batch")
                writer.join(chance.uniform(0, 0.2))
                daemon.kill()
                said = writer.stop()
                daemon.start()
                client = daemon.connect()
                items = client.call("memory.search", namespace=["w"])["items"]
                values = {item["value"] for item in items}
                self.assertEqual((len(items), len(values)), (len(KEYS), 1))
                # The one that was under way may stand as well.
                self.assertIn(max(values), (said, said + 1))
                said = max(values)
                client.close()


class Writer(threading.Thread):
    """Puts one number under all keys, again and again; keeps the last that was acknowledged."""

    def __init__(self, daemon: Daemon, said: int):
        super().__init__(daemon=True)
        self.client, self.said = daemon.connect(), said
        self.start()

    def run(self) -> None:
        try:
            while True:
                batch = [put(key, self.said + 1, "w", key) for key in KEYS]
                self.client.call("memory.batch", operations=batch)
                self.said += 1
        except (OSError, ConnectionError, ValueError):
            return

    def stop(self) -> int:
        self.join(60)
        self.client.close()
        return self.said


class Limits(DaemonTest):
    settings = "limits.outbound_bytes = 65536\nlimits.memory_bytes = 20480\nlimits.memory_operations = 4\n"

    def setUp(self):
        super().setUp()
        self.client = self.daemon.connect()
        self.addCleanup(self.client.close)

    def refusal(self, method: str, **params) -> dict:
        with self.assertRaises(Refused) as caught:
            self.client.call(method, **params)
        return caught.exception.data

    def test_a_value_is_as_long_as_the_operator_says_and_no_longer(self):
        self.client.call("memory.put", namespace=["a"], key="k", value="x" * 20478)
        refused = self.refusal("memory.put", namespace=["a"], key="k", value="x" * 20479)
        self.assertEqual((refused["kind"], refused["limit"]), ("payload_too_large", "memory_bytes"))
        self.assertEqual(len(self.client.call("memory.get", namespace=["a"], key="k")["item"]["value"]), 20478)

    def test_a_batch_whose_results_are_too_long_has_written_nothing(self):
        self.client.call("memory.put", namespace=["a"], key="k", value="x" * 20000)
        get = {"method": "memory.get", "params": {"namespace": ["a"], "key": "k"}}
        self.client.call("memory.batch", operations=[put("one", 1, "b"), get])
        refused = self.refusal("memory.batch", operations=[put("two", 2, "b"), get, get])
        self.assertEqual(refused["kind"], "payload_too_large")
        self.assertEqual(self.refusal("memory.batch", operations=[get, get])["kind"], "payload_too_large")
        search = {"method": "memory.search", "params": {"namespace": ["b"]}}
        found = self.client.call("memory.batch", operations=[search])["results"][0]["items"]
        self.assertEqual([item["key"] for item in found], ["one"])

    def test_a_batch_has_as_many_operations_as_the_operator_says(self):
        self.client.call("memory.batch", operations=[put(f"{number}", 1, "a") for number in range(4)])
        refused = self.refusal("memory.batch", operations=[put(f"{number}", 2, "a") for number in range(5)])
        self.assertEqual((refused["kind"], refused["limit"]), ("limit_exceeded", "memory_operations"))


@unittest.skipUnless(os.geteuid() == 0, "needs root to be several users")
class Users(DaemonTest):
    def test_nobody_sees_what_another_user_remembers_root_neither(self):
        self.daemon.open_to_all()
        ann, bob, root = (self.daemon.connect_as(12001), self.daemon.connect_as(12002), self.daemon.connect())
        ann.call("memory.put", namespace=["a"], key="k", value="ann's")
        bob.call("memory.put", namespace=["a"], key="k", value="bob's")
        for client in (bob, root):
            self.assertEqual(client.call("memory.clear", namespace=[])["deleted"], int(client is bob))
            self.assertEqual(client.call("memory.search")["items"], [])
            self.assertEqual(client.call("memory.namespaces")["namespaces"], [])
        self.assertEqual(ann.call("memory.get", namespace=["a"], key="k")["item"]["value"], "ann's")
        self.assertEqual(root.call("system.stats")["memories"], 1)
        for client in (ann, bob, root):
            client.close()
