"""The pages of the commands, from docs/reference/cli.md, which `make generate` makes of `sidestep --help`."""

from collections.abc import Iterator

import roff
from markdown import Block, below, blocks

# A heading, and the blocks below it.
Part = tuple[Block, list[Block]]


def pages(text: str) -> Iterator[tuple[str, str, str]]:
    """Yield name, subject and body of sidestep(1) and of the page of each command."""
    parts = list(below(blocks(text), 2))
    yield "sidestep", "make any local process durable", overview(parts)
    for heading, part in parts:
        for name, command in below(part, 3):
            yield dashed(name), command[0].text.rstrip("."), body(name.text.strip("`"), command)


def overview(parts: list[Part]) -> str:
    """Return what sidestep(1) says: what all commands have in common, and what each does."""
    (_, description), *rest = parts
    made = roff.section("Synopsis", Block("synopsis", "sidestep <command> [<argument>]…"))
    made += roff.section("Description", *description)
    for heading, part in rest:
        commands = list(below(part, 3))
        rows = [["", ""], *([f"**{dashed(name)}**(1)", command[0].text] for name, command in commands)]
        made += roff.section(heading.text, *([Block("table", rows=rows)] if commands else part))
    return made


def body(line: str, command: list[Block]) -> str:
    """Return what a command's page says; commands of its own have a part each."""
    own = above(command)
    nested = list(below(command, 4))
    usages = [usage(line, own)] if not nested else [usage(name.text.strip("`"), part) for name, part in nested]
    made = roff.section("Synopsis", Block("synopsis", "\n".join(usages)))
    made += roff.section("Description", own[0], *described(own))
    made += roff.section("Options", *options(own))
    parts = [block for name, part in nested for block in (name, part[0], *described(part), *options(part))]
    return made + roff.section("Commands", *parts) + roff.section("Exit status", Block("text", COMMON))


COMMON = (
    "As **sidestep**(1) tells for all commands, with the variables that they read. "
    "Every command takes `--socket <path>` and `--json`."
)


def above(command: list[Block]) -> list[Block]:
    """Return what a command's part says before its own commands."""
    first = next((place for place, block in enumerate(command) if block.kind == "heading"), len(command))
    return command[:first]


def usage(line: str, part: list[Block]) -> str:
    """Return how a command is written: the page says so where it has arguments, and lists them in a table."""
    return part[1].text if options(part) else line


def described(part: list[Block]) -> list[Block]:
    """Return what is said of a command beside its first sentence, its usage and its arguments."""
    return [block for block in part[2 if options(part) else 1 :] if block.kind != "table"]


def options(part: list[Block]) -> list[Block]:
    """Return the table of a command's arguments, if it has any."""
    return [block for block in part if block.kind == "table"]


def dashed(name: Block) -> str:
    """Return the name of a command's page."""
    return name.text.strip("`").replace(" ", "-")
