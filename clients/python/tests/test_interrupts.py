"""Control-C within calls of the client on threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from daemon import Daemon

import sidestep

# `in_call` keeps what comes outside of a call from ending the program instead.
PROGRAM = """
import faulthandler, os, signal, sys, threading, time
import sidestep, sidestep.sync

# Whoever waits for ever says where.
faulthandler.dump_traceback_later(100, exit=True)
client = sidestep.sync.connect()
main = os.getpid()
in_call = False
interrupted = 0

# Twice in a call at most: what catches the first may be hit by the second, and nothing by a third.
left = 0

def interrupt(*_):
    global left
    if in_call and left > 0:
        left -= 1
        raise KeyboardInterrupt

def press(pause):
    while not over:
        time.sleep(pause)
        os.kill(main, signal.SIGINT)

def interrupted_call(method, params):
    global in_call, interrupted, left
    try:
        try:
            in_call, left = True, 2
            client.call(method, params)
        except KeyboardInterrupt:
            interrupted += 1
        finally:
            in_call = False
    except KeyboardInterrupt:
        in_call = False

def pressing(pause):
    global over
    over = False
    signal.signal(signal.SIGINT, interrupt)
    thread = threading.Thread(target=press, args=(pause,))
    thread.start()
    return thread

def released(thread):
    global over
    over = True
    thread.join()
"""

LARGE_CALLS = """
big = "x" * (2 << 20)
thread = pressing(0.003)
for number in range(60):
    interrupted_call("run.enqueue", {"run": f"RUN-{number}", "workflow": "w", "input": [big]})
released(thread)
for number in range(60):
    name = f"RUN-{number}"
    client.call("run.enqueue", {"run": name, "workflow": "w", "input": [big]})
    found = client.get(name)
    assert found["run"]["id"] == name and found["input"] == [big], "not what was sent"
print(interrupted)
"""

# Small calls are within the locks of the connection for most of their time.
SMALL_CALLS = """
got = []
def beside():
    while not ended:
        got.append(client.call("ping"))

ended = False
others = [threading.Thread(target=beside) for _ in range(3)]
for other in others:
    other.start()
thread = pressing(0.0002)
end = time.monotonic() + 8
while time.monotonic() < end:
    interrupted_call("ping", None)
released(thread)
before = len(got)
while len(got) < before + 100:
    time.sleep(0.001)
ended = True
for other in others:
    other.join()
client.call("ping")
assert threading.active_count() < 20, threading.enumerate()
print(interrupted)
"""

EVERY_POINT = """
# An interrupt is heard when a function of Python begins and when one of C has returned.
def interrupted_at(point):
    passed = 0
    def heard(frame, event, function):
        nonlocal passed
        if event in ("call", "c_return"):
            passed += 1
            if passed == point:
                raise KeyboardInterrupt  # which unsets it as well
    try:
        sys.setprofile(heard)
        client.call("ping")
        sys.setprofile(None)
    except KeyboardInterrupt:
        return True
    return False

for is_connected in True, False:
    point = 0
    while True:
        point += 1
        client.call("ping")
        if not is_connected:
            client._link.close()
        if not interrupted_at(point):
            break
        beside = threading.Thread(target=client.call, args=("ping",), daemon=True)
        beside.start()
        beside.join(20)
        assert not beside.is_alive(), f"something is locked after an interrupt at point {point}"
    print(point)
os._exit(0)
"""

# What is Python and waits with a condition is divided by two interrupts: a RuntimeError comes out.
DIVISIBLE = """
def divided(*_):
    raise RuntimeError("cannot release un-acquired lock")

main_thread = threading.current_thread()
for divisible in threading.Condition, threading.Event, threading.Semaphore:
    for name in "wait", "acquire":
        if hasattr(divisible, name):
            setattr(divisible, name, divided)
threading.Thread.start = divided
for _ in range(3):
    client._link.close()
    client.call("ping")
print(3)
os._exit(0)
"""


def said_by(program: str, run_id: str) -> list[int]:
    """Run a program whose calls are interrupted; the numbers that it prints."""
    path = str(Path(sidestep.__file__).parents[1])
    ended = subprocess.run(
        [sys.executable, "-X", "faulthandler", "-c", (PROGRAM + program).replace("RUN", run_id)],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == 0, ended.stderr
    return [int(line) for line in ended.stdout.splitlines()]


def test_control_c_within_a_large_call_leaves_no_half_of_a_line(
    daemon: Daemon, run_id: str
) -> None:
    assert said_by(LARGE_CALLS, run_id)[0] > 0


def test_control_c_at_any_moment_leaves_no_lock_behind_and_other_threads_go_on(
    daemon: Daemon, run_id: str
) -> None:
    assert said_by(SMALL_CALLS, run_id)[0] > 0


def test_control_c_at_every_point_of_a_call_leaves_no_lock_behind(
    daemon: Daemon, run_id: str
) -> None:
    connected, opening = said_by(EVERY_POINT, run_id)
    assert 10 < connected < opening


def test_a_call_waits_with_nothing_that_two_interrupts_divide(daemon: Daemon, run_id: str) -> None:
    assert said_by(DIVISIBLE, run_id) == [3]
