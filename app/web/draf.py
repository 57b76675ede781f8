"""A permohonan before it is sent: what to prepare, one page per bagian, the answers read over, sent."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import tanggal
from app.domain.errors import (
    AlreadySubmitted,
    DraftOutdated,
    InvalidInput,
    NotFound,
    PossibleDuplicate,
    StaleForm,
)
from app.procedures.model import Field, Section
from app.services import clock, drafts, published, submissions
from app.services.drafts import DraftView
from app.web import isian, kiriman, unggahan
from app.web.access import current_actor, roles
from app.web.isian import Sheet
from app.web.kiriman import Press
from app.web.public import requirements_by_kind

draf = Blueprint("draf", __name__)
NEW = "baru"
STAY = ("unggah", "lepas", "buang")


@draf.get("/permohonan/baru/<slug>")
@roles("pemohon")
def baru(slug: str) -> ResponseReturnValue:
    procedure = published.compiled(published.in_force(slug, clock.today()).id)
    return render_template("portal/baru.html", p=procedure, persyaratan=requirements_by_kind(procedure))


@draf.post("/permohonan/baru/<slug>")
@roles("pemohon")
def mulai(slug: str) -> ResponseReturnValue:
    draft_id = drafts.start(current_actor(), slug)
    return redirect(url_for("draf.buka", draft_id=draft_id))


@draf.errorhandler(AlreadySubmitted)
def sudah_terkirim(error: AlreadySubmitted) -> ResponseReturnValue:
    """A second click, or an old tab: to the permohonan that the first one made."""
    flash(error.pesan, "info")
    return redirect(url_for("portal.kasus", case_id=error.case_id))


@draf.get("/permohonan/draf/<draft_id>")
@roles("pemohon")
def buka(draft_id: str) -> ResponseReturnValue:
    """To the first page that still needs something, else to reading over."""
    view = drafts.load(current_actor(), draft_id)
    return redirect(_url(view, view.next_section))


@draf.post("/permohonan/draf/<draft_id>/buang")
@roles("pemohon")
def buang(draft_id: str) -> ResponseReturnValue:
    drafts.discard(current_actor(), draft_id)
    flash("Draf sudah dihapus.", "success")
    return redirect(url_for("portal.rumah"))


@draf.get("/permohonan/draf/<draft_id>/<section_id>")
@roles("pemohon")
def bagian(draft_id: str, section_id: str) -> ResponseReturnValue:
    view = drafts.load(current_actor(), draft_id)
    section = _section(view, section_id)
    return _section_page(view, section, _shown_values(view, section), {})


@draf.post("/permohonan/draf/<draft_id>/<section_id>")
@roles("pemohon")
def simpan(draft_id: str, section_id: str) -> ResponseReturnValue:
    """Keep what was typed whatever the button; then do what the button says."""
    view = drafts.load(current_actor(), draft_id)
    section = _section(view, section_id)
    button = kiriman.press(request.form)
    raw = kiriman.read(section.fields, request.form, _shown_values(view, section))
    refused = unggahan.take(raw, draft_id=view.id)
    _apply(button, raw)
    try:
        _keep(view, section, raw, judge=button.verb == "lanjut" and not refused)
    except InvalidInput as error:
        refused = error.errors
    except StaleForm as error:
        refused = {"": [error.pesan]}
    fresh = drafts.load(current_actor(), draft_id)
    if refused:
        return _section_page(fresh, section, {**fresh.answers, **raw}, refused)
    return redirect(_where_next(fresh, section, button))


def _where_next(view: DraftView, section: Section, button: Press) -> str:
    if button.verb == "simpan":
        flash(f"Tersimpan {tanggal.format_time(view.saved_at)}. Lanjutkan kapan saja dari halaman ini.", "success")
        return url_for("portal.rumah")
    if button.verb == "baris":
        return url_for(
            "draf.baris", draft_id=view.id, section_id=section.id, tabel=button.name, nomor=button.which or NEW
        )
    if button.verb in STAY:
        return f"{_url(view, section)}#{isian.html_id(button.name)}"
    return _url(view, view.next_section if request.args.get("dari") == "periksa" else _after(view, section))


def _apply(button: Press, raw: dict[str, Any]) -> None:
    """What the buttons of files and tables change in the values."""
    if button.verb == "lepas":
        unggahan.let_go(raw, button.which)
    if button.verb == "buang" and isinstance(rows := raw.get(button.name), list):
        raw[button.name] = [row for number, row in enumerate(rows) if str(number) != button.which]


@draf.get("/permohonan/draf/<draft_id>/<section_id>/<tabel>/<nomor>")
@roles("pemohon")
def baris(draft_id: str, section_id: str, tabel: str, nomor: str) -> ResponseReturnValue:
    view = drafts.load(current_actor(), draft_id)
    section = _section(view, section_id)
    table = _table(section, tabel)
    rows = _rows(view, section, table)
    number = _row_number(nomor, rows)
    return _row_page(view, section, table, number, rows[number] if number < len(rows) else {}, {})


@draf.post("/permohonan/draf/<draft_id>/<section_id>/<tabel>/<nomor>")
@roles("pemohon")
def simpan_baris(draft_id: str, section_id: str, tabel: str, nomor: str) -> ResponseReturnValue:
    """One row. When an answer brings further questions of the row, the page comes back with them."""
    view = drafts.load(current_actor(), draft_id)
    section = _section(view, section_id)
    table = _table(section, tabel)
    rows = _rows(view, section, table)
    number = _row_number(nomor, rows)
    prefix = f"{table.id}.{number}."
    button = kiriman.press(request.form)
    row = kiriman.read(table.columns, request.form, {}, prefix)
    errors = unggahan.take(row, draft_id=view.id, under=prefix)
    _apply(button, row)
    asked = isian.asked_columns(table, row, _sheet(view, view.answers, {}))
    row = {name: value for name, value in row.items() if name in asked and value not in ("", [], None)}
    raw = {**_own(view, section), table.id: [*rows[:number], row, *rows[number + 1 :]]}
    is_whole = button.verb == "lanjut" and set(asked) <= set(request.form.get("ditanya", "").split())
    try:
        _keep(view, section, raw, judge=is_whole and not errors)
    except InvalidInput as error:
        errors = {path: said for path, said in error.errors.items() if path.startswith(prefix)}
    except StaleForm as error:
        errors = {"": [error.pesan]}
    fresh = drafts.load(current_actor(), draft_id)
    if errors or not is_whole:
        return _row_page(fresh, section, table, number, row, errors)
    return redirect(f"{_url(fresh, section)}#{isian.html_id(f'{table.id}.{number}')}")


@draf.get("/permohonan/draf/<draft_id>/periksa")
@roles("pemohon")
def periksa(draft_id: str) -> ResponseReturnValue:
    return _check_page(drafts.load(current_actor(), draft_id), {})


@draf.post("/permohonan/draf/<draft_id>/periksa")
@roles("pemohon")
def kirim(draft_id: str) -> ResponseReturnValue:
    """Send. The PIN is shown on this answer only."""
    actor = current_actor()
    version = int(text) if (text := request.form.get("versi", "")).isdigit() else 0
    try:
        sent = submissions.submit(actor, draft_id, version, confirmed=request.form.get("aksi") == "tetap")
    except InvalidInput as error:
        return _check_page(drafts.load(actor, draft_id), error.errors)
    except StaleForm as error:
        return _check_page(drafts.load(actor, draft_id), {"": [error.pesan]})
    except PossibleDuplicate as error:
        return _check_page(drafts.load(actor, draft_id), {}, twin=error)
    except DraftOutdated as error:
        return _check_page(drafts.load(actor, draft_id), {}, outdated=error)
    return render_template("portal/terkirim.html", kiriman=sent)


def _section_page(
    view: DraftView, section: Section, own: Mapping[str, Any], errors: isian.Errors
) -> ResponseReturnValue:
    sheet = _sheet(view, own, errors)
    shown = isian.views(section.fields, sheet)
    pages = view.sections
    number = next((n for n, page in enumerate(pages, start=1) if page.id == section.id), 1)
    page = render_template(
        "portal/bagian.html",
        draf=view,
        p=view.procedure,
        bagian=section,
        isian_bagian=shown,
        ringkasan=isian.summary(shown, errors),
        langkah=number,
        semua_langkah=len(pages),
        sebelum=_url(view, pages[number - 2]) if number > 1 else "",
    )
    return page, 422 if errors else 200


def _row_page(
    view: DraftView, section: Section, table: Field, number: int, row: Mapping[str, Any], errors: isian.Errors
) -> ResponseReturnValue:
    sheet = _sheet(view, view.answers, errors)
    shown = isian.row_views(table, number, row, sheet)
    page = render_template(
        "portal/baris.html",
        draf=view,
        p=view.procedure,
        bagian=section,
        tabel=table,
        isian_bagian=shown,
        ditanya=" ".join(one.field.id for one in shown),
        ringkasan=isian.summary(shown, errors),
        kembali=_url(view, section),
        # The row's own number, not "baru": sent twice it is still one row.
        tujuan=url_for("draf.baris", draft_id=view.id, section_id=section.id, tabel=table.id, nomor=number),
    )
    return page, 422 if errors else 200


def _check_page(
    view: DraftView,
    errors: isian.Errors,
    twin: PossibleDuplicate | None = None,
    outdated: DraftOutdated | None = None,
) -> ResponseReturnValue:
    everything = {**view.answers, **view.kept.to_submit()}
    sheet = _sheet(view, everything, errors)
    parts = [
        (page, isian.lines(page.fields, everything, sheet), _url(view, page), _errors_of(page, errors))
        for page in view.sections
    ]
    page = render_template(
        "portal/periksa.html",
        draf=view,
        p=view.procedure,
        tombol=view.form.submit_label,
        bagian=parts,
        ringkasan=[(f"bagian-{part.id}", one) for part, _, _, said in parts for one in said]
        + [("", one) for one in errors.get("", ())],
        ganda=twin,
        berubah=outdated,
    )
    return page, 422 if errors else 409 if twin or outdated else 200


def _errors_of(section: Section, errors: isian.Errors) -> list[str]:
    fields = {field.id for field in section.fields}
    return [one for path, said in errors.items() if path.split(".")[0] in fields for one in said]


def _sheet(view: DraftView, own: Mapping[str, Any], errors: isian.Errors) -> Sheet:
    services = frozenset(procedure.slug for _, procedure in published.catalogue(clock.today()))
    return Sheet(view.form, own, view.context, errors, services=services)


def _keep(view: DraftView, section: Section, raw: Mapping[str, Any], *, judge: bool) -> None:
    """Keep the page; with `judge` also check it (InvalidInput comes after keeping). Raises StaleForm."""
    version = int(text) if (text := request.form.get("versi", "")).isdigit() else 0
    if not judge:
        drafts.keep_section(current_actor(), view.id, version, section.id, raw)
        return
    for _, sentence in drafts.save_section(current_actor(), view.id, version, section.id, raw):
        flash(sentence, "warning")


def _shown_values(view: DraftView, section: Section) -> dict[str, Any]:
    """What the page shows: accepted or known values, over them what was typed and not accepted."""
    return {**view.answers, **view.typed.get(section.id, {})}


def _own(view: DraftView, section: Section) -> dict[str, Any]:
    values = _shown_values(view, section)
    return {field.id: values[field.id] for field in section.fields if field.id in values}


def _section(view: DraftView, section_id: str) -> Section:
    for section in view.form.sections:
        if section.id == section_id:
            return section
    raise NotFound


def _after(view: DraftView, section: Section) -> Section | None:
    order = [one.id for one in view.form.sections]
    later = order[order.index(section.id) + 1 :]
    return next((page for page in view.sections if page.id in later), None)


def _url(view: DraftView, section: Section | None) -> str:
    if section is None:
        return url_for("draf.periksa", draft_id=view.id)
    return url_for("draf.bagian", draft_id=view.id, section_id=section.id)


def _table(section: Section, name: str) -> Field:
    for field in section.fields:
        if field.id == name and field.kind == "tabel":
            return field
    raise NotFound


def _rows(view: DraftView, section: Section, table: Field) -> list[dict[str, Any]]:
    given = _shown_values(view, section).get(table.id)
    return [dict(row) for row in given] if isinstance(given, list) else []


def _row_number(text: str, rows: list[dict[str, Any]]) -> int:
    """A row of the table, or the one after the last for "baru"."""
    if text == NEW:
        return len(rows)
    if not text.isascii() or not text.isdigit() or int(text) > len(rows):
        raise NotFound
    return int(text)
