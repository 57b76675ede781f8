"""How far the trail stands still: below which event nothing can appear any more."""

import time

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from app.models import Event

SETTLE_SECONDS = 2.0

_HOLDERS = text(
    "SELECT virtualtransaction FROM pg_locks WHERE locktype = 'relation' AND mode = 'RowExclusiveLock'"
    " AND relation = 'events'::regclass AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


def settled(session: Session) -> int | None:
    """An event id below which nothing can appear any more; None where somebody takes too long.

    PostgreSQL hands out ids before the commit, so we wait for those who are adding right now. SQLite has one writer.
    """
    upto = session.scalar(select(func.max(Event.id))) or 0
    if session.get_bind().dialect.name != "postgresql":
        return upto
    adding = set(session.scalars(_HOLDERS))
    deadline = time.monotonic() + SETTLE_SECONDS
    while adding:
        if time.monotonic() > deadline:
            return None
        time.sleep(0.005)
        adding &= set(session.scalars(_HOLDERS))
    return upto
