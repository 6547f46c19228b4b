"""The public face, what is generated, and what an import costs."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import sidestep
import sidestep.sync

PACKAGE = Path(sidestep.__file__).parent
PYTHON = PACKAGE.parent


@pytest.mark.parametrize("module", [sidestep, sidestep.sync])
def test_all_is_sorted_and_can_be_imported(module: object) -> None:
    names = module.__all__  # type: ignore[attr-defined]
    assert names == sorted(names)
    assert len(names) == len(set(names))
    for name in names:
        assert getattr(module, name) is not None


def test_all_is_complete() -> None:
    public = {
        name
        for name in dir(sidestep)
        if not name.startswith("_")
        and not inspect.ismodule(getattr(sidestep, name))
        and getattr(getattr(sidestep, name), "__module__", "").startswith("sidestep")
    }
    assert public == set(sidestep.__all__)


def test_no_file_is_public_but_the_two_faces() -> None:
    public = {path.stem for path in PACKAGE.glob("*.py")} - {"__init__", "__main__"}
    assert {name for name in public if not name.startswith("_")} == {"sync"}


def test_every_error_is_in_the_tree_and_exported() -> None:
    from sidestep import _errors

    tree = _errors.__doc__ or ""
    for name, item in vars(_errors).items():
        if inspect.isclass(item) and issubclass(item, sidestep.SidestepError):
            assert name in tree
            assert name in sidestep.__all__


def faces() -> list[str]:
    """Return the modules whose names are public: no part of their path begins with _."""
    found = [item.name for item in pkgutil.walk_packages([str(PACKAGE)], "sidestep.")]
    return ["sidestep", *(name for name in found if "._" not in name)]


@pytest.mark.parametrize("module", faces())
def test_every_public_name_is_documented_with_a_sentence(module: str) -> None:
    face = importlib.import_module(module)
    assert face.__doc__
    assert list(face.__all__) == sorted(face.__all__)
    for name in face.__all__:
        for path, member in [(name, getattr(face, name)), *members(getattr(face, name), name)]:
            if callable(member) or isinstance(member, property):
                first = (member.__doc__ or "").lstrip().partition("\n")[0]
                assert first[:1].isupper() or first.startswith("``"), f"{path}: {first!r}"
                assert first.endswith((".", ":", "``")), f"{path}: {first!r}"


def members(item: object, name: str) -> list[tuple[str, object]]:
    """Return what a class of this package adds to its bases, and those of its own bases."""
    if not inspect.isclass(item):
        return []
    bases = [cls for cls in item.__mro__ if cls.__module__.startswith("sidestep")]
    return [
        (f"{name}.{key}", getattr(member, "__func__", member))
        for cls in bases
        for key, member in vars(cls).items()
        if not key.startswith("_")
    ]


@pytest.mark.parametrize(
    ("module", "framework", "extra"),
    [
        ("pydantic_ai", "pydantic_ai", "pydantic-ai"),
        ("durable", "pydantic_ai", "pydantic-ai"),
        ("langgraph", "langgraph.checkpoint.base", "langgraph"),
        ("openai_agents", "agents", "openai-agents"),
        ("claude_agent", "claude_agent_sdk", "claude-agent"),
    ],
)
def test_without_its_framework_an_integration_says_what_to_install(
    module: str, framework: str, extra: str
) -> None:
    code = f"import sys; sys.modules[{framework!r}] = None; import sidestep.{module}"
    done = subprocess.run([sys.executable, "-c", code], cwd=PYTHON, capture_output=True, text=True)
    assert f'pip install "sidestep[{extra}]"' in done.stderr


def test_the_generated_client_is_up_to_date() -> None:
    command = [sys.executable, str(PYTHON / "tools" / "generate_sync.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_importing_loads_little() -> None:
    code = (
        "import sys\nbefore = set(sys.modules)\nimport sidestep\n"
        "print(*sorted(set(sys.modules) - before))\n"
    )
    command = [sys.executable, "-S", "-c", code]
    environment = {"PYTHONPATH": str(PYTHON)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    # What takes long to import; each module besides takes about a fifth of a millisecond.
    heavy = {"asyncio", "subprocess", "inspect", "dataclasses", "logging", "ssl"}
    assert heavy & set(loaded) == set()
    foreign = {name.partition(".")[0] for name in loaded} - sys.stdlib_module_names
    assert foreign == {"sidestep"}
    assert len(loaded) < 90


def test_both_clients_have_the_same_names() -> None:
    for path in sorted((PACKAGE / "_aio").glob("_[a-z]*.py")):
        one = importlib.import_module(f"sidestep._aio.{path.stem}")
        other = importlib.import_module(f"sidestep._sync.{path.stem}")
        for name, item in vars(one).items():
            if inspect.isclass(item) and item.__module__ == one.__name__:
                twin = getattr(other, name)
                assert {n for n in vars(item) if not n.startswith("__")} == {
                    n for n in vars(twin) if not n.startswith("__")
                }
