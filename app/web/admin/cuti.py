"""Leave and who stands in: the list, and writing one down."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import HEADS, ROLES
from app.domain.errors import DealtWith, InvalidInput
from app.domain.tanggal import InvalidDate, parse_date
from app.domain.texts import storable
from app.services import clock
from app.services.accounts import absence_views, absences, directory
from app.services.accounts.absences import Post
from app.web import lembar
from app.web.access import current_actor, roles

admin_cuti = Blueprint("admin_cuti", __name__, url_prefix="/admin/cuti")


@admin_cuti.get("")
@roles("admin")
def daftar() -> ResponseReturnValue:
    after = lembar.cursor()
    found, following = absence_views.page(current_actor(), after)
    more = url_for("admin_cuti.daftar", sesudah=str(following)) if following else ""
    return render_template("admin/cuti.html", catatan=found, lanjutan=more, jenis=absences.KINDS)


@admin_cuti.get("/baru")
@roles("admin")
def baru() -> ResponseReturnValue:
    return _form(request.args.get("petugas", ""), {}, 200)


@admin_cuti.post("/baru")
@roles("admin")
def catat() -> ResponseReturnValue:
    form = request.form
    user_id = form.get("petugas", "")
    try:
        first, last = _days()
        absences.record(
            current_actor(), user_id, first, last, form.get("jenis", ""), storable(form.get("alasan", "")), _posts()
        )
    except InvalidInput as problem:
        return _form(user_id, problem.errors, 422)
    flash("Dicatat. Yang bersangkutan dan penggantinya diberi tahu.", "success")
    return redirect(url_for("admin_cuti.daftar"))


@admin_cuti.post("/<absence_id>/hentikan")
@roles("admin")
def hentikan(absence_id: str) -> ResponseReturnValue:
    try:
        absences.end(current_actor(), absence_id, storable(request.form.get("alasan", "")))
    except DealtWith as problem:
        flash(problem.pesan, "info")
    except InvalidInput as problem:
        flash(problem.errors["alasan"][0], "danger")
    else:
        flash("Dihentikan. Hak penggantinya berakhir sekarang.", "success")
    return redirect(url_for("admin_cuti.daftar"))


@admin_cuti.post("/<absence_id>/kembalikan")
@roles("admin")
def kembalikan(absence_id: str) -> ResponseReturnValue:
    returned = absences.hand_back_now(current_actor(), absence_id)
    said = f"{returned} tugas kembali ke antrean." if returned else "Tidak ada tugas yang masih dipegang."
    flash(said, "success")
    return redirect(url_for("admin_cuti.daftar"))


def _days() -> tuple[date, date]:
    """Raises InvalidInput."""
    found, errors = [], {}
    for field in ("mulai", "sampai"):
        try:
            found.append(parse_date(request.form.get(field, "")))
        except InvalidDate as fault:
            errors[field] = [str(fault) if request.form.get(field) else "Isi tanggalnya."]
    if errors:
        raise InvalidInput(errors)
    return found[0], found[1]


def _posts() -> list[Post]:
    form = request.form
    chosen = [(role, form.get(f"pengganti_{role}", "")) for role in directory.OFFICES]
    return [
        Post(role, person, form.get(f"bentuk_{role}", "") if role in HEADS else "") for role, person in chosen if person
    ]


def _form(user_id: str, errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    """First whom it is about, then for each of their roles who stands in."""
    actor = current_actor()
    person = directory.one(actor, user_id).officer if user_id else None
    held = [role for role, _ in person.roles] if person else []
    today, officers = clock.today().isoformat(), directory.active(actor)
    html = render_template(
        "admin/cuti_baru.html",
        orang=person,
        petugas=officers,
        pengganti=[
            one for one in officers if one.id not in (actor.id, user_id) and "auditor" not in directory.by_role(one)
        ],
        sebutan=lambda one: ", ".join(dict.fromkeys(ROLES[role] for role, _ in one.roles)),
        peran=[
            (role, ROLES[role], role in HEADS) for role in dict.fromkeys(held) if role not in absences.NOT_STOOD_IN_FOR
        ],
        bentuk=absences.FORMS,
        jenis=absences.KINDS,
        galat_isian=errors,
        isian=request.form if errors else {"mulai": today, "sampai": today},
        panjang_alasan=absences.LONGEST_REASON,
    )
    return html, status
