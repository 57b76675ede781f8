"""*Dibantu petugas*: the mark on a permohonan that an officer filed for whoever stood at the counter."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import COUNTER_ROLE, Actor
from app.domain.codes import UnknownCode
from app.domain.regions import kapanewon_by_code
from app.models import Permohonan, User
from app.services import store
from app.services.records import trail

VERB = "dibantu_petugas"
MAIN = "kantor dinas"


@dataclass(frozen=True)
class Assisted:
    """Who filed it, where, and when. `counter`: in words, e.g. "loket Kapanewon Sewon"."""

    officer_id: str
    officer: str
    counter: str
    at: datetime


def note(session: Session, request: Permohonan, actor: Actor, counter: str, at: datetime) -> None:
    """Mark the permohonan of a case that was just opened, inside the unit of work of its submission."""
    request.assisted_by, request.assisted_at, request.counter = actor.id, at, counter
    what = {"unit": counter, "loket": words(counter), "hadir": True, "persetujuan": "lisan"}
    trail.append(session, trail.case_stream(request.case_id), actor.id, VERB, what, at)


def of_case(case_id: str) -> Assisted | None:
    """None where its pemohon filed it. The caller may see the case."""
    row = store.session.execute(
        select(Permohonan.assisted_by, Permohonan.assisted_at, Permohonan.counter, User.name)
        .join(User, User.id == Permohonan.assisted_by)
        .where(Permohonan.case_id == case_id)
    ).one_or_none()
    return Assisted(row.assisted_by, row.name, words(row.counter), row.assisted_at) if row else None


def counters_of(actor: Actor) -> tuple[tuple[str, str], ...]:
    """Where this officer may sit: (kapanewon code, words); ("", …) is the office itself."""
    units = actor.units_in({COUNTER_ROLE})
    return tuple((unit, words(unit)) for unit in (("",) if units is None else sorted(units)))


def words(counter: str) -> str:
    try:
        return f"loket Kapanewon {kapanewon_by_code(counter).nama}" if counter else f"loket {MAIN}"
    except UnknownCode:
        return f"loket {counter}"
