"""Finding a case from the inbox: number, name, or a complete NIK, which never stands in an address."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AlurError, InvalidInput, TooManyAttempts
from app.services import clock
from app.services.desk import finding
from app.services.desk.finding import Result
from app.services.records import reads
from app.web import reading
from app.web.access import current_actor, roles
from app.web.desk.inbox import OFFICERS
from app.web.errors import status_of

pencarian = Blueprint("pencarian", __name__)

MAX_SEARCH = 80


@pencarian.get("/inbox/cari")
@roles(*OFFICERS)
def results() -> ResponseReturnValue:
    """By number or name, so that going back from a case leads here again."""
    text = request.args.get("q", "").strip()[:MAX_SEARCH]
    if finding.is_nik(text):
        flash("NIK tidak boleh ada di alamat halaman. Ketik NIK di kotak cari.", "warning")
        return redirect(url_for("pencarian.results"))
    return _page(text, finding.by_text(current_actor(), text), reads.SEARCH)


@pencarian.post("/inbox/cari")
@roles(*OFFICERS)
def search() -> ResponseReturnValue:
    """What was typed. A NIK: asked for what, with one button for each purpose, then answered on the spot."""
    text, purpose = request.form.get("cari", "").strip()[:MAX_SEARCH], request.form.get("tujuan", "")
    if not finding.is_nik(text):
        return redirect(url_for("pencarian.results", q=text))
    if not purpose:
        return render_template("desk/cari_tujuan.html", nik=text, tujuan=finding.PURPOSES)
    try:
        found = finding.by_nik(current_actor(), text, purpose)
    except (InvalidInput, TooManyAttempts) as problem:
        return _page("", Result(()), "", problem)
    logged, words = finding.PURPOSES[purpose]
    return _page("", found, logged, of_nik=words)


def _page(
    text: str, found: Result, purpose: str, problem: AlurError | None = None, of_nik: str = ""
) -> ResponseReturnValue:
    reading.showing([(case.case_id, case.subject_id) for case in found.cases], purpose)
    html = render_template(
        "desk/cari.html", teks=text, hasil=found, masalah=problem, untuk=of_nik, sekarang=clock.now()
    )
    return html, status_of(problem)[0] if problem else 200
