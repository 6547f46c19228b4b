"""What a page can call, and what becomes of its bytes."""

import json
import threading
import time

from bench import LONG, Bench, Wire, request, wait_for

STRANGE = [
    "<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "javascript:alert(1)", "]]>", "</script>",
    "a\u2028b", "\r\n\r\nHTTP/1.1 200 OK\r\n", "\n\nevent: gone\ndata: {}\n\n", "%0d%0a", "../../etc/passwd", "ä.b/ü",
]  # fmt: skip


class Calls(Bench):
    def test_a_result_has_the_bytes_of_the_daemon(self):
        page = self.page().enter()
        payload = '{"big":12345678901234567890,"small":1e-400,"a":1.10,"a":2,"text":"\\u00e4<script>/"}'
        body = '{"method":"run.enqueue","params":{"run":"r","workflow":"w","input":%s}}' % payload
        self.assertEqual(page.ask("POST", "/rpc", body.encode()).status, 200)
        reply = page.call("run.get", run="r")
        self.assertIn(payload.encode(), reply.body)
        self.assertEqual(reply.headers["content-type"], ["application/json; charset=utf-8"])
        self.assertEqual(reply.json["result"], self.rpc("run.get", run="r"))

    def test_names_are_handed_on_as_json_whatever_is_in_them(self):
        page = self.page().enter()
        for name in STRANGE:
            page.result("run.enqueue", run=name, workflow=name, tags={"t": name}, input=name)
            found = page.result("run.get", run=name)
            self.assertEqual((found["run"]["id"], found["run"]["workflow"], found["input"]), (name, name, name))
        self.assertEqual({run["id"] for run in page.result("run.list")["runs"]}, set(STRANGE))

    def test_an_error_is_the_daemons(self):
        page = self.page().enter()
        reply = page.call("run.get", run="nobody's")
        self.assertEqual((reply.status, reply.kind), (200, "run_not_found"))
        self.assertEqual(page.call("no.method").json["error"]["code"], -32601)
        self.assertEqual(page.call("run.get", run=7).kind, "invalid_argument")
        for body in b"", b"x", b"[]", b"{}", b'{"method":1}', b'{"method":"ping","params":[]}', b'{"method":"ping"}x':
            self.assertEqual(page.ask("POST", "/rpc", body).status, 400)

    def test_what_stands_on_a_line_of_its_own_in_the_parameters_is_no_call(self):
        page = self.page("--read-only").enter()
        self.rpc("run.enqueue", run="kept", workflow="w")
        line = '{"jsonrpc":"2.0","id":99,"method":"run.delete","params":{"run":"kept"}}'
        for end in "\n", "\r\n":
            body = f'{{"method":"run.list","params":{{"tag":{{"a":"b"}},"text":"x",{end}"x":[{end}{line}{end}]}}}}'
            self.assertEqual(page.ask("POST", "/rpc", body.encode()).kind, "invalid_argument")
        self.assertEqual(self.rpc("run.get", run="kept")["run"]["id"], "kept")

    def test_the_session_tells_where_the_page_is(self):
        page = self.page("--read-only").enter()
        facts = page.ask(path="/session").json
        self.assertEqual((facts["read_only"], facts["daemon"], facts["administrator"]), (True, True, True))
        self.assertEqual(facts["socket"], str(self.socket))
        self.assertTrue(facts["host"] and facts["version"])
        self.assertFalse(self.page().enter().ask(path="/session").json["read_only"])

    def test_every_method_that_writes_is_refused_to_a_page_that_may_only_look(self):
        page = self.page("--read-only").enter()
        reading = 0
        # Waits for a commit: writes. The rest of those that write is in the module's test.
        for method in self.rpc("rpc.discover")["methods"]:
            kind = page.call(method["name"]).json.get("error", {}).get("data", {}).get("kind")
            name = method["name"]
            if name in ("resume", "worker.claim", "run.watch", "run.unwatch", "rpc.cancel"):
                self.assertEqual(kind, "unsupported", name)
            elif method["x-waits-for-commit"] or method["x-access"] == "lease" or name in (
                "system.advance", "system.drain", "system.backup", "system.vacuum",
            ):  # fmt: skip
                self.assertEqual(kind, "not_permitted", name)
            elif kind != "not_permitted":
                reading += 1
        self.assertGreater(reading, 40)
        self.assertEqual(page.call("run.invented").kind, "not_permitted")
        self.assertEqual(self.rpc("run.list")["runs"], [])
        self.assertEqual(page.result("run.list")["runs"], [])

    def test_calls_of_one_page_run_at_the_same_time(self):
        page = self.page().enter()
        page.result("run.enqueue", run="r", workflow="w")
        waiting = Wire(page.port)
        self.addCleanup(waiting.close)
        body = b'{"method":"run.result","params":{"run":"r","wait_ms":200000}}'
        waiting.send(request("POST", "/rpc", page.port, body, cookie=page.cookie))
        self.assertEqual(page.result("ping"), {})
        page.result("run.cancel", run="r")
        self.assertEqual(waiting.reply().json["result"]["status"], "cancelled")

    def test_what_nobody_waits_for_any_more_is_given_up_at_the_daemon(self):
        page = self.page().enter()
        page.result("run.enqueue", run="r", workflow="w")
        waiting = Wire(page.port)
        body = b'{"method":"run.result","params":{"run":"r","wait_ms":200000}}'
        waiting.send(request("POST", "/rpc", page.port, body, cookie=page.cookie))
        wait_for(lambda: self.parked(page) == 1, "a call that waits")
        waiting.close()
        wait_for(lambda: self.parked(page) == 0, "the end of the wait")

    def parked(self, page):
        """Calls that wait at the daemon."""
        lines = page.result("system.metrics")["text"].splitlines()
        return int(next(line for line in lines if line.startswith("sidestep_parked_calls ")).split()[1])

    def test_the_page_is_there_before_the_daemon_and_says_so(self):
        self.stop_daemon()
        page = self.page().enter()
        reply = page.call("run.list")
        self.assertEqual((reply.status, reply.kind), (503, "unavailable"))
        self.assertTrue(reply.json["error"]["data"]["hint"])
        self.assertEqual(page.ask(path="/session").json["daemon"], False)
        self.assertEqual(page.ask().status, 200)
        self.start_daemon()
        self.assertEqual(page.result("run.list")["runs"], [])
        self.assertEqual(page.ask(path="/session").json["daemon"], True)

    def test_a_call_under_way_when_the_daemon_dies_is_answered(self):
        page = self.page().enter()
        page.result("run.enqueue", run="r", workflow="w")
        replies = []
        call = lambda: replies.append(page.call("run.result", run="r", wait_ms=200000))  # noqa: E731
        thread = threading.Thread(target=call)
        thread.start()
        time.sleep(0.3)
        self.daemon.kill()
        self.daemon.wait(LONG)
        thread.join(LONG)
        self.assertEqual((replies[0].status, replies[0].kind), (503, "unavailable"))
        self.start_daemon()
        self.assertEqual(page.result("run.get", run="r")["run"]["id"], "r")

    def test_files_of_the_page_have_a_tag_and_a_type(self):
        page = self.page()
        first = page.ask()
        self.assertEqual(first.headers["content-type"], ["text/html; charset=utf-8"])
        self.assertEqual(first.headers["cache-control"], ["no-cache"])
        self.assertEqual(page.ask(if_none_match=first.headers["etag"][0]).status, 304)
        self.assertEqual(page.ask(path="/index.html").body, first.body)
        head = page.ask("HEAD")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertEqual(head.headers["content-length"], [str(len(first.body))])
        for path in "/runs", "/runs/a.js", "/runs/a%2Fb.c/compare/d.e", "/inbox?x=y.z", "/runs/../x.y":
            self.assertEqual(page.ask(path=path).body, first.body, path)
        for path in "/nowhere.js", "/../../etc/passwd.x", "/a/index.html", "/.env", "/.git/config.x":
            self.assertEqual(page.ask(path=path).status, 404, path)

    def test_metrics_are_for_who_asked_for_them(self):
        self.assertEqual(self.page().enter().ask(path="/metrics").status, 404)
        page = self.page("--metrics")
        reply = page.ask(path="/metrics")
        self.assertEqual(reply.status, 200)
        self.assertEqual(
            reply.headers["content-type"], ["application/openmetrics-text; version=1.0.0; charset=utf-8"])  # fmt: skip
        self.assertTrue(reply.body.decode().endswith("# EOF\n"))
        self.assertEqual(page.ask(path="/metrics", host="evil.example").status, 403)
        self.assertEqual(page.ask(path="/metrics", sec_fetch_site="same-site").status, 403)
        self.assertEqual(page.ask("POST", "/metrics", b"{}").status, 405)
        self.stop_daemon()
        self.assertEqual(page.ask(path="/metrics").status, 503)

    def test_a_long_result_comes_whole(self):
        page = self.page().enter()
        payload = "x" * (3 << 20)
        page.result("run.enqueue", run="r", workflow="w", input=payload)
        self.assertEqual(page.result("run.get", run="r")["input"], payload)
        self.assertEqual(json.loads(page.call("run.get", run="r").body)["result"]["input"], payload)
