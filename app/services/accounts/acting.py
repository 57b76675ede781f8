"""Who somebody is today: their own roles, and those of whoever they stand in for. Never written, always worked out."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, ScalarSelect, and_, exists, func, select, union
from sqlalchemy.orm import Session

from app.domain.actors import Actor, Substitution, title_of
from app.domain.tanggal import local_date
from app.models import Absence, StandIn, User, UserRole
from app.services import clock, store
from app.services.accounts.people import as_actor


@dataclass(frozen=True)
class _Held:
    """One role held in somebody's stead, with the units of its holder."""

    substitution: Substitution
    places: frozenset[tuple[str, str]]


def counts_on(day: date) -> ColumnElement[bool]:
    """Absences that count on this day."""
    return and_(Absence.ended_at.is_(None), Absence.from_day <= day, Absence.until_day >= day)


def stands_in_on(day: date) -> ColumnElement[bool]:
    """Of a row of users, in the same statement: does this person stand in for anybody that day?"""
    return exists(
        select(StandIn.role)
        .join(Absence, Absence.id == StandIn.absence_id)
        .where(StandIn.substitute_id == User.id, counts_on(day))
        .correlate(User)
    )


def away_until_on(day: date) -> ScalarSelect[date]:
    """Of a row of users, in the same statement: the last day of the leave they are on that day."""
    last = select(func.max(Absence.until_day)).where(Absence.user_id == User.id, counts_on(day))
    return last.correlate(User).scalar_subquery()


def actor_of(session: Session, user: User, at: datetime | None = None) -> Actor:
    """The person with everything they may do at this moment, in their own right and in somebody's stead."""
    return with_stand_ins(as_actor(user), _held(session, user.id, local_date(at or clock.now())))


def look(user: User, *, stands_in: bool, away_until: date | None = None) -> Actor:
    """As actor_of, where the caller has already asked (`stands_in_on`, `away_until_on`). Reads only."""
    return replace(actor_of(store.session(), user) if stands_in else as_actor(user), away_until=away_until)


def with_stand_ins(own: Actor, held: Iterable[_Held]) -> Actor:
    """The roles and units of both; a role for the whole office needs no unit beside it."""
    mine = own.places
    found = [(each.substitution, each.places - mine) for each in held]
    if not found:
        return own
    everywhere = {role for role, unit in mine if not unit}
    gained = [(one, frozenset(place for place in places if place[0] not in everywhere)) for one, places in found]
    together = mine.union(*(places for _, places in gained))
    whole = {role for role, unit in together if not unit}
    return Actor(
        id=own.id,
        name=own.name,
        roles=frozenset(role for role, _ in together),
        posts=frozenset((role, unit) for role, unit in together if role not in whole),
        standing_in=tuple(
            Substitution(one.role, one.title, one.first, one.last, one.for_name, places) for one, places in gained
        ),
    )


def is_away(session: Session, user_id: str, day: date) -> bool:
    """Is this officer on leave that day?"""
    return session.scalar(select(Absence.id).where(Absence.user_id == user_id, counts_on(day)).limit(1)) is not None


def substitutes_of(session: Session, user_id: str, day: date) -> dict[str, str]:
    """role -> who stands in for this officer in it that day."""
    rows = session.execute(
        select(StandIn.role, StandIn.substitute_id)
        .join(Absence, Absence.id == StandIn.absence_id)
        .where(Absence.user_id == user_id, counts_on(day))
    )
    return {row.role: row.substitute_id for row in rows}


def _held(session: Session, user_id: str, day: date) -> list[_Held]:
    """With the units that the absent officer has today: what is taken from them is the substitute's no more."""
    rows = session.execute(
        select(StandIn.role, StandIn.form, Absence.from_day, Absence.until_day, Absence.id, User.name, UserRole.unit)
        .join(Absence, Absence.id == StandIn.absence_id)
        .join(User, User.id == Absence.user_id)
        .join(UserRole, and_(UserRole.user_id == Absence.user_id, UserRole.role == StandIn.role))
        .where(StandIn.substitute_id == user_id, counts_on(day))
        .order_by(Absence.from_day, Absence.id, StandIn.role)
    ).all()
    places: dict[tuple[str, Substitution], set[tuple[str, str]]] = {}
    for role, form, first, last, absence_id, name, unit in rows:
        one = Substitution(role, title_of(role, form), first, last, name)
        places.setdefault((absence_id, one), set()).add((role, unit))
    return [_Held(one, frozenset(held)) for (_, one), held in places.items()]


def holders(role: str, day: date) -> Sequence[tuple[str, str]]:
    """(user id, kapanewon code or "" for the whole office) of everybody active who has this role that day."""
    own = select(UserRole.user_id, UserRole.unit).join(User, User.id == UserRole.user_id)
    own = own.where(UserRole.role == role, User.active)
    instead = (
        select(StandIn.substitute_id, UserRole.unit)
        .join(Absence, Absence.id == StandIn.absence_id)
        .join(UserRole, and_(UserRole.user_id == Absence.user_id, UserRole.role == StandIn.role))
        .join(User, User.id == StandIn.substitute_id)
        .where(StandIn.role == role, counts_on(day), User.active)
    )
    rows = store.session.execute(union(own, instead)).all()
    return sorted((user_id, unit) for user_id, unit in rows)
