"""Which people's NIK the answers of a step name, so that the case is found by exactly that number."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.procedures.model.form import Form


def niks(form: Form, answers: Mapping[str, Any]) -> frozenset[str]:
    """Of all fields and table columns of the kind `nik`."""
    return frozenset(_found(form, answers))


def _found(form: Form, answers: Mapping[str, Any]) -> Iterator[str]:
    for section in form.sections:
        for field in section.fields:
            answer = answers.get(field.id)
            if field.kind == "nik" and answer:
                yield str(answer)
            for column in field.columns:
                if column.kind == "nik":
                    yield from (str(row[column.id]) for row in answer or () if row.get(column.id))
