"""The texts of a form to print, filled with answers. How they look on paper is for others."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import zip_longest
from typing import Any

from app.procedures.model.form import Field, Form
from app.procedures.model.prints import PrintColumn, PrintForm, PrintTable
from app.procedures.options import shown
from app.procedures.prints import NUMBER, leaves, put, slots

Row = Mapping[str, Any]


def filled(text: str, form: Form, answers: Mapping[str, Any], facts: Mapping[str, str] | None = None) -> str:
    """A text of the form with the answers in it, as people read them; personal numbers unmasked.

    `facts`: what else it may name.
    """
    return put(text, {**{field.id: shown(field, answers.get(field.id)) for field in _fields(form)}, **(facts or {})})


def table_rows(table: PrintTable, form: Form, answers: Mapping[str, Any]) -> list[list[str]]:
    """The lines of a printed table: a text for every column, at least `table.least` lines."""
    source = form.field(table.source)
    given = answers.get(table.source) or []
    rows = [row for row in given if _fits(row, table.only) and _is_wanted(row, table.columns)]
    groups = _by_value(rows, table.per) if table.per else [[row] for row in rows]
    lines = [line for group in groups for line in _lines(table.columns, group)]
    found = (
        [_texts(table.columns, source, line, number) for number, line in enumerate(lines, start=1)] if source else []
    )
    width = len(list(leaves(table.columns)))
    return found + [[""] * width for _ in range(table.least - len(found))]


def used_fields(form: PrintForm) -> frozenset[str]:
    """Ids of the fields of the first step whose answers the paper shows."""
    texts = [block.text for block in form.blocks]
    texts += [text for block in form.blocks for _, text in block.lines]
    texts += [block.signature.get("nama", "") for block in form.blocks]
    tables = {block.table.source for block in form.blocks if block.table is not None}
    return frozenset(name for text in texts for name in slots(text)) | tables


def _fields(form: Form) -> Iterator[Field]:
    yield from (field for section in form.sections for field in section.fields)


def _fits(row: Row, only: Mapping[str, tuple[str, ...]]) -> bool:
    return all(row.get(name) in values for name, values in only.items())


def _is_wanted(row: Row, columns: Iterable[PrintColumn]) -> bool:
    """Where columns stand in groups, only rows that belong into one of them are printed."""
    groups = [column for column in columns if column.columns]
    return not groups or any(_fits(row, group.only) for group in groups)


def _by_value(rows: Sequence[Row], name: str) -> list[list[Row]]:
    """Rows with the same value of a column together, in the order in which the values come up."""
    found: dict[Any, list[Row]] = {}
    for row in rows:
        found.setdefault(row.get(name), []).append(row)
    return list(found.values())


# One printed line: place of a group (None: the columns outside groups) -> the rows that stand in it.
_Line = Mapping[int | None, Sequence[Row]]


def _lines(columns: Sequence[PrintColumn], rows: Sequence[Row]) -> list[_Line]:
    """The n-th row of every group side by side."""
    groups = [number for number, column in enumerate(columns) if column.columns]
    if not groups:
        return [{None: [row]} for row in rows]
    queues = [[row for row in rows if _fits(row, columns[number].only)] for number in groups]
    lines: list[_Line] = []
    for together in zip_longest(*queues):
        line: dict[int | None, list[Row]] = {number: [row] for number, row in zip(groups, together, strict=True) if row}
        line[None] = [row for row in together if row]
        lines.append(line)
    return lines


def _texts(columns: Sequence[PrintColumn], source: Field, line: _Line, number: int) -> list[str]:
    texts = []
    for place, column in enumerate(columns):
        rows = line.get(place if column.columns else None, ())
        for leaf in column.columns or (column,):
            each = [put(leaf.text, {**_values(source, row), NUMBER: str(number)}) for row in rows]
            texts.append("; ".join(dict.fromkeys(text for text in each if text)))
    return texts


def _values(source: Field, row: Row) -> dict[str, str]:
    return {column.id: shown(column, row.get(column.id), row) for column in source.columns}
