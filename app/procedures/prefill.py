"""What a form starts with: from the account, the population registry, earlier steps, and `awal`."""

from collections.abc import Mapping
from typing import Any

from app.domain.tanggal import local
from app.procedures.actions import GOOD, NOW, PREFILL
from app.procedures.berkas import looked_up
from app.procedures.context import FormContext
from app.procedures.corrections import KIND, opened
from app.procedures.days import written_day
from app.procedures.model.form import Field, Form
from app.procedures.options import choices


def prefill(form: Form, context: FormContext) -> dict[str, Any]:
    """Values to show before anybody typed, in the shapes of model.Form; what was answered before (own) wins."""
    start: dict[str, Any] = dict(context.own)
    for field in (field for section in form.sections for field in section.fields):
        value = (
            locked_value(field, context) if field.locked else start.get(field.id, _first_value(field, form, context))
        )
        if value is not None:
            start[field.id] = value
    for field in (field for section in form.sections for field in section.fields):
        if "awal_dari" in field.extra and field.id not in start:
            message = _proposed(form, field, start, context)
            if message:
                start[field.id] = message
    return start


def locked_value(field: Field, context: FormContext) -> Any:
    """The only value a locked field may have; None where its source knows none."""
    return _filled(field.filled_from, context)


def _first_value(field: Field, form: Form, context: FormContext) -> Any:
    if field.kind == KIND:
        return opened(field, context) or None
    if "tetap" in field.extra:
        return field.extra["tetap"]
    is_filled = field.filled_from and context.meets(field.extra.get("diisi_jika"), form.step, context.own)
    value = _filled(field.filled_from, context) if is_filled else None
    if field.kind == "tabel" and isinstance(value, list):
        known = {column.id for column in field.columns}
        return [{key: each for key, each in row.items() if key in known} for row in value]
    if value is None and "awal" in field.extra:
        return _start(field, context)
    if value is None and "awal_ya_bila" in field.extra:
        return _any_row(field.extra["awal_ya_bila"], context)
    return value


def _filled(source: str, context: FormContext) -> Any:
    first, _, name = source.partition(".")
    if first in PREFILL:
        return context.prefill.get(first, {}).get(name)
    return looked_up(source, context.answers)


def _start(field: Field, context: FormContext) -> Any:
    written = field.extra["awal"]
    if field.kind == "pilihan_banyak":
        return list(written)
    word = written[0] if isinstance(written, tuple) else written
    if field.kind == "tanggal":
        return written_day(word, context).isoformat()
    if word == NOW:
        return f"{local(context.now):%H:%M}"
    return word


def _any_row(rule: Mapping[str, Any], context: FormContext) -> bool:
    rows = looked_up(rule["tabel"], context.answers) or []
    return any(row.get(rule["kolom"]) in rule["salah_satu"] for row in rows)


def _proposed(form: Form, field: Field, own: Mapping[str, Any], context: FormContext) -> str:
    """One line for each thing that is not right: documents that are wanting, or what was left unticked."""
    source = form.field(field.extra["awal_dari"])
    given = own.get(field.extra["awal_dari"])
    lines: list[str] = []
    if source is not None and source.kind == "pilihan_banyak":
        ticked = set(given) if isinstance(given, list) else set()
        left = [option for option in choices(source, form, own, context) if option.value not in ticked]
        lines = [f"{option.label} ({option.help}): " if option.help else f"{option.label}: " for option in left]
    elif source is not None and isinstance(given, Mapping):
        lines = _wanting(source, given, context)
    return "\n".join(lines)[: field.extra["maks"]]


def _wanting(source: Field, judged: Mapping[str, Any], context: FormContext) -> list[str]:
    names = {each.code: each.name for each in context.requirements}
    options = {option.value: option for option in source.options if option.value != GOOD}
    wanting = [(code, options[each["nilai"]], each) for code, each in judged.items() if each.get("nilai") in options]
    said = [(code, option, each.get("catatan") or option.note) for code, option, each in wanting]
    return [f"{names.get(code, code)}: {option.label}. {note}" for code, option, note in said if note]
