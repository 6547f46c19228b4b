"""Requests and answers that are large: they hold nobody up, and pass whole, recorded or not."""

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


class Together(Staged):
    """Several at once."""

    def test_large_answers_that_are_given_again_and_large_requests_do_not_wait_for_each_other(self) -> None:
        text = ASK + """
recorded = [f"recorded {n} [words:400000]" for n in range(4)]
if os.environ["SIDESTEP_EPOCH"] == "1":
    sizes = [read(send(text)) for text in recorded]
    sys.exit(1)
out.with_suffix(".ready").touch()
while not out.with_suffix(".go").exists():
    time.sleep(0.01)
waiting = [send(text) for text in recorded + [f"{n} [words:2]" + "x" * (6 << 20) for n in range(4)]]
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
        self.assertGreater(min(size for _, size, _ in told[:4]), 2_000_000)
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


if __name__ == "__main__":
    unittest.main()
