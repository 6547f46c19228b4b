"""Which module imports which: arrows, and no circles, also of imports for types alone."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import sidestep

PACKAGE = Path(sidestep.__file__).parent


def test_no_module_imports_in_a_circle() -> None:
    modules = {name_of(path): path for path in PACKAGE.rglob("*.py")}
    left = {name: set(imports(path, modules)) - {name} for name, path in modules.items()}
    assert len(left) > 80
    assert any(left.values())
    while ready := [name for name, wanted in left.items() if not wanted & left.keys()]:
        for name in ready:
            del left[name]
    assert sorted(left) == []


def name_of(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """Yield the modules of the package that a file imports, wherever in it."""
    name = name_of(path).split(".")
    package = name if path.name == "__init__.py" else name[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.level:
            base = package[: len(package) - node.level + 1]
            source = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield inner if inner in modules else source
