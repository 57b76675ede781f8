"""The task screen: look, work, complete, release."""

import logging

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from app.domain.actors import Actor
from app.domain.errors import AlurError, EngineFault, Forbidden, InvalidInput
from app.domain.tanggal import format_time
from app.services import clock
from app.services.counter import assistance
from app.services.delivery import results
from app.services.desk import (
    chat,
    displayed,
    duplicates,
    handed,
    inbox,
    keeping,
    mentioned,
    papers,
    passing,
    patience,
    registered,
    task_clock,
)
from app.services.desk.keeping import Kept
from app.services.discussion import canned, views
from app.services.flow import related, reopening, tasks
from app.services.flow.tasks import TaskView
from app.services.joining import blocks, proposals
from app.services.records import pages_seen, reads, riwayat
from app.services.signing import waiting
from app.web import lembar, reading
from app.web.access import current_actor, roles
from app.web.desk import answers as desk_answers
from app.web.desk import form as desk_form
from app.web.desk import terkirim
from app.web.desk.form import Sending, TaskForm
from app.web.desk.inbox import OFFICERS, new_key
from app.web.errors import status_of
from app.web.portal import kiriman, perjalanan

desk_task = Blueprint("desk_task", __name__)
log = logging.getLogger(__name__)

COMPLETE, KEEP, FORGET = ("lanjut", desk_form.DECIDE), "simpan", "buang"
MORE_FIELDS = "Sesuai jawaban Anda, ada isian lagi di bawah. Periksa, lalu kirim."


@desk_task.get("/tugas/<task_id>")
@roles(*OFFICERS)
def show(task_id: str) -> ResponseReturnValue:
    actor = current_actor()
    view = _load(task_id)
    if (view.mine or view.claimable) and waiting.signs_here(view):
        return redirect(url_for("tanda_tangan.satu", step=view.step.id, task_id=task_id))
    kept = keeping.kept(actor, task_id) if view.mine else None
    return _page(view, desk_form.show(view, kept.raw if kept else None) if view.mine else None, kept=kept)


@desk_task.post("/tugas/<task_id>")
@roles(*OFFICERS)
def work(task_id: str) -> ResponseReturnValue:
    """The step's form: complete it, or only keep or drop a file, or show what the answers so far ask for."""
    actor = current_actor()
    view = _load(task_id)
    sending = desk_form.receive(view, request.form)
    if view.mine and sending.press.verb == KEEP:
        return _keep(actor, view, sending)
    if sending.press.verb == FORGET:
        keeping.forget(actor, task_id)
        return redirect(url_for("desk_task.show", task_id=task_id))
    form = desk_form.show(view, sending.raw, sending.errors)
    if sending.errors:
        return _page(view, form, status=422)
    if sending.press.verb not in COMPLETE:
        return _page(view, form)
    if view.mine and form is not None and (new := desk_form.newly_visible(form, sending)):
        return _page(view, form, notice=_more_fields(form, sending), new=new, status=422)
    return _complete(actor, view, form, sending)


@desk_task.post("/tugas/<task_id>/isian")
@roles(*OFFICERS)
def refresh(task_id: str) -> ResponseReturnValue:
    """The fields alone, as the answers so far ask for them: for the script that keeps the page up to date."""
    view = _load(task_id)
    sending = desk_form.receive(view, request.form)
    form = desk_form.show(view, sending.raw) if view.mine else None
    return render_template("desk/_isian.html", formulir=form)


@desk_task.post("/tugas/<task_id>/simpan")
@roles(*OFFICERS)
def autosave(task_id: str) -> ResponseReturnValue:
    """What is typed so far, kept by the script while the officer works; says when, in words."""
    actor = current_actor()
    view = _load(task_id)
    at = keeping.keep(actor, task_id, desk_form.receive(view, request.form).raw)
    return Response(f"Tersimpan sementara pukul {format_time(at)}", mimetype="text/plain")


@desk_task.post("/tugas/<task_id>/lepas")
@roles(*OFFICERS)
def release(task_id: str) -> ResponseReturnValue:
    actor = current_actor()
    view = _load(task_id)
    try:
        tasks.release(actor, task_id, kiriman.version(request.form), request.form.get("alasan", ""))
    except InvalidInput as problem:
        return _page(view, desk_form.show(view), releasing=problem, status=422)
    flash(f"{view.case.number} dilepas dan kembali ke antrean.", "success")
    return redirect(url_for("desk.show_inbox"))


@desk_task.get("/tugas/<task_id>/riwayat")
@roles(*OFFICERS)
def history(task_id: str) -> ResponseReturnValue:
    """What happened before the newest page of the case's history, page by page."""
    view = _load(task_id)
    found = riwayat.timeline(current_actor(), view.case, lembar.number())
    older = url_for("desk_task.history", task_id=task_id, sebelum=found.before) if found.before else ""
    back = url_for("desk_task.show", task_id=task_id)
    return render_template("riwayat.html", k=view.case, riwayat=found, kembali=back, lanjutan=older)


@desk_task.post("/tugas/<task_id>/buka-kembali")
@roles(*OFFICERS)
def reopen(task_id: str) -> ResponseReturnValue:
    """The ended case of this task goes on, where its procedure says."""
    actor = current_actor()
    view = tasks.load(actor, task_id)
    if view.case.subject_id == actor.id:
        raise Forbidden
    try:
        opened = reopening.reopen(actor, view.case.id, request.form.get("kunci", ""), request.form.get("alasan", ""))
    except InvalidInput as problem:
        flash(" ".join(said for each in problem.errors.values() for said in each), "danger")
        return redirect(url_for("desk_task.show", task_id=task_id))
    flash(f"{view.case.number} dibuka kembali. Pemohon diberi tahu.", "success")
    return redirect(url_for("desk_task.show", task_id=opened))


@desk_task.get("/tugas/<task_id>/diagram.bpmn")
@roles(*OFFICERS)
def diagram(task_id: str) -> ResponseReturnValue:
    """The diagram of the version this case runs on."""
    view = _load(task_id)
    return Response(view.case.procedure.bpmn, mimetype="application/xml")


def _more_fields(form: TaskForm, sending: Sending) -> str:
    """Which button to press once more."""
    pressed = next((one.option.label for one in form.choices if one.option.value == sending.press.which), "")
    return (
        f"Sesuai jawaban Anda, ada isian lagi. Periksa, lalu tekan {pressed} sekali lagi." if pressed else MORE_FIELDS
    )


def _keep(actor: Actor, view: TaskView, sending: Sending) -> ResponseReturnValue:
    keeping.keep(actor, view.task.id, sending.raw)
    if sending.errors:
        return _page(view, desk_form.show(view, sending.raw, sending.errors), status=422)
    flash("Isian disimpan sementara. Hanya Anda yang melihatnya, sampai tugas ini selesai atau dilepas.", "success")
    return redirect(url_for("desk_task.show", task_id=view.task.id))


def _load(task_id: str) -> TaskView:
    """The task, for an officer; whoever gets it has read it. Raises NotFound, Forbidden.

    An officer is a resident too: what colleagues write about their own case is not for them.
    """
    view = tasks.load(current_actor(), task_id)
    if view.case.subject_id == current_actor().id:
        raise Forbidden("Ini permohonan Anda sendiri. Buka dari Permohonan saya.")
    purpose = reads.TASK if view.mine or view.claimable else reads.HISTORY
    reading.showing([(view.case.id, view.case.subject_id)], purpose)
    return view


def _complete(actor: Actor, view: TaskView, form: TaskForm | None, sending: Sending) -> ResponseReturnValue:
    raw = desk_form.completed_raw(form, sending) if form else {}
    try:
        done = displayed.complete(actor, view, kiriman.version(request.form), request.form.get("kunci", ""), raw)
    except InvalidInput as problem:
        return _page(view, desk_form.show(view, sending.raw, problem.errors), status=422)
    except AlurError as problem:
        if isinstance(problem, EngineFault):
            log.error("a step could not be taken", exc_info=problem)
        return _refused(actor, view.task.id, sending, problem)
    if done.is_open:
        keeping.keep(actor, view.task.id, sending.raw)
        flash(f"{view.case.number} dicatat belum berhasil. Tugasnya tetap pada Anda.", "info")
        return redirect(url_for("desk_task.show", task_id=view.task.id))
    next_task = done.next_task_id or inbox.next_of_mine(actor)
    flash(_completed(actor, view, stays=done.next_task_id is not None), "success")
    if next_task is not None:
        return redirect(url_for("desk_task.show", task_id=next_task))
    return redirect(url_for("desk.show_inbox"))


def _completed(actor: Actor, view: TaskView, *, stays: bool) -> Markup:
    """Where the case went, and what is next. `stays`: its next step is in the same hands, on the page that follows.

    Where it now waits for a pemohon who agreed to WhatsApp, the message to them is one tap away.
    """
    went = passing.went(view)
    said = f": langkah “{view.step.name}” selesai" + (f", {went}." if went else ".")
    said += " Berikutnya: langkah itu, tetap di tangan Anda." if stays else f" Berikutnya: {passing.waiting(actor)}"
    waiting = "" if view.step.by_applicant else chat.waiting(view.case.id, view.case.subject_id)
    number = Markup('<a class="alert-link" href="{}">{}</a>').format(
        url_for("desk_task.show", task_id=waiting or view.task.id), view.case.number
    )
    if not waiting:
        return number + escape(said)
    link = '{}{} <a class="alert-link" href="{}" target="_blank" rel="noopener noreferrer">Buka WhatsApp pemohon</a>'
    return Markup(link).format(number, said, url_for("desk_letters.open_whatsapp", task_id=waiting))


def _refused(actor: Actor, task_id: str, sending: Sending, problem: AlurError) -> ResponseReturnValue:
    """Nothing was changed: the task as it is now, what went wrong on top, what was typed kept."""
    view = tasks.load(actor, task_id)
    form = desk_form.show(view, sending.raw) if view.mine else None
    typed = None if view.mine else desk_form.typed_texts(view, sending)
    return _page(view, form, problem=problem, typed=typed, status=status_of(problem)[0])


def _page(
    view: TaskView,
    form: TaskForm | None,
    *,
    problem: AlurError | None = None,
    notice: str = "",
    new: frozenset[str] = frozenset(),
    releasing: InvalidInput | None = None,
    typed: list[tuple[str, str]] | None = None,
    kept: Kept | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    actor = current_actor()
    sheets = papers.papers(view.case)
    twins = duplicates.of_case(actor, view.case) if view.task.closed_at is None else ()
    reading.showing([(one.case_id, one.subject_id) for one in twins], reads.HISTORY)
    told = desk_answers.read_steps(view.case, masked=not view.mine or view.assisting, except_step=view.step.id)
    lit = [view.step.id] if view.task.closed_at is None else [task.step for task in view.case.open_tasks]
    html = render_template(
        "desk/tugas.html",
        tugas=view,
        formulir=form,
        masalah=problem,
        kabar=notice,
        baru=new,
        melepas=releasing,
        ketikan=typed,
        sementara=kept,
        jam=task_clock.read(view.task, clock.now()),
        terkait=related.links(view.case.id),
        disebut=mentioned.of(view.case),
        dibantu=assistance.of_case(view.case.id),
        kembar=twins,
        kembali=reopening.offer(actor, view.case),
        jeda=view.form.pause if view.form else None,
        berkas=sheets,
        terbuka=pages_seen.of(actor, view.case.id, [one.id for paper in sheets for one in paper.sheets]),
        hasil_kk=results.of(actor, view.case),
        banding=registered.beside(view.case, masked=not view.mine or view.assisting),
        isian_kasus=told,
        dialihkan=handed.since(view.task) if view.task.closed_at is None else None,
        ditunggu_sampai=patience.of_task(view.task, view.case.procedure),
        kembalian=desk_answers.sent_back(view.case, view.task, told),
        baris=[row for row in view.case.procedure.rows if row.no in view.step.rows],
        keadaan=perjalanan.rows(view.case),
        boleh_usul_blokir=proposals.may_propose(actor, view.case),
        sebab_blokir=blocks.GROUNDS,
        riwayat=riwayat.timeline(actor, view.case),
        kiriman=[] if view.case.hides_name else terkirim.lines(view.case.id),
        wa=None if view.case.hides_name else chat.offer(view.task, view.case.subject_id),
        kini=lit,
        diskusi=views.look(actor, view.case, size=views.SHORT),
        jawaban_siap=canned.offered(actor),
        kunci=new_key(),
        sekarang=clock.now(),
    )
    return html, status
