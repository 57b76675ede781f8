"""What a person filled in, checked on the server: only what the form shows gets in, and all it asks for is there."""

from collections.abc import Mapping
from typing import Any

from app.domain.errors import InvalidInput
from app.procedures.berkas import marked
from app.procedures.context import FormContext, UploadInfo, form_context
from app.procedures.corrections import KIND, opened, read_corrections
from app.procedures.model.form import Field, Form, Rule, Section
from app.procedures.options import choices
from app.procedures.prefill import locked_value, prefill
from app.procedures.rulebook import broken_in_rows, form_path, rule_fields, strikes
from app.procedures.values import Refused, Setting, is_blank, judged_requirements, read_value

__all__ = [
    "FormContext",
    "UploadInfo",
    "clean",
    "clean_section",
    "form_context",
    "prefill",
    "reminders",
    "visible_columns",
    "visible_fields",
    "visible_sections",
]

_MISSING = {
    "pilihan": "Pilih salah satu.",
    "pilihan_banyak": "Pilih sedikitnya satu.",
    "ya_tidak": "Pilih ya atau tidak.",
    "tanggal": "Isi tanggalnya.",
    "jam": "Isi jamnya.",
    "berkas": "Unggah foto atau PDF-nya.",
    "pernyataan": "Centang pernyataan ini untuk melanjutkan.",
    "wilayah": "Pilih kapanewon dan kalurahan.",
    "tabel": "Tambahkan sedikitnya satu baris.",
}


def clean(form: Form, raw: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    """The answers of the whole form, ready to store: hidden and empty fields absent, everything else checked.

    `raw` has the shapes of model.Form, with texts where a browser sends texts. Raises InvalidInput.
    """
    work = _Cleaning(form, context, {})
    for section in form.sections:
        work.take(section, raw)
    return work.result(form.rules, {field.id for section in form.sections for field in section.fields})


def clean_section(form: Form, section: Section, raw: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
    """The answers of one page; `context.own` holds those of the other pages. Raises InvalidInput."""
    work = _Cleaning(form, context, dict(context.own))
    for field in section.fields:
        work.data.pop(field.id, None)
    work.take(section, raw)
    here = {field.id for field in section.fields}
    known = here | set(context.own)
    rules = tuple(rule for rule in form.rules if rule_fields(rule, form) & here and rule_fields(rule, form) <= known)
    data = work.result(rules, here)
    return {field: data[field] for field in here if field in data}


def visible_sections(form: Form, own: Mapping[str, Any], context: FormContext) -> tuple[Section, ...]:
    """The pages to show, given the answers `own` so far: shown by tampil_jika, and not empty."""
    return tuple(section for section in form.sections if visible_fields(form, section, own, context))


def visible_fields(form: Form, section: Section, own: Mapping[str, Any], context: FormContext) -> tuple[Field, ...]:
    """The fields of a page to show, given the answers `own` so far."""
    if not context.meets(section.visible, form.step, own):
        return ()
    return tuple(field for field in section.fields if _shows(field, form, own, context))


def visible_columns(
    form: Form, table: Field, row: Mapping[str, Any], own: Mapping[str, Any], context: FormContext
) -> tuple[Field, ...]:
    """The columns a row is asked for, with what it says so far; the value of a hidden column does not count.

    A menurut_elemen column follows only once its element is chosen.
    """
    kept: dict[str, Any] = {}
    found = []
    for column in table.columns:
        waits = column.kind == "menurut_elemen" and not row.get(str(column.extra["of"]))
        if not waits and context.meets(column.visible, form.step, {**own, **kept}):
            kept[column.id] = row.get(column.id)
            found.append(column)
    return tuple(found)


def reminders(form: Form, data: Mapping[str, Any], context: FormContext | None = None) -> list[tuple[str, str]]:
    """(path, text) of every rule that only reminds; `data` is clean. Nothing is refused for these."""
    answers = context.answers if context else {}

    def meets(rule: Rule, own: Mapping[str, Any]) -> bool:
        return rule.condition is None or rule.condition.holds({**answers, form.step: {**data, **own}})

    found = [(form_path(rule, form), rule.remind) for rule in form.rules if rule.remind and strikes(rule, data, meets)]
    for table in (field for section in form.sections for field in section.fields if field.kind == "tabel"):
        rows = list(enumerate(data.get(table.id) or []))
        for rule in table.rules:
            if rule.remind:
                hits = broken_in_rows(rule, rows, meets)
                found += [(f"{table.id}.{number}.{column}", rule.remind) for number, column in hits]
    return found


def _shows(field: Field, form: Form, own: Mapping[str, Any], context: FormContext) -> bool:
    if not context.meets(field.visible, form.step, own):
        return False
    if "perlu_isian" in field.extra and is_blank(own.get(field.extra["perlu_isian"])):
        return False
    if "bila_tak_terbaca" in field.extra:
        return _has_unread(own.get(field.extra["bila_tak_terbaca"]), context)
    if field.kind == "berkas_diminta":
        return bool(marked(field.extra["dari"], context.answers))
    if field.kind == KIND:
        return bool(opened(field, context))
    if field.kind == "penilaian_berkas":
        return bool(judged_requirements(field, own, context))
    if field.kind == "pilihan_banyak" and field.options_from:
        return bool(choices(field, form, own, context))
    return True


def _has_unread(uploads: Any, context: FormContext) -> bool:
    """Was one of these files to be compared, and could not be read?"""
    given = uploads if isinstance(uploads, list) else []
    return any(each in context.uploads and context.uploads[each].unread for each in given if isinstance(each, str))


class _Cleaning:
    """One pass over a form: `data` grows page by page, `errors` by path."""

    def __init__(self, form: Form, context: FormContext, data: dict[str, Any]) -> None:
        self.form, self.context, self.data = form, context, data
        self.errors: dict[str, list[str]] = {}

    def take(self, section: Section, raw: Mapping[str, Any]) -> None:
        for field in section.fields:
            # Asked anew for each field, since a field may depend on the one before it.
            shown = self.context.meets(section.visible, self.form.step, self.data)
            if shown and field.kind != "salin" and _shows(field, self.form, self.data, self.context):
                value = self._field(field, raw.get(field.id))
                if value is not None:
                    self.data[field.id] = value

    def result(self, rules: tuple[Rule, ...], here: set[str]) -> dict[str, Any]:
        self._let_blank(here)
        self._check_all_ticked(here)
        if not self.errors:
            for rule in rules:
                if rule.refuse and strikes(rule, self.data, self._meets):
                    self._error(form_path(rule, self.form), rule.refuse)
        if self.errors:
            raise InvalidInput(self.errors)
        return self.data

    def _field(self, field: Field, raw: Any) -> Any:
        if field.locked:
            raw = locked_value(field, self.context)
            if is_blank(raw) and field.required:
                self._error(field.id, f"{field.label} belum ada di akun Anda. Lengkapi di menu Akun, lalu kembali.")
                return None
        if field.kind == "tabel":
            return self._table(field, raw)
        return self._value(field, raw, field.id, {})

    def _value(self, field: Field, raw: Any, path: str, row: Mapping[str, Any]) -> Any:
        read = read_corrections if field.kind == KIND else read_value
        try:
            value = read(raw, Setting(field, self.form, self.data, row, self.context))
        except Refused as refused:
            for part, message in refused.messages.items():
                self._error(f"{path}.{part}".rstrip("."), message)
            return None
        if value is None and field.required:
            self._error(path, _missing(field))
        return value

    def _table(self, field: Field, raw: Any) -> list[dict[str, Any]] | None:
        given = raw if isinstance(raw, list) else []
        rows = [(i, row) for i, row in enumerate(given) if isinstance(row, Mapping) and not _is_blank_row(row)]
        most, least = field.extra["maks_baris"], max(field.extra["min_baris"], int(field.required))
        if len(rows) > most:
            self._error(field.id, f"Paling banyak {most} baris.")
            return None
        if len(rows) < least:
            self._error(field.id, _MISSING["tabel"] if least == 1 else f"Sedikitnya {least} baris.")
        cleaned = [(number, self._row(field, row, f"{field.id}.{number}")) for number, row in rows]
        for rule in field.rules:
            if rule.refuse:
                for number, column in broken_in_rows(rule, cleaned, self._meets):
                    self._error(f"{field.id}.{number}.{column}", rule.refuse)
        return [row for _, row in cleaned] or None

    def _row(self, table: Field, raw: Mapping[str, Any], path: str) -> dict[str, Any]:
        row: dict[str, Any] = {}
        for column in table.columns:
            if self.context.meets(column.visible, self.form.step, {**self.data, **row}):
                value = self._value(column, raw.get(column.id), f"{path}.{column.id}", row)
                if value is not None:
                    row[column.id] = value
        return row

    def _let_blank(self, here: set[str]) -> None:
        """What need not be judged with these answers is not missing; half of it is not kept."""
        for field in (field for section in self.form.sections for field in section.fields if field.id in here):
            free = field.extra.get("boleh_kosong")
            if free and field.id not in self.data and self.context.meets(free, self.form.step, self.data):
                wrong = [path for path in self.errors if path == field.id or path.startswith(f"{field.id}.")]
                self.errors = {path: said for path, said in self.errors.items() if path not in wrong}

    def _check_all_ticked(self, here: set[str]) -> None:
        for field in (field for section in self.form.sections for field in section.fields if field.id in here):
            every = field.extra.get("semua")
            if not every or not self._is_shown(field) or field.id in self.errors:
                continue
            if every is True or self.context.meets(every, self.form.step, self.data):
                wanted = {option.value for option in choices(field, self.form, self.data, self.context)}
                if wanted - set(self.data.get(field.id) or []):
                    self._error(field.id, f'Centang semua pada "{field.label}" dulu.')

    def _is_shown(self, field: Field) -> bool:
        return any(field in visible_fields(self.form, part, self.data, self.context) for part in self.form.sections)

    def _meets(self, rule: Rule, own: Mapping[str, Any]) -> bool:
        return self.context.meets(rule.condition, self.form.step, {**self.data, **own})

    def _error(self, path: str, message: str) -> None:
        known = self.errors.setdefault(path, [])
        if message not in known:
            known.append(message)


def _missing(field: Field) -> str:
    formats = field.extra.get("format") or ()
    if field.kind == "berkas" and formats and "pdf" not in formats:
        return "Unggah fotonya."
    return _MISSING.get(field.kind, f"Isi {field.label}.")


def _is_blank_row(row: Mapping[str, Any]) -> bool:
    return all(is_blank(value) for value in row.values())
