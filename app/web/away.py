"""When the database is away or a disk is full: a page that asks for nothing but patience, and keeps what was typed.

Neither this page nor that of an error of ours may ask the database who is signed in: that is what just failed.
"""

import logging
from typing import TypeGuard

from flask import Flask, Response, current_app, g, make_response, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from app.adapters.storage import is_full
from app.web import access, sesi

log = logging.getLogger(__name__)

TITLE = "Sebentar, ada gangguan"
BUSY = "Penyimpanan data sedang tidak dapat dihubungi. Yang sudah tersimpan tetap aman."
FULL = (
    "Tempat penyimpanan kantor penuh",
    "Yang baru dikirim belum tersimpan; yang sudah tersimpan tetap aman. Coba lagi nanti, atau hubungi kantor.",
)
RETRY_SECONDS = 5


def init_app(app: Flask) -> None:
    app.register_error_handler(SQLAlchemyError, away)
    app.register_error_handler(OSError, away)


def away(error: SQLAlchemyError | OSError) -> Response:
    """503 (507: a disk is full), and the same form once more: sent twice it counts once.

    What is neither goes on as an error of ours.
    """
    full = is_full(error.orig if isinstance(error, DBAPIError) else error)
    if not full and not is_absence(error):
        raise error
    log.error("%s: %s", "a disk is full" if full else "the database does not serve", type(error).__name__)
    status, title, said = (507, *FULL) if full else (503, TITLE, BUSY)
    if request.headers.get("HX-Request"):
        answer = notice(status, title, said if full else f"{said} Coba lagi sebentar lagi.")
    else:
        answer = make_response(patience(title, said), status)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def patience(title: str, said: str) -> str:
    """The page that asks to try again, with what was typed where a form was sent."""
    keeps = keeps_typed()
    return bare(
        "errors/tunda.html",
        judul=title,
        pesan=said,
        jeda=RETRY_SECONDS,
        isian=sesi.typed() if keeps else [],
        mengirim=keeps,
        membaca=request.method == "GET",
        tujuan=access.safe_next(request.full_path.rstrip("?")),
        ada_berkas=bool(request.files),
    )


def keeps_typed() -> bool:
    """May what was sent stand on a page again? A form that did not fit on the disk as it came cannot be read twice."""
    return sesi.came_from_us() and request.endpoint != "auth.log_in" and "form" in request.__dict__


def notice(status: int, title: str, message: str) -> Response:
    """With HTMX: a fragment for the notice area; what was typed stays where it is."""
    answer = make_response(bare("errors/_galat.html", judul=title, pesan=message), status)
    answer.headers["HX-Retarget"] = "#pemberitahuan"
    answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def bare(template: str, **words: object) -> str:
    """A template without what the site knows of the person: no context processor runs, and nobody's case is shown."""
    g.pop("readings", None)
    return current_app.jinja_env.get_template(template).render(**words)


def is_absence(error: object) -> TypeGuard[SQLAlchemyError]:
    """Will the same be all right in a moment?"""
    if isinstance(error, OperationalError | InterfaceError | PoolExhausted):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
