"""How the agents talk to the world outside (`provider.py`): one request, with the key of the step that makes it."""

from __future__ import annotations

import argparse
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

try:
    import sidestep
except ImportError:  # not installed: the package of this checkout
    sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "clients" / "python"))
    import sidestep

# Ten tries, and what the world says of the next one (429) wins over these times.
PATIENT = sidestep.Retry(10, initial=0.005, max=0.1)

ADDRESS = "http://127.0.0.1:8765"


class Unwell(ConnectionError):
    """The world answered with 500 or 429."""

    def __init__(self, status: int, retry_after: str | None) -> None:
        super().__init__(f"status {status}")
        self.retry_after = None if retry_after is None else float(retry_after)


def headers() -> dict[str, str]:
    """Return what tells the world which step asks: it takes a request with a known key for the same one."""
    step = sidestep.current_step()
    return {"X-Run": step.run.id, "X-Step": step.name, "Idempotency-Key": step.idempotency_key}


def post(path: str, body: dict[str, Any]) -> Any:
    """Make a request; raises Unwell, which the policy of the step retries."""
    data = json.dumps(body).encode()
    request = urllib.request.Request(ADDRESS + path, data, {"Content-Type": "application/json", **headers()})
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        with error:
            raise Unwell(error.code, error.headers.get("Retry-After")) from None


def chat(role: str, messages: list[dict[str, Any]]) -> dict[str, Any]:
    """Ask the model for its next message."""
    reply = post("/v1/chat/completions", {"model": role, "messages": messages})
    return reply["choices"][0]["message"]  # type: ignore[no-any-return]


def tool(name: str, **arguments: Any) -> str:
    """Have a tool do something."""
    return post(f"/tools/{name}", arguments)["result"]  # type: ignore[no-any-return]


def arguments(doc: str | None) -> str:
    """Read the command line of an agent; return the id of its run."""
    global ADDRESS
    parser = argparse.ArgumentParser(description=doc, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--run", default="trip-1", help="the id of the run")
    parser.add_argument("--provider", default=ADDRESS, metavar="URL", help="the address that provider.py printed")
    options = parser.parse_args()
    ADDRESS = options.provider
    print(f"it will wait for: sidestep signal {options.run} approval:pay-3-0 true", flush=True)
    return options.run  # type: ignore[no-any-return]
