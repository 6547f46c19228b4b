#!/usr/bin/env python3
"""Makes what blocks from what is on asyncio: the client, LangGraph's checkpointer.

`--check` only tells whether it is up to date.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "sidestep"
HEADER = "# Generated from sidestep/{} by tools/generate_sync.py. Do not edit.\n"
RULES = [
    (r"(?s)    # async-only\n.*?    # end\n", ""),
    (r"    # fmt: (on|off)\n", ""),
    (r"Any(\]?[,:])  # sync: T", r"T\1"),
    (r"result: Any = (await self._perform)", r"result: T = \1"),
    (r"async with await ", "with "),
    (r"\basync (def|with|for) ", r"\1 "),
    (r"\(await ([\w.]+\(\w+\))\)", r"\1"),
    (r"\bawait ", ""),
    (r"__a(enter|exit|iter|next)__", r"__\1__"),
    (r"\bAsyncIterator\b", "Iterator"),
    (r"\bStopAsyncIteration\b", "StopIteration"),
    (r"\bAwaitable\[(\w+)\]", r"\1"),
    (r"import Awaitable, Callable", "import Callable"),
    (r"_backends\.aio\b", "_backends.sync"),
    (r"The client on asyncio\.", "The client that blocks."),
]
SAVER_RULES = [
    (r"async def a(\w+)", r"def \1"),
    (r"self\._daemon\b", "self._blocking"),
    (r"_daemon: LoopClients", "_blocking: OneClient"),
    (r"_loops import LoopClients", "_blocking import OneClient"),
    (r"AsyncMethods", "BlockingMethods"),
    (r"The checkpointer's methods on asyncio\.", "The checkpointer's methods that block."),
    (r"Those that begin with ``a``\.", "Those that do not begin with ``a``."),
    *RULES,
]


def main() -> int:
    made = [
        is_made(path, f"_sync/{path.name}", "_aio", RULES)
        for path in sorted((PACKAGE / "_aio").glob("*.py"))
    ]
    saver = "langgraph/_aio.py"
    made.append(is_made(PACKAGE / saver, "langgraph/_sync.py", saver, SAVER_RULES))
    return int("--check" in sys.argv and not all(made))


def is_made(source: Path, name: str, origin: str, rules: list[tuple[str, str]]) -> bool:
    """Return whether a file is up to date; write it unless that is all that was asked."""
    text = source.read_text()
    for pattern, replacement in rules:
        text = re.sub(pattern, replacement, text)
    if "@overload" not in text:
        text = text.replace("TypeVar, overload", "TypeVar")
    left = re.findall(r"\b(?:async|await|asyncio|Awaitable)\b", text)
    if left:
        raise SystemExit(f"{source}: no rule for {sorted(set(left))}")
    text = HEADER.format(origin) + text
    target = PACKAGE / name
    if target.exists() and target.read_text() == text:
        return True
    if "--check" in sys.argv:
        print(f"stale: sidestep/{name}")
    else:
        target.write_text(text)
        print(f"written: sidestep/{name}")
    return False


if __name__ == "__main__":
    if {"-h", "--help"} & set(sys.argv):
        print(__doc__)
        sys.exit()
    sys.exit(main())
