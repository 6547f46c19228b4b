"""Requests and answers that are larger than what the daemon takes: they pass whole, recorded or not."""

from __future__ import annotations

import json
import unittest

from stage import Stage

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
