"""The selfie of somebody who registers: cleaned like every photograph, and kept for whoever holds its ticket.

Before the form is sent it belongs to nobody we know. The ticket stands in the form; what is not sent within a day is
bytes that nothing refers to, and the tidying takes them.
"""

import hashlib
import hmac
import re
from datetime import UTC, datetime, timedelta
from typing import BinaryIO

from sqlalchemy.orm import Session

from app.adapters.apart import clean_apart
from app.adapters.cleaning import sniff
from app.adapters.pictures import preview_of
from app.domain.errors import TooManyAttempts, UploadRefused
from app.domain.tanggal import format_time
from app.models import StoredFile
from app.services import clock
from app.services.files import file_store
from app.services.portal.intake import keep_bytes, read_limited
from app.services.signin import keyring, throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

LIFETIME = timedelta(hours=24)
SIDE = 240

_TICKET = re.compile(r"([0-9a-f]{64})\.(\d{10})\.([0-9a-f]{64})")
NOT_A_PICTURE = "Swafoto harus foto wajah, bukan PDF atau berkas lain. Ambil foto, atau pilih dari galeri."
GONE = "Swafoto ini tidak tersimpan lagi. Ambil foto sekali lagi."


def receive(stream: BinaryIO, address: str = "") -> str:
    """Clean and keep one picture; its ticket. Raises UploadRefused, TooManyAttempts (many from one place)."""
    at = clock.now()
    if not throttle.reserve([Limit(f"swafoto alamat {throttle.place(address)}", 60)], at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak foto dari jaringan ini. Coba lagi pukul {format_time(until)}.")
    data = read_limited(stream)
    if data and sniff(data) != "picture":
        raise UploadRefused(NOT_A_PICTURE)
    cleaned = clean_apart(data)
    digest = file_store().put(cleaned.data)
    with unit_of_work() as session:
        keep_bytes(session, digest, cleaned, at)
    issued = str(int(at.timestamp()))
    return f"{digest}.{issued}.{_mark(digest, issued)}"


def opened(ticket: str) -> str:
    """The digest that a ticket stands for; "" when it is none, or too old."""
    found = _TICKET.fullmatch(ticket)
    if found is None:
        return ""
    digest, issued, mark = found.groups()
    is_ours = hmac.compare_digest(mark, _mark(digest, issued))
    is_fresh = clock.now() - datetime.fromtimestamp(int(issued), UTC) <= LIFETIME
    return digest if is_ours and is_fresh and file_store().exists(digest) else ""


def preview(ticket: str) -> bytes:
    """A small JPEG to show on the page; empty for a ticket that is none."""
    digest = opened(ticket)
    if not digest:
        return b""
    with file_store().open(digest) as stream:
        return preview_of(stream.read(), SIDE)


def hold(session: Session, digest: str) -> None:
    """It belongs to what this unit of work writes. Raises UploadRefused when it is gone."""
    if session.get(StoredFile, digest, with_for_update=True) is None or not file_store().exists(digest):
        raise UploadRefused(GONE)


def _mark(digest: str, issued: str) -> str:
    return hmac.new(keyring.key("swafoto"), f"{digest}\n{issued}".encode(), hashlib.sha256).hexdigest()
