"""Where the calling code stands in a trace: OpenTelemetry's context, if that is installed."""

from __future__ import annotations

import os
import re
import sys
from typing import Any

from ._context import RUN, STEP

# W3C Trace Context, version 00 and what it leaves to later ones.
_FORM = re.compile(
    r"(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(?:-.*)?"
)
_WORD = (1 << 64) - 1


def begun_here(params: dict[str, Any]) -> dict[str, Any]:
    """Return what opens a run, with the span that it is opened in unless it says another one.

    That is OpenTelemetry's current span, else the step or the run whose body executes, else what
    the environment says (``TRACEPARENT``).
    """
    trace = sys.modules.get("opentelemetry.trace")
    span = None if trace is None else trace.get_current_span().get_span_context()
    inner = STEP.get() or RUN.get()
    here = os.environ.get("TRACEPARENT")
    if span is not None and span.is_valid:
        here = f"00-{span.trace_id:032x}-{span.span_id:016x}-{int(span.trace_flags):02x}"
    elif inner is not None and inner.traceparent is not None:
        here = inner.traceparent
    if not here or "traceparent" in params or _FORM.fullmatch(here) is None:
        return params
    return {**params, "traceparent": here}


def of_step(run: str, step: str, attempt: int) -> str:
    """Return the span of an attempt, given that of its run: the daemon has the same rule."""
    _, trace, span, flags = run.split("-")
    return f"00-{trace}-{_name(f'{span}/step/{attempt}/{step}')}-{flags}"


def _name(text: str) -> str:
    # FNV-1a, mixed as MurmurHash3 does at its end: as RunTrace of the daemon.
    number = 0xCBF29CE484222325
    for byte in text.encode(errors="surrogatepass"):
        number = (number ^ byte) * 0x100000001B3 & _WORD
    number = (number ^ number >> 33) * 0xFF51AFD7ED558CCD & _WORD
    number = (number ^ number >> 33) * 0xC4CEB9FE1A85EC53 & _WORD
    return f"{number ^ number >> 33 or 1:016x}"


def attach(inner: Any) -> Any:
    """Make a run's or a step's span OpenTelemetry's current one; return what `detach` takes.

    None when it is in no trace, or OpenTelemetry is not installed.
    """
    place = inner.traceparent
    form = None if place is None else _FORM.fullmatch(place)
    if form is None:
        return None
    try:
        from opentelemetry import context, trace
    except ImportError:
        return None
    numbers = (int(part, 16) for part in form.groups())
    trace_id, span_id, flags = numbers
    span = trace.SpanContext(trace_id, span_id, is_remote=True, trace_flags=trace.TraceFlags(flags))
    return context.attach(trace.set_span_in_context(trace.NonRecordingSpan(span)))


def detach(token: Any) -> None:
    """End what `attach` began."""
    from opentelemetry import context

    context.detach(token)
