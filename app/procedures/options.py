"""What can be chosen in a field, also where the choices depend on other answers."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from app.domain import codes
from app.domain.regions import kalurahan_by_code, kapanewon_by_code
from app.domain.tanggal import format_date, parse_date
from app.procedures.context import FormContext
from app.procedures.model.form import Field, Form, Option

CODE = "kode/"
FIELDS = "isian/"
FAMILY = "penduduk.anggota_kk"
RUNNING = "permohonan.berjalan"
# What can be opened again for correction: values that are typed or chosen, nothing that decides what else is asked.
OPENABLE = frozenset(
    {"teks", "teks_panjang", "angka", "tanggal", "jam", "pilihan", "ya_tidak", "nik", "nomor_hp", "email", "wilayah"}
    | {"menurut_elemen"}
)
_WITHOUT_LINE = frozenset({"tabel", "berkas", "berkas_diminta", "penilaian_berkas", "salin", "isian_diminta"})


def code_options(source: str, on: date | None = None) -> tuple[Option, ...]:
    """The options of `kode/<list>` that a form of that day offers; None: all there ever were, for reading answers."""
    name = source.removeprefix(CODE)
    return tuple(Option(code.kode, code.nama) for code in (codes.offered(name, on) if on else codes.ever(name)))


def choices(field: Field, form: Form, own: Mapping[str, Any], context: FormContext) -> tuple[Option, ...]:
    """The options of a pilihan or pilihan_banyak, given the answers `own` of this step so far.

    `kode/<list>`: the national list. `<table>.<column>` of this form: what was written there. `<step>.<table>`: the
    rows of that table; their value is the row number from "0", their help what stood there and what shall.
    `isian/<step>`: what was answered there and may be corrected; values are paths as in `corrections`.
    `penduduk.anggota_kk`: the others of the person's family by name, as the registry knows them; none where it does
    not, and then the name is typed. `permohonan.berjalan`: the person's own running permohonan by number; without any,
    the number is typed.
    """
    if not field.options_from:
        return tuple(option for option in field.options if context.meets(option.visible, form.step, own))
    if field.options_from.startswith(CODE):
        return code_options(field.options_from, context.codes_day)
    if field.options_from.startswith(FIELDS):
        return _openable(field.options_from.removeprefix(FIELDS), context)
    if field.options_from == FAMILY:
        return _family(context)
    if field.options_from == RUNNING:
        running = context.prefill.get("permohonan", {}).get("berjalan") or []
        return tuple(Option(one["nomor"], one["nomor"], one["layanan"]) for one in running)
    first, _, second = field.options_from.partition(".")
    table = form.field(first)
    if table is not None and table.kind == "tabel":
        written = [str(row[second]) for row in own.get(first) or [] if row.get(second)]
        return tuple(Option(word, word) for word in dict.fromkeys(written))
    rows = context.answers.get(first, {}).get(second) or []
    source = context.forms[first].field(second) if first in context.forms else None
    if source is None:
        return tuple(Option(str(number), str(number + 1)) for number in range(len(rows)))
    return tuple(Option(str(i), row_title(source, row), _before_and_after(source, row)) for i, row in enumerate(rows))


def _before_and_after(table: Field, row: Mapping[str, Any]) -> str:
    """What a row that compares says: "Mengurus Rumah Tangga → Wiraswasta"; "" for any other."""
    compared = [column for column in table.columns if column.kind == "menurut_elemen"]
    return " → ".join(shown(column, row.get(column.id), row) or "-" for column in compared)


def is_typed(field: Field, options: tuple[Option, ...]) -> bool:
    """A choice among people, or permohonan, that nobody knows of is to be written."""
    return field.options_from in (FAMILY, RUNNING) and not options


def _family(context: FormContext) -> tuple[Option, ...]:
    own = context.prefill.get("akun", {}).get("nik")
    rows = [row for row in context.prefill.get("penduduk", {}).get("anggota_kk") or [] if row["nik"] != own]
    kin = {option.value: option.label for option in code_options(CODE + "shdk")}
    names = [str(row["nama"]) for row in rows]
    found = []
    for name, row in zip(names, rows, strict=True):
        # The name is what is kept: nobody's NIK stands in a page or an answer for this. Namesakes are told apart.
        value = name if names.count(name) == 1 else f"{name}, lahir {format_date(parse_date(row['tanggal_lahir']))}"
        found.append(Option(value, value, kin.get(str(row.get("shdk")), "")))
    return tuple(found)


def _openable(step: str, context: FormContext) -> tuple[Option, ...]:
    form, own = context.forms.get(step), context.answers.get(step, {})
    if form is None:
        return ()
    decides = _deciding(form, context)
    found = []
    for field in (field for section in form.sections for field in section.fields if own.get(field.id) is not None):
        if field.kind == "tabel":
            titles = [row_title(field, row) for row in own[field.id]]
            found += [Option(f"{field.id}.{n}", f"{field.label}: {title}") for n, title in enumerate(titles)]
        elif field.kind in OPENABLE and field.id not in decides and not field.locked and "tetap" not in field.extra:
            found.append(Option(field.id, field.label))
    return tuple(found)


def _deciding(form: Form, context: FormContext) -> set[str]:
    """Fields that other fields or requirements look at."""
    conditions = [requirement.needed for requirement in context.requirements]
    for section in form.sections:
        conditions.append(section.visible)
        for field in section.fields:
            conditions += [field.visible, *(option.visible for option in field.options)]
    return {name for one in conditions if one is not None for step, name in one.references if step == form.step}


def row_title(table: Field, row: Mapping[str, Any]) -> str:
    """The title of a table row, e.g. "Siti: Pekerjaan"."""
    columns = {column.id: column for column in table.columns}
    template = table.extra.get("judul_baris") or "{" + table.columns[0].id + "}"

    def put(match: re.Match[str]) -> str:
        column = columns.get(match[1])
        return shown(column, row.get(match[1]), row) if column else ""

    return re.sub(r"\{(\w+)\}", put, template).strip()


def element_way(field: Field, row: Mapping[str, Any]) -> str:
    """How a menurut_elemen column is filled in for this row: "kode/<list>", "tanggal" or "teks"."""
    return str(field.extra["elements"].get(row.get(field.extra["of"]), "teks"))


def shown(field: Field, value: Any, row: Mapping[str, Any] | None = None) -> str:
    """An answer as people read it: the option's label, the code's name, a written-out date. Nothing: "".

    Tables, uploads and judgements have no one-line form and give "". Personal numbers come unmasked.
    """
    if value is None or field.kind in _WITHOUT_LINE:
        return ""
    if field.kind == "menurut_elemen":
        return _by_element(element_way(field, row or {}), str(value))
    if field.kind in ("ya_tidak", "pernyataan"):
        return "Ya" if value else "Tidak"
    if field.kind == "tanggal":
        return format_date(parse_date(str(value)))
    if field.kind == "wilayah":
        return f"{kalurahan_by_code(value['kalurahan']).nama}, {kapanewon_by_code(value['kapanewon']).nama}"
    labels = _labels(field)
    if isinstance(value, list):
        return ", ".join(labels.get(str(each), str(each)) for each in value)
    return labels.get(str(value), str(value))


def _by_element(way: str, value: str) -> str:
    if way == "tanggal":
        return format_date(parse_date(value))
    if way.startswith(CODE):
        return next((option.label for option in code_options(way) if option.value == value), value)
    return value


def _labels(field: Field) -> dict[str, str]:
    options = code_options(field.options_from) if field.options_from.startswith(CODE) else field.options
    return {option.value: option.label for option in options}
