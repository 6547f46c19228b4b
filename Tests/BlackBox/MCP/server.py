"""A server with a state of its own, in plain lines. Its effects are lines of the file `effects` in the working folder.

What it is sent is kept byte for byte in the file `received`.
"""

import json
import os
import sys
import threading
import time

lock = threading.Lock()
state = {"count": 0, "page": None}


def write(line: bytes) -> None:
    with lock:
        sys.stdout.buffer.write(line)
        sys.stdout.buffer.flush()


def answer(number, **members) -> None:
    write(json.dumps({"jsonrpc": "2.0", "id": number, **members}, ensure_ascii=False).encode() + b"\n")


def text(value: str, **more) -> dict:
    return {"content": [{"type": "text", "text": value}], **more}


def effect(name: str) -> None:
    with open("effects", "a") as file:
        file.write(name + "\n")


def wait_for_file(name: str) -> None:
    for _ in range(12000):
        if os.path.exists(name):
            return
        time.sleep(0.005)


def call(name: str, arguments: dict):
    effect(f"{name} {json.dumps(arguments)}" if len(str(arguments)) < 100 else name)
    if name == "count":
        state["count"] += 1
        return text(str(state["count"]))
    if name == "navigate":
        state["page"] = arguments["url"]
        return text("there")
    if name == "read_page":
        return text(state["page"]) if state["page"] else text("no page", isError=True)
    if name in ("slow", "slow_look", "slow_set"):
        wait_for_file("go")
        return text("slow " + str(arguments.get("n", "")))
    if name == "sad":
        return text("it is sad", isError=True)
    if name == "big":
        return text("é" + "x" * (arguments["bytes"] - 2))
    return text(arguments.get("text", ""))


def work(request: dict) -> None:
    parameters = request["params"]
    if parameters["name"] == "broken":
        effect("broken")
        answer(request["id"], error={"code": -32602, "message": "broken"})
    else:
        answer(request["id"], result=call(parameters["name"], parameters.get("arguments", {})))


TOOLS = [
    {"name": "count", "inputSchema": {"type": "object"}},
    {"name": "slow_look", "inputSchema": {"type": "object"}, "annotations": {"readOnlyHint": True}},
    {"name": "slow_set", "inputSchema": {"type": "object"}, "annotations": {"idempotentHint": True}},
]


def main() -> None:
    for line in sys.stdin.buffer:
        with open("received", "ab") as file:
            file.write(line)
        try:
            request = json.loads(line)
        except ValueError:
            continue
        method = request.get("method") if isinstance(request, dict) else None
        if method == "tools/call":
            slow = request["params"]["name"].startswith("slow")
            threading.Thread(target=work, args=(request,)).start() if slow else work(request)
        elif method == "tools/list":
            answer(request["id"], result={"tools": TOOLS})
        elif method == "raw":
            # Bytes as they are, to see that they arrive so.
            write(request["params"]["text"].encode("latin-1"))
    with open("ended", "w"):
        pass
    sys.exit(7)


main()
