"""Answers of an earlier form that an officer opens again, for the pemohon to put right.

A path is a field (`alamat`) or a row of a table (`perubahan.0`, all its columns but files). Kept as
{path: {"semula": value, "menjadi": value}}.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from app.procedures.berkas import looked_up
from app.procedures.context import FormContext
from app.procedures.model.form import Field, Form
from app.procedures.options import FIELDS, OPENABLE, row_title, shown
from app.procedures.rulebook import broken_in_rows, strikes
from app.procedures.values import Refused, Setting, read_value

KIND = "isian_diminta"
BEFORE, AFTER = "semula", "menjadi"

Corrections = Mapping[str, Mapping[str, Any]]


def source_form(field: Field, forms: Mapping[str, Form]) -> Form | None:
    """The form whose answers the field opens, by way of the choice it looks at."""
    step, _, name = field.extra["dari"].partition(".")
    choice = forms[step].field(name) if step in forms else None
    return forms.get(choice.options_from.removeprefix(FIELDS)) if choice else None


def opened(field: Field, context: FormContext) -> dict[str, Any]:
    """Path -> the value that stands there now, of everything that was opened."""
    form = source_form(field, context.forms)
    chosen = looked_up(field.extra["dari"], context.answers)
    if form is None or not isinstance(chosen, list):
        return {}
    own = context.answers.get(form.step, {})
    return {path: value for path in chosen if (value := _value(own, path)) is not None}


def parts(form: Form, path: str) -> tuple[Field | None, tuple[Field, ...]]:
    """The field of a path, and for a row of a table the columns to fill in."""
    name, _, number = path.partition(".")
    field = form.field(name)
    columns = tuple(one for one in field.columns if one.kind in OPENABLE) if field and number else ()
    return field, columns


def read_corrections(raw: Any, at: Setting) -> dict[str, dict[str, Any]] | None:
    """Every opened answer anew, held against the rules of its own form. Raises Refused."""
    form = source_form(at.field, at.context.forms)
    if form is None:
        return None
    given, own = raw if isinstance(raw, Mapping) else {}, at.context.answers.get(form.step, {})
    found: dict[str, dict[str, Any]] = {}
    wrong: dict[str, str] = {}
    for path, before in opened(at.field, at.context).items():
        try:
            found[path] = {BEFORE: before, AFTER: _read(form, own, path, before, given.get(path), at.context)}
        except Refused as refused:
            wrong |= {f"{path}.{part}".rstrip("."): said for part, said in refused.messages.items()}
    wrong = wrong or dict(_broken(form, corrected(own, found), found, at.context))
    if wrong:
        raise Refused(wrong)
    return found or None


def corrected(own: Mapping[str, Any], corrections: Corrections) -> dict[str, Any]:
    """The answers with the corrections in them."""
    result = dict(own)
    for path, each in corrections.items():
        name, _, number = path.partition(".")
        if number:
            rows = list(result[name])
            rows[int(number)] = each[AFTER]
            result[name] = rows
        else:
            result[name] = each[AFTER]
    return result


def in_answers(form: Form, answers: Mapping[str, Any]) -> Iterator[tuple[Field, Corrections]]:
    """The corrections among the answers of a step."""
    for section in form.sections:
        for field in section.fields:
            if field.kind == KIND and answers.get(field.id):
                yield field, answers[field.id]


def told(field: Field, corrections: Corrections, forms: Mapping[str, Form]) -> list[tuple[str, str, str]]:
    """(label, before, after) of every answer that is another one now."""
    form = source_form(field, forms)
    found = []
    for path, each in corrections.items() if form else ():
        one, columns = parts(form, path) if form else (None, ())
        if one is None:
            continue
        before, after = each[BEFORE], each[AFTER]
        if not columns:
            found.append((one.label, shown(one, before), shown(one, after)))
        for column in columns:
            title = row_title(one, after)
            label = f"{title}, {column.label}" if title else column.label
            old, new = shown(column, before.get(column.id), before), shown(column, after.get(column.id), after)
            found.append((label, old, new))
    return [(label, before, after) for label, before, after in found if before != after]


def _value(own: Mapping[str, Any], path: str) -> Any:
    name, _, number = path.partition(".")
    if not number:
        return own.get(name)
    rows = own.get(name) or []
    return rows[int(number)] if number.isdecimal() and int(number) < len(rows) else None


def _read(form: Form, own: Mapping[str, Any], path: str, before: Any, raw: Any, context: FormContext) -> Any:
    field, columns = parts(form, path)
    if field is None:
        raise Refused("Isian ini tidak ada lagi.")
    if not columns:
        value = read_value(raw, Setting(field, form, own, {}, context))
        if value is None and field.required:
            raise Refused(f"Isi {field.label}.")
        return value
    given = raw if isinstance(raw, Mapping) else {}
    row = {key: value for key, value in before.items() if key not in {column.id for column in columns}}
    for column in columns:
        if context.meets(column.visible, form.step, {**own, **row}):
            try:
                value = read_value(given.get(column.id), Setting(column, form, own, row, context))
            except Refused as refused:
                raise Refused(str(refused), column.id) from refused
            if value is None and column.required:
                raise Refused(f"Isi {column.label}.", column.id)
            if value is not None:
                row[column.id] = value
    return row


def _broken(
    form: Form, own: Mapping[str, Any], corrections: Corrections, context: FormContext
) -> Iterator[tuple[str, str]]:
    """Rules of the opened form that the corrected answers break, at what was opened."""

    def meets(rule: Any, row: Mapping[str, Any]) -> bool:
        return context.meets(rule.condition, form.step, {**own, **row})

    for rule in form.rules:
        if rule.refuse and strikes(rule, own, meets):
            yield "", rule.refuse
    for table in (field for section in form.sections for field in section.fields if field.kind == "tabel"):
        for rule in table.rules if any(path.startswith(f"{table.id}.") for path in corrections) else ():
            rows = list(enumerate(own.get(table.id) or []))
            hits = broken_in_rows(rule, rows, meets) if rule.refuse else ()
            for number, column in hits:
                path = f"{table.id}.{number}"
                yield (f"{path}.{column}" if path in corrections else ""), rule.refuse
