"""Where a value stands in a file, so that what is wrong with it can be said with file and line."""

import difflib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from app.domain.errors import Fault
from app.procedures.yamltext import Document, Key, Path

YES = "ya"


@dataclass(frozen=True)
class Place:
    """A value inside a YAML document. Missing things read as empty: the schema has said so already."""

    document: Document
    path: Path = ()

    @cached_property
    def data(self) -> Any:
        value = self.document.data
        for key in self.path:
            try:
                value = value[key]
            except (LookupError, TypeError):
                return None
        return value

    @property
    def file(self) -> str:
        return self.document.file

    @property
    def line(self) -> int:
        return self.document.line(self.path)

    def has(self, key: str) -> bool:
        data = self.data
        return isinstance(data, dict) and key in data

    def at(self, key: Key) -> "Place":
        return Place(self.document, (*self.path, key))

    def text(self, key: str, default: str = "") -> str:
        return str(self.data[key]).strip() if self.has(key) else default

    def yes(self, key: str, default: bool = False) -> bool:
        return self.data[key] == YES if self.has(key) else default

    def number(self, key: str, default: int) -> int:
        return int(self.data[key]) if self.has(key) else default

    def each(self, key: str) -> Iterator["Place"]:
        """The items of a list under `key`; a single value counts as a list of one."""
        if not self.has(key):
            return
        at = self.at(key)
        if isinstance(at.data, list):
            yield from (at.at(i) for i in range(len(at.data)))
        else:
            yield at

    def items(self, key: str) -> Iterator[tuple[str, "Place"]]:
        """The entries of a mapping under `key`."""
        if self.has(key):
            yield from ((name, self.at(key).at(name)) for name in self.data[key])

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(str(place.data).strip() for place in self.each(key))


@dataclass
class Findings:
    """Collects faults while several things are read; nothing here raises."""

    _faults: dict[Fault, None] = field(default_factory=dict)

    @property
    def faults(self) -> list[Fault]:
        """Each once, in the order found."""
        return list(self._faults)

    def at(self, place: Place, message: str, warning: bool = False) -> None:
        self.add(place.file, place.line, message, warning)

    def add(self, file: str, line: int, message: str, warning: bool = False) -> None:
        self._faults[Fault(file, line, message, warning)] = None

    def extend(self, faults: Iterable[Fault]) -> None:
        self._faults |= dict.fromkeys(faults)

    @property
    def broken(self) -> bool:
        return any(not fault.warning for fault in self._faults)


def nearest(word: str, known: Iterable[str]) -> str:
    """ " Maksud Anda 'kurang'?" where something known is close to `word`, else ""."""
    close = difflib.get_close_matches(word[:80], list(known), n=1, cutoff=0.6)
    return f" Maksud Anda '{close[0]}'?" if close else ""
