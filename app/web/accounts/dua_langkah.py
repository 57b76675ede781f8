"""The second factor of somebody of the office: putting it on, new recovery codes, another phone, taking it off."""

import segno
from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.actors import APPLICANTS, ROLES
from app.domain.errors import CodeRefused, Forbidden, InvalidInput, TooManyAttempts
from app.services.office import profile
from app.services.signin import enrolment
from app.web import kata
from app.web.access import current_actor, current_ticket, roles, without_code

dua_langkah = Blueprint("dua_langkah", __name__, url_prefix="/pengaturan/dua-langkah")

OFFICERS = tuple(role for role in ROLES if role not in APPLICANTS)
PASSWORD = "sandi_lama"


@dua_langkah.get("")
@roles(*OFFICERS)
@without_code
def halaman() -> ResponseReturnValue:
    return _page({}, 200)


@dua_langkah.post("/mulai")
@roles(*OFFICERS)
@without_code
def mulai() -> ResponseReturnValue:
    """A QR code to be scanned; also for another phone."""
    try:
        enrolment.begin(current_actor(), request.form.get(PASSWORD, ""))
    except (InvalidInput, TooManyAttempts, Forbidden) as error:
        return _refused(error)
    return redirect(url_for("dua_langkah.halaman"))


@dua_langkah.post("/batal")
@roles(*OFFICERS)
@without_code
def batal() -> ResponseReturnValue:
    enrolment.give_up(current_actor())
    return redirect(url_for("dua_langkah.halaman"))


@dua_langkah.post("")
@roles(*OFFICERS)
@without_code
def pasang() -> ResponseReturnValue:
    """The phone's first code. The answer shows the recovery codes, this once."""
    try:
        codes = enrolment.confirm(current_actor(), request.form.get("kode", ""), current_ticket())
    except CodeRefused as error:
        return _page({"kode": [error.pesan]}, 422)
    except TooManyAttempts as error:
        return _page({"kode": [error.pesan]}, 429)
    return _codes_page("Masuk dua langkah menyala", codes)


@dua_langkah.post("/kode-pemulihan")
@roles(*OFFICERS)
def kode_pemulihan() -> ResponseReturnValue:
    try:
        codes = enrolment.new_recovery_codes(current_actor(), request.form.get(PASSWORD, ""))
    except (InvalidInput, TooManyAttempts, Forbidden) as error:
        return _refused(error)
    return _codes_page("Kode pemulihan baru", codes)


@dua_langkah.post("/matikan")
@roles(*OFFICERS)
def matikan() -> ResponseReturnValue:
    try:
        enrolment.turn_off(current_actor(), request.form.get(PASSWORD, ""), is_required=_is_required())
    except (InvalidInput, TooManyAttempts, Forbidden) as error:
        return _refused(error)
    flash("Masuk dua langkah dimatikan. Anda masuk dengan kata sandi saja.", "success")
    return redirect(url_for("dua_langkah.halaman"))


def _is_required() -> bool:
    return bool(current_app.config["ALUR"].demands_second_factor)


def _refused(error: InvalidInput | TooManyAttempts | Forbidden) -> ResponseReturnValue:
    """Beside the password: what is wrong with it, or why nothing comes of it."""
    if isinstance(error, InvalidInput):
        return _page({PASSWORD: error.errors["lama"]}, 422)
    return _page({PASSWORD: [error.pesan]}, 429 if isinstance(error, TooManyAttempts) else 422)


def _page(errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    office = kata.of_office(profile.current())["kantor"]["singkat"]
    state = enrolment.state(current_actor(), office)
    page = render_template(
        "akun/dua_langkah.html", keadaan=state, gambar=_picture(state.address), wajib=_is_required(), galat=errors
    )
    return page, status


def _picture(address: str) -> str:
    """The QR code as an address of its own picture; black on white in the dark too, for cameras."""
    if not address:
        return ""
    return str(segno.make(address, error="m", micro=False).svg_data_uri(scale=5, dark="#000", light="#fff"))


def _codes_page(title: str, codes: list[str]) -> ResponseReturnValue:
    return render_template("akun/kode_pemulihan.html", judul=title, kode=codes)
