"""What tests of recorded calls begin with: answers as a provider gives them, and a look at what was kept."""

import json

from bench import Bench
from upstream import Upstream


def completion(text):
    return json.dumps({
        "id": "c", "model": "m", "choices": [{"index": 0, "message": {"content": text}, "finish_reason": "stop"}],
        "usage": {"prompt_tokens": 7, "completion_tokens": 3},
    }).encode()  # fmt: skip


def events(text):
    yield b'data: {"choices":[{"index":0,"delta":{"content":"%s"}}]}\n\n' % text.encode()
    yield b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n'
    yield b"data: [DONE]\n\n"


ASK = """
WHERE[0] = "/chat/completions"
def told(text, **headers):
    body = json.dumps({"model": "m", "messages": [{"role": "user", "content": text}]}).encode()
    return ask(body=body, content_type="application/json", **headers)
epoch = int(os.environ["SIDESTEP_EPOCH"])
"""


class Recording(Bench):
    def serve(self, answer):
        self.upstream = Upstream(answer)
        self.addCleanup(self.upstream.close)
        return "--upstream", f"openai={self.upstream.url}"

    def recordings(self, run="agent"):
        found = self.sidestep("call", "recording.list", json.dumps({"run": run}))
        self.assertEqual(found.returncode, 0, found.stderr)
        return json.loads(found.stdout)["recordings"]

    def states(self, run="agent"):
        return [entry["state"] for entry in self.recordings(run)]
