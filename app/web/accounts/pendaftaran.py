"""Registering, on three short pages of one address. Each carries what the earlier ones were told; nothing is stored
before the last, except the selfie's bytes."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import BinaryIO, cast

from flask import Blueprint, current_app, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain import consents
from app.domain.errors import CaptchaRefused, InvalidInput, TooManyAttempts, UploadRefused
from app.services import clock
from app.services.joining import applicant, registrations, selfies
from app.services.joining.applicant import Applicant, Doubt
from app.services.signin import passwords
from app.web.access import actor_or_none, home_of, public
from app.web.accounts import tantangan
from app.web.portal.unggahan import PREFIX

pendaftaran = Blueprint("pendaftaran", __name__)

FORM = "daftar"
MINE = "pendaftaran"
"""Where this browser's session keeps the registration that it sent, and since when."""
MINE_FOR = timedelta(hours=2)
"""Afterwards, or in another browser, address and password open it: the next person at a shared computer has neither."""

DATA, SELFIE, ACCOUNT = "data", "swafoto", "akun"
TYPED = ("nama", "nik", "nomor_kk", "email", "ponsel")
_FILE = f"{PREFIX}swafoto"
_LONGEST = 300
_NO_SELFIE = "Ambil swafoto, atau pilih dari galeri."
_NO_PRIVACY = "Baca pemberitahuan privasi, lalu centang kotak ini."

Errors = Mapping[str, list[str]]


@dataclass(frozen=True)
class _Sheet:
    """What the form holds so far. `ticket`: of the selfie; `confirmed`: marks of doubts that were answered."""

    typed: Mapping[str, str] = field(default_factory=dict)
    ticket: str = ""
    confirmed: Sequence[str] = ()
    whatsapp: bool = False
    privacy: bool = False


@pendaftaran.get("/daftar")
@public
def mulai() -> ResponseReturnValue:
    actor = actor_or_none()
    return redirect(home_of(actor)) if actor else _data_page(_Sheet(), {}, ())


@pendaftaran.post("/daftar")
@public
def isi() -> ResponseReturnValue:
    """One page on, or back; the last one registers."""
    actor = actor_or_none()
    if actor is not None:
        return redirect(home_of(actor), 303)
    sheet, page = _sheet(), request.form.get("langkah", DATA)
    is_back = request.form.get("aksi") == "kembali"
    if page == SELFIE and is_back:
        return _data_page(sheet, {}, ())
    try:
        who = applicant.read(sheet.typed, clock.today())
    except InvalidInput as error:
        return _data_page(sheet, error.errors, ())
    open_doubts = applicant.doubts(who, clock.today(), sheet.confirmed)
    if open_doubts:
        return _data_page(sheet, {}, open_doubts)
    if page == SELFIE:
        return _take_selfie(sheet)
    if page != ACCOUNT or is_back or not selfies.opened(sheet.ticket):
        return _selfie_page(sheet, "")
    return _register(sheet, who)


def _take_selfie(sheet: _Sheet) -> ResponseReturnValue:
    action = request.form.get("aksi", "")
    file = next((one for one in request.files.getlist(_FILE) if one.filename), None)
    if action.startswith("lepas:"):
        return _selfie_page(replace(sheet, ticket=""), "")
    if file is not None:
        try:
            ticket = selfies.receive(cast(BinaryIO, file.stream), request.remote_addr or "")
        except UploadRefused as error:
            return _selfie_page(sheet, error.pesan)
        except TooManyAttempts as error:
            return _selfie_page(sheet, error.pesan, 429)
        sheet = replace(sheet, ticket=ticket)
    if not selfies.opened(sheet.ticket):
        return _selfie_page(replace(sheet, ticket=""), _NO_SELFIE)
    return _selfie_page(sheet, "") if action.startswith("unggah:") else _account_page(sheet, {}, tantangan.pose(FORM))


def _register(sheet: _Sheet, who: Applicant) -> ResponseReturnValue:
    """Every address, NIK and number gets the same answer, whoever's they are."""
    password = request.form.get("kata_sandi", "")
    errors = _account_faults(sheet, who, password)
    if errors:
        return _account_page(sheet, errors, tantangan.keep(FORM))
    try:
        tantangan.demand(FORM)
    except CaptchaRefused as error:
        if not error.repeated:  # a double click is told by `once` below
            return _account_page(sheet, {}, tantangan.pose(FORM, error))
    try:
        sent = registrations.submit(
            who,
            password,
            selfies.opened(sheet.ticket),
            whatsapp=sheet.whatsapp,
            once=request.form.get(tantangan.TOKEN, ""),
            address=request.remote_addr or "",
        )
    except UploadRefused as error:
        return _selfie_page(replace(sheet, ticket=""), error.pesan)
    except TooManyAttempts as error:
        return _account_page(sheet, {"": [error.pesan]}, tantangan.pose(FORM), 429)
    remember(sent)
    return redirect(url_for("pendaftaran_surat.terkirim"), 303)


def remember(registration_id: str) -> None:
    """This browser sent it, or opened it with its password."""
    session[MINE] = [registration_id, int(clock.now().timestamp())]


def own() -> str:
    """The id of the registration that this browser may go on with, "" for none."""
    kept = session.get(MINE)
    if not kept:
        return ""
    registration_id, since = kept
    return str(registration_id) if clock.now().timestamp() - since < MINE_FOR.total_seconds() else ""


def _account_faults(sheet: _Sheet, who: Applicant, password: str) -> dict[str, list[str]]:
    wrong = passwords.faults_of_new(password, who.email, who.name)
    errors = {"kata_sandi": wrong} if wrong else {}
    return errors if sheet.privacy else {**errors, "privasi": [_NO_PRIVACY]}


def _sheet() -> _Sheet:
    sent = request.form
    return _Sheet(
        typed={name: sent.get(name, "")[:_LONGEST] for name in TYPED},
        ticket=sent.get("swafoto", "")[:200],
        confirmed=[mark[:60] for mark in sent.getlist("benar")[:20]],
        whatsapp="whatsapp" in sent,
        privacy="privasi" in sent,
    )


def _data_page(sheet: _Sheet, errors: Errors, open_doubts: Sequence[Doubt]) -> ResponseReturnValue:
    page = render_template(
        "auth/daftar_data.html", isian=sheet, galat=errors, ragu=open_doubts, nama_isian=TYPED, langkah=DATA
    )
    return page, 422 if errors or open_doubts else 200


def _selfie_page(sheet: _Sheet, problem: str, status: int = 422) -> ResponseReturnValue:
    small = b64encode(selfies.preview(sheet.ticket)).decode()
    errors = {"swafoto-baru": [problem]} if problem else {}
    page = render_template(
        "auth/daftar_swafoto.html",
        isian=sheet,
        galat=errors,
        gambar=small,
        nama_isian=TYPED,
        langkah=SELFIE,
        hari_swafoto=current_app.config["ALUR"].retention.selfie,
    )
    return page, status if problem else 200


def _account_page(sheet: _Sheet, errors: Errors, question: tantangan.Shown, status: int = 422) -> ResponseReturnValue:
    page = render_template(
        "auth/daftar_akun.html",
        isian=sheet,
        galat=errors,
        tantangan=question,
        nama_isian=TYPED,
        langkah=ACCOUNT,
        paling_pendek=passwords.SHORTEST,
        teks_privasi=consents.PRIVACY,
        teks_whatsapp=consents.WHATSAPP,
    )
    return page, status if errors or question.problem else 200
