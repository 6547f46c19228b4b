"""Values in Python's own form, for those who ask for it by name."""

from __future__ import annotations

import base64
import pickle
from typing import Any

from ._codec import JSONCodec
from ._exact import TAG, is_plain


class PickleCodec(JSONCodec):
    """Pickles what is no plain JSON; no other language reads it.

    Whoever can write the record of a run chooses what code its readers execute: give it to steps
    and workflows of which that is nobody else. ``@sidestep.step(codec=sidestep.PickleCodec())``.
    """

    def to_json(self, value: Any) -> Any:
        """Return `value` as plain types, or its pickle with a tag."""
        if is_plain(value):
            return super().to_json(value)
        return {TAG: "pickle", "value": base64.b64encode(pickle.dumps(value)).decode()}

    def from_json(self, value: Any, type_: Any = None) -> Any:
        """Return `value`, or what its pickle holds."""
        if type(value) is dict and value.get(TAG) == "pickle":
            return pickle.loads(base64.b64decode(value["value"]))
        return super().from_json(value, type_)

    def recorded(self, value: Any, type_: Any) -> tuple[Any, Any]:
        """Return what is to be recorded of `value`, and what it is read back as."""
        output = self.to_json(value)
        return output, self.from_json(output)
