"""Requests that were made to harm: what they cost is bounded, and others do not notice them."""

from bench import Bench
from upstream import Upstream, whole


class Hostile(Bench):
    def setUp(self):
        super().setUp()
        self.upstream = Upstream(lambda asked, writer: whole(writer, b"%d" % len(asked.body)))
        self.addCleanup(self.upstream.close)

    def run_here(self, text, *options):
        return self.finished(self.run_agent(text, "--upstream", f"openai={self.upstream.url}", *options))

    def test_a_path_with_bytes_that_no_path_has_is_refused_and_not_sent(self):
        said = self.run_here(
            """
for path in ("/a\\x01b", "/a\\tb", "/a\\x7fb", "/a\\xe4b", "/a\\0b", "/a%00b", "/a%0Ab", "/a%0db", "/a%2eb", "/a%2fb", "/..;/b", "/a/..",
             "/%2E%2E/b", "/a\\\\b"):
    answer = raw(request(path=path))
    say(int(answer.split()[1]) if answer else 0)
""")
        self.assertEqual(set(said) - {0}, {400}, said)
        self.assertEqual(self.upstream.asked, [])

    def test_heads_and_bodies_that_do_not_come_are_not_waited_for_for_ever_and_hold_nobody_up(self):
        said = self.run_here(
            """
whole = request(body=b"x" * 100)
parts = {"head": whole[:30], "body": whole[:-50], "nothing": b""}
slow = {name: [socket.create_connection((base().hostname, base().port), timeout=100) for _ in range(20)] for name in parts}
for name, connections in slow.items():
    for connection in connections:
        connection.sendall(parts[name])
began = time.monotonic()
say(ask()[0])
say(time.monotonic() - began < 30)
del slow["nothing"]
for connections in slow.values():
    for connection in connections:
        connection.settimeout(100)
        # What is not answered is closed: 30 s for a head, 60 for the next byte of a body.
        received = connection.recv(1 << 16)
        assert b" 200 " not in received, received
say(time.monotonic() - began < 200)
say(ask()[0])
""")
        self.assertEqual(said, [200, True, True, 200])
        self.assertEqual(len(self.upstream.asked), 2)

    def test_a_body_of_the_largest_size_passes_one_byte_more_does_not_and_memory_stays_bounded(self):
        size = 2 << 20
        said = self.run_here(
            """
def peak():
    text = open(f"/proc/{os.getppid()}/status").read()
    return int(text.split("VmHWM:")[1].split()[0]) >> 10
before = peak()
largest = bytes(range(256)) * (2 << 12)
say([ask(body=largest)[2].decode(), peak() - before])
say(int(raw(request(body=largest + b"x")).split()[1]))
for number in range(10, 22):
    say([ask(body=largest[2:] + b"%d" % number)[2].decode(), peak() - before])
""",
            "--max-body", size)  # fmt: skip
        first, refused, *others = said
        self.assertEqual([first[0], refused], [str(size), 413])
        self.assertEqual({length for length, _ in others}, {str(size)})
        # The body, what it is known by, and what is written to the daemon; however many there are.
        grown = [first[1], *(peak for _, peak in others)]
        self.assertLess(grown[0], 40, grown)
        # Threads fill their parts of the heap with the first of them; what were kept would be 2 MiB each.
        self.assertLess(grown[-1], grown[4] + 10, grown)
