"""The old paper KK at the counter: look a permohonan up by its number, record that the card was handed in."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import AlurError, DealtWith, InvalidInput, NotFound
from app.domain.tanggal import local_date
from app.services import clock
from app.services.delivery import old_cards
from app.services.delivery.old_cards import Found
from app.services.records import reads
from app.web import reading
from app.web.access import current_actor, roles

kk_lama = Blueprint("kk_lama", __name__)

COUNTER = ("petugas_cetak", "petugas_layanan")
MAX_NUMBER = 24


@kk_lama.get("/kk-lama")
@roles(*COUNTER)
def show() -> ResponseReturnValue:
    return _page(asked=request.args.get("nomor", "")[:MAX_NUMBER])


@kk_lama.post("/kk-lama")
@roles(*COUNTER)
def look_up() -> ResponseReturnValue:
    asked = request.form.get("nomor", "")[:MAX_NUMBER]
    try:
        case_id = old_cards.look_up(current_actor(), asked)
    except NotFound as problem:
        return _page(asked=asked, problem=problem, status=422)
    return redirect(url_for("kk_lama.case", case_id=case_id))


@kk_lama.get("/kk-lama/<case_id>")
@roles(*COUNTER)
def case(case_id: str) -> ResponseReturnValue:
    return _page(old_cards.load(current_actor(), case_id))


@kk_lama.post("/kk-lama/<case_id>")
@roles(*COUNTER)
def receive(case_id: str) -> ResponseReturnValue:
    found, form = old_cards.load(current_actor(), case_id), request.form
    try:
        day = _day(form.get("tanggal", ""))
        old_cards.record(current_actor(), case_id, day, form.get("nasib", ""), form.get("catatan", ""))
    except InvalidInput as problem:
        return _page(found, errors=problem, status=422)
    except DealtWith as problem:
        flash(problem.pesan, "info")
    else:
        flash(f"KK lama untuk {found.number} dicatat diterima.", "success")
    return redirect(url_for("kk_lama.case", case_id=case_id))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as problem:
        raise InvalidInput({"tanggal": ["Pilih tanggal KK lama diserahkan."]}) from problem


def _page(
    found: Found | None = None,
    *,
    asked: str = "",
    problem: AlurError | None = None,
    errors: InvalidInput | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    if found is not None:
        reading.showing([(found.case_id, found.subject_id)], reads.TASK)
    html = render_template(
        "cetak/kk_lama.html",
        ditemukan=found,
        dicari=found.number if found else asked,
        masalah=problem,
        galat_isian=errors.errors if errors else {},
        nasib=old_cards.FATES,
        hari_ini=local_date(clock.now()).isoformat(),
    )
    return html, status
