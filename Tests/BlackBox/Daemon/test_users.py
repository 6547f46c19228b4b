"""Several users of one daemon: what each of them is told, who may look at all, and what one leaves to the others."""

import contextlib
import grp
import json
import os
import select
import socket
import unittest

from harness import Connection, Daemon, Refused, wait_for
from test_http import Server
from test_webhooks import Receiver

# Users that no machine has.
ANN, BOB = 54321, 54322
# A group that this machine has, and nobody here is in.
CREW = next((group for group in grp.getgrall() if group.gr_gid), None)


@unittest.skipUnless(os.geteuid() == 0, "only root can be several users")
class Users(unittest.TestCase):
    settings = ""

    def setUp(self):
        self.daemon = Daemon(settings=self.settings).start().open_to_all()
        self.addCleanup(self.daemon.close)

    def connect(self, *who, **more) -> Connection:
        connection = self.daemon.connect_as(*who, **more) if who else self.daemon.connect()
        self.addCleanup(connection.close)
        return connection

    def refusal(self, *who) -> dict:
        """What somebody is told who does not get in."""
        return json.loads(self.connect(*who).read_line())["error"]


class Whole(Users):
    """Who is no administrator hears what concerns him."""

    def test_system_info_tells_a_user_of_his_own_runs_and_connections_and_no_path(self):
        root = self.connect()
        for number in range(3):
            root.call("resume", run=f"r{number}")
        ann = self.connect(ANN)
        ann.call("resume", run="mine")
        others = [self.connect() for _ in range(5)]
        self.assertEqual(len([other.call("ping") for other in others]), 5)
        told, all_told = ann.call("system.info"), root.call("system.info")
        self.assertEqual((told["runs"], told["connections"]), ({"running": 1}, 1))
        self.assertEqual((all_told["runs"], all_told["connections"]), ({"running": 4}, 7))
        self.assertEqual(
            set(told), {"version", "pid", "started_at", "sqlite_version", "connections", "uptime_ms", "runs"})
        self.assertEqual(set(all_told) - set(told), {"socket", "database", "database_bytes", "storage", "settings"})

    def test_no_method_tells_a_user_what_another_one_has_or_where_the_daemon_has_its_files(self):
        planted = "planted-by-root"
        root = self.connect()
        methods = root.call("rpc.discover")["methods"]
        everything = [(method["name"], {part["name"]: part["value"] for part in example["params"]})
                      for method in methods for example in method.get("examples", [])]

        root.call("resume", run="research-1", workflow="research", input=planted, metadata={"m": planted})
        kept = 0
        for method, params in everything:
            if any(word in method for word in ("delete", "prune", "run.", "resume", "system.")):
                continue
            params = {name: planted if name in ("value", "output", "state", "input", "content", "final", "details") else value
                      for name, value in params.items()}
            number = root.send(method, **({"wait_ms": 0} if "wait_ms" in params else {}) | params)
            with contextlib.suppress(Refused):
                root.reply(number)
                kept += planted in json.dumps(params)
        self.assertGreater(kept, 5, "nothing was planted")
        root.call("step.complete", step="s", output=planted)
        for method, params in everything:
            if method == "rpc.discover":
                continue  # the contract, with its examples
            ann = self.daemon.connect_as(ANN)
            ann.send(method, **params)
            reply = ann.read_line().decode()
            ann.close()
            for word in (planted, self.daemon.folder, self.daemon.database, '"uid":0'):
                self.assertNotIn(word, reply, method)

    def test_what_concerns_all_is_for_administrators(self):
        ann = self.connect(ANN)
        for method, params in [("system.stats", {}), ("system.metrics", {}), ("system.check", {}), ("system.vacuum", {}), ("system.backup", {"path": "/x"})]:
            with self.assertRaises(Refused) as caught:
                ann.call(method, **params)
            self.assertEqual(caught.exception.kind, "not_permitted", method)

    def test_saved_views_are_each_users_own(self):
        ann, bob, root = self.connect(ANN), self.connect(BOB), self.connect()
        ann.call("view.put", view="late", filter={"status": "failed"})
        bob.call("view.put", view="late", filter={"open": True})
        self.assertEqual([view["filter"] for view in ann.call("view.list")["views"]], [{"status": "failed"}])
        self.assertEqual(root.call("view.list")["views"], [])
        self.assertTrue(bob.call("view.delete", view="late")["deleted"])
        self.assertFalse(root.call("view.delete", view="late")["deleted"])
        self.assertEqual([view["view"] for view in ann.call("view.list")["views"]], ["late"])
        with self.assertRaises(Refused) as refused:
            ann.call("view.put", view="his", filter={"user": BOB})
        self.assertEqual(refused.exception.kind, "not_permitted")


class Group(Users):
    settings = f"admin_group = {CREW.gr_name}\n"

    def sees_all(self, *who, **more) -> bool:
        return "database" in self.connect(*who, **more).call("system.info")

    def test_members_see_all_by_their_first_group_or_by_a_supplementary_one(self):
        self.connect().call("resume", run="private")
        self.assertFalse(self.sees_all(ANN))
        self.assertTrue(self.sees_all(ANN, CREW.gr_gid))
        for groups in [(CREW.gr_gid,), (ANN, 60001, CREW.gr_gid), (*range(60000, 60200), CREW.gr_gid)]:
            self.assertTrue(self.sees_all(ANN, groups=groups), len(groups))
        self.assertEqual(self.connect(ANN, groups=(CREW.gr_gid,)).call("run.get", run="private")["run"]["id"], "private")
        with self.assertRaises(Refused) as caught:
            self.connect(BOB, groups=(60000, 60001)).call("run.get", run="private")
        self.assertEqual(caught.exception.kind, "run_not_found")


class Connections(Users):
    settings = "limits.connections = 12\nlimits.user_connections = 5\n"

    def setUp(self):
        super().setUp()
        looker = self.connect()
        wait_for(lambda: looker.call("system.info")["connections"] == 1, what="old connections to leave")

    def test_one_user_at_his_limit_leaves_the_others_theirs(self):
        for _ in range(5):
            self.connect(ANN).call("ping")
        refused = self.refusal(ANN)
        self.assertEqual((refused["data"]["kind"], refused["data"]["limit"]), ("limit_exceeded", "user_connections"))
        self.assertEqual(self.connect(BOB).call("ping"), {})
        [line] = wait_for(lambda: [line for line in self.daemon.text().splitlines() if "a limit refuses" in line], what="the line")
        self.assertIn("user_connections", line)
        self.assertIn(str(ANN), line)

    def test_root_gets_in_when_all_connections_are_taken(self):
        for user in (ANN, ANN + 10, ANN + 20):
            for _ in range(5 if user != ANN + 20 else 1):
                self.connect(user).call("ping")
        self.assertEqual(self.refusal(BOB)["data"]["limit"], "connections")
        self.assertEqual(self.connect().call("system.info")["connections"], 13)

    def test_a_place_is_free_again_when_a_connection_has_gone(self):
        taken = [self.daemon.connect_as(ANN) for _ in range(5)]
        self.assertEqual([one.call("ping") for one in taken], [{}] * 5)
        for one in taken:
            one.close()
        root = self.connect()
        wait_for(lambda: root.call("system.info")["connections"] == 2, what="the connections to leave")
        self.assertEqual(self.connect(ANN).call("ping"), {})


class Shares(Users):
    settings = (
        "limits.user_requests_in_flight = 20\nlimits.user_bytes = 1000000\nlimits.user_watches = 3\n"
        "limits.held_bytes = 1500000\nlimits.frame_bytes = 1200000\n")

    def refused(self, connection: Connection, method: str, **params) -> Refused:
        with self.assertRaises(Refused) as caught:
            connection.call(method, **params)
        return caught.exception

    def test_requests_without_a_reply_are_counted_over_all_connections_of_a_user(self):
        first, second, other = self.connect(ANN), self.connect(ANN), self.connect(BOB)
        first.call("resume", run="r")
        for connection in (first, second):
            for _ in range(10):
                connection.send("run.result", run="r", wait_ms=60_000)
        # Their places are taken when something behind them is answered.
        refused = self.refused(second, "ping")
        self.assertEqual((refused.kind, refused.data["limit"]), ("overloaded", "user_requests_in_flight"))
        self.assertIn("retry_after_ms", refused.data)
        self.assertEqual(other.call("ping"), {})
        self.assertEqual(self.connect().call("ping"), {})

    def test_watches_are_counted_over_all_connections_of_a_user(self):
        for _ in range(3):
            self.connect(ANN).call("run.watch")
        self.assertEqual(self.refused(self.connect(ANN), "run.watch").data["limit"], "user_watches")
        self.connect(BOB).call("run.watch")

    def test_lines_that_are_not_finished_are_given_up_beyond_the_share_and_others_go_on(self):
        halves = [self.connect(ANN) for _ in range(3)]
        for one in halves:
            one.socket.sendall(b'{"jsonrpc":"2.0","id":1,"method":"ping","params":{"x":"' + b"x" * 400_000)
        refusals = wait_for(lambda: [line for line in self.daemon.text().splitlines() if "a limit refuses" in line], what="a refusal")
        self.assertIn("user_bytes", refusals[0])
        bob = self.connect(BOB)
        bob.call("resume", run="b")
        self.assertEqual(bob.call("step.complete", step="s", output="x" * 700_000)["step"], "s")
        # Small calls of the same user go on beside his own large ones.
        self.assertEqual(self.connect(ANN).call("ping"), {})

    def test_a_large_result_is_refused_to_who_has_left_others_unread_until_he_has_read_them(self):
        owner, idle, asking = self.connect(ANN), self.connect(ANN), self.connect(ANN)
        owner.call("resume", run="r")
        owner.call("step.complete", step="large", output="x" * 700_000)
        owner.call("step.complete", step="small", output=1)
        idle.send("step.get", run="r", step="large")
        # Its first bytes are here, so the rest is what is unread: asked before, the other one could have it first.
        self.assertTrue(select.select([idle.socket], [], [], 60)[0])
        refused = self.refused(asking, "step.get", run="r", step="large")
        self.assertEqual((refused.kind, refused.data["limit"]), ("overloaded", "user_bytes"))
        for _ in range(3):
            self.assertEqual(self.refused(asking, "step.get", run="r", step="large").data, refused.data)
        self.assertEqual(asking.call("step.get", run="r", step="small")["output"], 1)
        self.assertEqual(len(json.loads(idle.read_line())["result"]["output"]), 700_000)
        wait_for(lambda: self.has_room(asking), what="room for it")

    def has_room(self, connection: Connection) -> bool:
        try:
            return len(connection.call("step.get", run="r", step="large")["output"]) == 700_000
        except Refused:
            return False


class Slots(Users):
    """What the daemon does for its users, one of whom has a server that never answers."""

    settings = "http_allow_private = yes\n"

    def setUp(self):
        super().setUp()
        self.silent = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.addCleanup(self.silent.close)
        self.url = f"http://127.0.0.1:{self.silent.getsockname()[1]}/"
        self.hanging = {"url": self.url, "timeout_ms": 3_600_000, "max_response_bytes": 1000}

    def taken(self, count: int) -> list[socket.socket]:
        """Connections that the daemon has made to the server, as many as there are to come."""
        self.silent.settimeout(60)
        found = [self.silent.accept()[0] for _ in range(count)]
        for one in found:
            self.addCleanup(one.close)
        return found

    def test_requests_of_one_user_leave_places_to_the_others(self):
        server = Server()
        self.addCleanup(server.close)
        ann, bob = self.connect(ANN), self.connect(BOB)
        for connection, run in ((ann, "a"), (bob, "b")):
            connection.call("resume", run=run)
        for number in range(140):
            with self.assertRaises(Refused):
                ann.call("run-step", run="a", step=f"s{number}", http=self.hanging, wait_ms=0)
        under_way = self.taken(128)
        self.assertEqual(bob.call("run-step", run="b", step="s", http={"url": server.url("/")})["output"]["status"], 200)
        # The 129th has its place when one of the others has ended.
        under_way[0].close()
        self.taken(1)

    def test_a_request_may_take_an_hour_and_not_a_millisecond_more(self):
        ann = self.connect(ANN)
        ann.call("resume", run="a")
        with self.assertRaises(Refused) as caught:
            ann.call("run-step", run="a", step="s", http={"url": self.url, "timeout_ms": 3_600_001})
        self.assertEqual(caught.exception.kind, "invalid_argument")

    def test_letters_of_one_user_leave_places_to_the_others(self):
        receiver = Receiver()
        self.addCleanup(receiver.stop)
        ann, bob = self.connect(ANN), self.connect(BOB)
        for number in range(12):
            ann.call("webhook.put", webhook=f"w{number}", url=self.url, events=["*"])
        for _ in range(5):
            ann.call("event.emit", event="e")
        self.taken(32)
        bob.call("webhook.put", webhook="w", url=receiver.url, events=["*"])
        bob.call("event.emit", event="e", value="of bob")
        wait_for(lambda: receiver.letters, what="the letter of the other user")
        self.assertEqual(receiver.events()[0]["value"], "of bob")


if __name__ == "__main__":
    unittest.main()
