"""YAML as plain text: every scalar stays a string, every value remembers its line.

So `no` is not False and 12:30 is not 750. Anchors, aliases, tags and several documents in one file are refused:
our files need none of them, and they are how a small file becomes a big one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from app.domain.errors import Fault, ProcedureInvalid

MAX_BYTES = 400_000
MAX_DEPTH = 20
MAX_NODES = 20_000

Key = str | int
Path = tuple[Key, ...]


@dataclass(frozen=True)
class Document:
    """One YAML file. `data` is made of dict, list and str only; `lines` are 1-based, by path into `data`."""

    file: str
    data: Any
    lines: dict[Path, int] = field(default_factory=dict)

    def line(self, path: Path) -> int:
        """The line of what stands at `path`, or of the nearest thing around it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)


@lru_cache(maxsize=128)
def load(raw: bytes, file: str) -> Document:
    """Read one file; the same bytes give the same object, which nobody changes.

    Raises ProcedureInvalid with one Fault when it is not such YAML."""
    if len(raw) > MAX_BYTES:
        raise _refused(file, 1, f"Berkas terlalu besar; paling besar {MAX_BYTES // 1000} KB.")
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise _refused(file, line, "Berkas bukan teks UTF-8. Simpan ulang dengan penyandian UTF-8.") from error
    return _Builder(file).build(_events(text, file))


def _events(text: str, file: str) -> Iterator[Event]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        hint = "Periksa titik dua, tanda kutip, dan lekukan di baris ini atau di atasnya."
        raise _refused(file, line, f"YAML tidak dapat dibaca. {hint}") from error
    except (YAMLError, ValueError, OverflowError, AttributeError, AssertionError, IndexError) as error:
        # The reader raises plain errors on control characters, wild escapes and odd directives.
        at = getattr(error, "position", 0)
        line = text.count("\n", 0, at) + 1 if isinstance(at, int) else 1
        message = "YAML tidak dapat dibaca: ada tanda yang tidak diperbolehkan. Hapus tanda itu, lalu tulis ulang."
        raise _refused(file, line, message) from error


def _refused(file: str, line: int, message: str) -> ProcedureInvalid:
    return ProcedureInvalid([Fault(file, line, message)])


class _Builder:
    """Builds dict, list and str from parser events, one pass, without recursion deeper than MAX_DEPTH."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: dict[Path, int] = {}
        self.nodes = 0

    def build(self, events: Iterator[Event]) -> Document:
        data: Any = None
        documents = 0
        for event in events:
            if isinstance(event, StreamStartEvent | StreamEndEvent | DocumentEndEvent):
                continue
            if isinstance(event, DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refuse(event, "Satu berkas hanya boleh memuat satu dokumen (tanda --- kedua).")
                continue
            data = self._value(event, events, ())
        if not documents:
            raise _refused(self.file, 1, "Berkas ini kosong.")
        return Document(self.file, data, self.lines)

    def _value(self, event: Event, events: Iterator[Event], path: Path) -> Any:
        self._allow(event, path)
        self.lines.setdefault(path, _line(event))
        if isinstance(event, ScalarEvent):
            return str(event.value)
        if isinstance(event, SequenceStartEvent):
            return self._sequence(events, path)
        if isinstance(event, MappingStartEvent):
            return self._mapping(events, path)
        raise self._refuse(event, "Susunan YAML di baris ini tidak dikenal.")

    def _sequence(self, events: Iterator[Event], path: Path) -> list[Any]:
        items: list[Any] = []
        for event in events:
            if isinstance(event, SequenceEndEvent):
                break
            items.append(self._value(event, events, (*path, len(items))))
        return items

    def _mapping(self, events: Iterator[Event], path: Path) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for event in events:
            if isinstance(event, MappingEndEvent):
                break
            self._allow(event, path)
            if not isinstance(event, ScalarEvent):
                raise self._refuse(event, "Nama kunci harus satu kata atau kalimat, bukan daftar.")
            key = str(event.value)
            if key in found:
                first = self.lines[(*path, key)]
                raise self._refuse(event, f"Kunci '{key[:60]}' ditulis dua kali; yang pertama di baris {first}.")
            self.lines[(*path, key)] = _line(event)
            found[key] = self._value(next(events), events, (*path, key))
        return found

    def _allow(self, event: Event, path: Path) -> None:
        self.nodes += 1
        if self.nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise self._refuse(event, "Berkas ini terlalu panjang atau terlalu dalam lekukannya.")
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(event, "Jangkar YAML (& dan *) tidak dipakai. Tulis isinya, atau beri tanda kutip.")
        if getattr(event, "tag", None):
            raise self._refuse(event, "Tag YAML (tanda !) tidak dipakai. Beri tanda kutip bila itu bagian teks.")

    def _refuse(self, event: Event, message: str) -> ProcedureInvalid:
        return _refused(self.file, _line(event), message)


def _line(event: Event) -> int:
    mark = event.start_mark
    return mark.line + 1 if mark is not None else 1
