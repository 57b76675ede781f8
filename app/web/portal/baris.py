"""One row of a table of a draft, on a page of its own."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import NotFound
from app.procedures.answers import visible_columns
from app.procedures.display import html_id
from app.procedures.model.form import Field, Section
from app.procedures.wtforms import build_row, known_numbers, put_errors, read
from app.services.portal import drafts
from app.services.portal.drafts import DraftView
from app.web.access import current_actor, roles
from app.web.portal import kiriman, unggahan
from app.web.portal.draf import FILLERS, Errors, apply, keep, section_of, url_of

baris = Blueprint("baris", __name__)
PATH = "/permohonan/draf/<draft_id>/<section_id>/<tabel>/<nomor>"


@baris.get(PATH)
@roles(*FILLERS)
def buka(draft_id: str, section_id: str, tabel: str, nomor: str) -> ResponseReturnValue:
    view = drafts.load(current_actor(), draft_id)
    section = section_of(view, section_id)
    table = _table(section, tabel)
    rows = _rows(view, table)
    number = _row_number(nomor, rows)
    return _page(view, section, table, number, rows[number] if number < len(rows) else {}, {})


@baris.post(PATH)
@roles(*FILLERS)
def simpan(draft_id: str, section_id: str, tabel: str, nomor: str) -> ResponseReturnValue:
    """When an answer brings further questions of the row, the page comes back with them.

    "tampil" only asks for these, and keeps nothing but files: asked twice at once, neither is in the other's way.
    """
    view = drafts.load(current_actor(), draft_id)
    section = section_of(view, section_id)
    table = _table(section, tabel)
    rows = _rows(view, table)
    number = _row_number(nomor, rows)
    prefix = f"{table.id}.{number}."
    button = kiriman.press(request.form)
    row = read(table.columns, request.form, view.form, {}, view.context, prefix)
    errors = unggahan.take(row, draft_id=view.id, under=prefix)
    apply(button, row)
    if number < len(rows):
        row |= known_numbers(table, rows[number], view.context)
    asked = {one.id for one in visible_columns(view.form, table, row, view.answers, view.context)}
    row = {name: value for name, value in row.items() if name in asked and value not in ("", [], None)}
    if button.verb == "tampil":
        fresh = drafts.load(current_actor(), draft_id)
        return _page(fresh, section, table, number, row, errors, kiriman.version(request.form))
    page = {one.id: view.answers[one.id] for one in section.fields if one.id in view.answers}
    raw = {**page, table.id: [*rows[:number], row, *rows[number + 1 :]]}
    is_whole = button.verb == "lanjut" and asked <= set(request.form.get("ditanya", "").split())
    wrong = keep(view, section, raw, judge=is_whole and not errors)
    errors |= {path: said for path, said in wrong.items() if path == "" or path.startswith(prefix)}
    fresh = drafts.load(current_actor(), draft_id)
    if errors or not is_whole:
        return _page(fresh, section, table, number, row, errors)
    return redirect(f"{url_of(fresh, section)}#{html_id(f'{table.id}.{number}')}")


def _page(
    view: DraftView,
    section: Section,
    table: Field,
    number: int,
    row: Mapping[str, Any],
    errors: Errors,
    version: int | None = None,
) -> ResponseReturnValue:
    """`version`: the form's token, when it is to stay what it was."""
    fields = build_row(view.form, table, number, row, view.answers, view.context)
    page = render_template(
        "portal/baris.html",
        draf=view,
        p=view.procedure,
        bagian=section,
        tabel=table,
        halaman=fields,
        versi=view.version if version is None else version,
        penentu=_leading(table),
        ditanya=" ".join(one.short_name for one in fields),
        ringkasan=put_errors([fields], errors),
        kembali=url_of(view, section),
        # The row's own number, not "baru": sent twice it is still one row.
        tujuan=url_for("baris.simpan", draft_id=view.id, section_id=section.id, tabel=table.id, nomor=number),
    )
    return page, 422 if errors else 200


def _leading(table: Field) -> frozenset[str]:
    """Columns whose answer decides which others are asked, or how."""
    found = {str(one.extra["of"]) for one in table.columns if one.kind == "menurut_elemen"}
    found |= {name for one in table.columns if one.visible for _, name in one.visible.references}
    return frozenset(found & {one.id for one in table.columns})


def _table(section: Section, name: str) -> Field:
    for field in section.fields:
        if field.id == name and field.kind == "tabel":
            return field
    raise NotFound


def _rows(view: DraftView, table: Field) -> list[dict[str, Any]]:
    given = view.answers.get(table.id)
    return [dict(row) for row in given] if isinstance(given, list) else []


def _row_number(text: str, rows: list[dict[str, Any]]) -> int:
    """A row of the table, or the one after the last for "baru"."""
    if text == "baru":
        return len(rows)
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) > len(rows):
        raise NotFound
    return int(text)
