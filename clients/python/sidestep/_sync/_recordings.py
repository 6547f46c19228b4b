# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.
"""Calls that a recorder sends for a run's program and writes down."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._times import milliseconds
from ._asking import Facts, Many, Questions

if TYPE_CHECKING:
    from .._times import Span


def _body(data: bytes | str | None) -> dict[str, str]:
    """Return a body as the protocol has it: text where it is UTF-8 without NUL, else base64."""
    if data is None:
        return {}
    if isinstance(data, str):
        data = data.encode()
    try:
        text = data.decode()
    except UnicodeDecodeError:
        text = "\0"
    return {"base64": b64encode(data).decode()} if "\0" in text else {"text": text}


class Recordings(Questions):
    """The recorded calls of runs; `Client.recordings` is this."""

    def open(
        self,
        recorder: str,
        *,
        run: str | None = None,
        lease: str | None = None,
        retain: Span | None = None,
        forget_on_success: bool | None = None,
    ) -> Facts:
        """Take a run up as its recorder; return the key of requests (``recording.open``).

        Bodies are kept as long as the run, or for `retain` after its end, or until it completes.
        """
        return self._ask(  # type: ignore[no-any-return]
            "recording.open",
            run=run,
            lease=lease,
            recorder=recorder,
            retain_ms=milliseconds(retain),
            forget_on_success=forget_on_success,
        )

    def begin(
        self,
        recorder: str,
        call: str,
        *,
        upstream: str,
        http_method: str,
        path: str,
        keys: Sequence[str],
        run: str | None = None,
        lease: str | None = None,
        model: str | None = None,
        stream: bool | None = None,
        tool_refs: Sequence[str] | None = None,
        sealed: str | None = None,
        reserve: Mapping[str, int] | None = None,
        request: bytes | str | None = None,
        cuts: Sequence[int] | None = None,
        base: int | None = None,
    ) -> int:
        """Write a call down before it is sent; return its number (``recording.begin``)."""
        body: dict[str, Any] | None = None
        if request is not None:
            body = {**_body(request), "cuts": cuts and list(cuts), "base": base}
        reply = self._ask(
            "recording.begin",
            run=run,
            lease=lease,
            recorder=recorder,
            call=call,
            upstream=upstream,
            http_method=http_method,
            path=path,
            keys=list(keys),
            model=model,
            stream=stream,
            tool_refs=tool_refs and list(tool_refs),
            sealed=sealed,
            reserve=reserve and dict(reserve),
            request=body,
        )
        return reply["recording"]  # type: ignore[no-any-return]

    def complete(
        self,
        run: str,
        recording: int,
        call: str,
        body: bytes | str,
        *,
        status: int,
        headers: Sequence[Sequence[str]] | None = None,
        content_type: str | None = None,
        splits: Sequence[int] | None = None,
        pauses: Sequence[int] | None = None,
        usage: Mapping[str, Any] | None = None,
        usage_source: str | None = None,
        tool_ids: Sequence[str] | None = None,
        finish: str | None = None,
        model: str | None = None,
        first_byte: Span | None = None,
        duration: Span | None = None,
        tries: int | None = None,
    ) -> Facts:
        """Record the answer of a call, byte for byte, without a lease (``recording.complete``)."""
        data = _body(body)
        reply = self._ask(
            "recording.complete",
            run=run,
            recording=recording,
            call=call,
            status=status,
            headers=headers and [list(header) for header in headers],
            content_type=content_type,
            text=data.get("text"),
            base64=data.get("base64"),
            splits=splits and list(splits),
            pauses=pauses and list(pauses),
            usage=usage and dict(usage),
            usage_source=usage_source,
            tool_ids=tool_ids and list(tool_ids),
            finish=finish,
            model=model,
            first_byte_ms=milliseconds(first_byte),
            duration_ms=milliseconds(duration),
            tries=tries,
        )
        return reply["recording"]  # type: ignore[no-any-return]

    def fail(
        self,
        run: str,
        recording: int,
        call: str,
        state: str,
        *,
        status: int | None = None,
        message: str | None = None,
        usage: Mapping[str, Any] | None = None,
        usage_source: str | None = None,
        tries: int | None = None,
    ) -> Facts:
        """Record that a call came to nothing that may be given again (``recording.fail``)."""
        reply = self._ask(
            "recording.fail",
            run=run,
            recording=recording,
            call=call,
            state=state,
            status=status,
            message=message,
            usage=usage and dict(usage),
            usage_source=usage_source,
            tries=tries,
        )
        return reply["recording"]  # type: ignore[no-any-return]

    def list(
        self,
        run: str,
        *,
        generation: int | None = None,
        after: int | None = None,
        limit: int | None = None,
        states: Sequence[str] | None = None,
    ) -> Many:
        """Return the recordings of a run in their order, up to `limit` (``recording.list``)."""
        found: Many = []
        while True:
            page = self._ask(
                "recording.list",
                run=run,
                generation=generation,
                after=after,
                limit=limit,
                max_bytes=None,
                states=states and list(states),
            )
            found += page["recordings"]
            after = page.get("more")
            if after is None or limit:
                return found

    def get(
        self,
        run: str,
        recording: int,
        *,
        generation: int | None = None,
        request: bool | None = None,
    ) -> Facts:
        """Return a recording with what came back, and what was sent (``recording.get``)."""
        return self._ask(  # type: ignore[no-any-return]
            "recording.get", run=run, generation=generation, recording=recording, request=request
        )

    def diff(
        self,
        run: str,
        recording: int,
        *,
        other: int | None = None,
        against: str | None = None,
    ) -> Facts:
        """Return where a request differs from another, by JSON pointers (``recording.diff``)."""
        return self._ask(  # type: ignore[no-any-return]
            "recording.diff", run=run, recording=recording, other=other, against=against
        )

    def reroll(self, run: str, recording: int, *, superseded_by: int | None = None) -> Facts:
        """Have an answer not given again: the next is a new one (``recording.reroll``)."""
        reply = self._ask(
            "recording.reroll", run=run, recording=recording, superseded_by=superseded_by
        )
        return reply["recording"]  # type: ignore[no-any-return]
