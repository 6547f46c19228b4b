"""How it begins and ends: signals, streams that are closed or full, a port that is taken, a browser that opens."""

import fcntl
import json
import os
import pty
import select
import signal
import socket
import subprocess
import termios
import time
import unittest

from bench import BIN, LONG, Bench, Page, Stream, Wire, wait_for


class Life(Bench):
    def test_signals_end_it_in_order(self):
        for number in signal.SIGINT, signal.SIGTERM, signal.SIGHUP:
            page = self.page().enter()
            stream, idle = Stream(page), Wire(page.port)
            stream.named("hello")
            file = self.folder / f"sidestep/ui-{page.port}.sock"
            self.assertTrue(file.is_socket())
            self.assertEqual(page.end(number), 0)
            self.assertFalse(file.exists())
            self.assertTrue(idle.is_closed())
            with self.assertRaises(ConnectionError):
                stream.next()
            with self.assertRaises(ConnectionRefusedError):
                Wire(page.port)
            stream.close(), idle.close()

    def test_the_port_can_be_taken_again_at_once(self):
        page = self.page().enter()
        stream = Stream(page)
        stream.named("hello")
        page.end()
        stream.close()
        again = self.page("--port", page.port)
        self.assertEqual(again.port, page.port)
        # A cookie of before is none of its.
        self.assertEqual(again.ask(path="/session", cookie=page.cookie).status, 401)

    def test_a_port_that_is_taken_is_told_with_what_to_do(self):
        page = self.page()
        done = self.sidestep("ui", "--no-open", "--port", page.port)
        self.assertEqual(done.returncode, 70)
        self.assertIn(f"port {page.port} of 127.0.0.1 is taken by another program".encode(), done.stderr)
        self.assertIn(f"sidestep ui --link --port {page.port}".encode(), done.stderr)
        self.assertEqual(self.sidestep("ui", "--port", "65536").returncode, 64)
        self.assertEqual(self.sidestep("ui", "--port", "x").returncode, 64)
        # The other one goes on, and its links as well.
        self.assertTrue(page.link())
        self.assertEqual(page.ask().status, 200)

    def test_json_prints_one_object_for_each_link(self):
        page = Page(self, "--json", waits=False)
        facts = json.loads(page.process.stdout.readline())
        self.assertEqual(sorted(facts), ["port", "url"])
        self.assertIn(f":{facts['port']}/#", facts["url"])
        self.assertEqual(page.end(), 0)

    def test_a_full_pipe_keeps_nobody_from_the_page_nor_from_its_end(self):
        reader, writer = os.pipe()
        os.set_blocking(writer, False)
        try:
            while os.write(writer, b"x" * 4096):
                pass
        except BlockingIOError:
            os.set_blocking(writer, True)
        page = Page(self, "--port", self.free_port(), stdout=writer, stderr=writer)
        os.close(writer)
        page.port = int(page.process.args[-1])
        wait_for(lambda: self.is_up(page.port), "the page")
        self.assertTrue(page.link())
        page.process.send_signal(signal.SIGTERM)
        self.assertEqual(page.process.wait(20), 0)
        os.close(reader)

    def test_a_reader_who_goes_away_is_no_end(self):
        page = self.page("--port", self.free_port())
        page.process.stdout.close()
        page.process.stderr.close()
        page.process.stdout = page.process.stderr = None
        page.process.send_signal(signal.SIGCHLD)
        self.assertTrue(page.link())
        self.assertEqual(page.ask().status, 200)
        self.assertEqual(page.end(), 0)

    def test_closed_standard_streams_are_no_matter(self):
        port = self.free_port()
        process = subprocess.Popen(
            ["sh", "-c", f'exec "$0" ui --no-open --port {port} <&- >&- 2>&-', BIN / "sidestep"],
            env=self.environment)  # fmt: skip
        self.addCleanup(process.wait, LONG)
        self.addCleanup(process.kill)
        wait_for(lambda: self.is_up(port), "the page")
        self.assertEqual(self.sidestep("ui", "--link", "--port", port).returncode, 0)
        process.terminate()
        self.assertEqual(process.wait(LONG), 0)

    def test_enter_at_the_terminal_prints_another_link(self):
        ours, theirs = pty.openpty()
        page = Page(self, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
                    preexec_fn=lambda: fcntl.ioctl(theirs, termios.TIOCSCTTY, 0))  # fmt: skip
        os.close(theirs)
        self.addCleanup(os.close, ours)
        text = self.read_until(ours, b"Ctrl-C ends the page")
        first = text.split(b"/#")[1].split()[0]
        os.write(ours, b"\n")
        second = self.read_until(ours, b"/#", b"\r\n").split(b"/#")[1].split()[0]
        self.assertNotEqual(first, second)
        os.write(ours, b"\x03")
        self.assertEqual(page.process.wait(LONG), 0)

    def read_until(self, descriptor, *words):
        text, end = b"", time.monotonic() + LONG
        while time.monotonic() < end:
            if select.select([descriptor], [], [], 1)[0]:
                text += os.read(descriptor, 4096)
            rest = text
            for word in words:
                _, found, rest = rest.partition(word)
                if not found:
                    break
            else:
                return text
        raise AssertionError(text)

    def test_the_browser_is_opened_where_there_is_a_display_and_is_not_waited_for(self):
        tools = self.folder / "bin"
        tools.mkdir()
        program, opened = tools / "xdg-open", self.folder / "opened"
        program.write_text(
            f'#!/bin/sh\nprintf "%s %s" "$1" $$ > {self.folder}/new && mv {self.folder}/new {opened}\nexec sleep 300\n')
        program.chmod(0o755)
        environment = self.environment | {"PATH": f"{tools}:{os.environ['PATH']}"}
        for more, is_opened in ({}, False), ({"DISPLAY": ":9"}, True), ({"WAYLAND_DISPLAY": "w"}, True):
            opened.unlink(missing_ok=True)
            process = subprocess.Popen(
                [BIN / "sidestep", "ui"], env=environment | more, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                stdin=subprocess.DEVNULL)  # fmt: skip
            url = process.stdout.readline().decode().strip()
            self.assertIn("open", process.stderr.readline().decode())
            if is_opened:
                wait_for(opened.exists, "the browser")
                asked, browser = opened.read_text().split()
                self.assertEqual(asked, url)
            else:
                time.sleep(0.3)
                self.assertFalse(opened.exists())
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.wait(LONG), 0)
            process.stdout.close(), process.stderr.close()
            if is_opened:
                # It outlives the page that has opened it.
                os.kill(int(browser), signal.SIGKILL)

    def test_a_socket_that_is_handed_over_is_served(self):
        listener = socket.create_server(("127.0.0.1", 0))
        page = self.handed(listener)
        port = listener.getsockname()[1]
        wait_for(lambda: self.is_up(port), "the page")
        url = page.stdout.readline().decode().strip()
        self.assertIn(f":{port}/#", url)
        page.terminate()
        self.assertEqual(page.wait(LONG), 0)
        page.stdout.close()
        open_to_all = socket.create_server(("0.0.0.0", 0))
        refused = self.handed(open_to_all, stderr=subprocess.PIPE)
        _, said = refused.communicate(timeout=LONG)
        self.assertEqual(refused.returncode, 70)
        self.assertIn(b"does not listen on loopback", said)
        listener.close(), open_to_all.close()

    def handed(self, listener, **more):
        """A page that has a socket as systemd gives it one."""
        script = 'exec 3<&0 </dev/null; LISTEN_FDS=1 LISTEN_PID=$$ exec "$0" ui --no-open'
        process = subprocess.Popen(
            ["sh", "-c", script, BIN / "sidestep"], stdin=listener, env=self.environment,
            stdout=subprocess.PIPE, **more)  # fmt: skip
        self.addCleanup(process.wait, LONG)
        self.addCleanup(process.kill)
        return process

    def test_it_starts_a_daemon_as_every_command_does_and_never_a_second_time(self):
        self.stop_daemon()
        home = self.folder / "home"
        (home / "run").mkdir(parents=True, mode=0o700)
        environment = {name: value for name, value in self.environment.items() if not name.startswith("SIDESTEP_")}
        environment |= {"HOME": str(home), "XDG_RUNTIME_DIR": str(home / "run"), "SIDESTEP_AUTOSTART": "1",
                        "SIDESTEPD": str(BIN / "sidestepd"), "PATH": f"{BIN}:{os.environ['PATH']}"}  # fmt: skip
        page = Page(self, environment=environment).enter()
        wait_for(lambda: page.call("ping").status == 200, "a daemon")
        pid = page.result("system.info")["pid"]
        os.kill(pid, signal.SIGKILL)
        wait_for(lambda: page.call("ping").status == 503, "its end")
        stream = Stream(page)
        self.addCleanup(stream.close)
        self.assertEqual(stream.next()[0], "gone")
        time.sleep(1)
        self.assertEqual(page.call("ping").status, 503)

    @unittest.skipUnless(os.geteuid() == 0, "only root may hide /proc")
    def test_it_does_not_serve_where_nobody_could_be_known(self):
        script = 'mount -t tmpfs none /proc && exec "$0" ui --no-open'
        done = subprocess.run(
            ["unshare", "--mount", "sh", "-c", script, BIN / "sidestep"], env=self.environment, capture_output=True,
            stdin=subprocess.DEVNULL, timeout=LONG)  # fmt: skip
        self.assertEqual(done.returncode, 70, done.stderr)
        self.assertIn(b"/proc/net/tcp cannot be read", done.stderr)

    def free_port(self):
        with socket.create_server(("127.0.0.1", 0)) as probe:
            return probe.getsockname()[1]

    def is_up(self, port):
        try:
            Wire(port).close()
            return True
        except ConnectionRefusedError:
            return False
