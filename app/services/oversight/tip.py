"""How far the trail is counted."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from app.models import FiguresTip
from app.services import store

_ONLY = 1


def counted_at() -> datetime | None:
    """When nothing of the trail was left to count; None where that was never so."""
    return store.session.scalar(select(FiguresTip.at))


def read(session: Session) -> int:
    """The last event that was counted."""
    return session.scalar(select(FiguresTip.event_id)) or 0


def lock(session: Session) -> int:
    """The same, held until the transaction ends: one counts at a time."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    new = dialect.insert(FiguresTip).values(id=_ONLY, event_id=0, at=None)
    session.execute(new.on_conflict_do_nothing(index_elements=[FiguresTip.id]))
    return session.scalars(select(FiguresTip.event_id).where(FiguresTip.id == _ONLY).with_for_update()).one()


def move(session: Session, event_id: int) -> None:
    session.execute(update(FiguresTip).where(FiguresTip.id == _ONLY).values(event_id=event_id))


def note_time(session: Session, now: datetime) -> None:
    session.execute(update(FiguresTip).where(FiguresTip.id == _ONLY).values(at=now))
