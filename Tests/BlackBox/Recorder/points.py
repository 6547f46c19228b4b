"""One run that is stopped at an exact point between recorder and daemon, and somebody who dies there."""

from __future__ import annotations

import signal
import subprocess
import sys
from typing import Any

from stage import HANG, HERE, Stage, Supervised, comes

#: Three turns, by hand: what was told of each, in a file that every start writes anew.
TURNS = """
import http.client, json, os, pathlib, re, sys, time
from urllib.parse import urlsplit
base = urlsplit(os.environ["OPENAI_BASE_URL"])
out = pathlib.Path(os.environ["OUT"])
def ask(text):
    connection = http.client.HTTPConnection(base.netloc, timeout=300)
    body = json.dumps({"model": "m", "stream": True, "messages": [{"role": "user", "content": text}]})
    connection.request("POST", base.path + "/chat/completions", body, {"content-type": "application/json"})
    response = connection.getresponse()
    told = response.read().decode()
    if response.status != 200:
        return told
    words = json.loads("[" + ",".join(re.findall(r'"content": ("[^"]*")', told)) + "]")
    return "".join(words) + (" and all" if "[DONE]" in told else "")
def turns(count=3):
    told = []
    for turn in range(count):
        told.append(ask(f"{out.stem} turn {turn} [words:4]" + os.environ.get("TROUBLE", "").replace("%", str(turn))))
        out.write_text("\\n".join(told))
while "AGAIN" in os.environ and os.environ["SIDESTEP_EPOCH"] != "1" and not os.path.exists(os.environ["AGAIN"]):
    time.sleep(0.005)
out.write_text("")
out.with_suffix(".pid").write_text(str(os.getpid()))
"""
RIGHT = "SAMPLE {} word0 word1 and all"


class Point:
    """A run whose second call stops at a message, with everybody who can die there."""

    def __init__(self, stage: Stage, run: str, method: str, side: str, *options: str) -> None:
        self.stage, self.run, self.method, self.side, self.options = stage, run, method, side, options
        self.place = stage.folder / f"{run}.sock"
        #: Further starts of the agent wait for this file.
        self.again = stage.folder / f"{run}.again"
        self.relay = subprocess.Popen(
            [sys.executable, str(HERE / "relay.py"), str(self.place), stage.daemon.socket, method, "2", side],
            stdout=subprocess.PIPE,
        )  # fmt: skip
        assert self.relay.stdout is not None
        self.relay.stdout.readline()
        self.supervised = self.start(SIDESTEP_SOCKET=str(self.place))

    def __enter__(self) -> Point:
        comes("the point", self.place.with_suffix(".held").exists)
        return self

    def __exit__(self, *_: object) -> None:
        self.supervised.kill()
        self.end_relay()
        assert self.relay.stdout is not None
        self.relay.stdout.close()

    def start(self, **environment: str) -> Supervised:
        environment["AGAIN"] = str(self.again)
        return self.stage.program(self.run, TURNS + "turns()", *self.options, **environment)

    def end_relay(self) -> None:
        self.relay.send_signal(signal.SIGKILL)
        self.relay.wait(HANG)

    def dies(self, who: str) -> None:
        """Kill it, let the message go, and let everything come to its end."""
        match who:
            case "agent":
                self.stage.kill_agent(self.run)
            case "daemon":
                self.stage.daemon.restart()
            case "supervisor":
                # The relay is the owner that the daemon knows.
                self.supervised.kill()
                self.end_relay()
                self.supervised = self.start()
        self.goes(who == "agent" and (self.method, self.side) == ("recording.begin", "answer"))
        status = self.supervised.end()
        assert status == 0, f"{who}: status {status}\n{self.supervised.said}"

    def goes(self, is_withdrawn: bool) -> None:
        """Let the message go, and then the agent's next start.

        A start that asks while its call is still being written down would take that over: only then is nothing withdrawn.
        """
        self.place.with_suffix(".go").touch()
        if is_withdrawn:
            comes("the call that nobody waits for", lambda: "cancelled" in self.states)
        self.again.touch()

    # MARK: What is there

    @property
    def told(self) -> list[str]:
        """What the agent was told, turn by turn."""
        return [line for line in (self.stage.folder / f"{self.run}.out").read_text().split("\n") if line]

    @property
    def recordings(self) -> list[dict[str, Any]]:
        return list(self.stage.call("recording.list", run=self.run)["recordings"])

    @property
    def states(self) -> list[str]:
        return sorted(entry["state"] for entry in self.recordings)


