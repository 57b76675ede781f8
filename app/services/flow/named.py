"""Which NIK and nomor KK the answers of a step name: the case is found by the one, and kept from officers by both."""

from collections.abc import Iterator, Mapping
from typing import Any

from app.procedures.model.form import Form


def niks(form: Form, answers: Mapping[str, Any]) -> frozenset[str]:
    """Of all fields and table columns of the kind `nik`."""
    return frozenset(_found(form, answers, "nik"))


def kks(form: Form, answers: Mapping[str, Any]) -> frozenset[str]:
    """Of all fields and table columns of the kind `nomor_kk`."""
    return frozenset(_found(form, answers, "nomor_kk"))


def _found(form: Form, answers: Mapping[str, Any], kind: str) -> Iterator[str]:
    for section in form.sections:
        for field in section.fields:
            answer = answers.get(field.id)
            if field.kind == kind and answer:
                yield str(answer)
            for column in field.columns:
                if column.kind == kind:
                    yield from (str(row[column.id]) for row in answer or () if row.get(column.id))
