"""Signing many at once: what waits, each seen in full, then signed here (or marked as signed in SIAK), or sent back."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import Blueprint, Response, current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.adapters.signer import LOCAL
from app.domain.errors import AlurError, Forbidden, FourEyes, InvalidInput, NotFound
from app.procedures.actions import SIGNS_HERE
from app.services import clock
from app.services.desk import bulk, papers
from app.services.flow import tasks
from app.services.records import reads
from app.services.rehearsal import demo
from app.services.signing import batches, deciding, looking, sightings, waiting
from app.services.signing.batches import Batch
from app.services.signing.deciding import Outcome
from app.services.signing.waiting import Waiting
from app.web import pilihan, reading
from app.web.access import current_actor, roles
from app.web.desk import answers as desk_answers
from app.web.desk.inbox import OFFICERS, new_key
from app.web.errors import status_of

tanda_tangan = Blueprint("tanda_tangan", __name__)

SIGN, MARK, BACK, SEEN, AGAIN = "tandatangani", "tandai", "kembalikan", "dilihat", "ulangi"
NOTHING_CHOSEN = "Pilih sedikitnya satu dokumen yang sudah dilihat."
NOT_CONFIRMED = "Centang dulu bahwa Anda sudah menandatanganinya di SIAK."
NO_PASSPHRASE = "Ketik frasa sandi Anda."
STEPWISE = "bertahap"


@dataclass(frozen=True)
class Result:
    """One paper: `problem` is "" where it went through."""

    number: str
    task_id: str
    problem: str


@tanda_tangan.get("/tanda-tangan")
@roles(*OFFICERS)
def rooms() -> ResponseReturnValue:
    """What this person signs; where it is one kind of paper only, its list."""
    steps = waiting.steps(current_actor())
    if len(steps) == 1:
        return redirect(url_for("tanda_tangan.daftar", step=steps[0][0]))
    return render_template("tanda_tangan/ruang.html", langkah=waiting.open_steps(current_actor()))


@tanda_tangan.get("/tanda-tangan/<step>")
@roles(*OFFICERS)
def daftar(step: str) -> ResponseReturnValue:
    found = waiting.load(current_actor(), step)
    chosen = [row.what.row.task_id for row in found.rows if row.seen] if request.args.get("pilih") == SEEN else []
    return _page(found, chosen=chosen)


@tanda_tangan.post("/tanda-tangan/<step>")
@roles(*OFFICERS)
def putuskan(step: str) -> ResponseReturnValue:
    """One form, three buttons: sign here, mark as signed in SIAK, send back."""
    actor, form = current_actor(), request.form
    found = waiting.load(actor, step)
    if refused := pilihan.too_many(bulk.LISTED):
        return _page(found, problem=refused, status=422)
    chosen = _chosen()
    does, ticked = form.get("aksi", ""), [task_id for task_id, _ in chosen]
    if not chosen:
        return _page(found, problem=NOTHING_CHOSEN, status=422)
    if does == BACK:
        try:
            outcome = deciding.send_back(actor, step, chosen, form.get("kunci", ""), form.get("alasan", ""))
        except InvalidInput as problem:
            return _page(found, chosen=ticked, reason=problem.errors["alasan"][0], status=422)
        return _results(found, outcome, "dikembalikan kepada kasi")
    if does == MARK:
        if form.get("sudah") != "ya":
            return _page(found, chosen=ticked, problem=NOT_CONFIRMED, status=422)
        return _results(
            found, deciding.mark(actor, step, chosen, form.get("kunci", "")), "ditandai sudah ditandatangani"
        )
    if does != SIGN or found.way not in SIGNS_HERE:
        raise NotFound
    if not form.get("frasa"):
        return _page(found, chosen=ticked, problem=NO_PASSPHRASE, status=422)
    return _progress(batches.begin(actor, step, chosen, form.get("kunci", "")))


@tanda_tangan.get("/tanda-tangan/hasil/<batch>")
@roles(*OFFICERS)
def hasil(batch: str) -> ResponseReturnValue:
    return _result_page(batches.look(current_actor(), batch))


@tanda_tangan.post("/tanda-tangan/hasil/<batch>")
@roles(*OFFICERS)
def lanjutkan(batch: str) -> ResponseReturnValue:
    """Go on with what was interrupted, or once more with what failed."""
    actor = current_actor()
    if request.form.get("aksi") == AGAIN:
        batches.again(actor, batch)
    if not request.form.get("frasa"):
        return _result_page(batches.look(actor, batch), NO_PASSPHRASE, status=422)
    return _progress(batch)


@tanda_tangan.get("/tanda-tangan/<step>/<task_id>")
@roles(*OFFICERS)
def satu(step: str, task_id: str) -> ResponseReturnValue:
    return _paper(step, task_id)


@tanda_tangan.post("/tanda-tangan/<step>/<task_id>")
@roles(*OFFICERS)
def lihat(step: str, task_id: str) -> ResponseReturnValue:
    """Seen, and on to the next that is not; or back to the kasi."""
    actor, form = current_actor(), request.form
    waiting.demand(actor, step)
    if form.get("aksi") == BACK:
        chosen = [(task_id, _version(form.get("versi", "")))]
        try:
            ((_, outcome),) = deciding.send_back(actor, step, chosen, form.get("kunci", ""), form.get("alasan", ""))
        except InvalidInput as problem:
            return _paper(step, task_id, reason=problem.errors["alasan"][0], status=422)
        if isinstance(outcome, AlurError):
            raise outcome
        flash("Dikembalikan kepada kasi.", "success")
    else:
        try:
            looking.note(actor, step, task_id, form.get("sidik", ""))
        except looking.NotDisplayed as problem:
            return _paper(step, task_id, problem=problem.pesan, status=422)
        except sightings.Changed as problem:
            return _paper(step, task_id, problem=problem.pesan, status=409)
    unseen = [row.what.row.task_id for row in waiting.load(actor, step).rows if not row.seen]
    if unseen and form.get("aksi") == SEEN:
        return redirect(url_for("tanda_tangan.satu", step=step, task_id=unseen[0]))
    return redirect(url_for("tanda_tangan.daftar", step=step, pilih=SEEN))


def _progress(batch: str) -> ResponseReturnValue:
    """Sign as far as one request goes: one letter where the script counts along, else for as long as people wait."""
    stepwise = request.form.get(STEPWISE) == "1"
    try:
        done = batches.proceed(
            current_actor(), batch, request.form["frasa"], budget_s=0 if stepwise else batches.BUDGET_S
        )
    except AlurError as problem:
        if not stepwise:
            return _result_page(batches.look(current_actor(), batch), problem.pesan, status=status_of(problem)[0])
        found = batches.look(current_actor(), batch)
        done = Batch(found.id, found.step, found.lines, problem.pesan)
    _note_reading(done)
    if stepwise:
        return _as_data(done)
    if done.stopped:
        return _result_page(done, done.stopped)
    return redirect(url_for("tanda_tangan.hasil", batch=batch))


def _as_data(done: Batch) -> Response:
    """For the script that counts along."""
    answer = jsonify(
        alamat=url_for("tanda_tangan.hasil", batch=done.id),
        jumlah=done.total,
        selesai=done.done,
        gagal=done.failed,
        sisa=done.left,
        berhenti=_stopped_words(done),
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _stopped_words(done: Batch) -> str:
    if not done.stopped:
        return ""
    rest = "Belum ada yang ditandatangani." if not done.done else f"{done.done} dari {done.total} sudah sah."
    return f"{done.stopped} {rest}"


def _result_page(done: Batch, problem: str = "", status: int = 200) -> ResponseReturnValue:
    _note_reading(done)
    said = _stopped_words(done) if done.stopped else problem
    html = render_template(
        "tanda_tangan/hasil.html",
        b=done,
        masalah=said,
        gagal=[one for one in done.lines if one.state == "gagal"],
        lain=waiting.others(current_actor(), done.step),
    )
    return html, status


def _note_reading(done: Batch) -> None:
    """The numbers of the cases are on the page."""
    subjects = batches.subjects(current_actor(), done.id)
    reading.showing(subjects, reads.BULK)


def _chosen() -> list[tuple[str, int]]:
    """(task id, version) of every ticked row; a value that is not ours is left out."""
    found = []
    for value in pilihan.ticked():
        task_id, _, version = value.partition(":")
        if (number := _version(version)) >= 0:
            found.append((task_id, number))
    return found


def _version(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else -1


def _results(found: Waiting, outcome: Sequence[Outcome], word: str) -> ResponseReturnValue:
    numbers = {row.what.row.task_id: row.what.row.number for row in found.rows}
    results = []
    for task_id, came in outcome:
        if isinstance(came, Forbidden | FourEyes | NotFound):
            reading.turned_away(task_id, status_of(came)[0])
        problem = came.pesan if isinstance(came, AlurError) else ""
        results.append(Result(numbers.get(task_id, "Dokumen"), task_id, problem))
    # Of a list of which nothing may be known to exist, nothing is.
    status = 404 if all(isinstance(came, NotFound) for _, came in outcome) else 200
    return _page(waiting.load(current_actor(), found.step), results=results, word=word, status=status)


def _page(
    found: Waiting,
    *,
    chosen: Sequence[str] = (),
    results: Sequence[Result] = (),
    word: str = "",
    problem: str = "",
    reason: str = "",
    status: int = 200,
) -> ResponseReturnValue:
    shown = [row.what.row for row in found.rows]
    reading.showing([(row.case_id, row.subject_id) for row in shown], reads.BULK)
    is_demo = current_app.config["ALUR"].is_demo and found.way == LOCAL
    html = render_template(
        "tanda_tangan/daftar.html",
        d=found,
        lain=waiting.others(current_actor(), found.step) if results or not found.rows else (),
        batas_lihat=pilihan.LOOKED,
        di_sini=found.way in SIGNS_HERE,
        terpilih=frozenset(chosen),
        hasil=results,
        kata_hasil=word,
        masalah=problem,
        alasan_galat=reason,
        alasan=request.form.get("alasan", "") if reason else "",
        frasa_peragaan=demo.PASSPHRASE if is_demo else "",
        kunci=new_key(),
        sekarang=clock.now(),
    )
    return html, status


def _paper(step: str, task_id: str, *, problem: str = "", reason: str = "", status: int = 200) -> ResponseReturnValue:
    """Everything that one signature is about. Raises NotFound where it waits for somebody else, or no more."""
    actor = current_actor()
    found = waiting.load(actor, step)
    row = next((one for one in found.rows if one.what.row.task_id == task_id), None)
    if row is None:
        raise NotFound("Dokumen ini tidak menunggu tanda tangan Anda lagi. Kembali ke daftarnya.")
    view = tasks.load(actor, task_id)
    reading.showing([(view.case.id, view.case.subject_id)], reads.TASK)
    answers = desk_answers.read_steps(view.case, masked=False, except_step=step)
    draft = looking.draft(papers.papers(view.case))
    html = render_template(
        "tanda_tangan/satu.html",
        d=found,
        r=row,
        kasus=view.case,
        draf=draft,
        terbuka=looking.shown(actor, view.case, draft),
        isian_kasus=answers,
        masalah=problem,
        alasan_galat=reason,
        alasan=request.form.get("alasan", "") if reason else "",
        ke=[one.what.row.task_id for one in found.rows].index(task_id) + 1,
        kunci=new_key(),
        sekarang=clock.now(),
    )
    return html, status
