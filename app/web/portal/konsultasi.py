"""Questions and complaints: somebody's own, a new one, and one without an account."""

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, cast
from uuid import uuid4

from flask import (
    Blueprint,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.domain.errors import CaptchaRefused, InvalidInput, ReopeningRefused, StaleForm, TooManyAttempts
from app.procedures.context import form_context
from app.procedures.model.form import Form
from app.procedures.wtforms import build, put_errors, read
from app.services import clock
from app.services.discussion import views
from app.services.flow import reopening
from app.services.portal import consulting, portal_views, rating
from app.services.portal.portal_views import ENDED, RUNNING
from app.web import lembar
from app.web.access import actor_or_none, current_actor, home_of, public, roles
from app.web.accounts import tantangan
from app.web.portal import perjalanan

konsultasi = Blueprint("konsultasi", __name__)

FORM = "aduan"
SENT = "aduan_terkirim"
"""Where this browser's session keeps the number of what it sent without an account."""
UNASKED = (consulting.CHANNEL, consulting.FILES)
"""Fields of the first step that the pages do not draw as the form says."""
WHO = ("nama", "email", "nomor_hp")
ASKED_AGAIN = "Pertanyaan lanjutan dari pemohon"

Errors = Mapping[str, Sequence[str]]


@konsultasi.get("/konsultasi")
@roles("pemohon", "pendaftar")
def daftar() -> ResponseReturnValue:
    """What runs; page by page what has ended."""
    actor = current_actor()
    after = lembar.cursor()
    running = [] if after else portal_views.my_cases(actor, RUNNING, about=consulting.ABOUT).cards
    ended = portal_views.my_cases(actor, ENDED, after, consulting.ABOUT)
    cards = [*running, *ended.cards]
    return render_template(
        "konsultasi/daftar.html",
        berjalan=running,
        selesai=ended.cards,
        judul=consulting.title_of([card.id for card in cards]),
        lanjutan=url_for("konsultasi.daftar", sesudah=str(ended.next)) if ended.next else "",
    )


@konsultasi.get("/konsultasi/baru")
@roles("pemohon", "pendaftar")
def baru() -> ResponseReturnValue:
    return _new({}, {})


@konsultasi.post("/konsultasi/baru")
@roles("pemohon", "pendaftar")
def kirim() -> ResponseReturnValue:
    raw = _typed()
    try:
        case_id = consulting.file(current_actor(), raw, request.form.get("kunci", ""), _files())
    except InvalidInput as problem:
        return _new(raw, problem.errors), 422
    except StaleForm as problem:
        return _new(raw, {"": [problem.pesan]}), 422
    except TooManyAttempts as problem:
        return _new(raw, {"": [problem.pesan]}), 429
    flash("Terkirim. Jawabannya muncul di halaman ini, dan kami kirim juga lewat email.", "success")
    return redirect(url_for("konsultasi.kasus", case_id=case_id), 303)


@konsultasi.get("/konsultasi/<case_id>")
@roles("pemohon", "pendaftar")
def kasus(case_id: str) -> ResponseReturnValue:
    actor = current_actor()
    view = consulting.own(actor, case_id)
    todo = portal_views.todo(view)
    said = consulting.conversation(view)
    return render_template(
        "konsultasi/kasus.html",
        k=view,
        judul=consulting.title_of([view.id])[view.id],
        tugas=todo,
        kini=perjalanan.present(view, todo, 0, clock.now()),
        percakapan=said,
        diskusi=views.look(actor, view, size=1),
        boleh_dibuka=reopening.offer(actor, view) is not None,
        boleh_dinilai=rating.may_rate(actor, view),
        kunci=uuid4().hex,
    )


@konsultasi.post("/konsultasi/<case_id>/buka-kembali")
@roles("pemohon", "pendaftar")
def buka_kembali(case_id: str) -> ResponseReturnValue:
    """The case waits for the next question, which is asked on the page that this leads to."""
    consulting.own(current_actor(), case_id)
    try:
        task_id = reopening.reopen(current_actor(), case_id, request.form.get("kunci", ""), ASKED_AGAIN)
    except (ReopeningRefused, StaleForm) as refused:
        flash(refused.pesan, "info")
        return redirect(url_for("konsultasi.kasus", case_id=case_id))
    return redirect(url_for("langkah.buka_konsultasi", case_id=case_id, task_id=task_id, keputusan="bertanya"))


@konsultasi.get("/aduan")
@public
def aduan() -> ResponseReturnValue:
    """Whoever is signed in writes in their own room, where the answer comes too."""
    actor = actor_or_none()
    if actor is not None:
        return redirect(url_for("konsultasi.baru") if not actor.is_officer else home_of(actor))
    return _complaint({}, {}, {}, tantangan.pose(FORM))


@konsultasi.post("/aduan")
@public
def kirim_aduan() -> ResponseReturnValue:
    actor = actor_or_none()
    if actor is not None:
        return redirect(home_of(actor), 303)
    raw, who = _typed(), {name: request.form.get(name, "")[:254] for name in WHO}
    try:
        tantangan.demand(FORM)
        session[SENT] = consulting.file_without_account(raw, who, request.remote_addr or "", _files())
    except CaptchaRefused as problem:
        if not (problem.repeated and session.get(SENT)):
            return _complaint(raw, who, {}, tantangan.pose(FORM, problem)), 422
    except InvalidInput as problem:
        return _complaint(raw, who, problem.errors, tantangan.give_back(FORM)), 422
    except TooManyAttempts as problem:
        return _complaint(raw, who, {"": [problem.pesan]}, tantangan.pose(FORM)), 429
    return redirect(url_for("konsultasi.terkirim"), 303)


@konsultasi.get("/aduan/terkirim")
@public
def terkirim() -> ResponseReturnValue:
    number = session.get(SENT)
    return render_template("konsultasi/terkirim.html", nomor=number) if number else redirect("/aduan")


@konsultasi.get("/aduan/surat-peragaan")
@public
def surat_peragaan() -> ResponseReturnValue:
    """In a demonstration no mail goes out: the letters about what this browser sent without an account."""
    if not current_app.config["ALUR"].is_demo:
        abort(404)
    number = session.get(SENT)
    if not number:
        return redirect(url_for("konsultasi.aduan"))
    found = consulting.kept_letters(number)
    about, back = f"tentang {number}", url_for("konsultasi.terkirim")
    answer = make_response(render_template("auth/surat_peragaan.html", tentang=about, surat=found, kembali=back))
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form() -> Form:
    procedure = consulting.procedure()
    return procedure.forms[procedure.first_step]


def _typed() -> dict[str, Any]:
    form, context = _form(), form_context(consulting.procedure(), clock.now())
    fields = [one for section in form.sections for one in section.fields if one.id not in UNASKED]
    return read(fields, request.form, form, {}, context)


def _files() -> list[BinaryIO]:
    return [cast(BinaryIO, one.stream) for one in request.files.getlist(consulting.FILES) if one.filename]


def _fields(raw: Mapping[str, Any], errors: Errors) -> dict[str, Any]:
    """What both pages need to draw the first step, without the field that nobody is asked for."""
    form, context = _form(), form_context(consulting.procedure(), clock.now())
    pages = [build(form, section, raw, context) for section in form.sections]
    found = put_errors(pages, {name: said for name, said in errors.items() if name != consulting.FILES})
    refused = list(errors.get(consulting.FILES, ()))
    found = [*found, *((consulting.FILES, one) for one in refused)]
    return {
        "galat_lampiran": refused,
        "isian": [one for page in pages for one in page if one.name not in UNASKED],
        "ringkasan": found,
    }


def _new(raw: Mapping[str, Any], errors: Errors) -> str:
    key = request.form.get("kunci") or uuid4().hex
    return render_template("konsultasi/baru.html", kunci=key, **_fields(raw, errors))


def _complaint(raw: Mapping[str, Any], who: Mapping[str, str], errors: Errors, question: tantangan.Shown) -> str:
    own = {name: list(errors[name]) for name in WHO if name in errors}
    drawn = _fields(raw, {name: said for name, said in errors.items() if name not in own})
    summary = [(name, said[0]) for name, said in own.items()] + drawn.pop("ringkasan")
    if question.problem:
        summary.append(("jawaban", question.problem))
    return render_template(
        "konsultasi/aduan.html", orang=who, galat_orang=own, ringkasan=summary, tantangan=question, **drawn
    )
