"""When the database is away for a moment: a page that asks for nothing but patience, and keeps what was typed.

Neither this page nor that of an error of ours may ask the database who is signed in: that is what just failed.
"""

import logging
from typing import TypeGuard

from flask import Flask, Response, current_app, make_response, request
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from app.web import sesi

log = logging.getLogger(__name__)

TITLE = "Sebentar, ada gangguan"
BUSY = "Penyimpanan data sedang tidak dapat dihubungi. Yang sudah tersimpan tetap aman."
RETRY_SECONDS = 5


def init_app(app: Flask) -> None:
    app.register_error_handler(SQLAlchemyError, away)


def away(error: SQLAlchemyError) -> Response:
    """503, and the same form once more: sent twice it counts once. What is no absence goes on as an error of ours."""
    if not is_absence(error):
        raise error
    log.error("the database does not serve: %s", type(error).__name__)
    if request.headers.get("HX-Request"):
        answer = notice(503, TITLE, f"{BUSY} Coba lagi sebentar lagi.")
    else:
        keeps = sesi.came_from_us() and request.endpoint != "auth.log_in"
        html = bare(
            "errors/tunda.html",
            judul=TITLE,
            pesan=BUSY,
            jeda=RETRY_SECONDS,
            isian=sesi.typed() if keeps else [],
            mengirim=keeps,
            membaca=request.method == "GET",
            tujuan=request.full_path.rstrip("?"),
            ada_berkas=bool(request.files),
        )
        answer = make_response(html, 503)
    answer.headers["Retry-After"] = str(RETRY_SECONDS)
    return answer


def notice(status: int, title: str, message: str) -> Response:
    """With HTMX: a fragment for the notice area; what was typed stays where it is."""
    answer = make_response(bare("errors/_galat.html", judul=title, pesan=message), status)
    answer.headers["HX-Retarget"] = "#pemberitahuan"
    answer.headers["HX-Reswap"] = "innerHTML"
    return answer


def bare(template: str, **words: object) -> str:
    """A template without what the site knows of the person: no context processor runs."""
    return current_app.jinja_env.get_template(template).render(**words)


def is_absence(error: object) -> TypeGuard[SQLAlchemyError]:
    """Will the same be all right in a moment?"""
    if isinstance(error, OperationalError | InterfaceError | PoolExhausted):
        return True
    return isinstance(error, DBAPIError) and error.connection_invalidated
