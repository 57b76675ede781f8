"""The forgotten password: asking for a link, and what the link opens. Looking at a link never uses it up."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.errors import CaptchaRefused, InvalidInput, TokenSpent, TooManyAttempts
from app.services.signin import forgotten, passwords
from app.web.access import public
from app.web.accounts import tantangan
from app.web.accounts.keamanan import FIELDS, NOT_THE_SAME

lupa_sandi = Blueprint("lupa_sandi", __name__)

FORM = "lupa-sandi"
NO_ADDRESS = "Isi alamat email akun Anda, contoh nama@contoh.id."


@lupa_sandi.get("/lupa-sandi")
@public
def minta() -> ResponseReturnValue:
    return _page("", "", 200, tantangan.pose(FORM))


@lupa_sandi.post("/lupa-sandi")
@public
def kirim() -> ResponseReturnValue:
    """Every address gets the same answer, whether it has an account or not."""
    email = request.form.get("email", "").strip()[:254]
    if "@" not in email:
        return _page(email, NO_ADDRESS, 422, tantangan.keep(FORM))
    try:
        tantangan.demand(FORM)
        forgotten.ask(email, request.remote_addr or "")
    except CaptchaRefused as error:
        if not error.repeated:
            return _page(email, "", 422, tantangan.pose(FORM, error))
    except TooManyAttempts as error:
        return _page(email, error.pesan, 429, tantangan.pose(FORM))
    return redirect(url_for("lupa_sandi.terkirim"))


@lupa_sandi.get("/lupa-sandi/terkirim")
@public
def terkirim() -> ResponseReturnValue:
    return render_template("auth/lupa_terkirim.html", menit=int(forgotten.LIFETIME.total_seconds() // 60))


@lupa_sandi.get("/sandi-baru/<rahasia>")
@public
def buka(rahasia: str) -> ResponseReturnValue:
    return _new_page({}, 200) if forgotten.is_open(rahasia) else _spent(TokenSpent.pesan)


@lupa_sandi.post("/sandi-baru/<rahasia>")
@public
def simpan(rahasia: str) -> ResponseReturnValue:
    new, repeated = (request.form.get(FIELDS[name], "") for name in ("baru", "ulang"))
    try:
        if new != repeated:
            raise InvalidInput({"ulang": [NOT_THE_SAME]})
        forgotten.renew(rahasia, new, request.remote_addr or "")
    except InvalidInput as error:
        return _new_page(error.errors, 422)
    except TokenSpent as error:
        return _spent(error.pesan)
    flash("Kata sandi baru tersimpan, dan semua perangkat sudah keluar. Masuk dengan kata sandi itu.", "success")
    return redirect(url_for("auth.masuk"))


def _page(email: str, problem: str, status: int, question: tantangan.Shown) -> ResponseReturnValue:
    return render_template("auth/lupa_sandi.html", email=email, galat_email=problem, tantangan=question), status


def _new_page(errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    wrong = {FIELDS[field]: sentences for field, sentences in errors.items()}
    return render_template("auth/sandi_baru.html", galat=wrong, paling_pendek=passwords.SHORTEST), status


def _spent(sentence: str) -> ResponseReturnValue:
    flash(sentence, "warning")
    return redirect(url_for("lupa_sandi.minta"))
