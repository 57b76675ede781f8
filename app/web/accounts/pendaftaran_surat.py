"""After registering: the letter is on its way, sent again or to another address; and what its link opens.

Opening the link changes nothing, since mail scanners open links too; the button on its page does.
"""

from datetime import datetime

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue

from app.domain.errors import InvalidInput, LoginRefused, TokenSpent, TooManyAttempts
from app.domain.tanggal import format_time
from app.services.joining import confirming, registrations
from app.services.joining.registrations import Waiting
from app.web.access import actor_or_none, begin_session, home_of, public
from app.web.accounts.pendaftaran import MINE, own, remember

pendaftaran_surat = Blueprint("pendaftaran_surat", __name__)


@pendaftaran_surat.get("/daftar/terkirim")
@public
def terkirim() -> ResponseReturnValue:
    return _sent_page(_mine())


@pendaftaran_surat.get("/daftar/surat-peragaan")
@public
def surat_peragaan() -> ResponseReturnValue:
    """In a demonstration no mail goes out: the letter to whoever registers in this browser."""
    if not current_app.config["ALUR"].is_demo:
        abort(404)
    letter, back = registrations.kept_letter(own()), url_for("pendaftaran_surat.terkirim")
    kept = [letter] if letter else []
    page = render_template("auth/surat_peragaan.html", tentang="untuk pendaftaran Anda", surat=kept, kembali=back)
    return _kept_nowhere(page, 200)


@pendaftaran_surat.post("/daftar/kirim-ulang")
@public
def kirim_ulang() -> ResponseReturnValue:
    waiting = _mine()
    if waiting is None:
        return redirect(url_for("pendaftaran_surat.terkirim"), 303)
    try:
        at = registrations.send_again(waiting.id, request.remote_addr or "")
    except TooManyAttempts as error:
        return _sent_page(waiting, sentence=error.pesan, status=429)
    flash(_sent_words(at), "success")
    return redirect(url_for("pendaftaran_surat.terkirim"), 303)


@pendaftaran_surat.post("/daftar/ubah-email")
@public
def ubah_email() -> ResponseReturnValue:
    """Every address gets the same answer."""
    waiting, typed = _mine(), request.form.get("email", "")[:300]
    if waiting is None:
        return redirect(url_for("pendaftaran_surat.terkirim"), 303)
    try:
        at = registrations.change_address(waiting.id, typed, request.remote_addr or "")
    except InvalidInput as error:
        return _sent_page(waiting, error.errors["email"][0], typed, status=422)
    except TooManyAttempts as error:
        return _sent_page(waiting, typed=typed, sentence=error.pesan, status=429)
    flash(_sent_words(at), "success")
    return redirect(url_for("pendaftaran_surat.terkirim"), 303)


@pendaftaran_surat.post("/daftar/lanjutkan")
@public
def lanjutkan() -> ResponseReturnValue:
    """One's registration in another browser, by address and password."""
    email = request.form.get("email", "")[:300]
    try:
        found = registrations.find(email, request.form.get("kata_sandi", ""), request.remote_addr or "")
    except LoginRefused as error:
        status = 429 if isinstance(error, TooManyAttempts) else 422
        return _sent_page(None, typed=email, sentence=error.pesan, status=status)
    remember(found.id)
    return redirect(url_for("pendaftaran_surat.terkirim"), 303)


@pendaftaran_surat.get("/daftar/konfirmasi")
@public
def buka() -> ResponseReturnValue:
    return _link_page(request.args.get("t", ""), {})


@pendaftaran_surat.post("/daftar/konfirmasi")
@public
def pastikan() -> ResponseReturnValue:
    """The account begins, and whoever confirmed is signed in."""
    secret = request.form.get("t", "")
    try:
        actor = confirming.confirm(secret, own=own(), password=request.form.get("kata_sandi", ""))
    except InvalidInput as error:
        return _link_page(secret, error.errors, 422)
    except TooManyAttempts as error:
        return _link_page(secret, {"kata_sandi": [error.pesan]}, 429)
    except TokenSpent:
        signed_in = actor_or_none()
        if signed_in:
            return redirect(home_of(signed_in), 303)
        # The other request's answer signs this browser in. Nothing is said in this one, lest it undo that.
        return redirect("/akun", 303) if confirming.has_just_confirmed(secret) else _link_page("", {}, 422)
    session.pop(MINE, None)
    if actor is None:
        flash("Kami mengirim satu surat lagi ke alamat ini. Baca surat itu dulu.", "info")
        return redirect(url_for("pendaftaran_surat.terkirim"), 303)
    begin_session(actor)
    flash("Email Anda sudah dipastikan, dan Anda sudah masuk.", "success")
    return redirect(home_of(actor), 303)


def _mine() -> Waiting | None:
    return registrations.of(own())


def _sent_words(at: datetime) -> str:
    return f"Surat dikirim pukul {format_time(at)}."


def _sent_page(
    waiting: Waiting | None, wrong: str = "", typed: str = "", sentence: str = "", status: int = 200
) -> Response:
    page = render_template(
        "auth/daftar_terkirim.html",
        ditunggu=waiting,
        galat_email=wrong,
        email=typed,
        galat=sentence,
    )
    return _kept_nowhere(page, status)


def _link_page(secret: str, errors: dict[str, list[str]], status: int = 200) -> Response:
    try:
        waiting = confirming.look(secret)
    except TokenSpent:
        return _kept_nowhere(render_template("auth/daftar_tautan_lama.html"), 422)
    known = waiting.id == own()
    page = render_template("auth/daftar_konfirmasi.html", ditunggu=waiting, rahasia=secret, kenal=known, galat=errors)
    return _kept_nowhere(page, status)


def _kept_nowhere(page: str, status: int) -> Response:
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "no-store"
    return answer
