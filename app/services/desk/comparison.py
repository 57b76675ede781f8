"""What the population registry says of the people in a form, where it differs from what was written.

Read off the form alone: a table with a `nik` column holds people; in another table, a column chosen from it names one
of them, and a `menurut_elemen` column holds an element of that person.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.adapters.registry import Registry, TableRegistry, Warga
from app.procedures.model.form import Field, Form
from app.procedures.options import shown
from app.services import store

UNKNOWN = "tidak ada di data kependudukan"


@dataclass(frozen=True)
class Difference:
    """One cell that differs. `registered`: what the registry has, in words."""

    table: str
    row: int
    column: str
    registered: str


def differences(form: Form, answers: Mapping[str, Any]) -> tuple[Difference, ...]:
    """Cells of the form's tables that the registry contradicts. The caller may see the case."""
    registry = TableRegistry(store.session())
    tables = [field for section in form.sections for field in section.fields if field.kind == "tabel"]
    found: list[Difference] = []
    for table in tables:
        rows = answers.get(table.id) or []
        if _nik_column(table):
            found += _people(table, rows, registry)
        else:
            found += _elements(form, table, rows, answers, registry)
    return tuple(found)


def _people(table: Field, rows: list[Mapping[str, Any]], registry: Registry) -> Iterator[Difference]:
    nik = _nik_column(table)
    for number, row in enumerate(rows):
        person = registry.find(str(row.get(nik, "")))
        if person is None:
            yield Difference(table.id, number, nik, UNKNOWN)
            continue
        for column in table.columns:
            if column.id in row and column.id != nik:
                yield from _cell(table, number, column, row, person.element(column.id))


def _elements(
    form: Form, table: Field, rows: list[Mapping[str, Any]], answers: Mapping[str, Any], registry: Registry
) -> Iterator[Difference]:
    column = next((column for column in table.columns if column.kind == "menurut_elemen"), None)
    if column is None:
        return
    for number, row in enumerate(rows):
        person = _named(form, table, row, answers, registry)
        if person is not None:
            yield from _cell(table, number, column, row, person.element(str(row.get(column.extra["of"], ""))))


def _named(
    form: Form, table: Field, row: Mapping[str, Any], answers: Mapping[str, Any], registry: Registry
) -> Warga | None:
    """The person that this row is about, through the table its choice came from."""
    for column in table.columns:
        source, _, name = column.options_from.partition(".")
        people = form.field(source) if name else None
        nik = _nik_column(people) if people else ""
        if nik:
            who = next((one for one in answers.get(source) or [] if one.get(name) == row.get(column.id)), None)
            return registry.find(str(who.get(nik, ""))) if who else None
    return None


def _cell(
    table: Field, number: int, column: Field, row: Mapping[str, Any], registered: str | None
) -> Iterator[Difference]:
    written = row.get(column.id)
    if registered is None or written is None:
        return
    known, said = shown(column, registered, row), shown(column, written, row)
    if known.casefold().strip() != said.casefold().strip():
        yield Difference(table.id, number, column.id, known)


def _nik_column(table: Field) -> str:
    return next((column.id for column in table.columns if column.kind == "nik"), "")
