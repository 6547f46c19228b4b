"""Model requests as steps, streamed ones with live chunks."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from decimal import Decimal
from typing import Any

from pydantic_ai.durable_exec import JSON_CODEC
from pydantic_ai.messages import ModelMessage, ModelResponse, UserPromptPart
from pydantic_ai.models import (
    CompletedStreamedResponse,
    Model,
    ModelRequestContext,
    ModelRequestParameters,
    StreamedResponse,
)
from pydantic_ai.models.wrapper import WrapperModel
from pydantic_ai.settings import ModelSettings
from pydantic_ai.tools import RunContext
from pydantic_core import to_json

from .._context import STEP
from .._entering import enter, leave
from .._failures import NotSerialisable
from .._fingerprint import ANY, of_value
from .._options import StepOptions
from ._errors import describe
from ._journal import Journal, credit

_COUNTS = (
    "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
    "input_audio_tokens", "output_audio_tokens", "cache_audio_read_tokens",
)  # fmt: skip


class SidestepModel(WrapperModel):
    """A model each of whose requests is a step of the run that the agent works for."""

    def __init__(
        self, wrapped: Model, journal: Journal, ctx: RunContext[Any], options: StepOptions
    ) -> None:
        super().__init__(wrapped)
        self._journal = journal
        self._ctx = ctx
        self._options = options

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """Request a response, or return the recorded one."""

        async def send() -> ModelResponse:
            return await self.wrapped.request(messages, model_settings, model_request_parameters)

        return await self._perform("model", send, self._fingerprint(messages))

    @asynccontextmanager
    async def request_stream(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
        run_context: RunContext[Any] | None = None,
    ) -> AsyncIterator[StreamedResponse]:
        """Stream a response live and record it when it has ended, or replay the recorded one.

        The consumer that leaves before the end leaves nothing recorded.
        """
        journal = self._journal
        name = journal.name(self._ctx.run_id, "model")
        step = await journal.open(name, self._options, self._fingerprint(messages))
        record = step.record or await journal.do(step.begin)
        if record is not None:
            response = self._response(journal.result(step, record))
            yield CompletedStreamedResponse(
                response,
                model_request_parameters=model_request_parameters,
                replay_events=True,
            )
            return
        async with self._recording(step) as opened:
            with _within(step):
                stream = await opened.enter_async_context(
                    self.wrapped.request_stream(
                        messages, model_settings, model_request_parameters, run_context
                    )
                )
            yield stream
        await self._record(step, stream.get())

    async def _record(self, step: Any, response: ModelResponse) -> None:
        """Record a streamed response, unless its consumer has left before the end."""
        if response.state not in ("complete", "suspended"):
            await self._abandon(step)
            return
        try:
            await self._journal.do(step.complete, self._recorded(step, response))
        except NotSerialisable as error:
            await self._journal.do(step.fail, error)
            raise
        self._response(step.record["output"])

    @asynccontextmanager
    async def _recording(self, step: Any) -> AsyncIterator[AsyncExitStack]:
        """Tell of the end of a stream that breaks, or that its consumer leaves."""
        try:
            async with AsyncExitStack() as opened:
                yield opened
        except Exception as error:
            await self._journal.do(step.fail, describe(error))
            raise
        except BaseException:  # cancelled, or the consumer left
            await self._abandon(step)
            raise

    async def compact_messages(
        self, request_context: ModelRequestContext, *, instructions: str | None = None
    ) -> ModelResponse:
        """Have the messages summed up, or return the recorded summary."""

        async def send() -> ModelResponse:
            return await self.wrapped.compact_messages(request_context, instructions=instructions)

        return await self._perform("model.compact", send, ANY)

    async def cancel_suspended_response(self, response: ModelResponse) -> None:
        """Cancel what the provider is still working on, once."""

        async def send() -> None:
            await self.wrapped.cancel_suspended_response(response)

        name = self._journal.name(self._ctx.run_id, "model.cancel")
        await self._journal.perform(name, send, self._options)

    async def _perform(self, operation: str, send: Any, fingerprint: str) -> ModelResponse:
        async def body() -> Any:
            response = await send()
            return self._recorded(None, response, STEP.get())

        name = self._journal.name(self._ctx.run_id, operation)
        return self._response(await self._journal.perform(name, body, self._options, fingerprint))

    def _recorded(self, step: Any, response: ModelResponse, context: Any = None) -> Any:
        context = context or step.context
        context.usage(**_usage(response))
        try:
            return JSON_CODEC.dump(ModelResponse, response)
        except Exception as error:
            raise NotSerialisable(context.name, error) from error

    def _response(self, payload: Any) -> ModelResponse:
        response: ModelResponse = JSON_CODEC.load(ModelResponse, payload)
        done = response.state != "suspended"
        credit(self._ctx.usage, response.usage, requests=int(done))
        return response

    async def _abandon(self, step: Any) -> None:
        await self._journal.do(step.abandon)

    def _fingerprint(self, messages: list[ModelMessage]) -> str:
        # What the user said: the rest is recorded or comes of the code, which may change.
        since = len(messages) if self._ctx.run_step > 1 else 0
        while since > 0 and not isinstance(messages[since - 1], ModelResponse):
            since -= 1
        said = [
            part.content
            for message in messages[since:]
            for part in message.parts
            if isinstance(part, UserPromptPart)
        ]
        return _hash(said) if said else ANY


def asked(ctx: RunContext[Any]) -> str:
    """Return the fingerprint of an agent run: its prompt, and the history that it goes on from."""
    prompt = ctx.prompt if ctx.prompt is None or isinstance(ctx.prompt, str) else _hash(ctx.prompt)
    # Of the history without ids and times, which are made anew when the program runs again.
    said = [
        [part.part_kind, getattr(part, "tool_name", None), _said(part)]
        for message in ctx.messages
        for part in message.parts
    ]
    return of_value([prompt, _hash(said)] if said else [prompt])


def _said(part: Any) -> Any:
    return part.args if hasattr(part, "args") else getattr(part, "content", None)


def _hash(value: Any) -> str:
    # What JSON does not know counts by its class: its text may hold an address.
    data = to_json(value, fallback=lambda item: type(item).__qualname__)
    return hashlib.sha256(data).hexdigest()


@contextmanager
def _within(step: Any) -> Iterator[None]:
    """Make `step` the one that executes; never around a yield to the consumer."""
    entered = enter(step.run, step.context)
    try:
        yield
    finally:
        leave(entered)


def _usage(response: ModelResponse) -> dict[str, int | str]:
    usage = response.usage
    counts = {name: getattr(usage, name, 0) for name in _COUNTS}
    members: dict[str, int | str] = {name: count for name, count in counts.items() if count}
    cost = getattr(usage, "cost", None)
    if isinstance(cost, Decimal):
        members["cost_micros"] = int(cost * 1_000_000)
    if response.model_name:
        members["model"] = response.model_name
    if response.state != "suspended":
        members["requests"] = 1
    return members
