#!/usr/bin/env python3
"""Makes `sidestep/_sync/` from `sidestep/_aio/`; `--check` only tells whether it is up to date."""

from __future__ import annotations

import re
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent / "sidestep"
HEADER = "# Generated from sidestep/_aio by tools/generate_sync.py. Do not edit.\n"
RULES = [
    (r"(?s)    # async-only\n.*?    # end\n", ""),
    (r"    # fmt: (on|off)\n", ""),
    (r"Any(\]?[,:])  # sync: T", r"T\1"),
    (r"result: Any = (await self._perform)", r"result: T = \1"),
    (r"\bTypeVar, overload", "TypeVar"),
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


def main() -> int:
    stale = []
    for source in sorted((PACKAGE / "_aio").glob("*.py")):
        text = source.read_text()
        for pattern, replacement in RULES:
            text = re.sub(pattern, replacement, text)
        left = re.findall(r"\b(?:async|await|asyncio|Awaitable)\b", text)
        if left:
            raise SystemExit(f"{source}: no rule for {sorted(set(left))}")
        target = PACKAGE / "_sync" / source.name
        text = HEADER + text
        if not target.exists() or target.read_text() != text:
            stale.append(target.name)
            if "--check" not in sys.argv:
                target.write_text(text)
    for name in stale:
        print(f"{'stale' if '--check' in sys.argv else 'written'}: sidestep/_sync/{name}")
    return 1 if stale and "--check" in sys.argv else 0


if __name__ == "__main__":
    sys.exit(main())
