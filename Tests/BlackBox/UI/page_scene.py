"""A host in use, for the page to show: agents that died, waits, unknown steps, queues, schedules, deliveries.

    page_scene.py SOCKET      fills a daemon by hand
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "Daemon"))
from harness import Connection  # noqa: E402
from puppet import Puppet  # noqa: E402

# What a client can set is shown as text, whatever it holds.
HOSTILE = '<img src=x onerror="window.broken=1">"\'><script>window.broken=1</script>'
USAGE = {"model": "claude-sonnet-5", "requests": 1, "input_tokens": 1832, "output_tokens": 411, "cost_micros": 11661}


def work(agent: Puppet, step: str, output, **more) -> None:
    agent.call("step.begin", step=step, fingerprint=json.dumps([step]))
    agent.call("step.complete", step=step, output=output, **more)


def research(socket: str) -> None:
    """A run of three lives: killed between steps, killed inside one, then it waits for an approval."""
    messages = [
        {"role": "system", "content": "You find the tides of harbours."},
        {"role": "user", "content": "When is high water in Bergen?"},
        {"role": "assistant", "content": None, "tool_calls": [
            {"id": "call_1", "type": "function", "function": {"name": "tides", "arguments": '{"harbour":"Bergen"}'}}]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"high":"04:12","low":"10:31"}'},
        {"role": "assistant", "content": "High water is at **04:12**."},
    ]
    for life in range(3):
        agent = Puppet(socket)
        agent.call("resume", run="research-7", workflow="research", input={"topic": "tides", "big": 2**63 + 11},
                   tags={"team": "harbour", "priority": "high"}, code_version="3f2a91c")
        for number in range(life * 4, life * 4 + 4):
            work(agent, f"fetch#{number}" if number else "fetch", {"harbour": number, "words": 12345678901234567890},
                 usage=USAGE)
            time.sleep(0.03)
        if life == 1:
            agent.call("step.begin", step="summarise", retry={"max_attempts": 3, "initial_ms": 50})
            agent.call("step.fail", step="summarise", error={"type": "RateLimit", "message": "429: slow down"})
        time.sleep(0.08)
        if life < 2:
            agent.kill()
            time.sleep(0.2)
    agent.call("checkpoint", step_number=8, state={"phase": "review"}, messages={"all": messages})
    agent.call("state.set", name="progress", value={"done": 12, "of": 14})
    agent.call("artifact.put", artifact="report", type="markdown", description="what was found",
               content="# Tides of Bergen\n\nHigh water at **04:12**, see [the table](https://example.org/t).\n\n"
                       "- spring tide\n- `neap` tide\n\n```\n04:12  1.4 m\n10:31  0.2 m\n```\n[bad](javascript:alert(1))")
    agent.call("artifact.put", artifact="table", type="json", content={"high": "04:12", "n": 2**60})
    agent.call("artifact.put", artifact="source", type="link", content="https://example.org/tides")
    agent.call("stream.append", stream="answer", items=["High ", "water ", "is at ", "04:12."])
    agent.call("promise.create", promise="publish",
               metadata={"question": "Publish the report?", "recipients": 214, "note": HOSTILE})
    agent.send("promise.wait", promise="publish")
    return agent


def unknown(socket: str) -> None:
    """Two payments of which nobody knows whether they happened."""
    for order in ("order-17", "order-18"):
        agent = Puppet(socket)
        agent.call("resume", run=order, workflow="payment", input={"order": order, "amount": "49.90"})
        work(agent, "reserve stock", {"shelf": "B4"})
        agent.call("step.begin", step="charge card", at_most_once=True, fingerprint='["card","49.90"]',
                   metadata={"provider": "stripe"})
        agent.kill()


def crash_loop(socket: str) -> None:
    for _ in range(2):
        agent = Puppet(socket)
        agent.call("resume", run="import-3", workflow="import", max_interruptions=1)
        agent.kill()
        time.sleep(0.1)


def over_budget(socket: str) -> None:
    agent = Puppet(socket)
    agent.call("resume", run="digest-2", workflow="digest", budget={"tokens": 4000, "cost_micros": 20000})
    agent.call("step.begin", step="draft")
    agent.call("step.complete", step="draft", output="…", usage=USAGE)
    agent.call("step.begin", step="polish")
    agent.call("step.complete", step="polish", output="…", usage=USAGE | {"model": "gpt-6-mini", "cost_micros": 9000})
    agent.send("step.begin", step="again")
    agent.answer()
    agent.kill()


def failed(client: Connection, socket: str) -> None:
    for number in range(4):
        agent = Puppet(socket)
        agent.call("resume", run=f"crawl-{number}", workflow="crawl", tags={"site": "example.org"})
        for page in range(3):
            work(agent, f"page {page}", {"bytes": page * 1000})
        agent.call("step.begin", step="parse")
        agent.call("step.fail", step="parse", error={"type": "ValueError", "message": "no such element: <main>"})
        agent.call("run.fail", error={"type": "ValueError", "message": "no such element: <main>"})
        agent.kill()


def completed(socket: str) -> None:
    agent = Puppet(socket)
    for number in range(6):
        agent.call("resume", run=f"nightly/2026-11-{20 + number}", workflow="nightly", input={"day": number})
        for name in ("collect", "rank", "write"):
            work(agent, name, {"name": name, "number": number}, usage=USAGE)
        agent.call("run.complete", output={"lines": 40 + number})
    agent.kill()


def family(client: Connection, socket: str) -> Puppet:
    parent = Puppet(socket)
    parent.call("resume", run="plan-1", workflow="planner")
    work(parent, "split", ["a", "b"])
    for child in ("plan-1/a", "plan-1/b"):
        client.call("run.enqueue", run=child, workflow="worker", queue="agents", parent="plan-1")
    return parent


def queues(client: Connection, socket: str) -> None:
    client.call("queue.put", queue="agents", concurrency=4, rate={"count": 30, "per_ms": 60000})
    for number in range(9):
        client.call("run.enqueue", run=f"job-{number}", workflow="worker", queue="agents", priority=number % 3)
    client.call("queue.put", queue="mail", concurrency=1)
    client.call("queue.pause", queue="mail")
    client.call("limit.put", limit="provider", concurrency=3, rate={"count": 50, "per_ms": 60000})
    client.call("breaker.put", breaker="search", failures=2, cooldown_ms=600000)
    agent = Puppet(socket)
    for number in range(2):
        agent.call("resume", run=f"search-{number}", workflow="search")
        agent.call("step.begin", step="query", breaker="search", limit="provider")
        agent.call("step.fail", step="query", error={"type": "HTTP", "message": "503"})
        agent.call("run.fail", error={"type": "HTTP", "message": "503"})
    agent.kill()


def worker(socket: str) -> Puppet:
    agent = Puppet(socket)
    agent.call("worker.claim", workflows=["worker"], queues=["agents"], worker="w-harbour", code_version="3f2a91c")
    agent.call("step.begin", step="think")
    return agent


def schedules(client: Connection) -> None:
    client.call("schedule.put", schedule="nightly", workflow="nightly", cron="30 3 * * 1-5", time_zone="Europe/Berlin")
    client.call("schedule.put", schedule="poll", workflow="poll", every_ms=900000, paused=True, overlap="skip")
    client.call("schedule.trigger", schedule="nightly", run="nightly/by-hand")


def outside(client: Connection) -> None:
    client.call("event.emit", event="order.paid", value={"order": 17, "note": HOSTILE}, event_id="order-17")
    client.call("webhook.put", webhook="ops", url="http://127.0.0.1:9/hook", events=["order.*"], max_attempts=1)
    client.call("event.emit", event="order.shipped", value={"order": 17})
    client.call("conversation.append", conversation="support-4", entries=[
        {"role": "user", "content": "Where is my parcel?"}, {"role": "assistant", "content": "On its way."}])


def recordings(socket: str) -> None:
    agent = Puppet(socket)
    agent.call("resume", run="agent-9", workflow="assistant")
    agent.call("recording.open", recorder="r" * 22)
    request = {"model": "claude-sonnet-5", "messages": [{"role": "user", "content": "Say hello"}]}
    answer = {"content": [{"type": "text", "text": "Hello!"}], "usage": {"input_tokens": 9, "output_tokens": 3}}
    for number in range(3):
        call = f"call-{number}-{'x' * 22}"
        recording = agent.call(
            "recording.begin", recorder="r" * 22, call=call, upstream="anthropic", http_method="POST",
            path="/v1/messages", keys=[f"key{number}"], model="claude-sonnet-5",
            request={"text": json.dumps(request)})["recording"]  # fmt: skip
        agent.call("recording.complete", run="agent-9", recording=recording, call=call, status=200,
                   content_type="application/json", text=json.dumps(answer), usage=USAGE, duration_ms=812,
                   first_byte_ms=301, finish="end_turn")
    agent.call("run.complete", output="Hello!")
    agent.kill()


def hostile(socket: str) -> None:
    """Script in every field that a client can set."""
    agent = Puppet(socket)
    name = HOSTILE.replace("/", "")
    agent.call("resume", run=HOSTILE, workflow=HOSTILE, tags={HOSTILE: HOSTILE}, metadata={HOSTILE: HOSTILE},
               input=HOSTILE, code_version=HOSTILE)
    agent.call("step.begin", step=HOSTILE, fingerprint=HOSTILE, metadata=HOSTILE)
    agent.call("step.fail", step=HOSTILE, error={"type": HOSTILE, "message": HOSTILE})
    work(agent, "fine", HOSTILE, usage={"model": HOSTILE, "requests": 1})
    agent.call("state.set", name=HOSTILE, value=HOSTILE)
    agent.call("artifact.put", artifact=HOSTILE, type="markdown", content=HOSTILE + "\n# " + HOSTILE, description=HOSTILE)
    agent.call("artifact.put", artifact="link", type="link", content="javascript:window.broken=1")
    agent.call("stream.append", stream=HOSTILE, items=[HOSTILE])
    agent.call("checkpoint", messages={"all": [{"role": HOSTILE, "content": HOSTILE}]}, name=HOSTILE)
    agent.call("promise.create", promise=name, metadata={HOSTILE: HOSTILE})
    agent.send("promise.wait", promise=name)
    return agent


def long_run(socket: str, count: int) -> None:
    """A journal of `count` entries and a failure at its end."""
    client = Connection(socket)
    lease = client.call("resume", run="long-1", workflow="crawler")["lease"]
    for start in range(0, count, 1000):
        calls = [
            {"jsonrpc": "2.0", "id": number, "method": "step.complete",
             "params": {"run": "long-1", "lease": lease, "step": f"page {number}", "output": number}}
            for number in range(start, min(count, start + 1000))
        ]  # fmt: skip
        client.send_line(json.dumps(calls).encode())
        client.read_line()
    client.call("step.begin", run="long-1", lease=lease, step="parse")
    client.call("step.fail", run="long-1", lease=lease, step="parse", error={"message": "no such element"})
    client.close()


def fill(socket: str) -> list[Puppet]:
    """Returns the agents that go on living."""
    client = Connection(socket)
    completed(socket)
    failed(client, socket)
    unknown(socket)
    crash_loop(socket)
    over_budget(socket)
    recordings(socket)
    queues(client, socket)
    schedules(client)
    outside(client)
    return [research(socket), family(client, socket), worker(socket), hostile(socket)]


if __name__ == "__main__":
    agents = fill(sys.argv[1])
    print("filled")
    while True:
        time.sleep(3600)
