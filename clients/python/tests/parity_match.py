"""What a scenario expects, and whether it came."""

from __future__ import annotations

import json
import re
from typing import Any


class Failed(Exception):
    """A scenario did not go as written."""


class Matcher:
    """Compares values with patterns, in which variables are filled."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}

    def fill(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {self.fill(name): self.fill(item) for name, item in value.items()}
        if isinstance(value, list):
            return [self.fill(item) for item in value]
        if not isinstance(value, str) or "$" not in value:
            return value
        if value[0] == "$" and value[1:] in self.variables:
            return self.variables[value[1:]]
        return re.sub(
            r"\$\{(\w+)\}",
            lambda m: str(self.variables[m[1]]) if m[1] in self.variables else m[0],
            value,
        )

    def match(self, value: Any, pattern: Any, where: str) -> None:
        if isinstance(pattern, str):
            pattern = self.fill(pattern)
        if isinstance(pattern, dict) and pattern and all(n.startswith("$") for n in pattern):
            for rule, wanted in pattern.items():
                if not self.rule(value, rule, wanted, where):
                    text = json.dumps(value, ensure_ascii=False)[:500]
                    raise Failed(f"{where} is {text}, which is not {json.dumps({rule: wanted})}")
        elif isinstance(pattern, dict):
            if not isinstance(value, dict):
                raise Failed(f"{where} is {value!r}, not an object")
            for name, wanted in pattern.items():
                self.match(value.get(name), wanted, f"{where}.{name}")
        elif isinstance(pattern, list):
            if not isinstance(value, list) or len(value) != len(pattern):
                text = json.dumps(value, ensure_ascii=False)[:500]
                raise Failed(f"{where} is {text}, not an array of {len(pattern)}")
            for number, wanted in enumerate(pattern):
                self.match(value[number], wanted, f"{where}.{number}")
        elif value != pattern or isinstance(value, bool) != isinstance(pattern, bool):
            raise Failed(f"{where} is {str(value)[:300]!r}, not {str(pattern)[:300]!r}")

    def matches(self, value: Any, pattern: Any) -> bool:
        try:
            self.match(value, pattern, "")
        except Failed:
            return False
        return True

    def rule(self, value: Any, rule: str, wanted: Any, where: str) -> bool:
        if rule == "$not":
            return not self.matches(value, wanted)
        if rule == "$one":
            return any(self.matches(value, one) for one in wanted)
        if rule == "$type":
            return TYPES[wanted](value)
        if rule == "$match":
            return isinstance(value, str) and re.search(self.fill(wanted), value) is not None
        if rule == "$has":
            return isinstance(value, list) and all(
                any(self.matches(item, one) for item in value) for one in wanted
            )
        if rule == "$lacks":
            return isinstance(value, list) and not any(self.matches(i, wanted) for i in value)
        if rule in ("$between", "$length"):
            if rule == "$length":
                value = len(value) if isinstance(value, (list, str)) else None
                wanted = wanted if isinstance(wanted, list) else [wanted, wanted]
            low, high = wanted
            if isinstance(value, bool) or not isinstance(value, (int, float)):
                return False
            return (low is None or value >= low) and (high is None or value <= high)
        raise Failed(f"{where}: unknown rule {rule}")


TYPES = {
    "string": lambda v: isinstance(v, str),
    "number": lambda v: isinstance(v, (int, float)) and not isinstance(v, bool),
    "boolean": lambda v: isinstance(v, bool),
    "object": lambda v: isinstance(v, dict),
    "array": lambda v: isinstance(v, list),
    "null": lambda v: v is None,
}
