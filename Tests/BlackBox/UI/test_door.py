"""Who is let in: each of these is open when its one check is taken out."""

import json
import os
import signal
import socket
import subprocess
import time
import unittest

from bench import BIN, LONG, Bench, Wire, request, wait_for


class Door(Bench):
    def setUp(self):
        super().setUp()
        self.the_page = self.page().enter()

    def test_a_name_that_was_made_to_lead_here_is_refused_before_anything_else(self):
        page = self.the_page
        body = b'{"method":"ping"}'
        for host in (f"evil.example:{page.port}", "127.0.0.1", "localhost", f"127.0.0.1:{page.port + 1}", None, ""):
            for path in "/", "/app.js", "/session", "/events", "/metrics", "/nowhere.x", "/runs/a":
                reply = page.ask(path=path, host=host)
                self.assertEqual((reply.status, reply.kind), (403, "not_permitted"), (host, path))
            origin = f"http://{host}"
            self.assertEqual(page.ask("POST", "/rpc", body, host=host, origin=origin).status, 403)
        # Two of them, of which the first or the last may be meant.
        for hosts in ("evil.example", f"127.0.0.1:{page.port}"), (f"127.0.0.1:{page.port}", "evil.example"):
            lines = "".join(f"Host: {host}\r\n" for host in hosts)
            self.assertEqual(page.raw(f"GET / HTTP/1.1\r\n{lines}\r\n".encode()).status, 403)
        for host in f"localhost:{page.port}", f"[::1]:{page.port}", f"LOCALHOST:{page.port}":
            self.assertEqual(page.ask(host=host).status, 200)

    def test_only_the_pages_own_requests_may_change_something(self):
        page = self.the_page
        body = b'{"method":"run.enqueue","params":{"run":"r","workflow":"w"}}'
        for fields in (
            {"sec_fetch_site": None}, {"sec_fetch_site": "cross-site"}, {"sec_fetch_site": "same-site"},
            {"sec_fetch_site": "none"}, {"origin": "http://evil.example"}, {"origin": "null"},
            {"origin": f"http://127.0.0.1:{page.port + 1}"},
        ):
            self.assertEqual(page.ask("POST", "/rpc", body, **fields).status, 403, fields)
            self.assertEqual(page.ask("POST", "/session", b'{"code":"x"}', **fields).kind, "not_permitted")
        for kind in "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None:
            self.assertEqual(page.ask("POST", "/rpc", body, content_type=kind).status, 415)
        for method in "PUT", "DELETE", "PATCH", "OPTIONS":
            reply = page.ask(method, "/rpc", b"{}", origin="http://evil.example")
            self.assertEqual(reply.status, 403)
            self.assertEqual(page.ask(method, "/rpc", body).status, 405)
        self.assertEqual(self.rpc("run.list")["runs"], [])
        self.assertEqual(page.ask("POST", "/rpc", body, origin=f"http://127.0.0.1:{page.port}").status, 200)
        self.assertEqual(len(self.rpc("run.list")["runs"]), 1)

    def test_no_answer_is_for_other_origins_and_each_says_what_protects_it(self):
        page = self.the_page
        replies = [
            page.ask(), page.ask(path="/nowhere.js"), page.ask(path="/session"), page.ask(path="/session", cookie=None),
            page.call("ping"), page.call("nothing"), page.show("wrong"), page.ask(host="evil.example"),
            page.ask("OPTIONS", "/rpc", origin=f"http://127.0.0.1:{page.port}"), page.raw(b"no HTTP\r\n\r\n"),
            page.ask(x="x" * (20 << 10)), page.ask("HEAD", "/"),
        ]  # fmt: skip
        for reply in replies:
            self.assertFalse([name for name in reply.headers if name.startswith("access-control")])
            policy = reply.headers["content-security-policy"][0]
            for part in "default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'":
                self.assertIn(part, policy)
            self.assertEqual(reply.headers["x-content-type-options"], ["nosniff"])
            self.assertEqual(reply.headers["referrer-policy"], ["no-referrer"])
            self.assertEqual(reply.headers["cross-origin-resource-policy"], ["same-origin"])
            self.assertEqual(reply.headers["cross-origin-opener-policy"], ["same-origin"])

    def test_without_a_session_there_is_the_page_alone_and_no_data(self):
        page = self.the_page
        page.cookie = None
        wrong = f"sidestep-{page.port}=" + "A" * 43
        for cookie in None, "x=y", wrong, wrong[:-43]:
            for path in "/session", "/events":
                self.assertEqual(page.ask(path=path, cookie=cookie).status, 401)
            self.assertEqual(page.ask("POST", "/rpc", b'{"method":"ping"}', cookie=cookie).status, 401)
        self.assertEqual(page.ask().status, 200)

    def test_the_cookie_is_seen_by_no_script_and_no_other_site(self):
        page = self.page()
        reply = page.show(page.code)
        name, *rest = reply.headers["set-cookie"][0].split("; ")
        self.assertEqual(rest, ["HttpOnly", "SameSite=Strict", "Path=/"])
        self.assertRegex(name, rf"^sidestep-{page.port}=[A-Za-z0-9_-]{{43}}$")
        self.assertNotIn(page.code, name)
        # Among cookies of other servers of the host, for a cookie has no port.
        self.assertEqual(page.ask(path="/session", cookie=f"a=b; sidestep-1=x; {name}").status, 200)
        self.assertEqual(self.the_page.ask(path="/session", cookie=name).status, 401)

    def test_a_code_is_good_once(self):
        page = self.page()
        for wrong in "", page.code[:-1], page.code[::-1], "x" * 1000:
            self.assertEqual(page.show(wrong).status, 403)
        self.assertEqual(page.show(page.code).status, 204)
        reply = page.show(page.code)
        self.assertEqual((reply.status, reply.kind), (403, "not_permitted"))
        self.assertIn("sidestep ui --link", reply.json["error"]["data"]["hint"])
        for body in b"", b"[]", b'"x"', b'{"code":1}', b'{"code":null}', b"{}":
            self.assertEqual(page.ask("POST", "/session", body).status, 403)

    def test_a_code_gets_old(self):
        page = self.page("--codes-good-for", "300ms")
        time.sleep(0.4)
        self.assertEqual(page.show(page.code).status, 403)
        other = self.page("--codes-good-for", "120s")
        self.assertEqual(other.show(other.code).status, 204)

    def test_a_link_of_another_site_leads_to_the_page_and_to_nothing_else(self):
        page = self.the_page
        link = {"sec_fetch_site": "cross-site", "sec_fetch_mode": "navigate"}
        self.assertEqual(page.ask(path="/runs/x.y", **link).status, 200)
        for path in "/session", "/events", "/metrics", "/style.css":
            self.assertEqual(page.ask(path=path, **link).status, 403)
        self.assertEqual(page.ask(path="/", sec_fetch_site="cross-site", sec_fetch_mode="no-cors").status, 403)

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_another_user_is_not_let_in_with_code_and_cookie(self):
        other = self.page("--allow", "12346").enter()
        self.assertEqual(self.as_user(65534, self.the_page), b"")
        # What tells is who he is, and nothing else that he sent.
        self.assertTrue(self.as_user(0, self.the_page).startswith(b"HTTP/1.1 200"))
        self.assertTrue(self.as_user(12346, other).startswith(b"HTTP/1.1 200"))
        self.assertEqual(self.as_user(12347, other), b"")

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_another_user_who_closes_at_once_is_not_taken_for_root(self):
        # A socket without a process stands in the kernel's table with the user 0.
        page = self.the_page
        body = b'{"method":"run.enqueue","params":{"workflow":"w"}}'
        text = request("POST", "/rpc", page.port, body, cookie=page.cookie)
        for uid in 65534, 0:
            # By the time the page looks, there is no process any more.
            page.process.send_signal(signal.SIGSTOP)
            for _ in range(5):
                self.as_user(uid, page, text, reads=False)
            page.process.send_signal(signal.SIGCONT)
            self.assertEqual(page.result("run.list")["runs"], [])
        self.as_user(0, page, text)
        self.assertEqual(len(page.result("run.list")["runs"]), 1)

    def as_user(self, uid, page, text=None, reads=True):
        """What a process of another user is answered to a request with a good cookie; nothing when it is closed."""
        text = text or request(path="/session", port=page.port, cookie=page.cookie)

        def talk():
            connection = socket.socket()
            connection.settimeout(LONG)
            connection.connect(("127.0.0.1", page.port))
            connection.sendall(text)
            try:
                return connection.recv(100) if reads else b""
            except ConnectionResetError:
                return b""

        return self.done_as(uid, talk)

    def done_as(self, uid, work):
        """What a function answers in a process of another user, which can read none of our modules any more."""
        reader, writer = os.pipe()
        if (child := os.fork()) == 0:
            try:
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                os.write(writer, b"+" + work())
            except BaseException as error:
                os.write(writer, f"{type(error).__name__}: {error}".encode())
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(writer)
        with open(reader, "rb") as file:
            said = file.read()
        self.assertEqual(said[:1], b"+", said)
        return said[1:]

    def test_further_links_are_given_to_the_same_user(self):
        page = self.page()
        code = page.link()
        self.assertNotEqual(code, page.code)
        self.assertEqual(page.show(code).status, 204)
        self.assertEqual(page.show(page.code).status, 204)
        every = self.sidestep("ui", "--link", "--json").stdout.splitlines()
        self.assertEqual(
            sorted(json.loads(line)["port"] for line in every), sorted([page.port, self.the_page.port]))  # fmt: skip
        done = self.sidestep("ui", "--link", "--port", "1")
        self.assertEqual(done.returncode, 69)
        self.assertIn(b"start one: sidestep ui", done.stderr)

    def asked_for_a_link(self, port):
        asked = subprocess.Popen(
            [BIN / "sidestep", "ui", "--link", "--port", str(port)], env=self.environment,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)  # fmt: skip
        self.addCleanup(asked.kill)
        return asked

    def test_a_link_is_waited_for_where_a_page_listens_and_gives_none_yet(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        port = listener.getsockname()[1]
        place = self.folder / f"sidestep/ui-{port}.sock"
        asked = self.asked_for_a_link(port)
        # It has found nothing, and connected: here systemd would start the service.
        connection, _ = listener.accept()
        giver = socket.socket(socket.AF_UNIX)
        giver.bind(str(place))
        self.addCleanup(place.unlink)
        giver.listen()
        given, _ = giver.accept()
        given.sendall(f"http://127.0.0.1:{port}/#code\n".encode())
        given.close(), giver.close(), connection.close()
        self.assertEqual(asked.communicate(timeout=LONG)[0].decode().strip(), f"http://127.0.0.1:{port}/#code")
        self.assertEqual(asked.returncode, 0)

    def test_who_listens_and_is_no_page_or_not_ours_is_not_waited_for(self):
        listener = socket.create_server(("127.0.0.1", 0))
        self.addCleanup(listener.close)
        for word in b"", b"SSH-2.0\r\n":
            asked = self.asked_for_a_link(listener.getsockname()[1])
            connection, _ = listener.accept()
            connection.sendall(word)
            if not word:
                connection.close()
            self.assertIn(b"start one: sidestep ui", asked.communicate(timeout=LONG)[1])
            self.assertEqual(asked.returncode, 69)
            connection.close()

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_further_links_are_given_to_nobody_else(self):
        page = self.the_page
        os.chmod(self.folder, 0o755)
        os.chmod(self.folder / "sidestep", 0o755)
        path = str(self.folder / f"sidestep/ui-{page.port}.sock")
        self.assertEqual(self.link_as(65534, path), b"")
        self.assertTrue(self.link_as(0, path).startswith(b"http://127.0.0.1:"))

    def link_as(self, uid, path):
        def talk():
            connection = socket.socket(socket.AF_UNIX)
            connection.settimeout(LONG)
            connection.connect(path)
            return connection.recv(100)

        return self.done_as(uid, talk)

    def test_it_listens_on_loopback_alone(self):
        # 127.0.0.0/8 is all loopback's; one address of it is ours.
        for host in "127.0.0.2", "0.0.0.0":
            wire = None
            try:
                wire = Wire(self.the_page.port, host)
                # 0.0.0.0 is this host for a client of Linux: the name is refused.
                self.assertEqual(host, "0.0.0.0")
                wire.send(request(port=self.the_page.port, host=f"{host}:{self.the_page.port}"))
                self.assertEqual(wire.reply().status, 403)
            except ConnectionRefusedError:
                self.assertEqual(host, "127.0.0.2")
            finally:
                if wire:
                    wire.close()
        table = wait_for(lambda: open("/proc/net/tcp").read(), "the sockets")
        listening = [line.split()[1] for line in table.splitlines()[1:] if line.split()[3] == "0A"]
        self.assertIn(f"0100007F:{self.the_page.port:04X}", listening)
