"""Texts from outside, made fit to store and to show. What people really typed is never touched."""

import re
from collections.abc import Mapping
from typing import Any

# PostgreSQL keeps no NUL, UTF-8 has no halves of pairs; nobody has ever typed either.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")


def storable(value: Any) -> Any:
    """The same, with the signs left out that no database or page can hold, at any depth of lists and mappings."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, Mapping):
        return {storable(key): storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [storable(each) for each in value]
    return value
