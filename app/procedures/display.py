"""Answers as people read them: in words, as the cards of a table, as lines to copy."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.domain.masking import mask_in_text, mask_nik
from app.procedures.answers import visible_columns, visible_fields
from app.procedures.berkas import looked_up
from app.procedures.context import FormContext
from app.procedures.model.form import Field, Form, Section
from app.procedures.options import row_title, shown

PERSONAL = ("nik", "nomor_kk")


@dataclass
class Card:
    """One row of a table; `name`: the path of the row in InvalidInput."""

    name: str
    id: str
    title: str
    lines: list[tuple[str, str]]
    errors: list[str] = field(default_factory=list)


def in_words(one: Field, value: Any, row: Mapping[str, Any] | None = None, *, masked: bool = True) -> str:
    """An answer in words, "" for none; personal numbers `masked`. What was typed wrongly is shown as it was typed."""
    if value in (None, "", []):
        return ""
    if one.kind in PERSONAL and masked:
        return mask_nik(str(value))
    if one.kind in ("berkas", "berkas_diminta") and isinstance(value, list | dict):
        return f"{len(value)} berkas"
    if one.kind == "nomor_hp":
        return str(domestic_phone(value))
    try:
        return shown(one, value, row)
    except (LookupError, ValueError, TypeError):
        return str(value)


def domestic_phone(value: Any) -> Any:
    """ "6281234567890" as people write it: "0812 3456 7890". Anything else stays as it is."""
    number = str(value)
    if re.fullmatch(r"62[0-9]{8,13}", number) is None:
        return value
    return " ".join(re.findall(".{1,4}", "0" + number[2:]))


def cards(table: Field, form: Form, own: Mapping[str, Any], context: FormContext, *, masked: bool) -> list[Card]:
    """The rows of a table, with what their title does not say yet."""
    rows = own.get(table.id)
    found = []
    for number, row in enumerate(rows if isinstance(rows, list) else []):
        title = row_title(table, row) or f"Baris {number + 1}"
        columns = visible_columns(form, table, row, own, context)
        pairs = [(column.label, in_words(column, row.get(column.id), row, masked=masked)) for column in columns]
        lines = [(label, text) for label, text in pairs if text and text not in title]
        name = f"{table.id}.{number}"
        found.append(Card(name, html_id(name), mask_in_text(title) if masked else title, lines))
    return found


def html_id(path: str) -> str:
    """The id in HTML of the field at `path`."""
    return "i-" + path.replace(".", "-").replace("_", "-")


def lines(form: Form, section: Section, own: Mapping[str, Any], context: FormContext) -> list[tuple[str, list[str]]]:
    """Label and answer of what a page asks, to read over before sending; personal numbers masked."""
    found = []
    for one in visible_fields(form, section, own, context):
        said = _table_lines(one, form, own, context) if one.kind == "tabel" else [in_words(one, own.get(one.id))]
        nothing = "Belum diisi" if one.required else "Tidak diisi"
        found.append((one.label, [text for text in said if text] or [nothing]))
    return found


def copied(field: Field, context: FormContext) -> list[tuple[str, str]]:
    """What a `salin` field shows: (label, text), in order; tables give a line for each answer of each row."""
    step, _, name = field.extra["dari"].partition(".")
    source = context.forms[step].field(name) if step in context.forms else None
    value = looked_up(field.extra["dari"], context.answers)
    if source is None or value is None:
        return []
    if source.kind == "tabel":
        return [line for row in value for line in _row_lines(source, row)]
    return [(source.label, shown(source, value))]


def _table_lines(table: Field, form: Form, own: Mapping[str, Any], context: FormContext) -> list[str]:
    found: list[str] = []
    for number, card in enumerate(cards(table, form, own, context, masked=True), start=1):
        found += [f"{number}. {card.title}", *(f"{label}: {text}" for label, text in card.lines)]
    return found


def _row_lines(table: Field, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    title = row_title(table, row)
    template = str(table.extra.get("judul_baris", ""))
    for column in table.columns:
        text = shown(column, row.get(column.id), row)
        if text and "{" + column.id + "}" not in template:
            yield f"{title} · {column.label}", text
