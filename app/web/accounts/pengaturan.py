"""An account's own rooms: profile, phone, e-mail (proved by a letter), and the channels of notices."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import consents
from app.domain.errors import InvalidInput, TooManyAttempts
from app.domain.masking import mask_email, mask_nik, mask_phone
from app.services.accounts import contact
from app.services.messages import preferences
from app.services.portal import portal_views
from app.services.privacy import agreed
from app.web.access import actor_or_none, current_actor, public, signed_in

pengaturan = Blueprint("pengaturan", __name__)

_MISSING = "Belum ada"
_SENT = "Surat sudah dikirim ke alamat baru. Buka surat itu untuk membuktikannya; sampai itu alamat lama yang berlaku."


@pengaturan.get("/pengaturan/profil")
@signed_in
def profil() -> ResponseReturnValue:
    account = portal_views.account(current_actor())
    rows = [
        ("Nama", account.name),
        ("NIK", mask_nik(account.nik) if account.nik else _MISSING),
        ("Nomor KK", mask_nik(account.nomor_kk) if account.nomor_kk else _MISSING),
    ]
    return render_template("akun/profil.html", akun=rows, sejak=account.created_at)


@pengaturan.get("/pengaturan/ponsel")
@signed_in
def ponsel() -> ResponseReturnValue:
    return _phone_page({}, "", 200)


@pengaturan.post("/pengaturan/ponsel")
@signed_in
def ganti_ponsel() -> ResponseReturnValue:
    typed = request.form.get("ponsel", "")[:60]
    try:
        contact.change_phone(current_actor(), request.form.get("sandi", ""), typed)
    except InvalidInput as error:
        return _phone_page(error.errors, typed, 422)
    except TooManyAttempts as error:
        return _phone_page({"sandi": [error.pesan]}, typed, 429)
    flash("Nomor WhatsApp sudah diganti.", "success")
    return redirect(url_for("pengaturan.ponsel"))


@pengaturan.get("/pengaturan/email")
@signed_in
def email() -> ResponseReturnValue:
    return _email_page({}, "", 200)


@pengaturan.post("/pengaturan/email")
@signed_in
def ganti_email() -> ResponseReturnValue:
    if request.form.get("aksi") == "batal":
        contact.cancel(current_actor())
        flash("Dibatalkan. Email Anda tetap yang lama.", "success")
        return redirect(url_for("pengaturan.email"))
    typed = request.form.get("email", "")[:254]
    try:
        contact.ask_email(current_actor(), request.form.get("sandi", ""), typed)
    except InvalidInput as error:
        return _email_page(error.errors, typed, 422)
    except TooManyAttempts as error:
        return _email_page({"email": [error.pesan]}, typed, 429)
    flash(_SENT, "success")
    return redirect(url_for("pengaturan.email"))


@pengaturan.get(contact.CONFIRM)
@public
def buktikan_email() -> ResponseReturnValue:
    """A button, not the deed: mail scanners open every link."""
    secret = request.args.get("t", "")
    found = contact.look(secret) if secret else None
    return render_template("akun/email_konfirmasi.html", kode=secret, ditunggu=found)


@pengaturan.post(contact.CONFIRM)
@public
def email_terbukti() -> ResponseReturnValue:
    secret = request.form.get("t", "")
    if not secret:
        return render_template("akun/email_konfirmasi.html", kode="", ditunggu=None), 422
    contact.confirm(secret)
    flash("Email akun Anda sudah diganti.", "success")
    return redirect(url_for("pengaturan.email") if actor_or_none() else url_for("auth.masuk"))


@pengaturan.get("/pengaturan/saluran")
@signed_in
def saluran() -> ResponseReturnValue:
    return _channel_page({}, 200)


@pengaturan.post("/pengaturan/saluran")
@signed_in
def pilih_saluran() -> ResponseReturnValue:
    wanted = {name: request.form.get(name) == "ya" for name in ("email", "whatsapp")}
    try:
        preferences.choose(current_actor(), **wanted)
    except InvalidInput as error:
        return _channel_page(error.errors, 422)
    flash("Pilihan saluran sudah disimpan.", "success")
    return redirect(url_for("pengaturan.saluran"))


def _phone_page(errors: dict[str, list[str]], typed: str, status: int) -> ResponseReturnValue:
    account = portal_views.account(current_actor())
    known = mask_phone(account.phone) if account.phone else ""
    page = render_template("akun/ponsel.html", galat=errors, nilai=typed, sekarang=known, wa=account.whatsapp_consent)
    return page, status


def _email_page(errors: dict[str, list[str]], typed: str, status: int) -> ResponseReturnValue:
    actor = current_actor()
    now = mask_email(portal_views.account(actor).email)
    page = render_template("akun/email.html", galat=errors, nilai=typed, sekarang=now, ditunggu=contact.pending(actor))
    return page, status


def _channel_page(errors: dict[str, list[str]], status: int) -> ResponseReturnValue:
    actor = current_actor()
    page = render_template(
        "akun/saluran.html",
        galat=errors,
        pilihan=preferences.of(actor),
        naskah=consents.WHATSAPP,
        sejak=agreed.to_whatsapp(actor),
    )
    return page, status
