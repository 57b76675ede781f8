"""Signed-in browsers, one row each: a copied cookie is worth nothing once its row has ended.

The cookie holds an opaque ticket; reading it writes nothing. A session ends when somebody signs out, when the account
is switched off, when its roles are not what they were, when the password changed, and LIFETIME after it began, or
REMEMBERED where a resident asked for it. Nobody of the office is remembered: machines there are shared.
"""

import hashlib
import re
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import Forbidden, NotFound
from app.domain.tanggal import local_date
from app.models import User, UserRole, UserSession, new_id
from app.services import clock, store
from app.services.accounts import acting
from app.services.records import trail
from app.services.signin import factors
from app.services.work import unit_of_work

LIFETIME = timedelta(hours=12)
REMEMBERED = timedelta(days=30)
KEPT = timedelta(days=90)
SEEN_EVERY = timedelta(minutes=10)

_TICKET = re.compile(r"[A-Za-z0-9_-]{43}")
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"))
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))


@dataclass(frozen=True)
class OpenSession:
    """One line of "where you are signed in". `device`: "Firefox, Android"; `ends_at`: at the latest; `is_this`: the one
    that asks."""

    id: str
    device: str
    begun_at: datetime
    seen_at: datetime
    ends_at: datetime
    is_this: bool


@dataclass(frozen=True)
class Entered:
    """Who an open session is of. `second_step`: a code was shown too; `is_demo`: one of a demonstration's people."""

    actor: Actor
    second_step: bool
    is_demo: bool


def may_be_remembered(actor: Actor) -> bool:
    """Only who has nothing to do with the office's machines."""
    return not actor.is_officer


def begin(actor: Actor, user_agent: str = "", *, remember: bool = False, second_step: bool = False) -> str:
    """Open a session; its ticket, which only the browser keeps. Long-ended sessions of the person go.

    `second_step`: a code was shown too. Raises Forbidden where it was not and has to be.
    """
    if not second_step and factors.is_on(actor.id):
        raise Forbidden
    ticket, at = secrets.token_urlsafe(32), clock.now()
    with unit_of_work() as session:
        user = session.get_one(User, actor.id, populate_existing=True)
        session.execute(delete(UserSession).where(UserSession.user_id == actor.id, UserSession.begun_at < at - KEPT))
        session.add(
            UserSession(
                id=new_id(),
                ticket_hash=_hashed(ticket),
                user_id=actor.id,
                rights=rights_of(user.roles),
                device=device_of(user_agent),
                remembered=remember and may_be_remembered(actor),
                second_step=second_step,
                begun_at=at,
                seen_at=at,
            )
        )
    return ticket


def actor_of(ticket: str) -> Actor | None:
    """The person of an open session; None when it has ended, for whatever cause. Reads only."""
    entered = look(ticket)
    return entered.actor if entered else None


def look(ticket: str) -> Entered | None:
    """The person of an open session, and how they came in; None when it has ended. Reads only."""
    if not _TICKET.fullmatch(ticket):
        return None
    at = clock.now()
    stands_in = acting.stands_in_on(local_date(at)).label("stands_in")
    away = acting.away_until_on(local_date(at)).label("away_until")
    entered = (UserSession.rights, UserSession.begun_at, UserSession.remembered, UserSession.second_step)
    row = store.session.execute(
        select(*entered, User, stands_in, away)
        .join(User, User.id == UserSession.user_id)
        .where(UserSession.ticket_hash == _hashed(ticket), UserSession.ended_at.is_(None), User.active)
    ).one_or_none()
    if row is None or at >= ends_at(row.begun_at, row.remembered) or row.rights != rights_of(row.User.roles):
        return None
    return Entered(
        acting.look(row.User, stands_in=row.stands_in, away_until=row.away_until), row.second_step, row.User.demo
    )


def note_use(ticket: str) -> None:
    """Somebody did something in this session; written at most every SEEN_EVERY, and never by looking."""
    at, hashed = clock.now(), _hashed(ticket)
    is_stale = (UserSession.ticket_hash == hashed, UserSession.seen_at < at - SEEN_EVERY)
    if store.session.scalar(select(UserSession.id).where(*is_stale)) is None:
        return
    with unit_of_work() as session:
        session.execute(update(UserSession).where(*is_stale).values(seen_at=at))


def pass_second_step(session: Session, ticket: str) -> None:
    """In this session a code has now been shown too. Inside a unit of work."""
    session.execute(update(UserSession).where(UserSession.ticket_hash == _hashed(ticket)).values(second_step=True))


def end(ticket: str) -> None:
    """Signing out. A ticket that is none, or has ended, changes nothing."""
    at = clock.now()
    with unit_of_work() as session:
        user_id = session.scalar(
            update(UserSession)
            .where(UserSession.ticket_hash == _hashed(ticket), UserSession.ended_at.is_(None))
            .values(ended_at=at, ended_because="keluar")
            .returning(UserSession.user_id)
        )
        if user_id is not None:
            trail.append(session, trail.account_stream(user_id), user_id, "keluar", {}, at)


def end_one(actor: Actor, session_id: str) -> None:
    """End one of one's own sessions from the list. Raises NotFound."""
    at = clock.now()
    with unit_of_work() as session:
        ended = session.scalar(
            update(UserSession)
            .where(UserSession.id == session_id, UserSession.user_id == actor.id, UserSession.ended_at.is_(None))
            .values(ended_at=at, ended_because="diakhiri")
            .returning(UserSession.id)
        )
        if ended is None:
            raise NotFound("Sesi ini sudah berakhir. Muat ulang daftarnya.")
        trail.append(session, trail.account_stream(actor.id), actor.id, "sesi_diakhiri", {"sesi": session_id}, at)


def end_all(session: Session, user_id: str, because: str, at: datetime, but: str = "") -> int:
    """End every session of a person inside the caller's unit of work, except that of the ticket `but`; how many.

    `because`: keluar_semua | kata_sandi | dua_langkah | peran | nonaktif | diblokir.
    """
    kept = (UserSession.ticket_hash != _hashed(but),) if but else ()
    ended = session.scalars(
        update(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None), *kept)
        .values(ended_at=at, ended_because=because)
        .returning(UserSession.id)
    ).all()
    return len(ended)


def end_everyones(because: str, at: datetime) -> None:
    """Nobody is signed in from now on. `because`: pemulihan."""
    with unit_of_work() as session:
        still_open = update(UserSession).where(UserSession.ended_at.is_(None))
        session.execute(still_open.values(ended_at=at, ended_because=because))


def follow_rights(session: Session, user: User, before: str) -> None:
    """Open sessions that began with the rights `before` go on with those of today: for rights that were gained."""
    now = {"rights": rights_of(user.roles)}
    mine = (UserSession.user_id == user.id, UserSession.ended_at.is_(None), UserSession.rights == before)
    session.execute(update(UserSession).where(*mine).values(**now))


def sign_out_everywhere(actor: Actor, but: str = "") -> int:
    """End one's own sessions, except that of the ticket `but`; how many."""
    at = clock.now()
    with unit_of_work() as session:
        ended = end_all(session, actor.id, "keluar_semua", at, but)
        what = {"banyak": ended}
        trail.append(session, trail.account_stream(actor.id), actor.id, "keluar_semua", what, at)
    return ended


def mine(actor: Actor, ticket: str = "") -> list[OpenSession]:
    """Where this person is signed in, latest first."""
    return of_user(actor.id, ticket)


def of_user(user_id: str, ticket: str = "") -> list[OpenSession]:
    """Where somebody is signed in, latest first; whether the asker may know is the caller's matter."""
    at, here = clock.now(), _hashed(ticket)
    rows = store.session.scalars(
        select(UserSession)
        .where(UserSession.user_id == user_id, UserSession.ended_at.is_(None))
        .where(UserSession.begun_at > at - REMEMBERED)
        .order_by(UserSession.seen_at.desc(), UserSession.id)
    )
    lines = [
        OpenSession(
            row.id,
            row.device,
            row.begun_at,
            row.seen_at,
            ends_at(row.begun_at, row.remembered),
            row.ticket_hash == here,
        )
        for row in rows
    ]
    return [line for line in lines if line.ends_at > at]


def ends_at(begun_at: datetime, remembered: bool) -> datetime:
    """When a session ends by itself."""
    return begun_at + (REMEMBERED if remembered else LIFETIME)


def rights_of(roles: Iterable[UserRole]) -> str:
    """A digest of roles and units: whoever's differs from a session's has other rights than it began with."""
    written = sorted(f"{role.role}@{role.unit}" for role in roles)
    return hashlib.sha256("\n".join(written).encode()).hexdigest()


def device_of(user_agent: str) -> str:
    """Browser and system in two words; never the whole string, which tells people apart."""
    browser = next((name for mark, name in _BROWSERS if mark in user_agent), "Peramban lain")
    system = next((name for mark, name in _SYSTEMS if mark in user_agent), "")
    return ", ".join(filter(None, (browser, system or ("Linux" if "Linux" in user_agent else ""))))


def _hashed(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
