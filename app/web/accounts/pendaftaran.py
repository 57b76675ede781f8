"""Registering, on three short pages. Each carries what the earlier ones were told; nothing is stored before the last,
except the selfie's bytes.

A page that is right leads to the address of the next one, which reads what was typed from the browser's own session,
sealed: so the browser's way back shows every page as it was left. Whoever comes anew, by /daftar, begins with nothing.
"""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from typing import BinaryIO, cast

from flask import Blueprint, current_app, make_response, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from app.domain import consents
from app.domain.errors import CaptchaRefused, InvalidInput, TooManyAttempts, UploadRefused
from app.services import clock
from app.services.joining import applicant, registrations, selfies, sheets
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

KEPT = "isian_pendaftaran"
"""Where the session keeps what was typed so far."""

DATA, SELFIE, ACCOUNT = "data", "swafoto", "akun"
TYPED = ("nama", "nik", "nomor_kk", "email", "ponsel")
_FILE = f"{PREFIX}swafoto"
_LONGEST = 300
_MOST = 2500
"""Signs of a sealed sheet; browsers keep no cookie of more than 4,096. What people really type has half of that."""
_NO_SELFIE = "Ambil swafoto, atau pilih dari galeri."
_NO_PRIVACY = "Baca pemberitahuan privasi, lalu centang kotak ini."

Errors = Mapping[str, list[str]]


@dataclass(frozen=True)
class _Sheet:
    """What the form holds so far. `ticket`: of the selfie; `confirmed`: marks of doubts that were answered.

    `asked`: the first page was sent and is not right yet; `problem`: with the selfie, "" for none.
    """

    typed: Mapping[str, str] = field(default_factory=dict)
    ticket: str = ""
    confirmed: Sequence[str] = ()
    whatsapp: bool = False
    privacy: bool = False
    asked: bool = False
    problem: str = ""


@pendaftaran.get("/daftar")
@public
def mulai() -> ResponseReturnValue:
    """`langkah`: the page to show as it was left; without it, a new beginning."""
    actor = actor_or_none()
    if actor is not None:
        return redirect(home_of(actor))
    page = request.args.get("langkah", "")
    if not page:
        session.pop(KEPT, None)
        return redirect(url_for("pendaftaran.mulai", langkah=DATA))
    sheet = _kept()
    if sheet is None:
        return _data_page(_Sheet(), {}, ())
    answer = make_response(_left_at(sheet, page))
    answer.headers["Cache-Control"] = "no-store"  # a stranger's page, but with what they typed
    return answer


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
        return _go(sheet, DATA)
    try:
        who = applicant.read(sheet.typed, clock.today())
    except InvalidInput:
        return _go(replace(sheet, asked=True), DATA)
    if applicant.doubts(who, clock.today(), sheet.confirmed):
        return _go(replace(sheet, asked=True), DATA)
    if page == SELFIE:
        return _take_selfie(sheet)
    if page != ACCOUNT or is_back or not selfies.opened(sheet.ticket):
        return _go(sheet, SELFIE)
    return _register(sheet, who)


def _left_at(sheet: _Sheet, page: str) -> ResponseReturnValue:
    if page == ACCOUNT and selfies.opened(sheet.ticket):
        return _account_page(sheet, {}, tantangan.pose(FORM))
    if page in (SELFIE, ACCOUNT):
        return _selfie_page(sheet, sheet.problem)
    if not sheet.asked:
        return _data_page(sheet, {}, ())
    try:
        who = applicant.read(sheet.typed, clock.today())
    except InvalidInput as error:
        return _data_page(sheet, error.errors, ())
    return _data_page(sheet, {}, applicant.doubts(who, clock.today(), sheet.confirmed))


def _take_selfie(sheet: _Sheet) -> ResponseReturnValue:
    action = request.form.get("aksi", "")
    file = next((one for one in request.files.getlist(_FILE) if one.filename), None)
    if action.startswith("lepas:"):
        return _go(replace(sheet, ticket=""), SELFIE)
    if file is not None:
        try:
            ticket = selfies.receive(cast(BinaryIO, file.stream), request.remote_addr or "")
        except UploadRefused as error:
            return _go(replace(sheet, problem=error.pesan), SELFIE)
        except TooManyAttempts as error:
            return _selfie_page(sheet, error.pesan, 429)
        sheet = replace(sheet, ticket=ticket)
    if not selfies.opened(sheet.ticket):
        return _go(replace(sheet, ticket="", problem=_NO_SELFIE), SELFIE)
    return _go(sheet, SELFIE if action.startswith("unggah:") else ACCOUNT)


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
    session.pop(KEPT, None)
    remember(sent)
    return redirect(url_for("pendaftaran_surat.terkirim"), 303)


def _go(sheet: _Sheet, page: str) -> ResponseReturnValue:
    """To the address of a page, which shows the sheet as it is now."""
    sealed = sheets.seal(asdict(sheet))
    if len(sealed) > _MOST:
        return _left_at(sheet, page)
    session[KEPT] = sealed
    return redirect(url_for("pendaftaran.mulai", langkah=page), 303)


def _kept() -> _Sheet | None:
    found = sheets.opened(str(session.get(KEPT, "")))
    return _Sheet(**found) if found else None


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
