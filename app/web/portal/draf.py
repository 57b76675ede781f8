"""A permohonan before it is sent: what to prepare, one page per bagian, the answers read over, sent."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import tanggal
from app.domain.actors import COUNTER_ROLE
from app.domain.errors import (
    AlreadySubmitted,
    DraftOutdated,
    InvalidInput,
    NotFound,
    PossibleDuplicate,
    StaleForm,
)
from app.procedures.display import html_id, lines
from app.procedures.model.form import Section
from app.procedures.wtforms import build, put_errors, read
from app.services import clock
from app.services.counter import filing
from app.services.flow import published
from app.services.portal import drafts, submissions
from app.services.portal.drafts import DraftView
from app.web.access import current_actor, roles
from app.web.portal import kiriman, unggahan
from app.web.portal.kiriman import Press
from app.web.public.pages import requirements_by_kind

draf = Blueprint("draf", __name__)
FILLERS = ("pemohon", COUNTER_ROLE)
"""Whoever may have a draft: their own, or one for somebody at the counter."""
STAY = ("unggah", "lepas", "buang")
PLAIN = {"Content-Type": "text/plain; charset=utf-8"}

Errors = Mapping[str, Sequence[str]]


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
    if filing.was_filed_by(current_actor(), error.case_id):
        return redirect(url_for("loket.halaman"))
    return redirect(url_for("portal.kasus", case_id=error.case_id))


@draf.get("/permohonan/draf/<draft_id>")
@roles(*FILLERS)
def buka(draft_id: str) -> ResponseReturnValue:
    """To the first page that still needs something, else to reading over."""
    view = drafts.load(current_actor(), draft_id)
    return redirect(url_of(view, view.next_section))


@draf.post("/permohonan/draf/<draft_id>/buang")
@roles(*FILLERS)
def buang(draft_id: str) -> ResponseReturnValue:
    back = _home(drafts.load(current_actor(), draft_id))
    drafts.discard(current_actor(), draft_id)
    flash("Draf sudah dihapus.", "success")
    return redirect(back)


@draf.get("/permohonan/draf/<draft_id>/<section_id>")
@roles(*FILLERS)
def bagian(draft_id: str, section_id: str) -> ResponseReturnValue:
    view = drafts.load(current_actor(), draft_id)
    return _section_page(view, section_of(view, section_id), view.answers, {})


@draf.post("/permohonan/draf/<draft_id>/<section_id>")
@roles(*FILLERS)
def simpan(draft_id: str, section_id: str) -> ResponseReturnValue:
    """Keep what was typed whatever the button; then do what the button says."""
    view = drafts.load(current_actor(), draft_id)
    section = section_of(view, section_id)
    button = kiriman.press(request.form)
    raw = read(section.fields, request.form, view.form, view.answers, view.context)
    refused = unggahan.take(raw, draft_id=view.id)
    apply(button, raw)
    refused = keep(view, section, raw, judge=button.verb == "lanjut" and not refused) or refused
    fresh = drafts.load(current_actor(), draft_id)
    if refused:
        return _section_page(fresh, section, {**fresh.answers, **raw}, refused)
    return redirect(_where_next(fresh, section, button))


@draf.post("/permohonan/draf/<draft_id>/<section_id>/ketikan")
@roles(*FILLERS)
def ketikan(draft_id: str, section_id: str) -> ResponseReturnValue:
    """What is typed so far, kept by the page itself; answers with a sentence to show there."""
    try:
        view = drafts.load(current_actor(), draft_id)
        section = section_of(view, section_id)
        raw = read(section.fields, request.form, view.form, view.answers, view.context)
        drafts.keep_section(current_actor(), view.id, kiriman.version(request.form), section.id, raw, is_typing=True)
    except AlreadySubmitted as error:
        # Sent in another tab: no page of the permohonan in place of a sentence, and no notice on whatever comes next.
        return error.pesan, 409, PLAIN
    return f"Tersimpan {tanggal.format_time(clock.now())}", PLAIN


def _where_next(view: DraftView, section: Section, button: Press) -> str:
    if button.verb == "simpan":
        flash(f"Tersimpan {tanggal.format_time(view.saved_at)}. Lanjutkan kapan saja dari halaman ini.", "success")
        return _home(view)
    if button.verb == "baris":
        row = button.which or "baru"
        return url_for("baris.buka", draft_id=view.id, section_id=section.id, tabel=button.name, nomor=row)
    if button.verb in STAY:
        return f"{url_of(view, section)}#{html_id(button.name)}"
    return url_of(view, view.next_section if request.args.get("dari") == "periksa" else _after(view, section))


def apply(button: Press, raw: dict[str, Any]) -> None:
    """What the buttons of files and tables change in the values."""
    if button.verb == "lepas":
        unggahan.let_go(raw, button.which)
    if button.verb == "buang" and isinstance(rows := raw.get(button.name), list):
        raw[button.name] = [row for number, row in enumerate(rows) if str(number) != button.which]


@draf.get("/permohonan/draf/<draft_id>/periksa")
@roles(*FILLERS)
def periksa(draft_id: str) -> ResponseReturnValue:
    return _check_page(drafts.load(current_actor(), draft_id), {})


@draf.post("/permohonan/draf/<draft_id>/periksa")
@roles(*FILLERS)
def kirim(draft_id: str) -> ResponseReturnValue:
    """Send. The PIN is shown on this answer only."""
    actor = current_actor()
    try:
        version = kiriman.version(request.form)
        name = drafts.load(actor, draft_id).for_name
        again, present = request.form.get("aksi") == "tetap", request.form.get("hadir") == "ya"
        sent = submissions.submit(actor, draft_id, version, confirmed=again, is_present=present)
    except InvalidInput as error:
        return _check_page(drafts.load(actor, draft_id), error.errors)
    except StaleForm as error:
        return _check_page(drafts.load(actor, draft_id), {"": [error.pesan]})
    except PossibleDuplicate as error:
        return _check_page(drafts.load(actor, draft_id), {}, twin=error)
    except DraftOutdated as error:
        return _check_page(drafts.load(actor, draft_id), {}, outdated=error)
    if name:
        return render_template("loket/terkirim.html", kiriman=sent, nama=name)
    return render_template("portal/terkirim.html", kiriman=sent)


def _section_page(view: DraftView, section: Section, own: Mapping[str, Any], errors: Errors) -> ResponseReturnValue:
    fields = build(view.form, section, own, view.context)
    pages = view.sections
    number = next((n for n, page in enumerate(pages, start=1) if page.id == section.id), 1)
    page = render_template(
        "portal/bagian.html",
        draf=view,
        p=view.procedure,
        bagian=section,
        halaman=fields,
        ringkasan=put_errors([fields], errors),
        langkah=number,
        semua_langkah=len(pages),
        sebelum=url_of(view, pages[number - 2]) if number > 1 else "",
        keluar=_home(view),
        layanan_ada={procedure.slug for _, procedure in published.catalogue(clock.today())},
    )
    return page, 422 if errors else 200


def _check_page(
    view: DraftView,
    errors: Errors,
    twin: PossibleDuplicate | None = None,
    outdated: DraftOutdated | None = None,
) -> ResponseReturnValue:
    everything = {**view.answers, **view.kept.to_submit()}
    parts = [
        (page, lines(view.form, page, everything, view.context), url_of(view, page), _errors_of(page, errors))
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
        keluar=_home(view),
        ganda=twin,
        berubah=outdated,
    )
    return page, 422 if errors else 409 if twin or outdated else 200


def _errors_of(section: Section, errors: Errors) -> list[str]:
    fields = {field.id for field in section.fields}
    return [one for path, said in errors.items() if path.split(".")[0] in fields for one in said]


def keep(view: DraftView, section: Section, raw: Mapping[str, Any], *, judge: bool) -> dict[str, list[str]]:
    """Keep the page, with `judge` also check it; what is wrong with it, as in InvalidInput."""
    actor, version = current_actor(), kiriman.version(request.form)
    try:
        if not judge:
            drafts.keep_section(actor, view.id, version, section.id, raw)
            return {}
        for _, sentence in drafts.save_section(actor, view.id, version, section.id, raw):
            flash(sentence, "warning")
    except InvalidInput as error:
        return error.errors
    except StaleForm as error:
        return {"": [error.pesan]}
    return {}


def section_of(view: DraftView, section_id: str) -> Section:
    for section in view.form.sections:
        if section.id == section_id:
            return section
    raise NotFound


def _home(view: DraftView) -> str:
    return url_for("loket.halaman") if view.for_another else url_for("portal.rumah")


def _after(view: DraftView, section: Section) -> Section | None:
    order = [one.id for one in view.form.sections]
    later = order[order.index(section.id) + 1 :]
    return next((page for page in view.sections if page.id in later), None)


def url_of(view: DraftView, section: Section | None) -> str:
    """The address of a page of the draft; None: of reading over."""
    if section is None:
        return url_for("draf.periksa", draft_id=view.id)
    return url_for("draf.bagian", draft_id=view.id, section_id=section.id)
