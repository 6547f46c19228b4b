"""Limits: what is too long, too much or too slow ends alone, and nobody else notices."""

import threading
import time

from bench import Bench, Stream, Wire, request, wait_for


class Limits(Bench):
    def test_a_head_has_16_kib(self):
        page = self.page()
        self.assertEqual(page.ask(x="x" * (15 << 10)).status, 200)
        self.assertEqual(page.ask(x="x" * (17 << 10)).status, 431)
        self.assertEqual(page.ask(path="/?" + "x" * (17 << 10)).status, 431)
        self.assertEqual(page.ask(**{f"x{n}": "y" for n in range(4000)}).status, 431)

    def test_a_head_that_never_ends_is_not_kept(self):
        page = self.page()
        for text in b"GET / HTTP/1.1\r\nHost: x\r\nx: ", b"GET /", b"GET / HTTP/1.1\r\n" + b"a: b\r\n" * 100:
            wire = Wire(page.port)
            try:
                wire.send(text)
                for _ in range(4000):
                    wire.send(b"x" * (16 << 10))
                self.fail("64 MB of a head were taken")
            except (BrokenPipeError, ConnectionResetError):
                pass
            wire.close()
        self.assertEqual(page.ask().status, 200)
        self.assertLess(self.memory(page), 200 << 10)

    def test_a_head_is_refused_before_its_end_has_come(self):
        page = self.page()
        wire = Wire(page.port)
        self.addCleanup(wire.close)
        wire.send(b"GET / HTTP/1.1\r\nHost: x\r\nx: " + b"x" * (20 << 10))
        self.assertEqual(wire.reply().status, 431)

    def memory(self, page):
        """KiB that are resident."""
        with open(f"/proc/{page.process.pid}/status") as file:
            return int(next(line for line in file if line.startswith("VmRSS")).split()[1])

    def test_a_body_has_4_mib_and_says_how_long_it_is(self):
        page = self.page().enter()
        limit = 4 << 20
        body = b'{"method":"ping","params":{"x":"' + b"x" * (limit - 35) + b'"}}'
        self.assertEqual(len(body), limit)
        self.assertEqual(page.ask("POST", "/rpc", body).kind, "invalid_argument")
        self.assertEqual(page.ask("POST", "/rpc", b"{}", content_length=limit + 1).status, 413)
        self.assertEqual(page.ask("POST", "/rpc", b"{}", content_length=None).status, 411)
        self.assertEqual(
            page.ask("POST", "/rpc", b"2\r\n{}\r\n0\r\n\r\n", content_length=None, transfer_encoding="chunked").status,
            411)  # fmt: skip
        # Two lengths would be read differently by two readers.
        self.assertEqual(
            page.raw(request("POST", "/rpc", page.port, b"{}", cookie=page.cookie, Content_Length=3)).status, 400)  # fmt: skip

    def test_a_client_that_asks_for_leave_to_send_gets_it_or_the_answer(self):
        page = self.page().enter()
        wire = Wire(page.port)
        self.addCleanup(wire.close)
        body = b'{"method":"ping"}'
        text = request("POST", "/rpc", page.port, body, cookie=page.cookie, expect="100-continue")
        wire.send(text[: -len(body)])
        self.assertEqual(wire.reply(bodiless=True).status, 100)
        wire.send(body)
        self.assertEqual(wire.reply().json, {"result": {}})

    def test_64_connections_and_idle_ones_give_way(self):
        page = self.page().enter()
        streams = [Stream(page) for _ in range(64)]
        for stream in streams:
            self.addCleanup(stream.close)
            self.assertEqual(stream.named("hello")["sequence"], 0)
        reply = page.ask()
        self.assertEqual((reply.status, reply.kind), (503, "overloaded"))
        streams[7].close()
        wait_for(lambda: page.ask().status == 200, "room again")
        # Those that wait for a request are closed when another one comes.
        idle = [Wire(page.port) for _ in range(200)]
        for wire in idle:
            self.addCleanup(wire.close)
        self.assertEqual(page.ask().status, 200)
        self.rpc("run.enqueue", run="r", workflow="w")
        for stream in streams[:7] + streams[8:]:
            self.assertEqual(stream.next()[1]["run"], "r")

    def test_who_sends_slowly_is_closed(self):
        page = self.page("--patience", "300ms").enter()
        half = request("POST", "/rpc", page.port, b'{"method":"ping"}', cookie=page.cookie)[:-5]
        for text in b"G", b"GET / HTTP/1.1\r\n", half:
            wire = Wire(page.port)
            began = time.monotonic()
            wire.send(text)
            self.assertTrue(wire.is_closed())
            self.assertLess(time.monotonic() - began, 60)
            wire.close()
        # Bytes that come one by one are not more patience.
        wire = Wire(page.port)
        try:
            for _ in range(10000):
                wire.send(b"x")
                time.sleep(0.01)
            self.fail("it was never closed")
        except (BrokenPipeError, ConnectionResetError):
            pass
        wire.close()

    def test_who_takes_nothing_is_closed(self):
        page = self.page("--patience", "500ms").enter()
        payload = "x" * (3 << 20)
        page.result("run.enqueue", run="r", workflow="w", input=payload)
        wire = Wire(page.port)
        text = request("POST", "/rpc", page.port, b'{"method":"run.get","params":{"run":"r"}}', cookie=page.cookie)
        # Answers of 3 MiB, of which not one is read.
        wire.send(text * 4)
        time.sleep(2)
        self.assertEqual(page.result("ping"), {})
        with self.assertRaises(ConnectionError):
            for _ in range(4):
                wire.reply()
        wire.close()

    def test_a_reader_of_events_who_does_not_read_is_closed_and_goes_on_where_he_was(self):
        page = self.page("--patience", "500ms").enter()
        slow, good = Stream(page, narrow=True), Stream(page)
        self.addCleanup(good.close)
        slow.named("hello"), good.named("hello")
        maker = threading.Thread(target=self.make_many, args=(8000, 1000))
        maker.start()
        seen = [good.named("message")["sequence"] for _ in range(8000)]
        maker.join()
        self.assertEqual(seen, sorted(set(seen)))
        time.sleep(1)
        count = 0
        with self.assertRaises(ConnectionError):
            while True:
                slow.named("message")
                count += 1
        slow.close()
        self.assertLess(count, 8000)
        # The browser comes again with the last one it has seen.
        again = Stream(page, last=slow.last)
        self.addCleanup(again.close)
        again.named("hello")
        rest = [sequence for sequence in seen if sequence > slow.last]
        self.assertEqual([again.named("message")["sequence"] for _ in rest], rest)
        self.assertEqual(count + len(rest), 8000)

    def test_requests_behind_each_other_are_answered_in_their_order_and_bounded(self):
        page = self.page().enter()
        wire = Wire(page.port)
        self.addCleanup(wire.close)
        texts = [
            request("POST", "/rpc", page.port, b'{"method":"ping","params":{}}', cookie=page.cookie),
            request(path="/nowhere.js", port=page.port), request(path="/", port=page.port),
        ]  # fmt: skip
        wire.send(b"".join(texts * 5))
        self.assertEqual([wire.reply().status for _ in range(15)], [200, 404, 200] * 5)
        page.result("run.enqueue", run="r", workflow="w")
        greedy = Wire(page.port)
        waits = b'{"method":"run.result","params":{"run":"r","wait_ms":200000}}'
        greedy.send(request("POST", "/rpc", page.port, waits, cookie=page.cookie))
        try:
            for _ in range(3000):
                greedy.send(request(port=page.port, x="x" * 8000))
            self.assertTrue(greedy.is_closed())
        except (BrokenPipeError, ConnectionResetError):
            pass
        greedy.close()
        self.assertEqual(page.ask().status, 200)

    def test_what_is_no_http_is_answered_and_closed(self):
        page = self.page()
        for text in b"\0\0\0\0\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"GET / HTTP/1.1\r\nbad header\r\n\r\n":
            wire = Wire(page.port)
            wire.send(text)
            self.assertIn(wire.reply().status, (400, 405))
            self.assertTrue(wire.is_closed())
            wire.close()
        for text in (
            b"CONNECT evil.example:443 HTTP/1.1\r\nHost: evil.example:443\r\n\r\n",
            request(path="http://evil.example/", port=page.port), request(path="*", port=page.port),
        ):  # fmt: skip
            self.assertEqual(page.raw(text).status, 400)
