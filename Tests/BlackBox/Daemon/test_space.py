"""`system.usage`: what users have, and what it takes, counted beside the daemon's work."""

import json
import threading
import time

from harness import Refused, wait_for
from test_users import ANN, BOB, Users


def size(value) -> int:
    """Bytes of a payload as the harness sends it."""
    return len(json.dumps(value).encode())


class Space(Users):
    def usage(self, connection, **params) -> dict:
        """What is counted from now on: figures are kept for a while, however short counting was."""
        asked, found = time.time() * 1000, {}

        def is_new() -> bool:
            found.update(connection.call("system.usage", max_age_ms=0, **params))
            return found["counted_at"] >= asked

        wait_for(is_new, what="figures that are counted anew")
        return found

    def test_each_kind_of_payload_is_counted_in_bytes_with_its_workflow(self):
        ann = self.connect(ANN)
        text = "é" * 100
        ann.call("resume", run="r", workflow="w", input=text)
        taken = size(text)
        for method, params, payloads in (
            ("step.complete", {"step": "s", "output": [text]}, [[text]]),
            ("state.set", {"name": "n", "value": {"a": text}}, [{"a": text}]),
            ("checkpoint", {"state": {"page": 1}, "messages": {"all": [text, "b"]}}, [{"page": 1}, text, "b"]),
            ("signal.send", {"run": "r", "signal": "go", "value": text}, [text]),
            ("artifact.put", {"artifact": "a", "type": "json", "content": {"x": text}}, [{"x": text}]),
            ("event.emit", {"event": "e", "value": text, "run": "r"}, [text]),
            ("run.complete", {"output": "done"}, ["done"]),
        ):
            with self.subTest(method):
                ann.call(method, **params)
                taken += sum(map(size, payloads))
                self.assertEqual([line["bytes"] for line in self.usage(ann)["lines"]], [taken])
        found = self.usage(ann)
        counts = {"open_runs": 0, "closed_runs": 1, "steps": 1, "bytes": taken}
        self.assertEqual(found["lines"], [{"user": ANN, "workflow": "w", **counts}])
        ann.call("memory.put", namespace=["n"], key="k", value=text)
        ann.call("conversation.append", conversation="c", entries=[text])
        beside = [line for line in self.usage(ann)["lines"] if line.get("workflow") is None]
        self.assertEqual([(line["user"], line["bytes"]) for line in beside], [(ANN, 2 * size(text))])

    def test_a_user_is_told_of_his_own_and_an_administrator_of_all(self):
        ann, bob, root = self.connect(ANN), self.connect(BOB), self.connect()
        ann.call("resume", run="r", workflow="w", input="a")
        bob.call("resume", run="r", workflow="w", input="x" * 1000)
        self.assertEqual([line["user"] for line in self.usage(root)["lines"]], [BOB, ANN])
        self.assertEqual([line["user"] for line in self.usage(ann)["lines"]], [ANN])
        self.assertEqual([line["user"] for line in self.usage(root, user=ANN)["lines"]], [ANN])
        self.assertEqual(self.usage(root, limit=1)["more"], 1)
        with self.assertRaises(Refused) as refused:
            self.usage(ann, user=BOB)
        self.assertEqual(refused.exception.kind, "not_permitted")

    def test_figures_are_kept_say_when_they_were_counted_and_go_with_what_is_deleted(self):
        ann = self.connect(ANN)
        ann.call("resume", run="r", input="a")
        first = self.usage(ann)
        ann.call("resume", run="r2", input="b")
        again = ann.call("system.usage", max_age_ms=3_600_000)
        self.assertEqual((again["counted_at"], again["lines"]), (first["counted_at"], first["lines"]))
        for run in ("r", "r2"):
            ann.call("run.complete", run=run)
            ann.call("run.delete", run=run)
        self.assertEqual(self.usage(ann)["lines"], [])

    def test_many_who_ask_at_once_are_all_answered(self):
        root = self.connect()
        for number in range(20):
            root.call("resume", run=f"r{number}", input=number)
        connections = [self.connect() for _ in range(8)]
        found = []
        threads = [
            threading.Thread(target=lambda one=one: found.append(self.usage(one)["all"]["open_runs"]))
            for one in connections
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(found, [20] * 8)
