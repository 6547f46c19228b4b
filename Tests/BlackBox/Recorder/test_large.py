"""Requests and answers that are large: they hold nobody up, and the largest passes whole, recorded or not."""

from __future__ import annotations

import json
import unittest

from stage import Stage, Staged, comes

#: Sends first and reads later, so that several are under way.
ASK = """
import hashlib, http.client, json, os, pathlib, sys, time
from urllib.parse import urlsplit
base = urlsplit(os.environ["OPENAI_BASE_URL"])
out = pathlib.Path(os.environ["OUT"])
def send(text):
    connection = http.client.HTTPConnection(base.netloc, timeout=300)
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": text}]})
    connection.request("POST", base.path + "/chat/completions", body, {"content-type": "application/json"})
    return connection
def read(connection):
    response = connection.getresponse()
    return [response.status, len(response.read()), response.headers.get("x-sidestep-replayed")]
"""
MIB = 1 << 20


class Together(Staged):
    """Several at once."""

    def test_large_answers_that_are_given_again_and_large_requests_do_not_wait_for_each_other(self) -> None:
        text = ASK + """
recorded = [f"recorded {n} [words:100000]" for n in range(4)]
if os.environ["SIDESTEP_EPOCH"] == "1":
    sizes = [read(send(text)) for text in recorded]
    sys.exit(1)
out.with_suffix(".ready").touch()
while not out.with_suffix(".go").exists():
    time.sleep(0.01)
waiting = [send(text) for text in recorded + [f"{n} [words:2]" + "x" * (2 << 20) for n in range(4)]]
out.with_suffix(".sent").touch()
out.write_text(json.dumps([read(connection) for connection in waiting]))
"""
        it = self.stage.program("together", text)
        place = self.stage.folder / "together"
        comes("the second start", place.with_suffix(".ready").exists)
        # All of it waits for the daemon, the large answers before the large requests.
        self.stage.daemon.kill()
        place.with_suffix(".go").touch()
        comes("all requests", place.with_suffix(".sent").exists)
        self.stage.daemon.start()
        self.assertEqual(it.end(), 0, it.said)
        told = json.loads(place.with_suffix(".out").read_text())
        self.assertEqual([(status, again) for status, _, again in told], [(200, "true")] * 4 + [(200, None)] * 4)
        self.assertGreater(min(size for _, size, _ in told[:4]), 500_000)
        self.assertEqual(len(self.stage.calls()), 8)


class Limits(unittest.TestCase):
    """A daemon that takes less than the recorder does."""

    def test_what_is_longer_than_a_line_of_the_daemon_passes_and_what_cannot_be_kept_of_it_is_not(self) -> None:
        with Stage(settings="limits.frame_bytes = 65536\n") as stage:
            text = ASK + """
out.write_text(json.dumps([read(send("request " + "x" * 100_000)), read(send("answer [words:20000]")), read(send("plain"))]))
"""
            it = stage.program("lines", text)
            self.assertEqual(it.end(), 0, it.said)
            told = json.loads((stage.folder / "lines.out").read_text())
            self.assertEqual([status for status, _, _ in told], [200] * 3)
            self.assertGreater(told[1][1], 100_000)
            states = [entry["state"] for entry in stage.call("recording.list", run="lines")["recordings"]]
            self.assertEqual(states, ["completed", "failed", "completed"])
            self.assertIn("could not be recorded", it.said)
            # Of the first one the request alone was too long.
            first = stage.call("recording.get", run="lines", recording=1, request=True)
            self.assertIsNone(first.get("request"))
            self.assertEqual(first["response"]["status"], 200)


class Largest(Staged):
    """64 MiB, which is what the endpoint takes."""

    def test_the_largest_request_passes_one_byte_more_is_refused_in_the_providers_words_and_memory_is_bounded(self) -> None:
        text = ASK + """
def peak():
    text = pathlib.Path(f"/proc/{os.getppid()}/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) >> 10
def ask(size):
    connection = http.client.HTTPConnection(base.netloc, timeout=300)
    body = b'{"model": "m", "messages": [{"role": "user", "content": "[words:2]'
    body += b"x" * (size - len(body) - 4) + b'"}]}'
    assert len(body) == size
    connection.putrequest("POST", base.path + "/chat/completions")
    connection.putheader("content-type", "application/json")
    connection.putheader("content-length", str(size))
    connection.endheaders()
    try:
        connection.send(body)
    except ConnectionError:
        pass
    response = connection.getresponse()
    return [response.status, json.loads(response.read()), peak()]
largest = 64 << 20
out.write_text(json.dumps([ask(100), ask(largest), ask(largest + 1), ask(largest - 1)]))
"""
        it = self.stage.program("largest", text, "--budget-tokens", "100000000")
        self.assertEqual(it.end(), 0, it.said)
        first, largest, refused, again = json.loads((self.stage.folder / "largest.out").read_text())
        self.assertEqual([first[0], largest[0], refused[0], again[0]], [200, 200, 413, 200])
        self.assertEqual(refused[1]["error"]["code"], "sidestep_payload_too_large")
        self.assertEqual(len(self.stage.calls()), 3)
        grown = [largest[2] - first[2], again[2] - first[2]]
        print(f"a request of 64 MiB: the supervisor has {first[2]} MiB before, {largest[2]} after, {again[2]} after two")
        # The body, what it is known by, and what is sent on; however many there are.
        self.assertLess(grown[0], 64 * 6, grown)
        self.assertLess(grown[1], grown[0] + 32, grown)
        states = [entry["state"] for entry in self.stage.call("recording.list", run="largest")["recordings"]]
        self.assertEqual(states, ["completed"] * 3)


if __name__ == "__main__":
    unittest.main()
