"""Requests of 64 MiB, the most that the endpoint takes: of the release alone, a debug build needs minutes for them.

    Tests/BlackBox/Recorder/run largest
"""

from __future__ import annotations

import json
import unittest

from stage import Staged
from test_large import ASK

#: Bytes of the largest request.
MOST = 64 << 20


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
out.write_text(json.dumps([ask(100), ask(MOST), ask(MOST + 1), *(ask(MOST - 1 - n) for n in range(3))]))
""".replace("MOST", str(MOST))
        it = self.stage.program("largest", text, "--budget-tokens", "100000000")
        self.assertEqual(it.end(), 0, it.said)
        small, largest, refused, *others = json.loads((self.stage.folder / "largest.out").read_text())
        self.assertEqual([small[0], largest[0], refused[0], *(status for status, _, _ in others)], [200, 200, 413] + [200] * 3)
        self.assertEqual(refused[1]["error"]["code"], "sidestep_payload_too_large")
        self.assertEqual(len(self.stage.calls()), 5)
        peaks = [peak for _, _, peak in (small, largest, *others)]
        print(f"requests of 64 MiB, one after the other: the supervisor's peak is {peaks} MiB")
        # The body, what it is known by, what is written to the daemon and what is sent on; however many there are.
        self.assertLess(peaks[1] - peaks[0], 6 * MOST >> 20)
        self.assertLess(peaks[-1] - peaks[1], 2 * MOST >> 20)
        states = [entry["state"] for entry in self.stage.call("recording.list", run="largest")["recordings"]]
        self.assertEqual(states, ["completed"] * 5)


if __name__ == "__main__":
    unittest.main()
