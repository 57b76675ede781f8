"""Forms as WTForms classes, for templates to draw.

Nothing is checked here: `answers` does that, the same for a page, a script and a test. So everything typed is held as
text, and what was wrong stays in the field until it is put right.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.widgets import DateInput, EmailInput, NumberInput, TelInput, TimeInput

from app.domain.codes import UnknownCode
from app.domain.regions import kalurahan, kapanewon
from app.procedures import model
from app.procedures.answers import visible_fields
from app.procedures.berkas import marked
from app.procedures.context import FormContext
from app.procedures.options import CODE, choices, code_options, element_way
from app.procedures.values import Setting, judged_requirements

MANY = 6  # more options than this are a list to open instead of buttons
YES_NO = (SelectChoice("ya", "Ya"), SelectChoice("tidak", "Tidak"))
NOTHING = SelectChoice("", "Pilih …")

Builder = Callable[[Setting], UnboundField]


def form_class(form: model.Form, section: model.Section, context: FormContext) -> type[Form]:
    """The class of one page: the fields to show, given context.own (and tables' rows as they are there)."""
    own = context.own
    shown = visible_fields(form, section, own, context)
    return _class(
        f"{form.step}_{section.id}",
        {spec.id: FIELD_BUILDERS[spec.kind](Setting(spec, form, own, {}, context)) for spec in shown},
    )


def build(form: model.Form, section: model.Section, context: FormContext, values: Mapping[str, Any]) -> Form:
    """The page with `values` in it (clean or raw). Every field gets `.spec` (model.Field or None) and `.kind`.

    In tables, fields also get `.shown` (by the row's own tampil_jika); menurut_elemen fields get `.way`
    ("kode/<list>", "tanggal", "teks") and `.choices`.
    """
    page = form_class(form, section, context)(data={key: _as_text(value) for key, value in values.items()})
    specs = {spec.id: spec for spec in section.fields}
    for name, field in page._fields.items():
        _mark(field, specs.get(name))
        if specs[name].kind == "tabel":
            _mark_rows(field, Setting(specs[name], form, {**context.own, **values}, {}, context))
    return page


def put_errors(page: Form, errors: Mapping[str, Iterable[str]]) -> list[str]:
    """Put InvalidInput.errors on the fields by path; what has no field on this page is returned."""
    left = []
    for path, messages in errors.items():
        field = _find(page, path.split(".")) if path else None
        if field is None:
            left += list(messages)
        elif isinstance(field, FormField):
            field.form.form_errors = [*field.form.form_errors, *messages]
        else:
            field.errors = [*field.errors, *messages]
    return left


def _find(page: Form, parts: list[str]) -> Field | None:
    """The field at a path; the nearest one around it where the path goes deeper than the page."""
    field: Field | None = page._fields.get(parts[0])
    for part in parts[1:]:
        inner: Field | None = None
        if isinstance(field, FieldList):
            inner = field.entries[int(part)] if part.isdecimal() and int(part) < len(field.entries) else None
        elif isinstance(field, FormField):
            inner = field.form._fields.get(part)
        if inner is None:
            return field
        field = inner
    return field


def _mark(field: Field, spec: model.Field | None) -> None:
    field.spec, field.kind, field.shown = spec, spec.kind if spec else "", True


def _mark_rows(table: FieldList, at: Setting) -> None:
    rows = at.own.get(at.field.id) or []
    for number, entry in enumerate(table.entries):
        row = rows[number] if number < len(rows) and isinstance(rows[number], Mapping) else {}
        _mark(entry, None)
        for column in at.field.columns:
            field = entry.form._fields[column.id]
            _mark(field, column)
            field.shown = at.context.meets(column.visible, at.form.step, {**at.own, **row})
            if column.kind == "menurut_elemen":
                field.way = element_way(column, row)
                options = code_options(field.way) if field.way.startswith(CODE) else ()
                field.choices = [(option.value, option.label) for option in options]


def _as_text(value: Any) -> Any:
    """Answers as WTForms shows them: ya/tidak for booleans, text for numbers, all the way down."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, Mapping):
        return {key: _as_text(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_as_text(each) for each in value]
    return str(value) if isinstance(value, int) else value


def _class(name: str, fields: Mapping[str, UnboundField]) -> type[Form]:
    return type(name, (Form,), dict(fields))


def _words(at: Setting) -> dict[str, Any]:
    return {"label": at.field.label, "description": at.field.help}


def _text(at: Setting) -> UnboundField:
    limit = at.field.extra.get("maks")
    return StringField(**_words(at), render_kw={"maxlength": limit} if limit else None)


def _long_text(at: Setting) -> UnboundField:
    return TextAreaField(**_words(at), render_kw={"maxlength": at.field.extra["maks"]})


def _input(widget: Any, **attributes: str) -> Builder:
    def make(at: Setting) -> UnboundField:
        return StringField(**_words(at), widget=widget, render_kw=attributes or None)

    return make


def _options(at: Setting) -> list[SelectChoice]:
    return _listed(choices(at.field, at.form, at.own, at.context))


def _listed(options: Iterable[model.Option]) -> list[SelectChoice]:
    return [SelectChoice(option.value, option.label) for option in options]


def _known_uploads(at: Setting) -> list[SelectChoice]:
    return [SelectChoice(upload, info.name or upload) for upload, info in at.context.uploads.items()]


def _choice(at: Setting) -> UnboundField:
    options = _options(at)
    if len(options) <= MANY and not at.field.options_from:
        return RadioField(**_words(at), choices=options, validate_choice=False)
    return SelectField(**_words(at), choices=[NOTHING, *options], validate_choice=False)


def _choices(at: Setting) -> UnboundField:
    return SelectMultipleField(**_words(at), choices=_options(at), validate_choice=False)


def _yes_no(at: Setting) -> UnboundField:
    return RadioField(**_words(at), choices=list(YES_NO), validate_choice=False)


def _statement(at: Setting) -> UnboundField:
    return BooleanField(**_words(at), false_values=(False, "false", "", "tidak"))


def _uploads(at: Setting) -> UnboundField:
    """The ids of what is uploaded; choices are the person's uploads by name."""
    return SelectMultipleField(**_words(at), choices=_known_uploads(at), validate_choice=False)


def _wanted(at: Setting) -> UnboundField:
    names = {each.code: each.name for each in at.context.requirements}
    fields = {}
    for code, mark in marked(at.field.extra["dari"], at.context.answers).items():
        fields[code] = SelectMultipleField(
            f"Foto baru untuk: {names.get(code, code)}",
            description=mark.get("catatan", ""),
            choices=_known_uploads(at),
            validate_choice=False,
        )
    return FormField(_class("Diminta", fields), **_words(at))


def _judgement(at: Setting) -> UnboundField:
    options = _listed(at.field.options)
    fields = {}
    for requirement in judged_requirements(at.field, at.own, at.context):
        one = {
            "nilai": RadioField(requirement.name, choices=options, validate_choice=False),
            "catatan": StringField("Apa yang kurang?", render_kw={"maxlength": at.field.extra["maks"]}),
        }
        fields[requirement.code] = FormField(_class("Penilaian", one), label=requirement.name)
    return FormField(_class("PenilaianBerkas", fields), **_words(at))


def _region(at: Setting) -> UnboundField:
    given = at.own.get(at.field.id)
    chosen = given.get("kapanewon", "") if isinstance(given, Mapping) else ""
    districts = [NOTHING, *(SelectChoice(each.kode, each.nama) for each in kapanewon())]
    fields = {
        "kapanewon": SelectField("Kapanewon", choices=districts, validate_choice=False),
        "kalurahan": SelectField("Kalurahan", choices=_villages(str(chosen)), validate_choice=False),
    }
    return FormField(_class("Wilayah", fields), **_words(at))


def _villages(chosen: str) -> list[SelectChoice]:
    """The kalurahan of the chosen kapanewon; before one is chosen, all of them under their kapanewon."""
    try:
        return [NOTHING, *(SelectChoice(each.kode, each.nama) for each in kalurahan(chosen))]
    except UnknownCode:
        every = [(each, one) for each in kapanewon() for one in kalurahan(each.kode)]
        return [NOTHING, *(SelectChoice(one.kode, one.nama, optgroup=each.nama) for each, one in every)]


def _table(at: Setting) -> UnboundField:
    columns = {
        column.id: FIELD_BUILDERS[column.kind](Setting(column, at.form, at.own, {}, at.context))
        for column in at.field.columns
    }
    least = max(at.field.extra["min_baris"], 1)
    return FieldList(FormField(_class("Baris", columns)), **_words(at), min_entries=least)


FIELD_BUILDERS: Mapping[str, Builder] = {
    "teks": _text,
    "teks_panjang": _long_text,
    "angka": _input(NumberInput()),
    "tanggal": _input(DateInput()),
    "jam": _input(TimeInput()),
    "pilihan": _choice,
    "pilihan_banyak": _choices,
    "ya_tidak": _yes_no,
    "pernyataan": _statement,
    "nik": _input(TelInput(), inputmode="numeric", autocomplete="off"),
    "nomor_kk": _input(TelInput(), inputmode="numeric", autocomplete="off"),
    "nomor_hp": _input(TelInput(), autocomplete="tel"),
    "email": _input(EmailInput(), autocomplete="email"),
    "wilayah": _region,
    "menurut_elemen": _text,
    "berkas": _uploads,
    "berkas_diminta": _wanted,
    "penilaian_berkas": _judgement,
    "tabel": _table,
    "salin": _text,
}
