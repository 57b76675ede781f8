"""Form fields ready for templates/makro/isian.html: what to show, under which name, with which value and errors.

HTML names are the paths of InvalidInput (`anggota.0.nama`), so that an error finds its field.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask import url_for

from app.domain import regions
from app.domain.masking import mask_in_text, mask_nik
from app.procedures.answers import visible_fields
from app.procedures.berkas import marked
from app.procedures.context import FormContext
from app.procedures.model import Field, Form, Option
from app.procedures.options import CODE, choices, code_options, element_way, row_title, shown
from app.procedures.values import judged_requirements
from app.web.isian_view import MOBILE, FieldView, ItemView, PageView, RowView, domestic_phone, html_id

Errors = Mapping[str, Sequence[str]]

YES_NO = (Option("ya", "Ya"), Option("tidak", "Tidak"))
IMAGES = ("image/jpeg", "image/png", "image/webp")
PERSONAL = ("nik", "nomor_kk")


@dataclass(frozen=True)
class Sheet:
    """Where fields stand: their form, this step's answers so far, the context, what is wrong with them.

    `masked`: personal numbers of locked fields and rows shown with their last four digits only (every resident's
    page); `services`: slugs that can be asked for here; `before`: requirement code -> what was handed in earlier.
    """

    form: Form
    own: Mapping[str, Any]
    context: FormContext
    errors: Errors = field(default_factory=dict)
    reminders: Errors = field(default_factory=dict)
    masked: bool = True
    services: frozenset[str] = frozenset()
    before: Mapping[str, Sequence[PageView]] = field(default_factory=dict)

    def visible(self, one: Field) -> bool:
        """The same rule as when the answers are checked."""
        return any(
            one in visible_fields(self.form, section, self.own, self.context)
            for section in self.form.sections
            if one in section.fields
        )


def views(fields: Iterable[Field], at: Sheet) -> list[FieldView]:
    """The visible fields of a section, filled with `at.own`."""
    return [view(one, one.id, at.own.get(one.id), at) for one in fields if at.visible(one)]


def row_views(table: Field, number: int, row: Mapping[str, Any], at: Sheet) -> list[FieldView]:
    """The columns of one row. Those that hang on a column to their left follow only once that one is answered."""
    found = []
    for column in table.columns:
        if not row_meets(column, row, at):
            continue
        path = f"{table.id}.{number}.{column.id}"
        found.append(view(column, path, row.get(column.id), at, row))
    return found


def asked_columns(table: Field, row: Mapping[str, Any], at: Sheet) -> list[str]:
    """Ids of the columns that this row is asked for; a hidden column's value does not count for those after it."""
    kept: dict[str, Any] = {}
    for column in table.columns:
        if row_meets(column, kept, at):
            kept[column.id] = row.get(column.id)
    return list(kept)


def row_meets(column: Field, row: Mapping[str, Any], at: Sheet) -> bool:
    """Is this column asked for, with what the row says so far?"""
    if column.kind == "menurut_elemen" and not row.get(str(column.extra["of"])):
        return False
    return at.context.meets(column.visible, at.form.step, {**at.own, **row})


def view(one: Field, path: str, raw: Any, at: Sheet, row: Mapping[str, Any] | None = None) -> FieldView:
    base = FieldView(
        field=one, name=path, raw=raw, errors=_said(at.errors, path, one), reminders=_said(at.reminders, path, one)
    )
    if base.locked:
        raw = one.extra.get("tetap", raw)
        base = replace(base, shown=_shown(one, raw, row, at.masked))
    build = _BUILDERS.get(one.kind)
    return build(base, at, row or {}) if build else base


def summary(shown_fields: Iterable[FieldView], errors: Errors) -> list[tuple[str, str]]:
    """Every sentence once, with the anchor of the field it belongs to ("" where that is not on this page).

    A sentence that would not tell which field it means is led by the field's label.
    """
    anchors = {name: (anchor, label) for name, anchor, label in _anchors(shown_fields)}
    found = []
    for path, sentences in errors.items():
        anchor, label = _nearest(anchors, path)
        lead = "" if len(anchors) <= 1 or not label else f"{label}: "
        found += [(anchor, said if label and label in said else f"{lead}{said}") for said in sentences]
    return list(dict.fromkeys(found))


def lines(fields: Iterable[Field], answers: Mapping[str, Any], at: Sheet) -> list[tuple[str, list[str]]]:
    """Label and answer as people read them, for "Periksa sebelum dikirim" and "Isian saya"; personal numbers masked."""
    return [(one.label, _lines_of(one, answers.get(one.id), at)) for one in fields if at.visible(one)]


def _said(errors: Errors, path: str, one: Field) -> tuple[str, ...]:
    """Sentences of this field; of wilayah also those of its two parts."""
    own = list(errors.get(path, ()))
    if one.kind == "wilayah":
        own += [said for part in ("kapanewon", "kalurahan") for said in errors.get(f"{path}.{part}", ())]
    return tuple(own)


def _choice(base: FieldView, at: Sheet, row: Mapping[str, Any]) -> FieldView:
    found = choices(base.field, at.form, at.own, at.context)
    other = base.field.extra.get("bukan_layanan_ini", {})
    elsewhere = tuple(
        (name, url_for("public.layanan", slug=slug) if slug in at.services else "") for name, slug in other.items()
    )
    return replace(base, options=found, elsewhere=elsewhere)


def _yes_no(base: FieldView, at: Sheet, row: Mapping[str, Any]) -> FieldView:
    return replace(base, options=YES_NO)


def _region(base: FieldView, at: Sheet, row: Mapping[str, Any]) -> FieldView:
    groups = tuple(
        (one.nama, tuple(Option(each.kode, each.nama) for each in regions.kalurahan(one.kode)))
        for one in regions.kapanewon()
    )
    return replace(base, groups=groups)


def _by_element(base: FieldView, at: Sheet, row: Mapping[str, Any]) -> FieldView:
    way = element_way(base.field, row)
    return replace(base, way=way, options=code_options(way) if way.startswith(CODE) else ())


def _upload(base: FieldView, at: Sheet, row: Mapping[str, Any]) -> FieldView:
    given = base.raw if isinstance(base.raw, list) else []
    return replace(base, pages=tuple(_page(upload, at) for upload in given))


def _page(upload: str, at: Sheet) -> PageView:
    info = at.context.uploads.get(upload)
    return page_view(upload, info.mime if info else "", info.pages if info else 1)


def page_view(upload: str, mime: str, pages: int = 1) -> PageView:
    is_image = mime in IMAGES
    kind = "Foto" if is_image else f"PDF, {pages} halaman" if mime else "Berkas"
    small = url_for("files.preview", upload_id=upload) if is_image else ""
    return PageView(upload, url_for("files.open_upload", upload_id=upload), small, kind)


def _judgement(base: FieldView, at: Sheet, row: Mapping[str, Any]) -> FieldView:
    given = base.raw if isinstance(base.raw, Mapping) else {}
    items = []
    for one in judged_requirements(base.field, at.own, at.context):
        path = f"{base.name}.{one.code}"
        said = [s for part in ("", ".nilai", ".catatan") for s in at.errors.get(path + part, ())]
        each = given.get(one.code) or {}
        items.append(ItemView(one.code, one.name, path, each.get("nilai", ""), each.get("catatan", ""), tuple(said)))
    return replace(base, options=base.field.options, items=tuple(items))


def _wanted(base: FieldView, at: Sheet, row: Mapping[str, Any]) -> FieldView:
    given = base.raw if isinstance(base.raw, Mapping) else {}
    names = {one.code: one.name for one in at.context.requirements}
    children = []
    for code, judged in marked(base.field.extra["dari"], at.context.answers).items():
        path = f"{base.name}.{code}"
        part = replace(base.field, id=code, kind="berkas", label=names.get(code, code), help="", requirement=code)
        said = tuple(at.errors.get(path, ()))
        old = tuple(at.before.get(code, ()))
        child = FieldView(part, path, given.get(code), errors=said, note=judged.get("catatan", ""), before=old)
        children.append(_upload(child, at, {}))
    return replace(base, children=tuple(children))


def _table(base: FieldView, at: Sheet, row: Mapping[str, Any]) -> FieldView:
    given = base.raw if isinstance(base.raw, list) else []
    return replace(base, rows=tuple(_row(base, number, one, at) for number, one in enumerate(given)))


def _row(base: FieldView, number: int, row: Mapping[str, Any], at: Sheet) -> RowView:
    path = f"{base.name}.{number}"
    title = row_title(base.field, row) or f"Baris {number + 1}"
    columns = [column for column in base.field.columns if row_meets(column, row, at)]
    pairs = [(column.label, _one_line(column, row.get(column.id), row, at)) for column in columns]
    return RowView(
        id=html_id(path),
        title=mask_in_text(title) if at.masked else title,
        lines=tuple((label, text) for label, text in pairs if text and text not in title),
        errors=_below(at.errors, path),
        reminders=_below(at.reminders, path),
    )


def _below(errors: Errors, path: str) -> tuple[str, ...]:
    return tuple(s for at, said in errors.items() if at == path or at.startswith(f"{path}.") for s in said)


def _one_line(column: Field, value: Any, row: Mapping[str, Any], at: Sheet) -> str:
    if column.kind == "berkas":
        return f"{len(value)} berkas" if value else ""
    return _shown(column, value, row, at.masked)


def _shown(one: Field, value: Any, row: Mapping[str, Any] | None, masked: bool) -> str:
    """An answer in words. What was typed wrongly is shown as it was typed."""
    if value in (None, "", []):
        return ""
    if one.kind in PERSONAL and masked:
        return mask_nik(str(value))
    if one.kind == "nomor_hp" and re.fullmatch(MOBILE, str(value)):
        return domestic_phone(str(value))
    try:
        return shown(one, value, row)
    except (LookupError, ValueError, TypeError):
        return str(value)


def _lines_of(one: Field, value: Any, at: Sheet) -> list[str]:
    if one.kind == "tabel":
        rows = value if isinstance(value, list) else []
        found = [_row(FieldView(one, one.id), number, row, at) for number, row in enumerate(rows)]
        said = [line for number, row in enumerate(found, start=1) for line in _row_lines(number, row)]
    elif one.kind in ("berkas", "berkas_diminta"):
        said = [f"{len(value)} berkas"] if value else []
    else:
        said = [_shown(one, value, None, True)]
    return [text for text in said if text] or ["Tidak diisi" if not one.required else "Belum diisi"]


def _row_lines(number: int, row: RowView) -> list[str]:
    """The title of a row, then what the title does not say yet."""
    rest = [f"{label}: {text}" for label, text in row.lines if text not in row.title]
    return [f"{number}. {row.title}", *rest]


def _anchors(found: Iterable[FieldView]) -> Iterable[tuple[str, str, str]]:
    """(path, anchor, label) of everything on the page that an error may be about."""
    for one in found:
        yield one.name, one.id, one.label
        yield from _anchors(one.children)
        yield from ((item.path, item.id, item.name) for item in one.items)
        yield from ((f"{one.name}.{number}", row.id, row.title) for number, row in enumerate(one.rows))


def _nearest(anchors: Mapping[str, tuple[str, str]], path: str) -> tuple[str, str]:
    """Anchor and label of the path itself, or of what it lies in."""
    while path and path not in anchors:
        path = path.rpartition(".")[0]
    return anchors.get(path, ("", ""))


_BUILDERS = {
    "pilihan": _choice,
    "pilihan_banyak": _choice,
    "ya_tidak": _yes_no,
    "wilayah": _region,
    "menurut_elemen": _by_element,
    "berkas": _upload,
    "penilaian_berkas": _judgement,
    "berkas_diminta": _wanted,
    "tabel": _table,
}
