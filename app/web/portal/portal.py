"""A pemohon's own rooms: their permohonan, one permohonan, notices, settings."""

from uuid import uuid4

from flask import Blueprint, Response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.domain import tanggal
from app.procedures.display import lines
from app.services import clock
from app.services.counter import assistance
from app.services.delivery import old_cards
from app.services.discussion import views
from app.services.flow import related, withdrawal
from app.services.flow.cases import CaseView
from app.services.messages import notice_facts
from app.services.portal import announcements, drafts, portal_views, rating
from app.services.portal.cards import Todo
from app.services.records import riwayat
from app.web import kata, lembar
from app.web.access import current_actor, roles, signed_in
from app.web.portal import perjalanan

portal = Blueprint("portal", __name__)


@portal.get("/permohonan")
@roles("pemohon")
def rumah() -> ResponseReturnValue:
    """The front page after signing in: what waits for me first."""
    actor = current_actor()
    waiting = portal_views.my_todos(actor)
    today = clock.today()
    return render_template(
        "portal/rumah.html",
        menunggu=waiting,
        sisa={
            card.id: clock.calendar().working_days(today, tanggal.local_date(card.todo.until))
            for card in waiting
            if card.todo and card.todo.until
        },
        kurang=sum(kata.tone(card.status) == "perlu" for card in waiting),
        berjalan=[card for card in portal_views.newest_running(actor) if card.todo is None],
        jumlah=portal_views.my_counts(actor),
        draf=drafts.mine(actor),
        pengumuman=announcements.current(),
    )


@portal.get("/permohonan/<case_id>")
@roles("pemohon")
def kasus(case_id: str) -> ResponseReturnValue:
    actor = current_actor()
    view = own_case(case_id)
    if view.procedure.about != portal_views.PERMOHONAN:
        return redirect(notice_facts.case_path(view.id, view.procedure.about))
    todo, returns, delivered = portal_views.todo(view), portal_views.returns(view), portal_views.delivered(view)
    return render_template(
        "portal/kasus.html",
        k=view,
        tugas=todo,
        kini=perjalanan.present(view, todo, todo.wanted if todo else 0, clock.now()),
        hasil=delivered,
        nama_hasil=kata.document_name(str(view.procedure.signing.get("dokumen", "hasil"))),
        tahap=perjalanan.journey(view, returns),
        baris=perjalanan.rows(view),
        tanda=perjalanan.lit(view),
        riwayat=riwayat.timeline(actor, view),
        berkas=portal_views.files(view),
        isian=answers_in_words(view),
        jawaban=first_answers(view, todo) if delivered else [],
        penarikan=withdrawal.look(actor, case_id),
        terkait=related.links(case_id),
        dibantu=assistance.of_case(case_id),
        kk_lama=old_cards.of_case(case_id),
        boleh_dinilai=rating.may_rate(actor, view),
        diskusi=views.look(actor, view, size=views.SHORT),
        kunci=uuid4().hex,
    )


@portal.get("/permohonan/<case_id>/riwayat")
@roles("pemohon")
def riwayat_lama(case_id: str) -> ResponseReturnValue:
    """What happened before the newest page of the history, page by page."""
    view = own_case(case_id)
    found = riwayat.timeline(current_actor(), view, lembar.number())
    back = url_for("portal.kasus", case_id=case_id)
    older = url_for("portal.riwayat_lama", case_id=case_id, sebelum=found.before) if found.before else ""
    return render_template("riwayat.html", k=view, riwayat=found, kembali=back, lanjutan=older)


@portal.get("/permohonan/<case_id>/diagram.bpmn")
@roles("pemohon")
def diagram(case_id: str) -> ResponseReturnValue:
    return Response(own_case(case_id).procedure.bpmn, mimetype="application/xml")


@portal.get("/pengaturan")
@signed_in
def pengaturan() -> ResponseReturnValue:
    return render_template("portal/pengaturan.html")


def own_case(case_id: str) -> CaseView:
    """The pemohon's own case; an officer's view of a case is another room. Raises NotFound."""
    return portal_views.own_case(current_actor(), case_id)


def first_answers(view: CaseView, todo: Todo | None) -> list[tuple[str, str, str]]:
    """(field, value, label) of the first question of what waits for the pemohon, to be answered with one tap."""
    form = view.procedure.forms.get(todo.step) if todo else None
    first = form.sections[0].fields[0] if form else None
    if first is None or first.kind != "pilihan":
        return []
    return [(first.id, option.value, option.label) for option in first.options]


def answers_in_words(view: CaseView) -> list[tuple[str, list[tuple[str, list[str]]]]]:
    """Section title -> label and answer, of the first step."""
    form = view.procedure.forms[view.procedure.first_step]
    own = view.answers.get(form.step, {})
    context = portal_views.context(view)
    parts = ((section.title, lines(form, section, own, context)) for section in form.sections)
    return [(title, rows) for title, rows in parts if rows]
