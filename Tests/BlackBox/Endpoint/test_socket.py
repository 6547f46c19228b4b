"""The endpoint on a Unix socket: the same as by its port, for whoever may open the file."""

import asyncio
import os
import socket
import subprocess
import unittest

from bench import BIN, LONG, wait_for
from recorded import ASK, Recording, completion
from upstream import whole

BY_SOCKET = ASK + """
def by_socket(data):
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(100)
    connection.connect(os.environ["SIDESTEP_HTTP_SOCKET"])
    connection.sendall(data)
    response = http.client.HTTPResponse(connection)
    response.begin()
    return [response.status, response.read().decode(), "x-sidestep-replayed" in response.headers]
body = b'{"model":"m","messages":[]}'
def request_of(**headers):
    return request(body=body, content_type="application/json", **headers)
"""


class Socket(Recording):
    def setUp(self):
        super().setUp()
        self.place = self.folder / "http.sock"
        self.options = [*self.serve(lambda asked, writer: whole(
            writer, completion(str(len(self.upstream.asked))), "200 OK", "content-type: application/json")),
            "--http-socket", str(self.place)]  # fmt: skip

    def test_a_call_is_the_same_by_the_socket_and_by_the_port(self):
        text = BY_SOCKET + """
say(oct(os.stat(os.environ["SIDESTEP_HTTP_SOCKET"]).st_mode & 0o777))
if epoch == 1:
    say([by_socket(request_of())[::2], ask(body=body, content_type="application/json")[0]])
else:
    say([ask(body=body, content_type="application/json")[2].decode(), by_socket(request_of())[1:]])
raise SystemExit(epoch == 1)
"""
        said = self.finished(self.run_agent(text, *self.options, restart="on-failure"))
        first, second = (completion(str(n)).decode() for n in (1, 2))
        self.assertEqual(said, ["0o600", [[200, False], 200], "0o600", [first, [second, True]]])
        self.assertEqual(len(self.upstream.asked), 2)
        self.assertFalse(self.place.exists())

    def test_no_name_leads_there_so_any_host_will_do_and_everything_else_is_looked_at_as_ever(self):
        text = BY_SOCKET + """
token = base().path.split("/")[2]
for data in (
    request_of(host="localhost"), request_of(host="evil.example"), request_of(host=None), request_of(origin="https://x"),
    request_of().replace(token.encode(), token[:-1].encode()), request_of().replace(b"POST ", b"POST http://x"),
):
    say(by_socket(data)[0])
"""
        self.assertEqual(self.finished(self.run_agent(text, *self.options)), [200, 200, 200, 403, 404, 400])

    def test_an_agent_that_has_closed_its_connection_is_noticed_before_it_asks_again(self):
        text = BY_SOCKET + """
first = socket.socket(socket.AF_UNIX)
first.connect(os.environ["SIDESTEP_HTTP_SOCKET"])
first.sendall(request_of(close=False, x_stainless_retry_count="0"))
(PLACE / "asked").touch()
while not (PLACE / "go").exists():
    time.sleep(0.02)
first.close()
say(by_socket(request_of())[1:])
"""
        self.upstream.answer = self.slow
        agent = self.run_agent(text, *self.options)
        wait_for(lambda: self.upstream.asked, "the call")
        (self.folder / "go").touch()
        self.assertEqual(self.finished(agent), [[completion("1").decode(), False]])
        self.assertEqual(len(self.upstream.asked), 1)

    async def slow(self, asked, writer):
        await asyncio.sleep(1)
        return await whole(writer, completion("1"), "200 OK", "content-type: application/json")

    def test_what_a_killed_supervisor_left_is_no_hindrance_and_what_is_anothers_is(self):
        text = BY_SOCKET + '(PLACE / "there").touch()\nwhile not (PLACE / "go").exists(): time.sleep(0.02)\nsay(by_socket(request_of())[0])'
        first = self.run_agent(text, *self.options)
        wait_for((self.folder / "there").exists, "the agent")
        done = self.sidestep("run", "--record", "--id", "second", *self.options, "--", "true")
        self.assertEqual(done.returncode, 125)
        self.assertIn(b"another recorder listens at", done.stderr)
        first.kill()
        first.communicate(timeout=60)
        self.assertTrue(self.place.exists())
        (self.folder / "go").touch()
        self.assertEqual(self.finished(self.run_agent(text, *self.options)), [200])
        self.place.write_text("precious")
        for place, why in ((self.place, b"is no socket"), ("/" + "x" * 107, b"longer than 107"), ("/no/such/place", b"nobody can listen")):
            options = [*self.options[:-1], str(place)]
            done = self.sidestep("run", "--record", "--id", "third", *options, "--", "true")
            self.assertEqual(done.returncode, 125, done.stderr)
            self.assertIn(why, done.stderr)
        self.assertEqual(self.place.read_text(), "precious")

    @unittest.skipUnless(os.geteuid() == 0, "only root can be somebody else")
    def test_another_user_is_not_let_in_though_he_may_open_the_file(self):
        # The run is of a user who is not root, for root may do everything.
        self.stop_daemon()
        os.chmod(self.folder, 0o755)
        place = self.folder / "place"
        place.mkdir()
        os.chown(place, 12345, 12345)
        door = place / "s.sock"
        self.environment |= {"HOME": str(place), "SIDESTEP_SOCKET": str(door)}
        user = {"user": 12345, "group": 12345, "extra_groups": []}
        daemon = subprocess.Popen(
            [BIN / "sidestepd", "--socket", door, "--database", place / "d.db"], env=self.environment, cwd=place,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **user)  # fmt: skip
        self.addCleanup(daemon.wait, LONG)
        self.addCleanup(daemon.kill)
        wait_for(door.exists, "a daemon")
        run = subprocess.Popen(
            [BIN / "sidestep", "run", "--record", *self.options[:-1], place / "http.sock", "--", "sh", "-c",
             "chmod 0777 \"$SIDESTEP_HTTP_SOCKET\"; touch there; while ! [ -e go ]; do sleep 0.02; done"],
            env=self.environment, cwd=place, **user)  # fmt: skip
        self.addCleanup(run.wait, LONG)
        self.addCleanup(run.terminate)
        wait_for((place / "there").exists, "the program")
        said = [self.call_as(uid, place / "http.sock") for uid in (12345, 12346)]
        (place / "go").touch()
        self.assertEqual(said, ["404", "closed"])

    def call_as(self, uid, place):
        """What another user's process is answered; a fork, for he may not execute our interpreter."""
        reader, writer = os.pipe()
        if (child := os.fork()) == 0:
            try:
                os.setresgid(uid, uid, uid)
                os.setresuid(uid, uid, uid)
                connection = socket.socket(socket.AF_UNIX)
                connection.connect(str(place))
                connection.sendall(b"GET /r/x/openai/v1/models HTTP/1.1\r\nHost: x\r\n\r\n")
                os.write(writer, connection.recv(100)[9:12] or b"closed")
            except ConnectionError:
                os.write(writer, b"closed")
            finally:
                os._exit(0)
        os.waitpid(child, 0)
        os.close(writer)
        with open(reader) as file:
            return file.read()
