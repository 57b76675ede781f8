"""Logs: one JSON object a line, with the request's id and without personal data.

The address is logged as its route (`/permohonan/<id>`), never as typed; runs of 16 digits (NIK, nomor KK)
and e-mail addresses are blotted out of every line, whoever wrote it.
"""

import json
import logging
import re
import sys
import time
import uuid
from contextvars import ContextVar
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from app.domain.masking import SIXTEEN_IN_TEXT

request_id: ContextVar[str] = ContextVar("request_id", default="")

_SANE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{7,63}")
_ADDRESS = re.compile(r"[^\s<>@\"'()=:,;]+@[^\s<>@\"'()=:,;]+\.[A-Za-z]{2,}")
# PostgreSQL repeats the values of a row that breaks a rule.
_DETAIL = re.compile(r"DETAIL:.*")
_EXTRA = ("method", "route", "status", "ms", "job", "kind", "case", "attempt", "count")

log = logging.getLogger("alur.http")


def scrub(text: str) -> str:
    """`text` with every 16-digit number (spaced, dotted or not) and every e-mail address made unreadable."""
    return _ADDRESS.sub("[alamat]", SIXTEEN_IN_TEXT.sub("[16 angka]", text))


class JsonFormatter(logging.Formatter):
    """time (UTC, ISO), level, logger, message, request; and the known extras a call passed."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if request_id.get():
            line["request"] = request_id.get()
        line.update({key: vars(record)[key] for key in _EXTRA if key in vars(record)})
        if record.exc_info:
            line["trace"] = _DETAIL.sub("DETAIL: [isi baris]", self.formatException(record.exc_info))
        return scrub(json.dumps(line, ensure_ascii=False, default=str))


def configure(level: str) -> None:
    """Send every logger's lines to stderr as JSON. Safe to call again."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    for old in [h for h in root.handlers if isinstance(h.formatter, JsonFormatter)]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    for chatty in ("spiff", "spiff.task", "spiff.workflow", "fontTools", "PIL", "pikepdf", "rq", "alembic"):
        logging.getLogger(chatty).setLevel(logging.WARNING)


def init_app(app: Flask, level: str) -> None:
    configure(level)
    app.before_request(_begin)
    app.after_request(_end)
    app.teardown_request(_forget)


def _begin() -> None:
    given = request.headers.get("X-Request-ID", "")
    # An id that could be a NIK is no id.
    sane = _SANE_ID.fullmatch(given) and scrub(given) == given
    request_id.set(given if sane else uuid.uuid4().hex)
    g.begun = time.perf_counter()


def _forget(_: BaseException | None) -> None:
    request_id.set("")


def _end(response: Response) -> Response:
    response.headers["X-Request-ID"] = request_id.get()
    route = request.url_rule.rule if request.url_rule else "(tidak dikenal)"
    spent = round((time.perf_counter() - g.get("begun", time.perf_counter())) * 1000, 1)
    quiet = request.endpoint in ("assets.serve", "health.healthz", "health.readyz", "health.statusz", "metrics.show")
    log.log(
        logging.DEBUG if quiet else logging.INFO,
        "request",
        extra={"method": request.method, "route": route, "status": response.status_code, "ms": spent},
    )
    return response
