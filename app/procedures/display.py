"""Answers as lines to read or to copy, for screens beside a form."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.procedures.berkas import looked_up
from app.procedures.context import FormContext
from app.procedures.model import Field
from app.procedures.options import row_title, shown


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


def _row_lines(table: Field, row: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    title = row_title(table, row)
    template = str(table.extra.get("judul_baris", ""))
    for column in table.columns:
        text = shown(column, row.get(column.id), row)
        if text and "{" + column.id + "}" not in template:
            yield f"{title} · {column.label}", text
