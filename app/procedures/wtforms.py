"""Forms as WTForms classes: drawn by templates, filled from what a browser sends.

Nothing is checked here: `answers` does that, the same for a page, a script and a test. So everything typed stays in its
field until it is put right.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from wtforms.fields.core import UnboundField

from app.domain.masking import mask_nik
from app.procedures import corrections
from app.procedures.actions import GOOD
from app.procedures.answers import visible_columns, visible_fields
from app.procedures.berkas import current_files, marked
from app.procedures.context import FormContext
from app.procedures.display import Card, cards, copied, in_words
from app.procedures.inputs import (
    YES_NO,
    Asked,
    Checkboxes,
    Copied,
    Corrections,
    Group,
    Judgement,
    Locked,
    LongText,
    Page,
    Phone,
    Radio,
    Region,
    Select,
    Statement,
    Table,
    Text,
    Uploads,
    Wanted,
    YesNo,
    is_locked,
    page_class,
)
from app.procedures.model.form import Field, Form, Option, Section
from app.procedures.options import CODE, choices, code_options, element_way, is_typed, row_title
from app.procedures.values import LONGEST_NAME, Setting, judged_requirements

MANY = 7  # more options than this are a list to open instead of buttons
LOCKED_AS_DRAWN = ("berkas", "berkas_diminta", "penilaian_berkas", "pilihan_banyak", "tabel")

Builder = Callable[["Drawing"], UnboundField]


@dataclass(frozen=True)
class Drawing(Setting):
    """`masked`: personal numbers of locked fields and rows with their last four digits only."""

    masked: bool = True


def build(form: Form, section: Section, own: Mapping[str, Any], context: FormContext, *, masked: bool = True) -> Page:
    """One page with the fields to show, filled with `own`: this step's answers so far, clean or as typed.

    Every field has `.spec` (model.Field), `.kind`, `.type` (the class in `inputs`), `.locked` and `.described_by`.
    """
    shown = visible_fields(form, section, own, context)
    drawings = [Drawing(one, form, own, {}, context, masked) for one in shown]
    return _class(f"{form.step}_{section.id}", drawings)(data=own)


def build_row(
    form: Form, table: Field, number: int, row: Mapping[str, Any], own: Mapping[str, Any], context: FormContext
) -> Page:
    """One row of a table as a page: the columns that `row` is asked for."""
    shown = visible_columns(form, table, row, own, context)
    known = known_numbers(table, row, context)
    fields = {
        one.id: Locked(one, mask_nik(known[one.id]))
        if one.id in known
        else _field(Drawing(one, form, own, row, context))
        for one in shown
    }
    return page_class(f"{form.step}_{table.id}", fields)(data=row, prefix=f"{table.id}.{number}.")


def known_numbers(table: Field, row: Mapping[str, Any], context: FormContext) -> dict[str, str]:
    """Column -> the NIK of this row that the registry gave for the person's own family: shown masked, never typed."""
    family = context.prefill.get("penduduk", {}).get("anggota_kk") or []
    numbers = {str(member["nik"]) for member in family}
    columns = (column.id for column in table.columns if column.kind == "nik")
    return {name: str(row[name]) for name in columns if row.get(name) in numbers}


def read(
    fields: Iterable[Field], posted: Any, form: Form, own: Mapping[str, Any], context: FormContext, prefix: str = ""
) -> dict[str, Any]:
    """What a browser posted (a MultiDict) as raw answers for `clean`; what is not there is absent.

    Field by field, since what one asks may depend on the one before. Tables and locked fields are not typed on the
    page: they stay as in `own`. `prefix`: `anggota.0.` for the columns of a row.
    """
    raw: dict[str, Any] = {}
    for one in fields:
        if is_locked(one) or one.kind in ("tabel", "salin"):
            answer = own.get(one.id)
        else:
            at = Drawing(one, form, {**own, **raw}, raw, context)
            answer = _class(one.id, [at])(posted, prefix=prefix)[one.id].answer
        if answer is not None:
            raw[one.id] = answer
    return raw


def put_errors(pages: Iterable[Page], errors: Mapping[str, Iterable[str]]) -> list[tuple[str, str]]:
    """Put InvalidInput.errors on the fields by path, or on what the path lies in.

    Returns every sentence once, with the HTML id of its field ("" where that is not on these pages), led by the
    field's label where it would not tell which field it means.
    """
    places = {place.name: place for page in pages for place in _places(page)}
    found = []
    for path, sentences in errors.items():
        place = _nearest(places, path)
        label = _label(place) if place else ""
        for said in sentences:
            lead = f"{label}: " if label and label not in said and len(places) > 1 else ""
            found.append((place.id if place else "", f"{lead}{said}"))
            if place and said not in place.errors:
                place.errors = [*place.errors, said]
    return list(dict.fromkeys(found))


def _places(page: Iterable[Any]) -> Iterator[Any]:
    """Everything on the page that an error may be about."""
    for field in page:
        yield field
        if isinstance(field, Group):
            yield from _places(field.form) if isinstance(field, Corrections) else field.form
        if isinstance(field, Table):
            yield from field.cards


def _nearest(places: Mapping[str, Any], path: str) -> Any:
    while path and path not in places:
        path = path.rpartition(".")[0]
    return places.get(path)


def _label(place: Asked | Card) -> str:
    return place.title if isinstance(place, Card) else place.spec.label


def _class(name: str, drawings: Iterable[Drawing]) -> type[Page]:
    return page_class(name, {at.field.id: _field(at) for at in drawings})


def _field(at: Drawing) -> UnboundField:
    one = at.field
    if is_locked(one) and one.kind not in LOCKED_AS_DRAWN:
        value = one.extra.get("tetap", at.own.get(one.id))
        return Locked(one, in_words(one, value, masked=at.masked))
    return FIELD_BUILDERS[one.kind](at)


def _text(at: Drawing) -> UnboundField:
    return Text(at.field, render_kw={"maxlength": at.field.extra["maks"]})


def _typed(**attributes: str) -> Builder:
    return lambda at: Text(at.field, render_kw=attributes)


def _one_of(one: Field, options: Sequence[Option]) -> UnboundField:
    return (Select if len(options) > MANY else Radio)(one, options)


def _choice(at: Drawing) -> UnboundField:
    options = choices(at.field, at.form, at.own, at.context)
    if is_typed(at.field, options):
        return Text(replace(at.field, kind="teks"), render_kw={"maxlength": LONGEST_NAME})
    return _one_of(at.field, options)


def _by_element(at: Drawing) -> UnboundField:
    way = element_way(at.field, at.row)
    if way.startswith(CODE):
        return _one_of(at.field, code_options(way, at.context.codes_day))
    return Text(at.field, render_kw={"type": "date"}) if way == "tanggal" else _text(at)


def _judgement(at: Drawing) -> UnboundField:
    decision = replace(at.field, kind="pilihan", help="", label="Penilaian")
    note = replace(at.field, kind="teks", help="", label="Catatan untuk pemohon")
    fields = {}
    handed_in = current_files(at.context.forms, at.context.answers)
    for requirement in judged_requirements(at.field, at.own, at.context):
        options = [one for one in decision.options if one.value != GOOD or handed_in.get(requirement.code)]
        parts = {"nilai": Radio(decision, options), "catatan": _text(replace(at, field=note))}
        part = replace(at.field, id=requirement.code, label=requirement.name, help="")
        fields[requirement.code] = Group(part, parts)
    return Judgement(at.field, fields)


def _wanted(at: Drawing) -> UnboundField:
    names = {each.code: each.name for each in at.context.requirements}
    fields = {}
    for code, judged in marked(at.field.extra["dari"], at.context.answers).items():
        part = replace(at.field, id=code, kind="berkas", label=names.get(code, code), help="", requirement=code)
        fields[code] = Uploads(part, at.context.uploads, _complaint(at, judged))
    return Wanted(at.field, fields)


def _complaint(at: Drawing, judged: Mapping[str, str]) -> str:
    """What was wrong with a document: the requirement it misses, and the note."""
    sources = [
        (at.context.forms.get(step), name) for step, _, name in (one.partition(".") for one in at.field.extra["dari"])
    ]
    fields = [form.field(name) for form, name in sources if form is not None]
    labels = {option.value: option.label for field in fields if field for option in field.options}
    label, note = labels.get(judged.get("nilai", ""), ""), judged.get("catatan", "")
    return f"{label}. {note}" if label and note else label or note


def _corrections(at: Drawing) -> UnboundField:
    form = corrections.source_form(at.field, at.context.forms)
    fields: dict[str, UnboundField] = {}
    typed = at.own.get(at.field.id)
    for path, value in corrections.opened(at.field, at.context).items() if form else ():
        field, columns = corrections.parts(form, path) if form else (None, ())
        if field is None or form is None:
            continue
        own = at.context.answers[form.step]
        if not columns:
            fields[path] = _field(replace(at, field=field, form=form, own=own))
            continue
        row = typed[path] if isinstance(typed, Mapping) and isinstance(typed.get(path), Mapping) else value
        drawings = [replace(at, field=column, form=form, own=own, row={**value, **row}) for column in columns]
        shown = [one for one in drawings if at.context.meets(one.field.visible, form.step, {**own, **one.row})]
        part = replace(field, id=path, label=f"{field.label}: {row_title(field, value)}", help="")
        fields[path] = Group(part, {one.field.id: _field(one) for one in shown})
    return Corrections(at.field, fields)


FIELD_BUILDERS: Mapping[str, Builder] = {
    "teks": _text,
    "teks_panjang": lambda at: LongText(at.field, render_kw={"maxlength": at.field.extra["maks"], "rows": 4}),
    "angka": _typed(inputmode="numeric"),
    "tanggal": _typed(type="date"),
    "jam": _typed(type="time"),
    "pilihan": _choice,
    "pilihan_banyak": lambda at: Checkboxes(at.field, choices(at.field, at.form, at.own, at.context)),
    "ya_tidak": lambda at: YesNo(at.field, YES_NO),
    "pernyataan": lambda at: Statement(at.field, render_kw={"value": "ya"}),
    "nik": _typed(inputmode="numeric"),
    "nomor_kk": _typed(inputmode="numeric"),
    "nomor_hp": lambda at: Phone(at.field, render_kw={"type": "tel", "autocomplete": "tel"}),
    "email": _typed(type="email", autocomplete="email"),
    "wilayah": lambda at: Region(at.field),
    "menurut_elemen": _by_element,
    "berkas": lambda at: Uploads(at.field, at.context.uploads),
    "berkas_diminta": _wanted,
    "isian_diminta": _corrections,
    "penilaian_berkas": _judgement,
    "tabel": lambda at: Table(at.field, cards(at.field, at.form, at.own, at.context, masked=at.masked)),
    "salin": lambda at: Copied(at.field, copied(at.field, at.context)),
}
