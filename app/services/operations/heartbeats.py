"""Heartbeats: each worker and sweeper says every few seconds that it has its loop in hand."""

import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update

from app.domain.version import VERSION
from app.models import Heartbeat, new_id
from app.services import clock, store
from app.services.paging import at_most
from app.services.work import unit_of_work

EVERY = timedelta(seconds=5)
STALE = timedelta(seconds=20)
"""A process that has said nothing for so long is dead, hung, or cut off from the database."""
_FORGET = timedelta(hours=1)
_LISTED = 50

WORKER, SWEEPER = "worker", "sweeper"


@dataclass
class Pulse:
    """The heartbeat of this process. Cheap to call at every turn: it writes only every EVERY."""

    kind: str
    process: str = field(default_factory=new_id)
    started_at: datetime = field(default_factory=clock.now)
    _last: datetime | None = None

    def beat(self) -> None:
        now = clock.now()
        if self._last is not None and now - self._last < EVERY:
            return
        row = Heartbeat(
            process=self.process,
            kind=self.kind,
            host=socket.gethostname()[:80],
            version=VERSION,
            started_at=self.started_at,
            at=now,
        )
        with unit_of_work() as session:
            known = update(Heartbeat).where(Heartbeat.process == self.process).values(at=now)
            if not session.execute(known).rowcount:  # type: ignore[attr-defined]
                session.add(row)
                session.execute(delete(Heartbeat).where(Heartbeat.at < now - _FORGET))
        self._last = now

    def stop(self) -> None:
        """An orderly end: nobody has to wait to see that this process is gone."""
        with unit_of_work() as session:
            session.execute(delete(Heartbeat).where(Heartbeat.process == self.process))


@dataclass(frozen=True)
class Process:
    """A worker or sweeper that beat within the last hour. `alive`: it beats now."""

    kind: str
    host: str
    version: str
    started_at: datetime
    at: datetime
    alive: bool


def processes(now: datetime) -> Sequence[Process]:
    """The living first, then those that stopped without a word."""
    rows = store.session.scalars(select(Heartbeat).order_by(Heartbeat.at.desc()).limit(at_most(_LISTED)))
    return [Process(row.kind, row.host, row.version, row.started_at, row.at, row.at > now - STALE) for row in rows]


def alive(now: datetime) -> Mapping[str, int]:
    """kind -> how many processes beat within STALE; both kinds are always there."""
    query = select(Heartbeat.kind, func.count()).where(Heartbeat.at > now - STALE).group_by(Heartbeat.kind)
    counted = {row[0]: row[1] for row in store.session.execute(query)}
    return {kind: counted.get(kind, 0) for kind in (WORKER, SWEEPER)}
