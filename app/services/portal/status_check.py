"""The public status of a permohonan, for whoever has its number and PIN: where it is, nothing about the person."""

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import LoginRefused, TooManyAttempts
from app.domain.tanggal import format_time
from app.models import Case, Permohonan, ProcedureVersion, User
from app.services import clock, store
from app.services.signin import hashing, throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

MAX_PIN = 20
LONGEST = 40
_SEPARATORS = re.compile(r"[\W_]+")
_NUMBER = re.compile(r"([A-Z]+)([0-9]{4})([0-9]{6,})")


@dataclass(frozen=True)
class PublicStatus:
    """`by_account`: its pemohon works on it on the site; others at a counter. `about`: permohonan, konsultasi, …"""

    number: str
    title: str
    status: str
    status_at: datetime
    by_account: bool
    about: str


def look(number: str, pin: str, address: str = "") -> PublicStatus:
    """Raises LoginRefused (one sentence for a wrong number and a wrong PIN) or TooManyAttempts.

    Each attempt costs one argon2 verification, so that its time does not tell whether the number exists.
    """
    number, at = plain_number(number), clock.now()
    limits = [Limit(f"cek nomor {number}", 10), Limit(f"cek alamat {throttle.place(address)}", 60)]
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak percobaan. Coba lagi pukul {format_time(until)}.")
    row = store.session.execute(
        select(
            Case.number,
            ProcedureVersion.title,
            Case.status,
            Case.status_at,
            Case.about,
            User.has_account,
            Permohonan.pin_hash,
        )
        .join(Permohonan, Permohonan.case_id == Case.id)
        .join(ProcedureVersion, ProcedureVersion.id == Case.version_id)
        .join(User, User.id == Case.subject_id)
        .where(Case.number == number)
    ).one_or_none()
    fits = hashing.fits(row.pin_hash if row and row.pin_hash else hashing.nobodys(), plain_pin(pin))
    if row is None or not row.pin_hash or not fits:
        raise LoginRefused("Nomor atau PIN tidak cocok. Periksa keduanya di pemberitahuan atau email Anda.")
    with unit_of_work() as session:
        throttle.give_back(session, limits, at)
    return PublicStatus(row.number, row.title, row.status, row.status_at, row.has_account, row.about)


def plain_number(typed: str) -> str:
    """As it is kept, however it was typed: "kk 2026 000002", "kk2026000002" -> "KK-2026-000002"."""
    joined = _SEPARATORS.sub("", typed[:LONGEST]).upper()
    parts = _NUMBER.fullmatch(joined)
    return "-".join(parts.groups()) if parts else joined


def plain_pin(typed: str) -> str:
    """Without the blanks, dots and hyphens between its digits: papers print it widely spaced."""
    return _SEPARATORS.sub("", typed[: 2 * MAX_PIN])[:MAX_PIN]
