"""Who could be given a task, and how much each has in hand: by name, never ranked."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, select

from app.domain.actors import APPLICANTS
from app.domain.tanggal import local_date
from app.models import Absence, Task, User
from app.services import clock, store
from app.services.accounts import acting


@dataclass(frozen=True)
class Colleague:
    """`held`: tasks in hand; `paused`: how many of them stand still."""

    id: str
    name: str
    held: int
    paused: int


def of_step(roles: Collection[str], unit: str, but: Collection[str] = ()) -> list[Colleague]:
    """Everybody at work who has one of these roles there, by name. `unit`: "" = anywhere; `but`: these are left out."""
    today = local_date(clock.now())
    places = {place for role in set(roles) - APPLICANTS for place in acting.holders(role, today)}
    people = {person for person, where in places if not unit or where in ("", unit)} - set(but)
    if not people:
        return []
    away = set(
        store.session.scalars(select(Absence.user_id).where(Absence.user_id.in_(people), acting.counts_on(today)))
    )
    names = store.session.execute(select(User.id, User.name).where(User.id.in_(people - away), User.active))
    loads = {
        row.claimed_by: (row.held, row.paused)
        for row in store.session.execute(
            select(Task.claimed_by, func.count().label("held"), func.count(Task.paused_at).label("paused"))
            .where(Task.claimed_by.in_(people), Task.closed_at.is_(None))
            .group_by(Task.claimed_by)
        )
    }
    found = [Colleague(row.id, row.name, *loads.get(row.id, (0, 0))) for row in names]
    return sorted(found, key=lambda one: (one.name.casefold(), one.id))
