"""Rating a case that has ended, and what came of all ratings."""

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain import skm
from app.domain.errors import InvalidInput, NotFound
from app.services.flow.cases import CaseView
from app.services.messages.notice_facts import case_path
from app.services.portal import portal_views, rating, satisfaction
from app.web.access import actor_or_none, current_actor, public, roles
from app.web.portal import kiriman

penilaian = Blueprint("penilaian", __name__)

THANKS = "Terima kasih atas penilaian Anda."


@penilaian.get("/permohonan/<case_id>/nilai")
@roles("pemohon")
def permohonan(case_id: str) -> ResponseReturnValue:
    return _ask(_own(case_id, "permohonan"))


@penilaian.post("/permohonan/<case_id>/nilai")
@roles("pemohon")
def nilai_permohonan(case_id: str) -> ResponseReturnValue:
    return _take(_own(case_id, "permohonan"))


@penilaian.get("/konsultasi/<case_id>/nilai")
@roles("pemohon", "pendaftar")
def konsultasi(case_id: str) -> ResponseReturnValue:
    return _ask(_own(case_id, "konsultasi"))


@penilaian.post("/konsultasi/<case_id>/nilai")
@roles("pemohon", "pendaftar")
def nilai_konsultasi(case_id: str) -> ResponseReturnValue:
    return _take(_own(case_id, "konsultasi"))


@penilaian.get("/kepuasan")
@public
def kepuasan() -> ResponseReturnValue:
    years = satisfaction.years()
    year = kiriman.whole_number(request.args.get("tahun", "")) or years[0]
    half = request.args.get("semester", "")
    return render_template(
        "public/kepuasan.html",
        tahun=year,
        semester=half,
        pilihan_tahun=years,
        kelompok=satisfaction.groups(year, half),
        saran=satisfaction.remarks(actor_or_none()),
        unsur=skm.ELEMENTS,
        bulat=skm.rounded,
        paling_sedikit=skm.FEWEST,
        dasar=skm.BASIS,
    )


def _own(case_id: str, about: str) -> CaseView:
    view = portal_views.own_case(current_actor(), case_id)
    if view.procedure.about != about:
        raise NotFound
    return view


def _ask(view: CaseView) -> ResponseReturnValue:
    if view.ended_at is None:
        flash("Pelayanan ini dapat dinilai sesudah selesai.", "info")
    elif rating.is_rated(view.id):
        flash(f"Pelayanan ini sudah Anda nilai. {THANKS}", "info")
    else:
        return _page(view, {})
    return redirect(_back(view))


def _take(view: CaseView) -> ResponseReturnValue:
    if view.ended_at is None:
        return _ask(view)
    try:
        rating.rate(current_actor(), view.id, request.form)
    except InvalidInput as problem:
        return _page(view, problem.errors), 422
    flash(THANKS, "success")
    return redirect(_back(view), 303)


def _page(view: CaseView, errors: dict[str, list[str]]) -> str:
    return render_template(
        "portal/nilai.html",
        k=view,
        unsur=skm.ELEMENTS,
        isian=request.form,
        galat_isian=errors,
        ringkasan=[(name, said[0]) for name, said in errors.items()],
        kembali=_back(view),
        panjang_saran=rating.LONGEST_REMARK,
    )


def _back(view: CaseView) -> str:
    return case_path(view.id, view.procedure.about)
