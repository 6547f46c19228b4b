"""One thing done to many runs (`run.bulk`): many of them, many generations of one, those of other users."""

import os
import unittest

from harness import Daemon, Refused
from test_users import ANN, BOB, Users


class Many(unittest.TestCase):
    def setUp(self):
        self.daemon = Daemon().start()
        self.addCleanup(self.daemon.close)
        self.connection = self.daemon.connect()
        self.addCleanup(self.connection.close)

    def test_all_runs_are_reached_page_by_page_while_others_call(self):
        for number in range(260):
            self.connection.call("run.enqueue", run=f"r{number}", workflow="w")
        other = self.daemon.connect()
        self.addCleanup(other.close)
        done, cursor = [], {}
        while cursor is not None:
            number = self.connection.send("run.bulk", action="cancel", workflow="w", **cursor)
            other.call("ping")
            part = self.connection.reply(number)
            self.assertLessEqual(len(part["runs"]), 100)
            done += part["runs"]
            cursor = {"cursor": part["more"]} if part.get("more") else None
        self.assertEqual(done, [f"r{number}" for number in reversed(range(260))])
        self.assertEqual(self.connection.call("run.list", workflow="w", open=True)["runs"], [])

    def test_a_rehearsal_counts_all_and_names_as_many_as_it_was_asked_for(self):
        for number in range(1100):
            self.connection.call("run.enqueue", run=f"r{number}", workflow="w")
        found = self.connection.call("run.bulk", action="pause", all=True, dry_run=True, limit=3)
        self.assertEqual((found["count"], found["runs"]), (1100, ["r1099", "r1098", "r1097"]))

    def test_a_run_of_many_generations_is_deleted_whole_with_its_neighbours(self):
        for _ in range(130):
            self.connection.call("resume", run="often", workflow="w", if_closed="rerun")
            self.connection.call("run.complete", run="often")
        for name in ("before", "owned"):
            self.connection.call("resume", run=name, workflow="w")
        self.connection.call("run.complete", run="before")
        found = self.connection.call("run.bulk", action="delete", workflow="w")
        self.assertEqual((found["count"], sorted(found["runs"])), (2, ["before", "often"]))
        self.assertEqual([(one["run"], one["kind"]) for one in found["skipped"]], [("owned", "run_owned")])
        self.assertEqual([run["id"] for run in self.connection.call("run.list", workflow="w")["runs"]], ["owned"])

    def test_named_runs_of_many_generations_are_deleted_whole(self):
        for name in ("a", "b"):
            for _ in range(70):
                self.connection.call("resume", run=name, if_closed="rerun")
                self.connection.call("run.complete", run=name)
        found = self.connection.call("run.bulk", action="delete", runs=["a", "nobody", "b"])
        self.assertEqual((found["count"], found["runs"]), (2, ["a", "b"]))
        self.assertEqual([one["run"] for one in found["skipped"]], ["nobody"])
        self.assertEqual(self.connection.call("run.list")["runs"], [])

    def test_older_generations_are_not_opened_again_and_not_counted(self):
        self.connection.call("resume", run="r", workflow="w")
        self.connection.call("run.fail", run="r", error={"message": "no"})
        self.connection.call("resume", run="r", workflow="w", if_closed="rerun")
        self.connection.call("run.complete", run="r")
        for rehearsal in (True, False):
            found = self.connection.call("run.bulk", action="retry", status="failed", dry_run=rehearsal)
            self.assertEqual((found["count"], found["skipped"]), (0, []))

    def test_children_that_are_cancelled_with_their_parent_are_no_trouble(self):
        self.connection.call("run.enqueue", run="p", workflow="w")
        for number in range(40):
            self.connection.call("run.enqueue", run=f"c{number}", workflow="w", parent="p")
        found = self.connection.call("run.bulk", action="cancel", workflow="w", reason="enough")
        self.assertEqual((found["count"], found["skipped"]), (41, []))
        named = self.connection.call("run.bulk", action="cancel", runs=["p", "c1", "c2"])
        self.assertEqual((named["count"], named["skipped"]), (3, []))

    def test_more_names_than_the_limit_are_refused(self):
        with self.assertRaises(Refused) as refused:
            self.connection.call("run.bulk", action="delete", runs=[f"r{number}" for number in range(1001)])
        self.assertEqual(refused.exception.kind, "limit_exceeded")


@unittest.skipUnless(os.geteuid() == 0, "only root can be several users")
class OfUsers(Users):
    def test_everybody_changes_his_own_and_an_administrator_those_he_names(self):
        root, ann, bob = self.connect(), self.connect(ANN), self.connect(BOB)
        for connection in (root, ann, bob):
            connection.call("run.enqueue", run="same", workflow="w")
        self.assertEqual(ann.call("run.bulk", action="pause", all=True)["count"], 1)
        self.assertEqual([one.call("run.get", run="same")["run"]["status"] for one in (root, ann, bob)],
                         ["queued", "paused", "queued"])
        self.assertEqual(root.call("run.bulk", action="pause", user=BOB)["count"], 1)
        self.assertEqual([one.call("run.get", run="same")["run"]["status"] for one in (root, ann, bob)],
                         ["queued", "paused", "paused"])
        self.assertEqual(root.call("run.bulk", action="cancel", workflow="w")["count"], 3)

    def test_runs_of_another_user_are_not_listed_nor_changed_by_who_is_no_administrator(self):
        root, ann = self.connect(), self.connect(ANN)
        root.call("run.enqueue", run="of-root", workflow="w")
        ann.call("run.enqueue", run="of-ann", workflow="w")
        self.assertEqual([run["id"] for run in root.call("run.list", user=ANN)["runs"]], ["of-ann"])
        self.assertEqual([run["id"] for run in ann.call("run.list", user=ANN)["runs"]], ["of-ann"])
        for method, params in (("run.list", {}), ("run.bulk", {"action": "cancel"})):
            with self.assertRaises(Refused) as refused:
                ann.call(method, user=0, **params)
            self.assertEqual(refused.exception.kind, "not_permitted")
        self.assertEqual(ann.call("run.bulk", action="cancel", runs=["of-root"])["skipped"][0]["kind"], "run_not_found")


if __name__ == "__main__":
    unittest.main()
