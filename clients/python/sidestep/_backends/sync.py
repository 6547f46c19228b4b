"""What the client on threads is made of; its connection is in `_link` and `_reading`."""

from __future__ import annotations

import contextvars
import selectors
import sys
import threading
import time
import types
from collections.abc import Callable
from threading import Lock as Lock
from time import sleep as sleep
from typing import Any, Generic, TypeVar

from .._failures import still_going
from ._link import Link as Link
from ._reading import HERE, LOOK_UP

T = TypeVar("T")

# Nothing is thrown into a body from outside.
CANCELLED: tuple[type[BaseException], ...] = ()


def call_body(function: Callable[..., Any], args: Any, kwargs: Any, timeout: float | None) -> Any:
    """Call the body of a step; the daemon alone watches its time."""
    result = function(*args, **kwargs)
    return _plain(result) if isinstance(result, types.CoroutineType) else result


def call_workflow(function: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Call the function of a workflow."""
    return _plain(function(*args, **kwargs))


def _plain(result: Any) -> Any:
    if isinstance(result, types.CoroutineType):
        result.close()
        raise TypeError("an async function needs an async workflow; see sidestep.connect()")
    return result


def join(thread: threading.Thread) -> None:
    """Wait for the end of a thread, and hear signals meanwhile.

    One that comes just before the main thread goes to sleep, or that the kernel gives to another
    thread, does not wake it: its handler is called when it looks up.
    """
    while thread.is_alive():
        thread.join(LOOK_UP)


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
        join(thread)
    if errors:
        raise errors[0]


def contained(function: Callable[[Any], None], run: Any) -> None:
    """Call the function, which raises nothing, for a run that a worker executes."""
    function(run)


class Background(Generic[T]):
    """Something that a thread of its own does; the program does not end before it."""

    def __init__(self, function: Callable[..., T], *args: Any) -> None:
        from concurrent.futures import ThreadPoolExecutor

        pool = ThreadPoolExecutor(1, "sidestep")
        self._future = pool.submit(function, *args)
        pool.shutdown(wait=False)

    def result(self, timeout: float | None) -> T:
        """Return what it returns, or raise what it raises; the time-out leaves it going on."""
        from concurrent.futures import wait

        end = None if timeout is None else time.monotonic() + timeout
        while not self._future.done():
            left = LOOK_UP if end is None else min(LOOK_UP, end - time.monotonic())
            if left <= 0:
                raise still_going(timeout)
            wait([self._future], left)
        return self._future.result()


def in_thread(function: Callable[..., T], *args: Any) -> T:
    """Call a blocking function."""
    return function(*args)


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
    ended: list[bool] = []

    def work() -> None:
        HERE.looks_up = True
        try:
            done.append(function(*args))
        except BaseException as error:
            failed.append(error)
        finally:
            ended.append(True)
            over.release()

    # Not `join`: interrupted, it takes the thread for ended before Python 3.13. Nor an Event: an
    # interrupt within its `set` would leave the caller waiting.
    over = threading.Lock()
    over.acquire()
    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), daemon=True)
    thread.start()
    while not ended:
        try:
            over.acquire(timeout=LOOK_UP)
        except KeyboardInterrupt:
            _raise_in(thread, KeyboardInterrupt)
    if done:
        return done[0]
    raise failed[0] if failed else KeyboardInterrupt  # interrupted while it noted how it ended


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
