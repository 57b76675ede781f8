"""How an account is kept safe by its owner: where it is signed in, and its password."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, NotFound, TooManyAttempts
from app.services.signin import passwords, sessions
from app.web.access import current_actor, current_ticket, signed_in

keamanan = Blueprint("keamanan", __name__, url_prefix="/pengaturan")

# Field of the service -> field of the form.
FIELDS = {"lama": "sandi_lama", "baru": "sandi_baru", "ulang": "sandi_ulang"}
NOT_THE_SAME = "Kata sandi baru dan ulangannya berbeda. Ketik keduanya lagi."


@keamanan.get("/sesi")
@signed_in
def sesi() -> ResponseReturnValue:
    return render_template("akun/sesi.html", sesi=sessions.mine(current_actor(), current_ticket()))


@keamanan.post("/sesi")
@signed_in
def akhiri() -> ResponseReturnValue:
    """One of one's own sessions, which may have ended meanwhile."""
    try:
        sessions.end_one(current_actor(), request.form.get("sesi", ""))
    except NotFound as error:
        flash(error.pesan, "info")
    else:
        flash("Perangkat itu sudah keluar.", "success")
    return redirect(url_for("keamanan.sesi"))


@keamanan.post("/sesi/semua")
@signed_in
def akhiri_semua() -> ResponseReturnValue:
    ended = sessions.sign_out_everywhere(current_actor(), but=current_ticket())
    said = f"{ended} perangkat lain sudah keluar." if ended else "Tidak ada perangkat lain yang masuk."
    flash(said, "success")
    return redirect(url_for("keamanan.sesi"))


@keamanan.get("/kata-sandi")
@signed_in
def kata_sandi() -> ResponseReturnValue:
    return _password_page({}, 200)


@keamanan.post("/kata-sandi")
@signed_in
def ganti_kata_sandi() -> ResponseReturnValue:
    old, new, repeated = (request.form.get(name, "") for name in FIELDS.values())
    try:
        if new != repeated:
            raise InvalidInput({"ulang": [NOT_THE_SAME]})
        passwords.change(current_actor(), old, new, current_ticket())
    except InvalidInput as error:
        return _password_page(error.errors, 422)
    except TooManyAttempts as error:
        return _password_page({"lama": [error.pesan]}, 429)
    flash("Kata sandi sudah diganti. Semua perangkat lain sudah keluar.", "success")
    return redirect(url_for("portal.pengaturan"))


def _password_page(errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    wrong = {FIELDS[field]: sentences for field, sentences in errors.items()}
    page = render_template("akun/kata_sandi.html", galat=wrong, paling_pendek=passwords.SHORTEST)
    return page, status
