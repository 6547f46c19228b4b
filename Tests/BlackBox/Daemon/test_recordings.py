"""Recorded calls: daemons that are killed between a call and its answer, several users, bodies of all kinds."""

import base64
import os
import random
import sqlite3
import time
import unittest

from harness import Connection, DaemonTest, Refused
from test_users import ANN, BOB, Users

ASKED = {"recorder": "r", "upstream": "openai", "http_method": "POST", "path": "/v1/chat", "keys": ["k0"]}


def begin(connection: Connection, call: str, **more) -> int:
    return connection.call("recording.begin", **{**ASKED, "call": call, **more})["recording"]


class Kills(DaemonTest):
    """The supervisor lives, the daemon is killed: at each point, with the reply on its way or not."""

    def opened(self) -> Connection:
        connection = self.daemon.connect()
        self.addCleanup(connection.close)
        connection.call("recording.open", recorder="r", run="r", lease=self.lease)
        return connection

    def killed(self) -> Connection:
        self.daemon.kill()
        self.daemon.start()
        return self.opened()

    def test_a_call_is_there_once_whenever_the_daemon_is_killed_and_each_message_may_be_sent_again(self):
        chance = random.Random(17)
        first = self.daemon.connect()
        self.addCleanup(first.close)
        self.lease = first.call(
            "resume", run="r", owner="process", owner_pid=os.getpid(), budget={"tokens": 1_000_000})["lease"]
        connection = self.opened()
        said = {"run": "r", "lease": self.lease}
        for number in range(1, 25):
            call, body = f"c{number}", f"answer {number} é"
            more = {**said, "request": {"text": f"question {number}"}, "reserve": {"tokens": 100}}
            end = {"run": "r", "recording": number, "call": call, "status": 200, "text": body, "usage": {"tokens": 7}}
            if number % 4 == 0:  # begun and answered, then killed
                self.assertEqual(begin(connection, call, **more), number)
                connection = self.killed()
            if number % 4 == 1:  # sent, and killed before anybody knows
                connection.send("recording.begin", **{**ASKED, "call": call, **more})
                time.sleep(chance.uniform(0, 0.004))
                connection = self.killed()
            self.assertEqual(begin(connection, call, **more), number)
            if number % 4 == 2:  # the end sent, and killed before anybody knows
                connection.send("recording.complete", **end)
                time.sleep(chance.uniform(0, 0.004))
                connection = self.killed()
            if number % 4 == 3:  # ended and answered, then killed
                connection.call("recording.complete", **end)
                connection = self.killed()
            self.assertEqual(connection.call("recording.complete", **end)["recording"]["state"], "completed")
            found = connection.call("recording.get", run="r", recording=number, request=True)
            self.assertEqual((found["response"]["text"], found["request"]["text"]), (body, f"question {number}"))
        listed = connection.call("recording.list", run="r")["recordings"]
        self.assertEqual([it["recording"] for it in listed], list(range(1, 25)))
        budget = connection.call("budget.get", run="r")["budget"]["tokens"]
        self.assertEqual((budget["used"], budget["reserved"]), (24 * 7, 0))
        self.daemon.kill()
        with sqlite3.connect(self.daemon.database) as database:
            self.assertEqual(database.execute("PRAGMA integrity_check").fetchone(), ("ok",))
            self.assertEqual(database.execute("PRAGMA foreign_key_check").fetchall(), [])

    def test_a_call_whose_answer_died_with_the_daemon_is_found_again_under_a_lease_that_is_over(self):
        first = self.daemon.connect()
        self.addCleanup(first.close)
        self.lease = first.call("resume", run="r", owner="process", owner_pid=os.getpid())["lease"]
        connection = self.opened()
        said = {"run": "r", "lease": self.lease}
        connection.send("recording.begin", **{**ASKED, "call": "a", **said})
        begin(connection, "b", **said)  # what was sent before it is on disk as well
        self.daemon.kill()
        self.daemon.start()
        second = self.daemon.connect()
        self.addCleanup(second.close)
        second.call("resume", run="r", owner="process", owner_pid=os.getpid(), if_owned="take_over")
        self.assertEqual(begin(second, "a", **said), 1)
        with self.assertRaises(Refused) as caught:
            begin(second, "c", **said)
        self.assertEqual(caught.exception.kind, "lease_lost")
        second.call("recording.fail", run="r", recording=1, call="a", state="cancelled", usage_source="none")
        found = second.call("recording.list", run="r")["recordings"]
        self.assertEqual([(it["state"], it.get("usage_source")) for it in found], [("cancelled", "none"), ("started", None)])

    def test_what_a_recorder_had_under_way_when_it_died_is_in_doubt_for_the_next_one(self):
        first = self.daemon.connect()
        first.call("resume", run="r", budget={"tokens": 100})
        first.call("recording.open", recorder="r")
        begin(first, "a", reserve={"tokens": 60})
        self.daemon.kill()
        first.close()
        self.daemon.start()
        second = self.daemon.connect()
        self.addCleanup(second.close)
        second.call("resume", run="r", if_owned="take_over")
        self.assertEqual(second.call("recording.list", run="r")["recordings"][0]["state"], "started")
        second.call("recording.open", recorder="s")
        found = second.call("recording.list", run="r", states=["in_doubt"])["recordings"]
        self.assertEqual([(it["recording"], it["usage_source"]) for it in found], [(1, "estimated")])
        self.assertEqual(second.call("budget.get", run="r")["budget"]["tokens"],
                         {"limit": 100, "used": 60, "reserved": 0})


class Strangers(Users):
    """Recordings are those of a run: its user and administrators see them, to others there is none."""

    def test_what_a_user_records_is_his_and_the_administrators(self):
        ann, bob, root = self.connect(ANN), self.connect(BOB), self.connect()
        ann.call("resume", run="r")
        ann.call("recording.open", recorder="r")
        begin(ann, "a", request={"text": "secret question"})
        end = {"run": "r", "recording": 1, "call": "a", "status": 200, "text": "secret answer"}
        hostile = [
            ("recording.open", {"run": "r", "recorder": "x"}), ("recording.begin", {"run": "r", **ASKED, "call": "b"}),
            ("recording.complete", {**end, "text": "forged"}), ("recording.list", {"run": "r"}),
            ("recording.fail", {"run": "r", "recording": 1, "call": "a", "state": "failed"}),
            ("recording.get", {"run": "r", "recording": 1, "request": True}),
            ("recording.diff", {"run": "r", "recording": 1}), ("recording.reroll", {"run": "r", "recording": 1}),
            ("run.fork", {"run": "r", "recording": 1, "response": {"text": "x"}}),
        ]
        for method, params in hostile:
            with self.assertRaises(Refused, msg=method) as caught:
                bob.call(method, **params)
            self.assertEqual(caught.exception.kind, "run_not_found", method)
            self.assertNotIn("secret", str(caught.exception))
        # He has a run of that name as well, and a call of that name in it.
        bob.call("resume", run="r")
        bob.call("recording.open", recorder="r")
        begin(bob, "a", request={"text": "his question"})
        bob.call("recording.complete", **{**end, "text": "his answer"})
        self.assertEqual(ann.call("recording.list", run="r")["recordings"][0]["state"], "started")
        ann.call("recording.complete", **end)
        self.assertEqual(ann.call("recording.get", run="r", recording=1)["response"]["text"], "secret answer")
        self.assertEqual(bob.call("recording.get", run="r", recording=1)["response"]["text"], "his answer")
        bob.call("run.complete")
        bob.call("run.delete", run="r")
        self.assertEqual(root.call("recording.get", run="r", recording=1)["response"]["text"], "secret answer")


class Bodies(DaemonTest):
    """What is kept, and what is refused by its limit."""

    settings = "limits.recording_bytes = 4096\n"

    def setUp(self):
        super().setUp()
        self.connection = self.daemon.connect()
        self.addCleanup(self.connection.close)
        self.connection.call("resume", run="r")
        self.connection.call("recording.open", recorder="r")

    def refusal(self, method: str, **params) -> Refused:
        with self.assertRaises(Refused) as caught:
            self.connection.call(method, **params)
        return caught.exception

    def end(self, number: int, call: str, **body) -> dict:
        return {"run": "r", "recording": number, "call": call, "status": 200, **body}

    def test_a_body_at_the_limit_is_kept_and_one_byte_more_is_refused_by_its_name(self):
        bodies = [{"text": "é" * 2048}, {"base64": base64.b64encode(bytes(4096)).decode()}, {"text": ""}, {}]
        for number, body in enumerate(bodies, 1):
            request = {"request": body} if body else {}
            self.assertEqual(begin(self.connection, f"c{number}", **request), number)
            self.connection.call("recording.complete", **self.end(number, f"c{number}", **body))
            found = self.connection.call("recording.get", run="r", recording=number, request=True)
            self.assertEqual({name: found["response"][name] for name in body}, body)
            self.assertEqual(found.get("request"), body or None)
        for body in ({"text": "é" * 2048 + "x"}, {"base64": base64.b64encode(bytes(4097)).decode()}):
            begin(self.connection, "large")
            refused = self.refusal("recording.complete", **self.end(5, "large", **body))
            self.assertEqual((refused.kind, refused.data["limit"]), ("payload_too_large", "recording_bytes"))
            refused = self.refusal("recording.begin", **ASKED, call="x", request=body)
            self.assertEqual((refused.kind, refused.data["limit"]), ("payload_too_large", "recording_bytes"))

    def test_what_makes_no_sense_is_refused_and_nothing_is_begun(self):
        for more in (
            {"keys": []}, {"keys": ["k"] * 9}, {"keys": ["k" * 1025]}, {"path": 1}, {"upstream": ""},
            {"request": {"text": "a", "base64": "YQ=="}}, {"request": {"base64": "!"}}, {"request": {"text": "a\0"}},
            {"request": {"text": "abc", "cuts": [2, 1]}}, {"request": {"text": "abc", "cuts": [4]}},
            {"request": {"text": "abc", "base": 3}}, {"request": {"text": "abc", "cuts": [0] * 10_001}},
            {"reserve": {"tokens": -1}}, {"call": "x" * 1025}, {"tool_refs": [1]},
        ):
            refused = self.refusal("recording.begin", **{**ASKED, "call": "c", **more})
            self.assertIn(refused.kind, ("invalid_argument", "limit_exceeded", None), more)
            self.assertNotIn("YQ==", refused.message)
        self.assertEqual(self.connection.call("recording.list", run="r")["recordings"], [])
        begin(self.connection, "c")
        for more in (
            {"headers": [["a"]]}, {"headers": [["a", "b", "c"]]}, {"headers": [["a", 1]]}, {"status": 99},
            {"splits": [-1]}, {"text": "a", "base64": "YQ=="}, {"usage": {"tokens": -1}}, {"usage_source": "guessed"},
            {"duration_ms": -1}, {"recording": 0}, {"recording": 2}, {"call": "other"},
        ):
            refused = self.refusal("recording.complete", **{**self.end(1, "c"), **more})
            self.assertIn(refused.kind, ("invalid_argument", None), more)
        self.assertEqual(self.connection.call("recording.list", run="r")["recordings"][0]["state"], "started")


class LargeBodies(DaemonTest):
    def test_megabytes_come_back_byte_for_byte_and_are_kept_once(self):
        connection = self.daemon.connect()
        self.addCleanup(connection.close)
        connection.socket.settimeout(120)
        connection.call("resume", run="r")
        connection.call("recording.open", recorder="r")
        data = random.Random(3).randbytes(4 << 20)
        encoded = base64.b64encode(data).decode()
        for number in (1, 2, 3):
            begin(connection, f"c{number}", request={"base64": encoded})
            connection.call("recording.complete", run="r", recording=number, call=f"c{number}", status=200, base64=encoded)
        found = connection.call("recording.get", run="r", recording=3, request=True)
        self.assertEqual(base64.b64decode(found["response"]["base64"]), data)
        self.assertEqual(base64.b64decode(found["request"]["base64"]), data)
        with sqlite3.connect(self.daemon.database) as database:
            kept = database.execute("SELECT count(*), sum(length(bytes)) FROM recording_part").fetchone()
        self.assertEqual(kept, (1, len(data)))


if __name__ == "__main__":
    unittest.main()
