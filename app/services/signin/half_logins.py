"""Between the password and the code: who knew the password is nobody yet, and has ten minutes to show the code."""

import hashlib
import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import CodeRefused, HalfLoginOver, TooManyAttempts
from app.domain.tanggal import format_moment, format_time
from app.models import HalfLogin, User
from app.services import clock, store
from app.services.accounts import people
from app.services.messages import letters, wording
from app.services.records import trail
from app.services.signin import factors, throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

LIFETIME = timedelta(minutes=10)
DOUBLE_CLICK = timedelta(seconds=10)
TRIES = 5

_TICKET = re.compile(r"[A-Za-z0-9_-]{43}")


def begin(actor: Actor) -> str:
    """The password was right; a ticket for the browser. Older ones of this person go."""
    ticket, at = secrets.token_urlsafe(32), clock.now()
    with unit_of_work() as session:
        session.execute(delete(HalfLogin).where(HalfLogin.user_id == actor.id, HalfLogin.begun_at < at - LIFETIME))
        session.add(HalfLogin(ticket_hash=_hashed(ticket), user_id=actor.id, begun_at=at))
    return ticket


def end_all(session: Session, user_id: str) -> None:
    """The password that was shown counts no more: whoever showed it begins again. Inside a unit of work."""
    session.execute(delete(HalfLogin).where(HalfLogin.user_id == user_id))


def is_open(ticket: str) -> bool:
    """May a code still be shown for it? Reads only."""
    row = _row(ticket, clock.now())
    return row is not None and row.used_at is None


def finish(ticket: str, *, code: str = "", recovery_code: str = "") -> Actor:
    """The person, once they have shown the phone's code or one of the recovery codes.

    Raises HalfLoginOver (begin again with the password), CodeRefused or TooManyAttempts. The same code once more with
    the same ticket within DOUBLE_CLICK is the same person once more.
    """
    at = clock.now()
    row = _row(ticket, at)
    if row is None:
        raise HalfLoginOver
    user_id, used_at = row.user_id, row.used_at
    if used_at is not None:
        return _once_more(user_id, used_at, code, at)
    limits = [Limit(f"kode {user_id}", TRIES)]
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak kode yang salah. Coba lagi pukul {format_time(until)}.")
    with unit_of_work() as session:
        user = session.get_one(User, user_id, populate_existing=True)
        is_right = user.active and _take(session, user_id, code, recovery_code, at)
        if is_right:
            _use(session, ticket, at)
            throttle.give_back(session, limits, at)
            _note_entry(session, user, "kode" if code else "kode_pemulihan", at)
        else:
            _note_failure(session, user, limits, at)
    if not is_right:
        raise CodeRefused
    return people.as_actor(store.session.get_one(User, user_id))


def _row(ticket: str, at: datetime) -> HalfLogin | None:
    if not _TICKET.fullmatch(ticket):
        return None
    row = store.session.get(HalfLogin, _hashed(ticket), populate_existing=True)
    return row if row is not None and at - row.begun_at < LIFETIME else None


def _take(session: Session, user_id: str, code: str, recovery_code: str, at: datetime) -> bool:
    if code:
        return factors.take_code(session, user_id, code, at)
    return bool(recovery_code) and factors.take_recovery_code(session, user_id, recovery_code, at)


def _use(session: Session, ticket: str, at: datetime) -> None:
    open_one = (HalfLogin.ticket_hash == _hashed(ticket), HalfLogin.used_at.is_(None))
    used = session.scalar(update(HalfLogin).where(*open_one).values(used_at=at).returning(HalfLogin.user_id))
    if used is None:  # with another code, at the same moment
        raise HalfLoginOver


def _once_more(user_id: str, used_at: datetime, code: str, at: datetime) -> Actor:
    session = store.session()
    if at - used_at > DOUBLE_CLICK or not code or not factors.was_taken(session, user_id, code, at):
        raise HalfLoginOver
    user = session.get(User, user_id)
    if user is None or not user.active:
        raise HalfLoginOver
    return people.as_actor(user)


def _note_entry(session: Session, user: User, how: str, at: datetime) -> None:
    number = trail.append(session, trail.account_stream(user.id), user.id, "masuk", {"dengan": how}, at)
    if how == "kode_pemulihan":
        left = factors.recovery_codes_left(user.id)
        told = wording.write("pemulihan_dipakai", waktu=format_moment(at), sisa=left)
        _write(session, user, f"pemulihan:{number}", *told, at)


def _note_failure(session: Session, user: User, limits: list[Limit], at: datetime) -> None:
    trail.append(session, trail.account_stream(user.id), user.id, "gagal_masuk", {"sebab": "kode"}, at)
    if throttle.is_exceeded(session, limits, at):
        told = wording.write("sandi_ditebak", waktu=format_moment(at), kali=TRIES)
        _write(session, user, f"ditebak:{int(at.timestamp())}", *told, at)


def _write(session: Session, user: User, key: str, title: str, body: str, at: datetime) -> None:
    named = {"key": f"{key}:{user.id}", "address": user.email, "user_id": user.id}
    letters.write(session, title=title, body=body, path="/lupa-sandi", at=at, **named)


def _hashed(ticket: str) -> str:
    return hashlib.sha256(ticket.encode()).hexdigest()
