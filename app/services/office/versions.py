"""Versions of what the admin keeps: who changed what, when and why. Nothing is ever changed in place."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actors import Actor, demand
from app.domain.chain import canonical
from app.domain.errors import InvalidInput, StaleForm
from app.domain.masking import mask_in_text
from app.domain.texts import storable
from app.models import OfficeVersion, User
from app.services import store
from app.services.paging import at_most
from app.services.records import trail

CALENDAR, PROFILE, LOGO, LETTERS, CODES = "kalender", "kantor", "logo", "surat", "kode"
CHANGED = "ketetapan_kantor_diubah"
PAGE = 20
LONGEST_REASON = 300
REASON = "alasan"
_STALE = "Baru saja diubah orang lain. Periksa isinya yang sekarang, lalu ubah sekali lagi."


@dataclass(frozen=True)
class Version:
    """One line of the history. `about`: what was changed, in words; `by`: who, by name."""

    number: int
    about: str
    reason: str
    by: str
    at: datetime


def demand_admin(actor: Actor) -> None:
    """Raises Forbidden."""
    demand(actor, "administer")


def newest_id() -> int:
    """Rises whenever anything here is changed; 0 where nothing ever was. One look at the end of one index."""
    return store.session.scalar(select(func.max(OfficeVersion.id))) or 0


def current(name: str) -> tuple[int, Mapping[str, Any]]:
    """The version that counts, and its content; (0, {}) where the office has decided nothing."""
    return _current(store.session(), name)


def data_of(name: str, number: int) -> Mapping[str, Any]:
    """The content of one version, {} for one that is not there."""
    query = select(OfficeVersion.data).where(OfficeVersion.name == name, OfficeVersion.number == number)
    return store.session.scalar(query) or {}


def history(actor: Actor, name: str, before: int | None = None) -> tuple[Sequence[Version], int | None]:
    """The newest first, and where the following page begins (None: nowhere). Raises Forbidden."""
    demand_admin(actor)
    query = select(OfficeVersion, User.name).join(User, User.id == OfficeVersion.made_by, isouter=True)
    query = query.where(OfficeVersion.name == name).order_by(OfficeVersion.number.desc())
    if before is not None:
        query = query.where(OfficeVersion.number < before)
    rows = store.session.execute(query.limit(at_most(PAGE + 1))).all()
    found = [Version(row.number, row.about, row.reason, by or "Sistem", row.made_at) for row, by in rows]
    return found[:PAGE], found[PAGE - 1].number if len(found) > PAGE else None


def clean_reason(text: str) -> str:
    """Raises InvalidInput: nobody may change the office's ways without saying why."""
    reason = mask_in_text(" ".join(storable(text).split()))
    if not 5 <= len(reason) <= LONGEST_REASON:
        raise InvalidInput({REASON: [f"Tulis alasannya, 5 sampai {LONGEST_REASON} huruf."]})
    return reason


def add(
    session: Session, actor: Actor, name: str, base: int, data: Mapping[str, Any], about: str, reason: str, at: datetime
) -> int:
    """The next version, inside the caller's unit of work; its number. Raises StaleForm unless `base` is the newest."""
    if _current(session, name)[0] != base:
        raise StaleForm(_STALE)
    about = about[:LONGEST_REASON]
    row = OfficeVersion(
        name=name, number=base + 1, data=dict(data), about=about, reason=reason, made_by=actor.id, made_at=at
    )
    session.add(row)
    try:
        session.flush()
    except IntegrityError as twin:
        raise StaleForm(_STALE) from twin
    what = {
        "hal": name,
        "versi": base + 1,
        "perubahan": about,
        "alasan": reason,
        "isi": hashlib.sha256(canonical(data)).hexdigest(),
    }
    trail.append(session, trail.OFFICE, actor.id, CHANGED, what, at)
    return base + 1


def _current(session: Session, name: str) -> tuple[int, Mapping[str, Any]]:
    query = select(OfficeVersion.number, OfficeVersion.data).where(OfficeVersion.name == name)
    row = session.execute(query.order_by(OfficeVersion.number.desc()).limit(at_most(1))).first()
    return (row.number, row.data) if row else (0, {})
