"""The public status of a permohonan, for whoever has its number and PIN: where it is, nothing about the person."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.errors import LoginRefused, TooManyAttempts
from app.domain.tanggal import format_time
from app.models import Case, Permohonan, ProcedureVersion
from app.services import clock, store
from app.services.signin import hashing, throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

MAX_PIN = 20


@dataclass(frozen=True)
class PublicStatus:
    number: str
    title: str
    status: str
    status_at: datetime


def look(number: str, pin: str, address: str = "") -> PublicStatus:
    """Raises LoginRefused (one sentence for a wrong number and a wrong PIN) or TooManyAttempts.

    Each attempt costs one argon2 verification, so that its time does not tell whether the number exists.
    """
    number, at = number.strip().upper()[:40], clock.now()
    limits = [Limit(f"cek nomor {number}", 10), Limit(f"cek alamat {throttle.place(address)}", 60)]
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak percobaan. Coba lagi pukul {format_time(until)}.")
    row = store.session.execute(
        select(Case.number, ProcedureVersion.title, Case.status, Case.status_at, Permohonan.pin_hash)
        .join(Permohonan, Permohonan.case_id == Case.id)
        .join(ProcedureVersion, ProcedureVersion.id == Case.version_id)
        .where(Case.number == number)
    ).one_or_none()
    fits = hashing.fits(row.pin_hash if row and row.pin_hash else hashing.nobodys(), pin.strip()[:MAX_PIN])
    if row is None or not row.pin_hash or not fits:
        raise LoginRefused("Nomor atau PIN tidak cocok. Periksa keduanya di pemberitahuan atau email Anda.")
    with unit_of_work() as session:
        throttle.give_back(session, limits, at)
    return PublicStatus(row.number, row.title, row.status, row.status_at)
