"""run.list over many runs: the median of each filter, in milliseconds.

    lists.py SOCKET RUNS

Fills the daemon on SOCKET with RUNS closed runs (and a few open ones), then asks for pages of 20 with every kind of filter,
matches that are common, rare and none at all.
"""

import json
import socket
import sys
import time


class Client:
    def __init__(self, path: str):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.connect(path)
        self.file = self.socket.makefile("rb")

    def call(self, method: str, **params):
        self.send([(method, params)])
        reply = json.loads(self.file.readline())
        if "error" in reply:
            raise SystemExit(f"{method}: {reply['error']}")
        return reply["result"]

    def send(self, calls):
        lines = [
            json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
            for method, params in calls
        ]
        self.socket.sendall(("\n".join(lines) + "\n").encode())

    def replies(self, count: int):
        for _ in range(count):
            reply = json.loads(self.file.readline())
            if "error" in reply:
                raise SystemExit(str(reply["error"]))


def fill(client: Client, runs: int) -> None:
    """Workflow `rare` has 10 runs, `failed` 10, the tag `only=here` 10; `half=a` and `other=a` never meet."""
    batch = 200
    rare = max(1, runs // 10)
    for start in range(0, runs, batch):
        calls = []
        for number in range(start, min(start + batch, runs)):
            run = f"bench-{number:06d}"
            tags = {"env": "prod", "half": "ab"[number % 2], "other": "ba"[number % 2]}
            if number % rare == 7:
                tags["only"] = "here"
            workflow = "rare" if number % rare == 3 else ["research", "invoice"][number % 3 == 0]
            calls.append(("resume", {"run": run, "workflow": workflow, "tags": tags, "metadata": "m" * 400}))
            end = ("run.fail", {"run": run, "retryable": False}) if number % rare == 5 else (
                "run.complete", {"run": run, "output": "o" * 400})
            calls.append(end)
        client.send(calls)
        client.replies(len(calls))
    for number in range(5):
        client.call("resume", run=f"open-{number}", workflow="research", tags={"env": "prod"})


FILTERS = {
    "none": {},
    "open": {"open": True},
    "open, tag": {"open": True, "tag": {"env": "prod"}},
    "workflow": {"workflow": "research"},
    "workflow, rare": {"workflow": "rare"},
    "workflow, none": {"workflow": "nobody"},
    "status": {"status": "completed"},
    "status, rare": {"status": "failed"},
    "workflow + status, rare": {"workflow": "research", "status": "failed"},
    "rare workflow + status": {"workflow": "rare", "status": "completed"},
    "no workflow + status": {"workflow": "nobody", "status": "completed"},
    "tag": {"tag": {"env": "prod"}},
    "tag, rare": {"tag": {"only": "here"}},
    "two tags": {"tag": {"env": "prod", "half": "a"}},
    "two tags that never meet": {"tag": {"half": "a", "other": "a"}},
    "tag + rare status": {"tag": {"env": "prod"}, "status": "failed"},
    "tag + rare workflow": {"tag": {"env": "prod"}, "workflow": "rare"},
    "tags + workflow + status": {"tag": {"env": "prod", "half": "a"}, "workflow": "invoice", "status": "failed"},
    "text": {"text": "bench-0"},
    "text, rare": {"text": "000123"},
    "text, none": {"text": "nothing has this"},
    "text, none + workflow": {"text": "nothing has this", "workflow": "research"},
    "text, none + status": {"text": "nothing has this", "status": "completed"},
    "text, none + tag": {"text": "nothing has this", "tag": {"env": "prod"}},
    "before": {"created_before": 0},
    "after": {"created_after": 4102444800000},
    "all at once, none": {
        "text": "nothing has this", "tag": {"env": "prod", "half": "a"}, "workflow": "research",
        "status": "completed", "created_after": 1, "created_before": 4102444800000,
    },
}


def main() -> None:
    client = Client(sys.argv[1])
    runs = int(sys.argv[2])
    begun = time.monotonic()
    fill(client, runs)
    print(f"filled {runs} runs in {time.monotonic() - begun:.1f} s", file=sys.stderr)
    figures = {}
    for name, filters in FILTERS.items():
        times = []
        for _ in range(21):
            start = time.perf_counter()
            client.call("run.list", limit=20, **filters)
            times.append(time.perf_counter() - start)
        figures[name] = round(sorted(times)[len(times) // 2] * 1000, 2)
    cursor = client.call("run.list", limit=20, workflow="research", text="bench-")["more"]
    for name in ["second page"]:
        start = time.perf_counter()
        client.call("run.list", limit=20, workflow="research", text="bench-", cursor=cursor)
        figures[name] = round((time.perf_counter() - start) * 1000, 2)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
