"""A new password, by oneself or by the administrator: whoever else is signed in is out, and the owner gets a letter."""

from datetime import datetime

from sqlalchemy.orm import Session

from app.domain.actors import Actor, demand
from app.domain.errors import InvalidInput, NotFound, TooManyAttempts
from app.domain.tanggal import format_moment, format_time
from app.models import User
from app.services import clock, store
from app.services.messages import letters, wording
from app.services.records import trail
from app.services.signin import half_logins, hashing, sessions, throttle, tokens
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

SHORTEST = 12
RESET = "sandi"
"""The kind of token that a forgotten password is replaced with."""
FORGOTTEN = "/lupa-sandi"
"""Where somebody whose password was changed by another gets their account back."""

_OTHER_NOW = "Kata sandi akun ini baru saja diganti dari tempat lain. Muat ulang halaman, lalu coba lagi."


def change(actor: Actor, old: str, new: str, ticket: str = "") -> None:
    """A new password for oneself; every session but `ticket`'s ends. Raises InvalidInput, TooManyAttempts."""
    user = store.session.get(User, actor.id)
    if user is None:
        raise NotFound
    known = user.password_hash
    wrong = ["Kata sandi baru sama dengan yang lama. Pilih yang lain."] if new == old else []
    wrong = wrong or faults_of_new(new, user.email, user.name)
    if wrong:
        raise InvalidInput({"baru": wrong})
    demand_own(actor, known, old)
    fresh, at = hashing.digest(new), clock.now()
    with unit_of_work() as session:
        user = session.get_one(User, actor.id, with_for_update=True)
        if user.password_hash != known:
            raise InvalidInput({"lama": [_OTHER_NOW]})
        put(session, user, fresh, actor_id=actor.id, verb="kata_sandi_diganti", at=at, but=ticket)


def demand_own(actor: Actor, hashed: str, typed: str) -> None:
    """Does somebody who is signed in know their password? Raises InvalidInput (`lama`), TooManyAttempts."""
    limits, at = [Limit(f"sandi sendiri {actor.id}", 10)], clock.now()
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak percobaan. Coba lagi pukul {format_time(until)}.")
    if not hashing.fits(hashed, typed):
        raise InvalidInput({"lama": ["Kata sandi sekarang tidak cocok. Ketik lagi."]})
    with unit_of_work() as session:
        throttle.give_back(session, limits, at)


def put(session: Session, user: User, fresh: str, *, actor_id: str, verb: str, at: datetime, but: str = "") -> None:
    """The new hash of a locked account, inside the caller's unit of work: sessions end and links stop working, also
    one to another address; the owner is told."""
    user.password_hash = fresh
    tokens.cancel_all(session, user.id, at)
    sessions.end_all(session, user.id, "kata_sandi", at, but=but)
    half_logins.end_all(session, user.id)
    number = trail.append(session, trail.account_stream(user.id), actor_id, verb, {}, at)
    title, body = wording.write("sandi_diganti", waktu=format_moment(at))
    words = {"title": title, "body": body, "path": FORGOTTEN}
    letters.write(session, key=f"sandi:{user.id}:{number}", address=user.email, at=at, user_id=user.id, **words)


def reset(actor: Actor, user_id: str, new: str) -> None:
    """A password for somebody who lost theirs; every session ends. Raises Forbidden, InvalidInput, NotFound."""
    demand(actor, "administer")
    user = store.session.get(User, user_id)
    if user is None:
        raise NotFound
    wrong = faults_of_new(new, user.email, user.name)
    if wrong:
        raise InvalidInput({"kata sandi": wrong})
    fresh, at = hashing.digest(new), clock.now()
    with unit_of_work() as session:
        user = session.get_one(User, user_id, with_for_update=True)
        put(session, user, fresh, actor_id=actor.id, verb="kata_sandi_diatur", at=at)


def faults_of_new(new: str, email: str, name: str) -> list[str]:
    """Why this cannot be the password of that person; empty when it can."""
    if not SHORTEST <= len(new) <= hashing.LONGEST:
        return [f"Kata sandi baru harus {SHORTEST} sampai {hashing.LONGEST} huruf."]
    if new.casefold() in (email.strip().casefold(), name.casefold()):
        return ["Kata sandi tidak boleh sama dengan nama atau email pemilik akun."]
    return []
