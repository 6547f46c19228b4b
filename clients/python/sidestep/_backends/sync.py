"""The connection on threads.

Callers read their replies themselves, one of them at a time, so a step costs no change of
threads. A thread beside them only waits for the hang-up: the client notices a lost connection
while user code blocks, and takes its leases to a new one within the daemon's grace.
"""

from __future__ import annotations

import contextlib
import contextvars
import select
import selectors
import socket
import sys
import threading
import time
import types
from collections.abc import Callable
from threading import Lock as Lock
from threading import Semaphore as Semaphore
from time import sleep as sleep
from typing import Any

from .._errors import TimeoutExpired
from .._wire import LineBuffer, LinkLost, request

_CHUNK = 1 << 18

# Seconds between two moments at which a thread that stands in for another can be interrupted.
_LOOK_UP = 0.2
_here = threading.local()

# Nothing is thrown into a body from outside.
CANCELLED: tuple[type[BaseException], ...] = ()


# What is done with the reply to a request that was given up.
Late = Callable[[dict[str, Any]], object]


class _Waiting:
    __slots__ = ("done", "message")

    def __init__(self) -> None:
        self.done = False
        self.message: dict[str, Any] | None = None


class Link:
    """One connection: lines out, replies back to the callers that wait for them."""

    def __init__(
        self,
        peer: socket.socket,
        lost: Callable[[], None],
        heard: Callable[[dict[str, Any]], None],
    ) -> None:
        self.alive = True
        self._socket = peer
        self._lost = lost
        self._heard = heard
        self._lines = LineBuffer()
        self._waiting: dict[int, _Waiting] = {}
        self._late: dict[int, Late] = {}
        self._writing = threading.Lock()
        self._turn = threading.Condition()
        self._reading = False
        threading.Thread(target=self._watch, name="sidestep", daemon=True).start()

    @classmethod
    def open(
        cls, path: str, lost: Callable[[], None], heard: Callable[[dict[str, Any]], None]
    ) -> Link:
        """Connect to the socket at `path`.

        `lost` runs once when the connection ends. `heard` runs for each notification of the
        daemon, when a caller reads a reply.
        """
        peer = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        try:
            peer.connect(path)
        except BaseException:
            peer.close()
            raise
        return cls(peer, lost, heard)

    def post(self, line: bytes) -> None:
        """Write a line that has no reply."""
        if not self.alive:
            raise LinkLost
        try:
            with self._writing:
                self._socket.sendall(line)
        except OSError:
            self._end()
            raise LinkLost from None
        except BaseException:  # interrupted, perhaps with half a line written
            self._end()
            raise

    def withdraw(self, line: bytes) -> bool:
        """Return False: a posted line is written at once."""
        return False

    def call(
        self,
        identifier: int,
        line: bytes,
        timeout: float | None,
        late: Late | None,
    ) -> dict[str, Any]:
        """Write a request and wait for its reply.

        A caller whose time is over gives the request up; `late` is called with a reply that comes
        all the same.
        """
        waiting = self._waiting[identifier] = _Waiting()
        try:
            self.post(line)
            end = None if timeout is None else time.monotonic() + timeout
            while not waiting.done:
                self._take_turn(waiting, timeout, end)
            if waiting.message is None:
                raise LinkLost
            return waiting.message
        except TimeoutExpired:
            self._give_up(identifier, waiting, late)
            raise
        finally:
            self._waiting.pop(identifier, None)

    def _give_up(self, identifier: int, waiting: _Waiting, late: Late | None) -> None:
        if late is not None:
            self._late[identifier] = late
        with contextlib.suppress(LinkLost):
            self.post(request(None, "rpc.cancel", {"id": identifier}))
        if waiting.message is not None and self._late.pop(identifier, None) is not None:
            assert late is not None
            late(waiting.message)

    def close(self) -> None:
        """End the connection; nobody is told."""
        self.alive = False
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def leave(self) -> None:
        """Let go of a connection that is another process's."""
        self.alive = False
        self._socket.close()

    def _take_turn(self, waiting: _Waiting, timeout: float | None, end: float | None) -> None:
        """Read when nobody else does, else wait until somebody has read."""
        mine = False
        try:
            with self._turn:
                while self._reading and not waiting.done:
                    if not self._turn.wait(_left(end)):
                        raise _expired(timeout)
                if waiting.done:
                    return
                mine = self._reading = True
            self._read(timeout, end)
        except TimeoutExpired:
            raise
        except BaseException:  # interrupted, perhaps with what was read in hand
            self._end()
            raise
        finally:
            if mine:
                with self._turn:
                    self._reading = False
                    self._turn.notify_all()

    def _read(self, timeout: float | None, end: float | None) -> None:
        if not self.alive and not self._waiting:
            return
        if end is not None or hasattr(_here, "looks_up"):
            self._wait_for_data(timeout, end)
        try:
            data = self._socket.recv(_CHUNK)
        except OSError:
            data = b""
        if not data:
            self._end()
            for waiting in list(self._waiting.values()):
                waiting.done = True
            return
        for message in self._lines.feed(data):
            if "method" in message:
                self._heard(message)
                continue
            found = self._waiting.get(message.get("id") or 0)
            if found is not None:
                found.message = message
                found.done = True
            # After the message: whoever gives up looks in the other order.
            if self._late and (late := self._late.pop(message.get("id") or 0, None)) is not None:
                late(message)

    def _wait_for_data(self, timeout: float | None, end: float | None) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLIN)
        while True:
            left = _left(end)
            # An exception that another thread raises here comes between two calls of the system.
            span = _LOOK_UP if left is None else min(left, _LOOK_UP)
            if poll.poll(span * 1000):
                return
            if left is not None and left <= span:
                raise _expired(timeout)

    def _end(self) -> None:
        # The watcher hears the shutdown, tells the client and closes the socket.
        self.alive = False
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass

    def _watch(self) -> None:
        poll = select.poll()
        poll.register(self._socket, select.POLLRDHUP)
        poll.poll()
        self.alive = False
        self._lost()
        with self._turn:
            while self._reading:
                self._turn.wait()
            self._reading = True  # for good: nobody reads a closed socket
            for waiting in list(self._waiting.values()):
                waiting.done = True
            self._turn.notify_all()
        self._socket.close()


def _left(end: float | None) -> float | None:
    return None if end is None else max(0.0, end - time.monotonic())


def _expired(timeout: float | None) -> TimeoutExpired:
    return TimeoutExpired(f"no reply within {timeout} s", data={"which": "call"})


def call_body(function: Callable[..., Any], args: Any, kwargs: Any, timeout: float | None) -> Any:
    """Call the body of a step; the daemon alone watches its time."""
    return _plain(function(*args, **kwargs))


def call_workflow(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call the function of a workflow."""
    return _plain(function(*args, **kwargs))


def _plain(result: Any) -> Any:
    if isinstance(result, types.CoroutineType):
        result.close()
        raise TypeError("an async function needs an async workflow; see sidestep.connect()")
    return result


def in_slots(function: Callable[..., None], argument: Any, count: int) -> None:
    """Call the function in `count` threads; return, or raise what one raised, when all are over."""
    errors: list[BaseException] = []

    def work() -> None:
        try:
            function(argument)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work, name=f"sidestep-{number}") for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def contained(function: Callable[[Any], None], run: Any) -> None:
    """Call the function, which raises nothing, for a run that a worker executes."""
    function(run)


def in_thread(function: Callable[..., None], *args: Any) -> None:
    """Call a blocking function."""
    function(*args)


def check_caller() -> object:
    """Return None; say it once when a running event loop is blocked outside of a notebook."""
    if _loop_runs() and "ipykernel" not in sys.modules:
        import warnings

        warnings.warn(
            "the blocking client holds up the running event loop; use the one on asyncio:"
            " `await sidestep.connect()`, or an `async def` workflow",
            RuntimeWarning,
            stacklevel=2,
        )
    return None


def _loop_runs() -> bool:
    asyncio = sys.modules.get("asyncio")
    return asyncio is not None and asyncio._get_running_loop() is not None


def aside(function: Callable[..., Any], *args: Any) -> Any:
    """Call the function: in a thread of its own where an event loop runs, as in a notebook.

    What it calls may then have a loop of its own. An interrupt of the caller reaches it.
    """
    if not _loop_runs():
        return function(*args)
    check_caller()
    done: list[Any] = []
    failed: list[BaseException] = []

    def work() -> None:
        _here.looks_up = True
        try:
            done.append(function(*args))
        except BaseException as error:
            failed.append(error)
        finally:
            over.set()

    # Not `join`: interrupted, it takes the thread for ended before Python 3.13.
    over = threading.Event()
    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True)
    thread.start()
    while not over.is_set():
        try:
            over.wait()
        except KeyboardInterrupt:
            _raise_in(thread, KeyboardInterrupt)
    if failed:
        raise failed[0]
    return done[0]


def _raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    import ctypes

    ctypes.pythonapi.PyThreadState_SetAsyncExc(
        ctypes.c_ulong(thread.ident or 0), ctypes.py_object(error)
    )


def follow() -> None:
    """Note nothing: a thread is known by itself."""


# A call that fits no record waits for so long after the last time that another got one, seconds.
_PAUSES = (0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4)


class Branches:
    """The threads that a run consists of, for calls that fit no record: others may get theirs."""

    def __init__(self) -> None:
        self._root = threading.current_thread()
        self._lock = threading.Lock()
        self._carried = 0
        self._waiting: set[threading.Thread] = set()

    def begin(self) -> None:
        """Note that something was handed to another thread."""
        with self._lock:
            self._carried += 1

    def end(self, _: object = None) -> None:
        """Note that it has ended."""
        with self._lock:
            self._carried -= 1

    def settle(self, run: Any, base: str) -> bool | None:
        """Wait until it is known whether another thread will get the record that is left.

        True says that one got a record, False that all others wait as well, None that some get on
        by themselves and got none for a while.
        """
        before = run._calls.given
        with self._lock:
            self._waiting.add(threading.current_thread())
        try:
            for pause in _PAUSES:
                if not self._get_on():
                    return False
                sleep(pause)
                if run._calls.given != before:
                    return True
            return None
        finally:
            with self._lock:
                self._waiting.discard(threading.current_thread())

    def _get_on(self) -> bool:
        with self._lock:
            others = self._carried - len(self._waiting - {self._root})
            root_waits = self._root in self._waiting
        return others > 0 or not (root_waits or _is_blocked(self._root))


# Where a thread stands that waits.
_WAITING = {"concurrent", "queue", "selectors", "threading"}


def _is_blocked(thread: threading.Thread) -> bool:
    """Whether a thread waits, for a lock, a future, what its loop hears, and not in a call of ours.

    Which thread wakes it, nobody can tell; one that waits for a pool is the usual case.
    """
    frame = sys._current_frames().get(thread.ident or 0)
    if frame is not None and frame.f_code.co_filename not in (
        threading.__file__,
        selectors.__file__,
    ):
        return False
    while frame is not None and _package(frame) in (
        "threading",
        "selectors",
        "concurrent",
        "queue",
    ):
        frame = frame.f_back
    return frame is None or _package(frame) != "sidestep"


def _package(frame: types.FrameType) -> str:
    return str(frame.f_globals.get("__name__")).partition(".")[0]
