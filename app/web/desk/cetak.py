"""The room of whoever sends results: take PDFs in, send and archive many, and see what waits."""

from collections.abc import Sequence
from typing import BinaryIO, cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput
from app.services import clock
from app.services.delivery import attaching, overview, ready, runs, staging
from app.services.delivery.staging import Finding
from app.services.desk import bulk
from app.services.flow import tasks
from app.services.records import reads
from app.web import pilihan, reading
from app.web.access import current_actor, roles
from app.web.desk import form as desk_form
from app.web.desk.inbox import new_key

cetak = Blueprint("cetak", __name__)

MOST_FILES = 100
NOTHING_SENT = "Pilih sedikitnya satu PDF dari komputer Anda."
NOTHING_CHOSEN = "Pilih sedikitnya satu permohonan dari daftar."
NOTHING_READY = "Yang Anda pilih tidak siap dikirim lagi. Pilih dari yang siap dikirim."
MORE_FIELDS = "Isi juga yang ini untuk salinan yang Anda pilih, lalu arsipkan."
TITLE_SEND = "Mengirim KK"


@cetak.get("/cetak")
@roles("petugas_cetak")
def show() -> ResponseReturnValue:
    found = overview.load(current_actor())
    reading.showing([(one.case_id, one.subject_id) for one in found.duties], reads.BULK)
    return render_template(
        "cetak/beranda.html",
        ringkas=found,
        proses=runs.recent(current_actor()),
        sekarang=clock.now(),
        kunci=new_key(),
    )


@cetak.get("/cetak/unggah")
@roles("petugas_cetak")
def uploads() -> ResponseReturnValue:
    return _uploads()


@cetak.post("/cetak/unggah")
@roles("petugas_cetak")
def upload() -> ResponseReturnValue:
    """With the script one file at a time, answered with its line alone; without it all at once, with the page."""
    files = [file for file in request.files.getlist("pdf") if file.filename]
    found = [
        staging.take(current_actor(), file.filename or "", cast(BinaryIO, file.stream)) for file in files[:MOST_FILES]
    ]
    found += [Finding("berkas lain", f"Paling banyak {MOST_FILES} PDF sekali unggah.") for _ in files[MOST_FILES:][:1]]
    if request.headers.get("HX-Request"):
        return render_template("cetak/_temuan.html", temuan=found)
    if not found:
        return _uploads(problem=NOTHING_SENT, status=422)
    return _uploads(found=found)


@cetak.post("/cetak/unggah/lampirkan")
@roles("petugas_cetak")
def attach() -> ResponseReturnValue:
    if refused := pilihan.too_many(staging.MOST):
        return _uploads(problem=refused, status=422)
    done = attaching.attach(current_actor(), pilihan.ticked())
    if not done:
        flash("Tidak ada PDF yang menunggu dilampirkan; mungkin sudah dilampirkan.", "info")
        return redirect(url_for("cetak.uploads"))
    failed = [one for one in done if one.problem]
    if len(failed) < len(done):
        flash(f"{len(done) - len(failed)} PDF dilampirkan. Periksa, lalu kirim.", "success")
    for one in failed:
        flash(f"{one.number}: {one.problem}", "danger")
    return redirect(url_for("cetak.uploads" if len(failed) == len(done) else "cetak.to_send"))


@cetak.post("/cetak/unggah/buang")
@roles("petugas_cetak")
def discard() -> ResponseReturnValue:
    if refused := pilihan.too_many(staging.MOST):
        return _uploads(problem=refused, status=422)
    count = staging.discard(current_actor(), pilihan.ticked())
    flash(f"{count} PDF dibuang dari daftar ini." if count else "Tidak ada yang dibuang.", "info")
    return redirect(url_for("cetak.uploads"))


@cetak.get("/cetak/kirim")
@roles("petugas_cetak")
def to_send() -> ResponseReturnValue:
    return _to_send()


@cetak.post("/cetak/kirim")
@roles("petugas_cetak")
def send() -> ResponseReturnValue:
    """Only what was on this officer's list as ready; anything else in the form is left out."""
    if refused := pilihan.too_many(runs.MOST):
        return _to_send(problem=refused, status=422)
    listed = {one.task_id: one for one in ready.listed(current_actor()) if not one.blocked}
    key, chosen = request.form.get("kunci", ""), pilihan.ticked()
    if not chosen:
        return _to_send(problem=NOTHING_CHOSEN, status=422)
    if (known := runs.known(current_actor(), key)) is not None:
        return redirect(url_for("cetak.run", run_id=known))
    ids = [task_id for task_id in chosen if task_id in listed]
    if not ids:
        return _to_send(problem=NOTHING_READY, status=409)
    run_id = runs.start(current_actor(), listed[ids[0]].step, TITLE_SEND, ids, key, {})
    return redirect(url_for("cetak.run", run_id=run_id))


@cetak.get("/cetak/arsip/<step>")
@roles("petugas_cetak")
def to_archive(step: str) -> ResponseReturnValue:
    return _to_archive(step)


@cetak.post("/cetak/arsip/<step>")
@roles("petugas_cetak")
def archive(step: str) -> ResponseReturnValue:
    actor = current_actor()
    if refused := pilihan.too_many(runs.MOST):
        return _to_archive(step, problem=refused, status=422)
    found, chosen = bulk.load(actor, step), pilihan.ticked()
    key = request.form.get("kunci", "")
    if not chosen:
        return _to_archive(step, problem=NOTHING_CHOSEN, status=422)
    if (known := runs.known(actor, key)) is not None:
        return redirect(url_for("cetak.run", run_id=known))
    if not found.rows:
        return _to_archive(step, problem="Semuanya sudah diarsipkan.", status=409)
    example = tasks.load(actor, found.rows[0].row.task_id)
    sending = desk_form.receive(example, request.form)
    asked = desk_form.show(example, sending.raw)
    if asked is not None and (new := desk_form.newly_visible(asked, sending)):
        return _to_archive(step, form=asked, new=new, ticked=chosen, status=422)
    try:
        bulk.check(actor, example.task.id, sending.raw)
    except InvalidInput as problem:
        return _to_archive(step, form=desk_form.show(example, sending.raw, problem.errors), ticked=chosen, status=422)
    listed = {one.row.task_id for one in found.rows}
    ids = [task_id for task_id in chosen if task_id in listed]
    return redirect(url_for("cetak.run", run_id=runs.start(actor, step, found.title, ids, key, sending.raw)))


@cetak.get("/cetak/proses/<run_id>")
@roles("petugas_cetak")
def run(run_id: str) -> ResponseReturnValue:
    """How far it is. The script asks for the same page's middle again and again; without it, a link does."""
    found, items = runs.load(current_actor(), run_id)
    part = "cetak/_proses.html" if request.headers.get("HX-Request") else "cetak/proses.html"
    return render_template(part, proses=found, butir=items)


@cetak.post("/cetak/proses/<run_id>/ulangi")
@roles("petugas_cetak")
def again(run_id: str) -> ResponseReturnValue:
    count = runs.retry(current_actor(), run_id)
    flash(f"{count} permohonan dicoba lagi." if count else "Tidak ada yang gagal.", "info")
    return redirect(url_for("cetak.run", run_id=run_id))


def _uploads(found: list[Finding] | None = None, problem: str = "", status: int = 200) -> ResponseReturnValue:
    waiting = staging.listed(current_actor())
    reading.showing([(one.case_id, one.subject_id) for one in waiting], reads.BULK)
    html = render_template(
        "cetak/unggah.html", temuan=found or [], menunggu=waiting, masalah=problem, terbanyak=MOST_FILES
    )
    return html, status


def _to_send(problem: str = "", status: int = 200) -> ResponseReturnValue:
    found = ready.listed(current_actor())
    reading.showing([(one.case_id, one.subject_id) for one in found], reads.BULK)
    return render_template("cetak/kirim.html", siap=found, masalah=problem, kunci=new_key()), status


def _to_archive(
    step: str,
    form: desk_form.TaskForm | None = None,
    *,
    problem: str = "",
    new: frozenset[str] = frozenset(),
    ticked: Sequence[str] | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    """`new`: fields that an answer just brought into view; `ticked`: which to archive, None = all."""
    found = bulk.load(current_actor(), step)
    reading.showing([(one.row.case_id, one.row.subject_id) for one in found.rows], reads.BULK)
    if form is None and found.rows:
        form = desk_form.show(tasks.load(current_actor(), found.rows[0].row.task_id))
    html = render_template(
        "cetak/arsip.html",
        halaman=found,
        batas_lihat=pilihan.LOOKED,
        formulir=form,
        masalah=problem,
        terpilih=[one.row.task_id for one in found.rows] if ticked is None else ticked,
        kabar=MORE_FIELDS if new else "",
        baru=new,
        kunci=new_key(),
    )
    return html, status
