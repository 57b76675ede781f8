"""Invented answers that any form accepts: for `case simulate`, the bench and tests. Knows no procedure."""

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from app.domain.errors import InvalidInput
from app.procedures.answers import clean, visible_fields
from app.procedures.context import FormContext
from app.procedures.model.form import Field, Form
from app.procedures.prefill import prefill
from app.procedures.sample_values import NewUpload, Pen
from app.procedures.values import is_blank

TRIES = 80
_FILL_OPTIONAL = 0.4
_EXTRA_ROWS = 2


class NoSample(ValueError):
    """No try was accepted; the text names the form and what the last one broke."""


def sample_answers(
    form: Form,
    context: FormContext,
    rng: random.Random,
    new_upload: NewUpload,
    preferred: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Random answers that answers.clean accepts, as raw input; prefilled values are kept.

    `preferred`: field -> value for fields to decide beforehand, e.g. {"keputusan": "lengkap"}. Raises NoSample.
    """
    # What was answered on an earlier visit is not kept, or a case would repeat the same decision for ever.
    pen = Pen(rng, form, replace(context, own={}), new_upload)
    start = prefill(form, pen.context)
    errors: Mapping[str, list[str]] = {}
    for _ in range(TRIES):
        raw = _fill(pen, start, preferred or {})
        try:
            clean(form, raw, pen.context)
        except InvalidInput as refused:
            errors = refused.errors
        else:
            if not form.leaves_open(raw):
                return raw
            errors = {"": ["the step would stay open"]}
    raise NoSample(f"{form.step}: {dict(errors)}")


def _fill(pen: Pen, start: Mapping[str, Any], preferred: Mapping[str, Any]) -> dict[str, Any]:
    """One try, field by field, since what is shown depends on what was answered before."""
    pen.own = {}
    for section in pen.form.sections:
        for field in section.fields:
            if field.kind == "salin" or field not in visible_fields(pen.form, section, pen.own, pen.context):
                continue
            value = preferred.get(field.id, start.get(field.id))
            if is_blank(value) and _is_filled(pen, field):
                value = _table(pen, field) if field.kind == "tabel" else pen.value(field, field.id, {})
            if not is_blank(value):
                pen.own[field.id] = value
    return pen.own


def _is_filled(pen: Pen, field: Field) -> bool:
    return field.required or bool(field.extra.get("semua")) or pen.rng.random() < _FILL_OPTIONAL


def _table(pen: Pen, table: Field) -> list[dict[str, Any]]:
    least = max(table.extra["min_baris"], 1)
    count = pen.rng.randint(least, min(table.extra["maks_baris"], least + _EXTRA_ROWS))
    return [_row(pen, table, f"{table.id}.{number}") for number in range(count)]


def _row(pen: Pen, table: Field, path: str) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in table.columns:
        if pen.context.meets(column.visible, pen.form.step, {**pen.own, **row}) and _is_filled(pen, column):
            value = pen.value(column, f"{path}.{column.id}", row)
            if not is_blank(value):
                row[column.id] = value
    return row
