"""A page as a test reads it: its examples in their order, with what a comment before each says about it.

A comment `<!-- test: WORDS -->` right before an example says what the reader of the page knows without it:

- `file NAME`: the example is the text of this file, and is not executed by itself;
- `status N`: it ends with this exit status;
- `background`: it goes on beside what follows, as long as the page;
- `skip REASON`: it cannot be executed here, because of `needs root`, `needs another machine` `needs a key` or
  `needs the package index`; nothing else is a reason;
- `before LANGUAGE`, and more lines: what happened before, executed first, and not shown on the page.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

REASONS = ("needs root", "needs another machine", "needs a key", "needs the package index")
EXECUTED = ("sh", "console", "wire", "python", "swift")
# Languages of examples that are shown and not executed.
SHOWN = ("text", "json", "ini", "yaml", "crontab")

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.S | re.M)
_COMMENT = re.compile(r"<!-- test: ((?:(?!-->).)*)-->\n*\Z", re.S)
_INDENTED = re.compile(r"^\n {4}\S", re.M)


class Example(NamedTuple):
    """An example of a page, or what happened before one."""

    language: str
    text: str
    line: int
    file: str | None = None
    status: int = 0
    skip: str | None = None
    in_background: bool = False
    is_shown: bool = True


class Mistake(Exception):
    """A page that cannot be read as it is meant to be."""


def examples(path: Path) -> list[Example]:
    """Return the examples of a page, and what happened before each, in their order."""
    text = path.read_text()
    outside = _FENCE.sub("", text)
    if _INDENTED.search(outside):
        raise Mistake(f"{path}: an indented example has no language; write a fence")
    found: list[Example] = []
    for fence in _FENCE.finditer(text):
        line = text.count("\n", 0, fence.start()) + 2
        language, body = fence.groups()
        if language not in EXECUTED + SHOWN:
            raise Mistake(f"{path}:{line}: the language {language!r} is unknown to Tests/BlackBox/Docs/page.py")
        found += _with_comments(text[: fence.start()], Example(language, body, line))
    return found


def _with_comments(before: str, example: Example) -> list[Example]:
    """Read the comments that end right before an example, the nearest one last."""
    earlier: list[Example] = []
    while comment := _COMMENT.search(before):
        before = before[: comment.start()]
        first, _, rest = comment[1].partition("\n")
        word, _, argument = first.strip().partition(" ")
        if word == "before":
            earlier.insert(0, Example(argument.strip(), rest, example.line, is_shown=False))
        else:
            example = _noted(example, word, argument.strip())
    shown = example.language in SHOWN and example.file is None
    return earlier if shown else [*earlier, example]


def _noted(example: Example, word: str, argument: str) -> Example:
    if word == "file":
        return example._replace(file=argument)
    if word == "status":
        return example._replace(status=int(argument))
    if word == "background":
        return example._replace(in_background=True)
    if word == "skip" and argument.startswith(REASONS):
        return example._replace(skip=argument)
    raise Mistake(f"line {example.line}: the comment says {word!r} {argument!r}, which means nothing")
