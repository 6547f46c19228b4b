"""Reads pages of Markdown as far as those of this project use it."""

import re
import textwrap
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

ITEM = re.compile(r"( *)([-*]|\d+\.) +(.*)", re.S)


@dataclass
class Block:
    """A heading, a paragraph, an item of a list, a piece of code or a table."""

    kind: str
    text: str = ""
    level: int = 0
    mark: str = ""
    rows: list[list[str]] = field(default_factory=list)


def blocks(text: str) -> Iterator[Block]:
    """Yield the blocks of a page; comments are left out."""
    rest = re.sub(r"<!--.*?-->\n?", "", text, flags=re.S).split("\n")
    while rest:
        line = rest[0]
        if not line.strip():
            rest.pop(0)
        elif line.lstrip().startswith("```"):
            yield fence(rest)
        elif line.startswith("    "):
            yield Block("code", rest.pop(0).strip())
        elif found := re.match(r"(#+) (.*)", line):
            rest.pop(0)
            yield Block("heading", found[2], len(found[1]))
        elif line.startswith("|"):
            yield Block("table", rows=table(rest))
        else:
            yield paragraph(rest)


def fence(rest: list[str]) -> Block:
    """Take a piece of code; its first word, if it has one, is its language."""
    language = rest.pop(0).strip("` ")
    inside = []
    while rest and not rest[0].lstrip().startswith("```"):
        inside.append(rest.pop(0))
    del rest[:1]
    return Block("code", textwrap.dedent("\n".join(inside)), mark=language)


def table(rest: list[str]) -> list[list[str]]:
    """Take a table: its head, and its rows without the line below the head."""
    taken = []
    while rest and rest[0].startswith("|"):
        taken.append([cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", rest.pop(0).strip())[1:-1]])
    return [taken[0], *taken[2:]]


def paragraph(rest: list[str]) -> Block:
    """Take the lines of a paragraph, or of one item of a list."""
    taken = [rest.pop(0)]
    while rest and rest[0].strip() and not re.match(r" *(```|\||#+ )", rest[0]) and not ITEM.match(rest[0]):
        taken.append(rest.pop(0))
    text = "\n".join(taken)
    if found := ITEM.match(text):
        return Block("item", found[3], mark=found[2])
    return Block("text", text)


def below(found: Iterable[Block], level: int) -> Iterator[tuple[Block, list[Block]]]:
    """Yield each heading of a level with what stands below it; what stands above the first one is left out."""
    heading, part = None, []
    for block in found:
        if block.kind == "heading" and block.level <= level:
            if heading:
                yield heading, part
            heading, part = block, []
        else:
            part.append(block)
    if heading:
        yield heading, part
