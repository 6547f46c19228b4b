"""What an agent of this campaign asks: streams of all formats, and what goes wrong with each."""

from __future__ import annotations

import json
import random
from dataclasses import asdict, dataclass
from typing import Any

FORMATS = ("chat", "chat-usage", "responses", "messages", "gemini")
#: Where the base URL of a format stands, and what is asked there.
PLACES = {
    "chat": ("OPENAI_BASE_URL", "/chat/completions"),
    "chat-usage": ("OPENAI_BASE_URL", "/chat/completions"),
    "responses": ("OPENAI_BASE_URL", "/responses"),
    "messages": ("ANTHROPIC_BASE_URL", "/v1/messages"),
    "gemini": ("GOOGLE_GEMINI_BASE_URL", "/v1beta/models/{model}:streamGenerateContent?alt=sse"),
}


@dataclass(frozen=True)
class Call:
    """One question, which a model of its own is asked: so it is known again in every list."""

    model: str
    form: str
    words: int
    #: In the provider's words: `[cut:3]` and the like.
    trouble: str
    #: After so many bytes of the first answer the client goes away, and asks again.
    leaves: int | None
    #: Seconds between two reads of a slow client.
    pause: float

    @property
    def body(self) -> bytes:
        """What is sent."""
        text = f"{self.model} [words:{self.words}]{self.trouble}"
        said = [{"role": "user", "content": text}]
        if self.form == "gemini":
            part = {"role": "user", "parts": [{"text": text}]}
            return json.dumps({"contents": [part], "generationConfig": {"maxOutputTokens": self.words}}).encode()
        asked: dict[str, Any] = {"model": self.model, "stream": True}
        if self.form == "responses":
            return json.dumps({**asked, "input": said, "max_output_tokens": self.words}).encode()
        if self.form == "chat-usage":
            asked["stream_options"] = {"include_usage": True}
        return json.dumps({**asked, "messages": said, "max_tokens": self.words}).encode()

    def reserve(self, mode: str) -> int:
        """The tokens that are set aside for it: 3.5 bytes each, or whatever it can use."""
        return -(-2 * len(self.body) // 7) if mode == "soft" else len(self.body) + 2048 + self.words


def troubled(chance: random.Random, words: int) -> str:
    """What goes wrong with a stream; with most nothing does."""
    place = chance.randrange(words)
    kinds = [f"[cut:{place}]", f"[end:{place}]", f"[sse-error:{place}]", f"[error:{chance.choice((429, 500, 529))}]"]
    trouble = f"{chance.choice(kinds)}[once]" if chance.random() < 0.3 else ""
    return trouble + ("[usage:no]" if chance.random() < 0.2 else "") + chance.choice(("", "", "[pace:0.002]", "[pace:0.02]"))


def plan(run: str, count: int, chance: random.Random) -> list[Call]:
    """As many calls."""
    calls = []
    for number in range(count):
        words = chance.randint(4, 20)
        leaves = chance.randint(0, 900) if chance.random() < 0.1 else None
        pause = 0.01 if chance.random() < 0.05 else 0.0
        calls.append(
            Call(f"{run}-{number}", chance.choice(FORMATS), words, troubled(chance, words), leaves, pause)
        )
    return calls


def write(calls: list[Call]) -> str:
    """A plan as a text."""
    return json.dumps([asdict(call) for call in calls])


def read(text: str) -> list[Call]:
    """The plan in a text."""
    return [Call(**entry) for entry in json.loads(text)]
