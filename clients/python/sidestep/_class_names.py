"""The names that records give classes: ``module:Outer.Inner``."""

from __future__ import annotations

import os
import sys


def class_name(cls: type) -> str:
    """Return the name of a class.

    The module that a program was started as has the name that others import it by.
    """
    module = cls.__module__
    return f"{_main_name() if module == '__main__' else module}:{cls.__qualname__}"


def named_class(name: str) -> type | None:
    """Return the class of a name; None where no module that is loaded has it.

    Nothing is imported: a record is not to choose what code a program executes.
    """
    module, _, path = name.partition(":")
    modules = [module, "__main__"] if module == _main_name() else [module]
    for candidate in modules:
        found: object = sys.modules.get(candidate)
        for part in path.split("."):
            found = getattr(found, part, None)
        if isinstance(found, type):
            return found
    return None


def _main_name() -> str:
    main = sys.modules.get("__main__")
    spec = getattr(main, "__spec__", None)
    if spec is not None:  # python -m
        return str(spec.name)
    file = getattr(main, "__file__", None)
    name = os.path.splitext(os.path.basename(file))[0] if isinstance(file, str) else ""
    return name if name.isidentifier() else "__main__"  # the standard input, a notebook
