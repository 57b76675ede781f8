"""What a browser posts, as the raw answers that `clean` takes; and the buttons that add or remove a table's row."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Protocol

from app.procedures.berkas import marked
from app.procedures.context import FormContext
from app.procedures.model import Field, Form, Section
from app.procedures.values import judged_requirements

MAX_ROWS = 300


class Posted(Protocol):
    """The part of werkzeug's MultiDict that is used here."""

    def get(self, key: str, default: str | None = None) -> str | None: ...

    def getlist(self, key: str) -> list[str]: ...

    def __iter__(self) -> Iterator[str]: ...


def raw_from(posted: Posted, form: Form, section: Section | None, context: FormContext) -> dict[str, Any]:
    """Raw answers of one page, or of the whole form when `section` is None.

    Names: `rt`, `perubahan-0-elemen`, `wilayah-kapanewon`, `berkas-f106-nilai`. What is not a field is ignored.
    """
    own = dict(context.own)
    raw: dict[str, Any] = {}
    for part in form.sections if section is None else (section,):
        for field in part.fields:
            if field.kind != "salin":
                raw[field.id] = own[field.id] = _read(posted, field, field.id, own, context)
    return raw


def apply_action(raw: Mapping[str, Any], action: str) -> dict[str, Any]:
    """The answers after a row button: `tambah:<table>` or `hapus:<table>:<row>`; anything else changes nothing."""
    verb, _, rest = action.partition(":")
    table, _, number = rest.partition(":")
    rows = raw.get(table)
    if not isinstance(rows, list) or len(rows) > MAX_ROWS:
        return dict(raw)
    if verb == "tambah":
        return {**raw, table: [*rows, {}]}
    if verb == "hapus" and number.isdecimal() and len(number) < 4:
        return {**raw, table: [row for i, row in enumerate(rows) if i != int(number)]}
    return dict(raw)


def _read(posted: Posted, field: Field, name: str, own: Mapping[str, Any], context: FormContext) -> Any:
    reader = _READERS.get(field.kind)
    return reader(posted, field, name, own, context) if reader else posted.get(name)


def _many(posted: Posted, field: Field, name: str, own: Mapping[str, Any], context: FormContext) -> list[str]:
    return posted.getlist(name)


def _region(posted: Posted, field: Field, name: str, own: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    return {part: posted.get(f"{name}-{part}") for part in ("kapanewon", "kalurahan")}


def _rows(posted: Posted, field: Field, name: str, own: Mapping[str, Any], context: FormContext) -> list[Any]:
    pattern = re.compile(re.escape(name) + r"-([0-9]{1,3})-.+", re.DOTALL)
    found = {int(match[1]) for key in posted if (match := pattern.fullmatch(key))}
    return [
        {column.id: _read(posted, column, f"{name}-{i}-{column.id}", own, context) for column in field.columns}
        for i in sorted(found)[:MAX_ROWS]
    ]


def _judged(posted: Posted, field: Field, name: str, own: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    codes = [each.code for each in judged_requirements(field, own, context)]
    return {code: {key: posted.get(f"{name}-{code}-{key}") for key in ("nilai", "catatan")} for code in codes}


def _wanted(posted: Posted, field: Field, name: str, own: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    return {code: posted.getlist(f"{name}-{code}") for code in marked(field.extra["dari"], context.answers)}


_READERS: Mapping[str, Callable[[Posted, Field, str, Mapping[str, Any], FormContext], Any]] = {
    "pilihan_banyak": _many,
    "berkas": _many,
    "wilayah": _region,
    "tabel": _rows,
    "penilaian_berkas": _judged,
    "berkas_diminta": _wanted,
}
