"""Answers as text that a person can read without Alur: label and value, form by form."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.procedures.model.form import Field, Form


def answer_lines(form: Form | None, answers: Mapping[str, Any]) -> list[str]:
    """One line for each answer, rows of a table indented below their number. Without a form: the bare keys."""
    if form is None:
        return [f"{key}: {_plain(value)}" for key, value in answers.items()]
    fields = [field for section in form.sections for field in section.fields if field.id in answers]
    return [line for field in fields for line in _lines(field, answers[field.id])]


def _lines(field: Field, value: Any) -> Iterator[str]:
    if field.kind == "tabel":
        yield f"{field.label}:"
        for number, row in enumerate(value, start=1):
            yield f"  {number}."
            for column in field.columns:
                if column.id in row:
                    yield from (f"     {line}" for line in _lines(column, row[column.id]))
    elif field.kind == "penilaian_berkas":
        yield f"{field.label}:"
        for code, judged in value.items():
            note = f" ({judged['catatan']})" if judged.get("catatan") else ""
            yield f"  {code}: {_label(field, judged['nilai'])}{note}"
    elif field.kind == "berkas":
        yield f"{field.label}: {len(value)} berkas"
    else:
        yield f"{field.label}: {_shown(field, value)}"


def _shown(field: Field, value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_label(field, each) for each in value)
    return _label(field, value)


def _label(field: Field, value: Any) -> str:
    known = {option.value: option.label for option in field.options}
    return known[value] if isinstance(value, str) and value in known else _plain(value)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "Ya" if value else "Tidak"
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_plain(each)}" for key, each in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "; ".join(_plain(each) for each in value)
    return str(value)
