"""Writes what stands on a page of Markdown as man(7), in ASCII and without a warning of mandoc or groff."""

import re
from collections.abc import Iterator

from markdown import Block

BREAK = r"\:"
NO_BREAK = "\N{NO-BREAK SPACE}"
# What roff would take for a command or for typography, and what stands for it.
SPECIAL = {"\\": "\\e", "-": "\\-", "'": "\\(aq", "`": "\\(ga", "^": "\\(ha", "~": "\\(ti"}
SPECIAL |= {'"': "\\(dq", NO_BREAK: "\\ "}
INLINE = re.compile(
    r"(?P<ticks>`+)(?P<code>.+?)(?P=ticks)|\*\*(?P<bold>.+?)\*\*|(?<![\w*])\*(?P<italic>[^*\s][^*]*?)\*(?![\w*])"
    r"|\[(?P<label>[^\]]+)\]\((?P<target>[^)\s]+)\)|\\(?P<escaped>[\\`*_<>|#\[\]])",
    re.S,
)
# Pages of docs by their file's name (`daemon.md`), and the manual pages made of them (`sidestepd.8`).
known_as: dict[str, str] = {}
PLACEHOLDER = re.compile(r"<([^<>\s]+)>")


def literal(text: str) -> str:
    """Return text that comes out of roff as it is."""
    escaped = "".join(SPECIAL.get(character, character) for character in text.expandtabs())
    return "".join(c if c.isascii() else f"\\[u{ord(c):04X}]" for c in escaped)


def code(text: str) -> str:
    """Return a word of a program in bold, with what stands for a value (`<name>`) in italics."""
    parts = PLACEHOLDER.split(text)
    faces = (f"\\fI{literal(part)}\\fR" if place % 2 else bold(part) for place, part in enumerate(parts))
    return "".join(faces)


def bold(text: str) -> str:
    # A line may end between alternatives and members: some lists of them are longer than one.
    breaking = re.sub("[|,]", lambda found: found[0] + BREAK, literal(text))
    return f"\\fB{breaking}\\fR" if text else ""


def inline(text: str) -> str:
    """Return a paragraph's text: its code, emphasis and links."""
    made, end = [], 0
    for found in INLINE.finditer(text):
        made += [literal(text[end : found.start()]), marked(found)]
        end = found.end()
    return lines("".join([*made, literal(text[end:])]))


def marked(found: re.Match) -> str:
    if label := found["label"]:
        return within(label) + reference(found["target"])
    if found["code"]:
        return code(found["code"].replace("\n", " "))
    if found["escaped"]:
        return literal(found["escaped"])
    if found["bold"]:
        return f"\\fB{plain(found['bold'])}\\fR"
    return f"\\fI{plain(found['italic'])}\\fR"


def reference(target: str) -> str:
    """Return what follows a link's text: the address, or the manual page that is made of the page."""
    if re.match("https?:", target):
        return f" \\(la{literal(target)}\\(ra"
    page = known_as.get(target.split("#")[0].rsplit("/", 1)[-1])
    return f" (\\fB{literal(page[:-2])}\\fR({page[-1]}))" if page else ""


def within(text: str) -> str:
    return inline(text).removeprefix("\\&")


def plain(text: str) -> str:
    """Return emphasised text; a change of face in it would end the emphasis."""
    return re.sub(r"\\f[BIR]", "", within(text))


def lines(text: str) -> str:
    """Return text none of whose lines is a request of roff's or has white space at its ends."""
    stripped = (line.strip() for line in text.split("\n"))
    return "\n".join("\\&" + line if line[:1] in (".", "'") else line for line in stripped if line)


def title(name: str, date: str, version: str, subject: str) -> str:
    """Return the head of a page (`sidestep.1`), with its NAME; words are not divided, for they may be commands."""
    page, number = name.rsplit(".", 1)
    head = f'.TH "{literal(page.upper())}" {number} {date} "Sidestep {version}" "Sidestep"\n.ad l\n.nh\n'
    return f"{head}.SH NAME\n{literal(page)} \\- {inline(subject)}\n"


def body(blocks: list[Block]) -> str:
    """Return the roff of blocks, with the space between them."""
    made = "".join(piece for block in blocks for piece in written(block))
    # A heading has its own space below it.
    return re.sub(r"^(\.S[HS] .*\n)\.P\n", r"\1", made, flags=re.M)


def section(name: str, *blocks: Block) -> str:
    """Return a section with its heading, or nothing when it would be empty."""
    return body([Block("heading", name, 2), *blocks]) if blocks else ""


def written(block: Block) -> Iterator[str]:
    if block.kind == "heading":
        text = plain(block.text.upper() if block.level <= 2 else block.text)
        yield f".{'SH' if block.level <= 2 else 'SS'} \"{text}\"\n"
    elif block.kind == "text":
        yield f".P\n{inline(block.text)}\n"
    elif block.kind == "item":
        mark = "\\(bu" if block.mark in "-*" else literal(block.mark)
        yield f".IP {mark} 4\n{inline(block.text)}\n"
    elif block.kind == "code":
        yield ".IP\n.nf\n" + "\n".join(map(code_line, block.text.split("\n"))) + "\n.fi\n"
    elif block.kind == "synopsis":
        yield "".join(f".HP 4\n{usage(line)}\n" for line in block.text.split("\n"))
    else:
        yield from table(block.rows)


def code_line(line: str) -> str:
    made = literal(line.rstrip())
    return "\\&" + made if made[:1] in (".", "") else made


def usage(line: str) -> str:
    """Return a line of a SYNOPSIS: what is typed in bold, what stands for a value in italics, beside its option."""
    return " ".join(map(word, re.sub(r"(--[\w-]+) (?=[<A-Z])", rf"\1{NO_BREAK}", line).split(" ")))


def word(text: str) -> str:
    return "".join(
        f"\\fI{literal(part[1:-1])}\\fR" if part.startswith("<") else literal(part) if part in "[]…" else bold(part)
        for part in re.split(r"(<[^<>]+>|[\[\]…])", text)
        if part
    )


def table(rows: list[list[str]]) -> Iterator[str]:
    """Yield a row's first cell as a tag and the others below it: wide tables do not fit a terminal."""
    names = rows[0]
    if names[0][:1].isupper() and not any(names[1:]):
        yield f".P\n{inline(names[0])}:\n"
    for cells in rows[1:]:
        yield f".TP\n{inline(cells[0]) or literal('-')}\n{entry(names[1:], cells[1:])}\n"


def entry(names: list[str], cells: list[str]) -> str:
    """Return what a row says beside its first cell, each with the name of its column if that has one."""
    if len(cells) == 1 or not any(names):
        return inline("; ".join(cell for cell in cells if cell)) or "\\&"
    named = (f"{name}: {cell}" if name else cell for name, cell in zip(names, cells, strict=True) if cell)
    return "\n.br\n".join(map(inline, named)) or "\\&"
