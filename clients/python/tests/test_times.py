"""One convention of time: seconds or a timedelta, datetime for dates; older names warn and work."""

from __future__ import annotations

import datetime as dt
import warnings
from typing import Any

import pytest
from daemon import Daemon

import sidestep
from sidestep import sync
from sidestep._options import RunOptions, StepOptions
from sidestep._times import epoch, milliseconds, seconds

AT = dt.datetime(2030, 1, 1, tzinfo=dt.timezone.utc)
AT_MS = 1893456000000


def test_a_span_is_a_number_of_seconds_or_a_timedelta() -> None:
    assert milliseconds(1.5) == milliseconds(dt.timedelta(seconds=1.5)) == 1500
    assert milliseconds(None) is None
    assert seconds(dt.timedelta(minutes=1)) == 60
    assert epoch(AT) == epoch(AT.astimezone(dt.timezone(dt.timedelta(hours=5)))) == AT_MS
    assert epoch(AT_MS) == AT_MS
    with pytest.raises(ValueError, match="no time zone"):
        epoch(AT.replace(tzinfo=None))


OLDER: list[tuple[Any, Any]] = [
    (
        lambda: sidestep.Retry(2, initial_ms=5, max_ms=1500, delays_ms=[10]).to_wire(),  # type: ignore[arg-type]
        lambda: sidestep.Retry(2, initial=0.005, max=1.5, delays=[0.01]).to_wire(),
    ),
    (
        lambda: RunOptions(deadline_at=AT_MS, ttl_ms=1500).params,  # type: ignore[arg-type]
        lambda: RunOptions(deadline=AT, ttl=dt.timedelta(seconds=1.5)).params,
    ),
    (
        lambda: StepOptions(timeouts={"heartbeat_ms": 1500}).params,
        lambda: StepOptions(timeouts={"heartbeat": 1.5}).params,
    ),
]


@pytest.mark.parametrize(("older", "now"), OLDER)
def test_an_older_name_warns_where_it_is_used_and_goes_on_to_work(older: Any, now: Any) -> None:
    with pytest.warns(DeprecationWarning, match="now: seconds or a timedelta") as caught:
        found = older()
    assert {warning.filename for warning in caught} == {__file__}
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert now() == found


def test_a_name_that_never_was_is_refused() -> None:
    for call in (
        lambda: sidestep.Retry(initial_s=1),  # type: ignore[arg-type]
        lambda: RunOptions(deadlin=1),  # type: ignore[arg-type]
        lambda: StepOptions(timeouts={"hartbeat": 1}),
    ):
        with pytest.raises(TypeError, match="unexpected keyword"):
            call()


def test_times_of_runs_waits_and_queues(daemon: Daemon, run_id: str) -> None:
    with sync.connect(wait=dt.timedelta(seconds=5)) as client:
        run = client.resume(run_id, deadline=AT)
        assert run.info["deadline_at"] == AT_MS
        run.sleep(dt.timedelta(milliseconds=1))
        run.sleep_until(dt.datetime.now(dt.timezone.utc))
        with pytest.raises(sidestep.TimeoutExpired):
            run.wait_signal("s", timeout=dt.timedelta(milliseconds=1))
        past = dt.datetime.now(dt.timezone.utc) - dt.timedelta(hours=1)
        with pytest.raises(sidestep.TimeoutExpired):
            run.wait_promise("p", until=past)
        assert run.wait_first("f", signals=["s"], until=past).by == "time"
        with pytest.warns(DeprecationWarning, match="until_at is until now"):
            assert run.wait_first("g", signals=["s"], until_at=1).by == "time"  # type: ignore[arg-type]
        names = [item["step"] for item in client.steps(run_id)]
        assert names[0] == "sleep:0.001s"
        with pytest.warns(DeprecationWarning, match="grace_ms is grace now"):
            client.cancel(run_id, grace_ms=0)  # type: ignore[arg-type]
        day = dt.timedelta(days=1)
        handle = client.enqueue("w", delay=day, tags={"a": "b"}, priority=2)
        info = handle.info()["run"]
        assert (info["tags"], info["priority"]) == ({"a": "b"}, 2)
        with pytest.warns(DeprecationWarning, match="delay_ms is delay now"):
            client.enqueue("w", delay_ms=86_400_000)  # type: ignore[call-arg]
        rule = client.schedules.put(
            run_id, "w", every=dt.timedelta(hours=1), start_at=AT, end_at=AT + day
        )
        assert (rule["every_ms"], rule["start_at"]) == (3_600_000, AT_MS)


class Busy(Exception):
    def __init__(self, retry_after: Any) -> None:
        super().__init__("busy")
        self.retry_after = retry_after


@pytest.mark.parametrize(
    ("after", "told"),
    [(1.5, 1500), (dt.timedelta(seconds=2), 2000), ("3", None), (True, None), (-1, None)],
)
def test_an_exception_says_in_seconds_when_to_try_again(after: Any, told: int | None) -> None:
    from sidestep._failures import step_failure

    assert step_failure(Busy(after)).get("retry_after_ms") == told
    limited = sidestep.RateLimited("no", data={"retry_after_ms": 250})
    assert limited.retry_after == 0.25
