"""The auditor's room: the trail of a case, a person or the office; the whole of it verified and taken away."""

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, NotFound
from app.services.auditing import accesses, runs, search, streams
from app.services.auditing.search import Found
from app.services.records import reads, seals
from app.web import lembar, reading
from app.web.access import current_actor, roles

auditing = Blueprint("auditing", __name__, url_prefix="/audit")
AUDITOR = "auditor"


@auditing.get("")
@roles(AUDITOR)
def mulai() -> ResponseReturnValue:
    return _start(None, {}, 200)


@auditing.post("/cari")
@roles(AUDITOR)
def cari() -> ResponseReturnValue:
    """A POST: what is sought may be a NIK, and every search is written into the trail."""
    try:
        found = search.find(current_actor(), request.form.get("cari", ""), request.form.get("tujuan", ""))
    except InvalidInput as error:
        return _start(None, error.errors, 422)
    return _start(found, {}, 200)


@auditing.get("/kasus/<case_id>")
@roles(AUDITOR)
def kasus(case_id: str) -> ResponseReturnValue:
    view, page = streams.of_case(current_actor(), case_id, lembar.number())
    reading.showing([(view.id, view.subject_id)], reads.AUDIT)
    older = url_for("auditing.kasus", case_id=case_id, sebelum=page.before) if page.before else ""
    return render_template("audit/rangkaian.html", judul=view.number, kasus=view, halaman=page, lanjutan=older)


@auditing.get("/akun/<user_id>")
@roles(AUDITOR)
def akun(user_id: str) -> ResponseReturnValue:
    actor = current_actor()
    person = search.offices(actor, user_id)
    if person is None:
        raise NotFound
    page = streams.of_account(actor, user_id, lembar.number())
    reading.showing([("", user_id)], reads.AUDIT, user_id)
    older = url_for("auditing.akun", user_id=user_id, sebelum=page.before) if page.before else ""
    cases = search.cases_of(actor, user_id)
    return render_template(
        "audit/rangkaian.html", judul=person.name, orang=person, kasusnya=cases, halaman=page, lanjutan=older
    )


@auditing.get("/kantor")
@roles(AUDITOR)
def kantor() -> ResponseReturnValue:
    page = streams.of_office(current_actor(), lembar.number())
    older = url_for("auditing.kantor", sebelum=page.before) if page.before else ""
    return render_template("audit/rangkaian.html", judul="Riwayat kantor", halaman=page, lanjutan=older)


@auditing.get("/kasus/<case_id>/pembaca")
@roles(AUDITOR)
def pembaca(case_id: str) -> ResponseReturnValue:
    view, page = accesses.of_case(current_actor(), case_id, lembar.cursor())
    reading.showing([(view.id, view.subject_id)], reads.AUDIT)
    older = url_for("auditing.pembaca", case_id=case_id, sesudah=str(page.next)) if page.next else ""
    return render_template("audit/akses.html", judul=view.number, halaman=page, lanjutan=older)


@auditing.get("/akun/<user_id>/membaca")
@roles(AUDITOR)
def membaca(user_id: str) -> ResponseReturnValue:
    person, page = accesses.by_person(current_actor(), user_id, lembar.cursor())
    reading.showing([("", user_id)], reads.AUDIT, user_id)
    older = url_for("auditing.membaca", user_id=user_id, sesudah=str(page.next)) if page.next else ""
    return render_template("audit/akses.html", judul=person.name, orang=person, halaman=page, lanjutan=older)


@auditing.post("/periksa")
@roles(AUDITOR)
def periksa() -> ResponseReturnValue:
    return redirect(url_for("auditing.hasil", run_id=runs.ask(current_actor(), runs.VERIFY)))


@auditing.post("/ekspor")
@roles(AUDITOR)
def ekspor() -> ResponseReturnValue:
    return redirect(url_for("auditing.hasil", run_id=runs.ask(current_actor(), runs.EXPORT)))


@auditing.get("/hasil/<run_id>")
@roles(AUDITOR)
def hasil(run_id: str) -> ResponseReturnValue:
    run = runs.look(current_actor(), run_id)
    failed = run.id in runs.given_up([run])
    return render_template(
        "audit/hasil.html", r=run, tersimpan=runs.is_kept(run), gagal=failed, sebab=runs.trouble(run)
    )


@auditing.post("/hasil/<run_id>/unduh")
@roles(AUDITOR)
def unduh(run_id: str) -> ResponseReturnValue:
    """A POST: taking the trail away is written into it."""
    try:
        path = runs.take(current_actor(), run_id)
    except NotFound as gone:
        flash(gone.pesan, "warning")
        return redirect(url_for("auditing.mulai"))
    return send_file(path, mimetype="application/zip", as_attachment=True, download_name="riwayat-alur.zip")


def _start(found: Found | None, errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    newest = runs.latest(current_actor())
    page = render_template(
        "audit/mulai.html",
        hasil=found,
        galat=errors,
        daftar_galat=[(name, said[0]) for name, said in errors.items()],
        ketikan=request.form,
        tujuan=search.REASONS,
        pemeriksaan=newest,
        gagal=runs.given_up(newest),
        umur_segel=seals.age(),
        menunggu_segel=seals.waiting(),
    )
    return page, status
