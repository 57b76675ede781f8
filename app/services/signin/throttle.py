"""Failures counted in the database, so that every web process sees the same number."""

import hashlib
import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.models import Counter
from app.services import store
from app.services.records.counters import add_one
from app.services.work import unit_of_work

WINDOW = timedelta(minutes=15)
_PREFIX = "gagal:"


@dataclass(frozen=True)
class Limit:
    """At most `failures` in one window for whatever `key` names; the key is stored as a digest only."""

    key: str
    failures: int

    def name(self, at: datetime) -> str:
        digest = hashlib.sha256(self.key.encode()).hexdigest()[:32]
        return f"{_window_prefix(at)}{digest}"


def place(address: str) -> str:
    """What counts as one place: an IPv4 address, or the /64 of an IPv6 one, all of which one subscriber has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 4:
        return str(parsed)
    if parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def ends_at(at: datetime) -> datetime:
    """When the window that `at` lies in is over."""
    return datetime.fromtimestamp((_window(at) + 1) * WINDOW.total_seconds(), UTC)


def is_exceeded(session: Session, limits: Iterable[Limit], at: datetime) -> bool:
    allowed = {limit.name(at): limit.failures for limit in limits}
    rows = session.execute(select(Counter.name, Counter.value).where(Counter.name.in_(allowed)))
    return any(row.value >= allowed[row.name] for row in rows)


def reserve(limits: Sequence[Limit], at: datetime) -> bool:
    """Count an attempt before it is looked at, so that a burst cannot slip through together; False: it is one too many.

    `give_back` it when it was no failure. One too many is not counted: trying on while held makes nothing worse.
    """
    if is_exceeded(store.session(), limits, at):
        return False
    with unit_of_work() as session:
        allowed = {limit.name(at): limit.failures for limit in limits}
        counted = count(session, limits, at)
        fits = all(value <= allowed[name] for name, value in counted.items())
        if not fits:
            session.rollback()
    return fits


def give_back(session: Session, limits: Iterable[Limit], at: datetime) -> None:
    """The attempt was no failure after all. Inside a unit of work."""
    names = [limit.name(at) for limit in limits]
    session.execute(
        update(Counter).where(Counter.name.in_(names), Counter.value > 0).values(value=Counter.value - 1),
        execution_options={"synchronize_session": False},
    )


def count(session: Session, limits: Iterable[Limit], at: datetime) -> dict[str, int]:
    """One failure more, inside a unit of work; the numbers now. Rows of earlier windows go."""
    session.execute(
        delete(Counter).where(
            Counter.name.startswith(_PREFIX, autoescape=True),
            ~Counter.name.startswith(_window_prefix(at), autoescape=True),
        )
    )
    return {name: add_one(session, name) for name in sorted(limit.name(at) for limit in limits)}


def forget(session: Session, limit: Limit, at: datetime) -> None:
    session.execute(delete(Counter).where(Counter.name == limit.name(at)))


def _window(at: datetime) -> int:
    return int(at.timestamp() // WINDOW.total_seconds())


def _window_prefix(at: datetime) -> str:
    return f"{_PREFIX}{_window(at)}:"
