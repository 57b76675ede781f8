"""What people see when something goes wrong: every error's status and page, in one place.

An HTMX request gets a fragment for the notice area at the top of the page; what was typed stays where it is.
"""

import logging

from flask import Flask, Response, make_response, render_template, request
from flask.globals import request_ctx
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from app.domain.errors import (
    AccountNotValid,
    AlreadySubmitted,
    AlurError,
    CaptchaRefused,
    DiscussionClosed,
    DownloadCut,
    DraftOutdated,
    EngineFault,
    Forbidden,
    FourEyes,
    InvalidInput,
    LoginRefused,
    NotFound,
    PossibleDuplicate,
    ProcedureInvalid,
    ReceiverRefused,
    ReopeningRefused,
    SkipsLate,
    StaleForm,
    TaskAlreadyClaimed,
    TaskClosed,
    TaskHeld,
    TaskNotYours,
    TokenSpent,
    TooManyAttempts,
    UploadRefused,
    WithdrawalRefused,
)
from app.web import away, sesi

log = logging.getLogger(__name__)

STATUS: dict[type[AlurError], tuple[int, str]] = {
    NotFound: (404, "Tidak ditemukan"),
    Forbidden: (403, "Tidak berhak"),
    AccountNotValid: (403, "Akun belum dapat dipakai"),
    FourEyes: (403, "Perlu orang lain"),
    InvalidInput: (422, "Ada isian yang perlu diperbaiki"),
    UploadRefused: (422, "Berkas tidak diterima"),
    CaptchaRefused: (422, "Pertanyaan belum terjawab"),
    ProcedureInvalid: (422, "Prosedur belum dapat dipakai"),
    ReceiverRefused: (422, "Tidak dapat diserahkan"),
    TaskAlreadyClaimed: (409, "Sudah diambil"),
    SkipsLate: (409, "Ada yang lewat batas"),
    TaskNotYours: (409, "Bukan tugas Anda saat ini"),
    TaskClosed: (409, "Tugas sudah ditutup"),
    TaskHeld: (409, "Tugas ditahan"),
    WithdrawalRefused: (409, "Tidak dapat ditarik"),
    ReopeningRefused: (409, "Tidak dapat dibuka kembali"),
    DiscussionClosed: (409, "Diskusi sudah ditutup"),
    TooManyAttempts: (429, "Terlalu sering mencoba"),
    LoginRefused: (401, "Belum dapat masuk"),
    DownloadCut: (410, "Unduhan dimatikan"),
    TokenSpent: (410, "Tautan tidak berlaku lagi"),
    AlreadySubmitted: (409, "Sudah terkirim"),
    DraftOutdated: (409, "Layanan ini berubah"),
    PossibleDuplicate: (409, "Sudah pernah diajukan"),
    StaleForm: (409, "Tugas berubah"),
    EngineFault: (500, "Langkah belum dapat diselesaikan"),
}

HTTP: dict[int, tuple[str, str]] = {
    400: ("Permintaan tidak lengkap", "Kembali ke halaman sebelumnya, lalu coba lagi."),
    401: ("Perlu masuk", "Masuk dulu, lalu buka halaman ini lagi."),
    403: ("Tidak berhak", Forbidden.pesan),
    404: ("Tidak ditemukan", NotFound.pesan),
    405: ("Tidak dapat dibuka langsung", "Kembali ke beranda, lalu pilih dari menu."),
    413: (
        "Kiriman terlalu besar",
        "Tidak ada yang tersimpan dari kiriman ini. Tekan tombol kembali di peramban: isian Anda masih ada di sana. "
        "Kurangi jumlah atau ukuran berkas (paling besar 10 MB tiap berkas) atau pendekkan teksnya, lalu kirim lagi.",
    ),
    429: ("Terlalu sering", "Tunggu beberapa menit, lalu coba lagi."),
}
HOME, ACCOUNT = ("/", "Ke beranda"), ("/akun", "Lihat status akun")
_BROKEN = ("Ada gangguan", "Yang sudah tersimpan tetap aman. Coba lagi sebentar lagi; bila terulang, hubungi kantor.")


def init_app(app: Flask) -> None:
    app.register_error_handler(AlurError, known)
    app.register_error_handler(CSRFError, expired)
    app.register_error_handler(HTTPException, http)
    app.register_error_handler(500, broken)
    away.init_app(app)


def status_of(error: AlurError) -> tuple[int, str]:
    """HTTP status and title, by the nearest type in STATUS."""
    for kind in type(error).__mro__:
        if kind in STATUS:
            return STATUS[kind]
    return 400, "Permintaan tidak dapat diproses"


def known(error: AlurError) -> Response:
    status, title = status_of(error)
    if status >= 500:
        log.error("%s", type(error).__name__, exc_info=error)
    return page(status, title, error.pesan, ACCOUNT if isinstance(error, AccountNotValid) else HOME)


def expired(_: CSRFError) -> Response:
    if request.form and request.endpoint != "auth.log_in" and sesi.came_from_us():
        return sesi.keep_typed(400)
    return page(
        400,
        "Halaman ini sudah terlalu lama terbuka",
        "Muat ulang halaman sebelumnya, lalu kirim lagi isian Anda.",
    )


def http(error: HTTPException) -> Response:
    """Werkzeug's own errors; redirects and ready-made answers pass through."""
    code = error.code or 500
    if code < 400 or error.response is not None:
        return make_response(error.get_response())
    if code >= 500:
        return broken(error)
    answer = page(code, *HTTP.get(code, HTTP[400]))
    for name, value in error.get_headers():
        if name not in ("Content-Type", "Content-Length"):
            answer.headers[name] = value
    return answer


def broken(error: Exception) -> Response:
    """Stands alone, without the site's frame: the frame may be what broke. What was typed can be sent once more.

    Flask has logged the trace.
    """
    cause = getattr(error, "original_exception", None)
    if away.is_absence(cause):  # it went away while another error's page was made
        return away.away(cause)
    if request.headers.get("HX-Request"):
        return away.notice(500, *_BROKEN)
    if away.keeps_typed():
        return make_response(away.patience(*_BROKEN), 500)
    return make_response(away.bare("errors/500.html", judul=_BROKEN[0], pesan=_BROKEN[1]), 500)


def page(status: int, title: str, message: str, onward: tuple[str, str] = HOME) -> Response:
    """The error page, or with HTMX the notice; both say what to do next. `onward`: path and words of its button."""
    if request_ctx.url_adapter is None:
        # A Host that is no host: no link can be made either, so the page stands alone.
        return make_response(render_template("errors/500.html", judul=title, pesan=message), status)
    if not request.headers.get("HX-Request"):
        html = render_template("errors/galat.html", judul=title, pesan=message, status=status, ke=onward)
        return make_response(html, status)
    return away.notice(status, title, message)
