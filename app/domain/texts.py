"""Texts from outside, made fit to store and to show. What people really typed is never touched."""

import re
from collections.abc import Mapping
from typing import Any

# PostgreSQL keeps no NUL, UTF-8 has no halves of pairs; nobody has ever typed either.
_UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")
# Spaces of no width, and marks of direction: chats and phone books wrap numbers in them.
UNSEEN = r"\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
_UNSEEN = re.compile(f"[{UNSEEN}]")


def storable(value: Any) -> Any:
    """The same, with the signs left out that no database or page can hold, at any depth of lists and mappings."""
    if isinstance(value, str):
        return _UNSTORABLE.sub("", value)
    if isinstance(value, Mapping):
        return {storable(key): storable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [storable(each) for each in value]
    return value


def visible(text: str) -> str:
    """The same, without the signs that nobody sees and so nobody can delete; some would turn what follows around."""
    return _UNSEEN.sub("", text)
