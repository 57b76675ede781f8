"""The people of the office as an admin finds them: a list by name, and one of them with all that is known."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, tuple_

from app.domain.actors import APPLICANTS, ROLES, Actor, demand
from app.domain.errors import NotFound
from app.domain.tanggal import local_date
from app.models import Absence, MailToken, SecondFactor, Task, User, UserRole
from app.services import clock, store
from app.services.accounts import acting
from app.services.paging import at_most
from app.services.signin import passwords, sessions
from app.services.signin.sessions import OpenSession

PAGE = 50
OFFICES = tuple(role for role in ROLES if role not in APPLICANTS)


@dataclass(frozen=True)
class Officer:
    """One line. `roles`: (role, kapanewon code or "" for the whole office); `away`: on leave today."""

    id: str
    name: str
    email: str
    active: bool
    second_factor: bool
    away: bool
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class OfficerPage:
    """`next`: the id to go on after, "" at the end."""

    officers: tuple[Officer, ...]
    next: str


@dataclass(frozen=True)
class Detail:
    """One officer. `invited_until`: a link is out that was not used yet; `held`: tasks in hand."""

    officer: Officer
    phone: str
    created_at: datetime
    invited_until: datetime | None
    held: int
    sessions: Sequence[OpenSession]


def page(actor: Actor, search: str = "", role: str = "", after: str = "") -> OfficerPage:
    """By name. `search`: part of a name or address; `role`: of OFFICES, "" = all. Raises Forbidden."""
    demand(actor, "administer")
    known = _officer_ids([role] if role in OFFICES else OFFICES)
    query = select(User).where(User.id.in_(known)).order_by(User.name, User.id)
    if search:
        query = query.where(
            or_(User.name.icontains(search, autoescape=True), User.email.icontains(search, autoescape=True))
        )
    last = store.session.get(User, after) if after in known else None
    if last is not None:
        query = query.where(tuple_(User.name, User.id) > (last.name, last.id))
    users = store.session.scalars(query.limit(at_most(PAGE + 1))).all()
    shown = users[:PAGE]
    return OfficerPage(tuple(_lines(shown)), shown[-1].id if len(users) > PAGE else "")


def active(actor: Actor) -> list[Officer]:
    """Everybody of the office whose account may be used, by name. Raises Forbidden."""
    demand(actor, "administer")
    query = select(User).where(User.id.in_(_officer_ids(OFFICES)), User.active).order_by(User.name, User.id)
    return _lines(store.session.scalars(query).all())


def one(actor: Actor, user_id: str) -> Detail:
    """Raises Forbidden; NotFound: nobody of the office."""
    demand(actor, "administer")
    user = demand_officer(user_id)
    [line] = _lines([user])
    token = select(MailToken.expires_at).where(MailToken.user_id == user.id, MailToken.kind == passwords.RESET)
    token = token.where(MailToken.used_at.is_(None), MailToken.expires_at > clock.now())
    held = select(func.count()).where(Task.claimed_by == user.id, Task.closed_at.is_(None))
    return Detail(
        line,
        user.phone or "",
        user.created_at,
        store.session.scalar(token.limit(1)),
        store.session.scalar(held) or 0,
        sessions.of_user(user.id),
    )


def demand_officer(user_id: str) -> User:
    """Raises NotFound for anybody who has no role of the office: residents are not looked up here."""
    user = store.session.get(User, user_id)
    if user is None or all(one.role in APPLICANTS for one in user.roles):
        raise NotFound
    return user


def _officer_ids(roles: Sequence[str]) -> list[str]:
    """As ids, so that the page reads these people and not every resident."""
    rows = store.session.scalars(select(UserRole.user_id).where(UserRole.role.in_(roles)).distinct())
    return sorted(rows)


def _lines(users: Sequence[User]) -> list[Officer]:
    ids, today = [user.id for user in users], local_date(clock.now())
    secured = select(SecondFactor.user_id).where(SecondFactor.user_id.in_(ids), SecondFactor.confirmed_at.is_not(None))
    with_factor = set(store.session.scalars(secured))
    away = set(store.session.scalars(select(Absence.user_id).where(Absence.user_id.in_(ids), acting.counts_on(today))))
    return [
        Officer(
            user.id,
            user.name,
            user.email,
            user.active,
            user.id in with_factor,
            user.id in away,
            tuple(sorted((each.role, each.unit) for each in user.roles if each.role not in APPLICANTS)),
        )
        for user in users
    ]


def by_role(officer: Officer) -> Mapping[str, tuple[str, ...]]:
    """role -> kapanewon codes; empty: the whole office."""
    found: dict[str, list[str]] = {}
    for role, unit in officer.roles:
        found.setdefault(role, []).extend([unit] if unit else [])
    return {role: tuple(units) for role, units in found.items()}
