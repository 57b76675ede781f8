"""Putting the second factor on an account, renewing it, and taking it off again. For people of the office."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from app.domain.actors import Actor, demand
from app.domain.errors import CodeRefused, Forbidden, NotFound, TooManyAttempts
from app.domain.tanggal import format_moment, format_time
from app.models import RecoveryCode, SecondFactor, User
from app.services import clock, store
from app.services.messages import letters, wording
from app.services.records import trail
from app.services.signin import factors, passwords, sessions, throttle, totp
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

SHOWN_FOR = timedelta(minutes=30)
"""A secret that was shown and not confirmed for so long is shown no more."""
DOUBLE_CLICK = timedelta(minutes=1)

_DEMO = "Orang peragaan masuk dengan email dan kata sandi saja, supaya siapa pun dapat mencoba."
_TURN_OFF_REFUSED = "Kantor ini mewajibkan masuk dua langkah. Ganti ponselnya, atau minta admin mengatur ulang."


@dataclass(frozen=True)
class State:
    """`secret`: to be put into the app now and confirmed, "" for none; `address`: the same as its QR code says it."""

    since: datetime | None
    codes_left: int
    secret: str = ""
    address: str = ""


def state(actor: Actor, office: str) -> State:
    """How it stands with one's own. `office`: the name that the app shows. Reads only."""
    factor, user = store.session.get(SecondFactor, actor.id), store.session.get_one(User, actor.id)
    if factor is None:
        return State(None, 0)
    secret = _candidate(factor, clock.now())
    address = totp.address(secret, user.email, office) if secret else ""
    return State(factor.confirmed_at, factors.recovery_codes_left(actor.id), secret, address)


def begin(actor: Actor, password: str) -> None:
    """A secret to be shown and confirmed; the one in use, if any, goes on working until then.

    Raises Forbidden, InvalidInput (`lama`), TooManyAttempts.
    """
    _demand_own(actor, password)
    at, secret = clock.now(), totp.locked(totp.new_secret())
    with unit_of_work() as session:
        session.get_one(User, actor.id, with_for_update=True)
        factor = session.get(SecondFactor, actor.id, populate_existing=True)
        if factor is None:
            factor = SecondFactor(user_id=actor.id, secret="", last_step=0)
            session.add(factor)
        factor.candidate, factor.candidate_at = secret, at


def give_up(actor: Actor) -> None:
    """The secret that was shown is not to be used."""
    with unit_of_work() as session:
        factor = session.get(SecondFactor, actor.id, with_for_update=True)
        if factor is not None:
            factor.candidate, factor.candidate_at = "", None


def confirm(actor: Actor, code: str, ticket: str) -> list[str]:
    """The phone shows the right code: from now on it is asked for. Ten recovery codes, shown this once.

    This session counts as signed in with a code, every other one ends. The same code once more within DOUBLE_CLICK
    makes ten others, for then the first were never seen. Raises CodeRefused, TooManyAttempts.
    """
    at, limits = clock.now(), [Limit(f"kode {actor.id}", 10)]
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak kode yang salah. Coba lagi pukul {format_time(until)}.")
    with unit_of_work() as session:
        user = session.get_one(User, actor.id, with_for_update=True)
        is_new = _put_on(session, user, code, at)
        if not is_new and not _was_just_put_on(session, actor.id, code, at):
            raise CodeRefused
        throttle.give_back(session, limits, at)
        codes = factors.renew_recovery_codes(session, user.id, at)
        if is_new:
            sessions.pass_second_step(session, ticket)
            sessions.end_all(session, user.id, "dua_langkah", at, but=ticket)
            _tell(session, user, actor, "dua_langkah_dipasang", "dua_langkah_menyala", at)
    return codes


def new_recovery_codes(actor: Actor, password: str) -> list[str]:
    """Ten others, shown this once. Raises Forbidden, InvalidInput (`lama`), TooManyAttempts."""
    _demand_own(actor, password)
    at = clock.now()
    with unit_of_work() as session:
        user = session.get_one(User, actor.id, with_for_update=True)
        if not factors.is_on(actor.id):
            raise Forbidden
        codes = factors.renew_recovery_codes(session, user.id, at)
        _tell(session, user, actor, "kode_pemulihan_dibuat", "kode_pemulihan_baru", at)
    return codes


def turn_off(actor: Actor, password: str, *, is_required: bool) -> None:
    """The password alone from now on. Raises Forbidden where the office wants it, InvalidInput, TooManyAttempts."""
    if is_required:
        raise Forbidden(_TURN_OFF_REFUSED)
    _demand_own(actor, password)
    at = clock.now()
    with unit_of_work() as session:
        user = session.get_one(User, actor.id, with_for_update=True)
        if _take_off(session, user.id):
            _tell(session, user, actor, "dua_langkah_dimatikan", "dua_langkah_dimatikan", at)


def reset(actor: Actor, user_id: str) -> bool:
    """Of somebody who lost phone and recovery codes: taken off, and every session ends; False: there was none.

    Raises Forbidden, NotFound.
    """
    demand(actor, "administer")
    at = clock.now()
    with unit_of_work() as session:
        user = session.get(User, user_id, with_for_update=True, populate_existing=True)
        if user is None:
            raise NotFound
        was_on = _take_off(session, user.id)
        if was_on:
            sessions.end_all(session, user.id, "dua_langkah", at)
            _tell(session, user, actor, "dua_langkah_diatur_ulang", "dua_langkah_diatur_ulang", at)
    return was_on


def _demand_own(actor: Actor, password: str) -> None:
    user = store.session.get_one(User, actor.id)
    if not actor.is_officer:
        raise Forbidden
    if user.demo:
        raise Forbidden(_DEMO)
    passwords.demand_own(actor, user.password_hash, password)


def _candidate(factor: SecondFactor, at: datetime) -> str:
    if not factor.candidate or factor.candidate_at is None or at - factor.candidate_at > SHOWN_FOR:
        return ""
    return totp.unlocked(factor.candidate)


def _put_on(session: Session, user: User, code: str, at: datetime) -> bool:
    factor = session.get(SecondFactor, user.id, populate_existing=True)
    secret = _candidate(factor, at) if factor else ""
    step = totp.step_of(secret, code, at) if secret else None
    if factor is None or step is None:
        return False
    factor.secret, factor.candidate, factor.candidate_at = factor.candidate, "", None
    factor.confirmed_at, factor.last_step = at, step
    return True


def _was_just_put_on(session: Session, user_id: str, code: str, at: datetime) -> bool:
    factor = session.get(SecondFactor, user_id, populate_existing=True)
    if factor is None or factor.confirmed_at is None or at - factor.confirmed_at > DOUBLE_CLICK:
        return False
    return not factor.candidate and factors.was_taken(session, user_id, code, at)


def _take_off(session: Session, user_id: str) -> bool:
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    found = session.scalar(
        delete(SecondFactor).where(SecondFactor.user_id == user_id).returning(SecondFactor.confirmed_at)
    )
    return found is not None


def _tell(session: Session, user: User, actor: Actor, verb: str, letter: str, at: datetime) -> None:
    """In the trail of the account, and to its owner."""
    number = trail.append(session, trail.account_stream(user.id), actor.id, verb, {}, at)
    title, body = wording.write(letter, waktu=format_moment(at))
    words = {"title": title, "body": body, "path": passwords.FORGOTTEN}
    letters.write(session, key=f"dua-langkah:{user.id}:{number}", address=user.email, at=at, user_id=user.id, **words)
