"""A new password, by oneself or by the administrator; whoever else is signed in with the account is out."""

from app.domain.actors import Actor, Office, can
from app.domain.errors import Forbidden, InvalidInput, NotFound
from app.models import User
from app.services import clock, store
from app.services.accounts import hashing, sessions
from app.services.records import trail
from app.services.work import unit_of_work

SHORTEST = 12


def change(actor: Actor, old: str, new: str, ticket: str = "") -> None:
    """A new password for oneself; every session but `ticket`'s ends. Raises InvalidInput."""
    user = store.session.get(User, actor.id)
    if user is None:
        raise NotFound
    errors = _faults(user, old, new)
    if errors:
        raise InvalidInput(errors)
    fresh, at = hashing.digest(new), clock.now()
    with unit_of_work() as session:
        user = session.get_one(User, actor.id, with_for_update=True)
        user.password_hash = fresh
        sessions.end_all(session, user.id, "kata_sandi", at, but=ticket)
        trail.append(session, trail.account_stream(user.id), actor.id, "kata_sandi_diganti", {}, at)


def reset(actor: Actor, user_id: str, new: str) -> None:
    """A password for somebody who lost theirs; every session ends. Raises Forbidden, InvalidInput, NotFound."""
    if not can(actor, "administer", Office()):
        raise Forbidden
    user = store.session.get(User, user_id)
    if user is None:
        raise NotFound
    wrong = faults_of_new(new, user.email, user.name)
    if wrong:
        raise InvalidInput({"kata sandi": wrong})
    fresh, at = hashing.digest(new), clock.now()
    with unit_of_work() as session:
        user = session.get_one(User, user_id, with_for_update=True)
        user.password_hash = fresh
        sessions.end_all(session, user.id, "kata_sandi", at)
        trail.append(session, trail.account_stream(user.id), actor.id, "kata_sandi_diatur", {}, at)


def faults_of_new(new: str, email: str, name: str) -> list[str]:
    """Why this cannot be the password of that person; empty when it can."""
    if not SHORTEST <= len(new) <= hashing.LONGEST:
        return [f"Kata sandi baru harus {SHORTEST} sampai {hashing.LONGEST} huruf."]
    if new.casefold() in (email.strip().casefold(), name.casefold()):
        return ["Kata sandi tidak boleh sama dengan nama atau email pemilik akun."]
    return []


def _faults(user: User, old: str, new: str) -> dict[str, list[str]]:
    if not hashing.fits(user.password_hash, old):
        return {"lama": ["Kata sandi sekarang tidak cocok. Ketik lagi."]}
    if not SHORTEST <= len(new) <= hashing.LONGEST:
        return {"baru": [f"Kata sandi baru harus {SHORTEST} sampai {hashing.LONGEST} huruf."]}
    if new == old:
        return {"baru": ["Kata sandi baru sama dengan yang lama. Pilih yang lain."]}
    if new.casefold() in (user.email.casefold(), user.name.casefold()):
        return {"baru": ["Kata sandi tidak boleh sama dengan nama atau email Anda."]}
    return {}
