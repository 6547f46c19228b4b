"""Steps that the daemon executes: programs and requests, which go on when this process is gone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .._failures import step_failed
from .._retry import RetryLike, retry_to_wire
from .._times import milliseconds
from ._waits import Waits

if TYPE_CHECKING:
    from .._times import Span

Facts = dict[str, Any]


class DaemonSteps(Waits):
    """What a run can have the daemon do for it."""

    async def execute(
        self,
        step: str,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        cwd: str | None = None,
        stdin: str | None = None,
        timeout: Span | None = None,
        kill_grace: Span | None = None,
        max_output_bytes: int | None = None,
        retry: RetryLike | None = None,
        at_most_once: bool | None = None,
    ) -> Facts:
        """Have the daemon execute a program as the step `step`; return ``exit`` and its output.

        It goes on when this process is gone. Any exit but 0 is a failure (``run-step``).
        """
        program = {
            "argv": list(argv),
            "env": env and dict(env),
            "cwd": cwd,
            "stdin": stdin,
            "timeout_ms": milliseconds(timeout),
            "kill_grace_ms": milliseconds(kill_grace),
            "max_output_bytes": max_output_bytes,
        }
        return await self._by_daemon(step, "exec", program, retry, at_most_once)

    async def request(
        self,
        step: str,
        url: str,
        *,
        method: str | None = None,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        body_text: str | None = None,
        body_file: str | None = None,
        timeout: Span | None = None,
        redirects: int | None = None,
        accept: Sequence[int] | None = None,
        response_headers: Sequence[str] | None = None,
        max_response_bytes: int | None = None,
        idempotency_key: bool | None = None,
        retry: RetryLike | None = None,
        at_most_once: bool | None = None,
    ) -> Facts:
        """Have the daemon make an HTTP request as the step `step`; return ``status`` and ``body``.

        `body` is sent as JSON. The step's idempotency key goes with it (``run-step``).
        """
        request = {
            "url": url,
            "method": method,
            "headers": headers and dict(headers),
            "body": body,
            "body_text": body_text,
            "body_file": body_file,
            "timeout_ms": milliseconds(timeout),
            "redirects": redirects,
            "accept": accept and list(accept),
            "response_headers": response_headers and list(response_headers),
            "max_response_bytes": max_response_bytes,
            "idempotency_key": idempotency_key,
        }
        return await self._by_daemon(step, "http", request, retry, at_most_once)

    async def _by_daemon(
        self, step: str, kind: str, what: Facts, retry: RetryLike | None, once: bool | None
    ) -> Facts:
        name = self._name_of(step)
        record = self._journal.get(name)
        if record is not None and record["status"] == "failed":
            raise step_failed(self.id, name, record.get("error"))
        if record is None or record["status"] != "completed":
            self.replaying = False
            given = {key: value for key, value in what.items() if value is not None}
            params: Facts = {"step": name, kind: given, "retry": retry_to_wire(retry, None, None)}
            params["at_most_once"] = once
            told = {key: value for key, value in params.items() if value is not None}
            reply = await self._call("run-step", told)
            record = {"step": name, "status": "completed", "output": reply["output"]}
            self._journal[name] = record
        return record["output"]  # type: ignore[no-any-return]
