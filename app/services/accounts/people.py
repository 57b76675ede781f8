"""Accounts: who somebody is, and whether they are who they say."""

from collections.abc import Iterable
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import LoginRefused, TooManyAttempts
from app.models import User, UserRole, new_id
from app.services import clock, store
from app.services.accounts import throttle
from app.services.accounts.throttle import Limit
from app.services.records import trail
from app.services.work import unit_of_work

MAX_PASSWORD = 500
_HASHER = PasswordHasher()


def authenticate(email: str, password: str, address: str = "") -> Actor:
    """The person behind e-mail and password; `address` is the caller's network address, for the limits only.

    Raises LoginRefused (one sentence for wrong, unknown and inactive) or TooManyAttempts. Each attempt costs one
    argon2 verification, so that its time does not tell either.
    """
    email = normal_email(email)
    at = clock.now()
    limits = _limits(email, address)
    if throttle.is_exceeded(store.session(), limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(
            until, f"Terlalu banyak percobaan masuk. Coba lagi pukul {until.astimezone(clock.WIB):%H.%M}."
        )
    user = store.session.scalars(select(User).where(User.email == email)).one_or_none()
    matches = _verify(user.password_hash if user else _nobodys_hash(), password)
    if user is None or not matches or not user.active:
        _note_failure(user, limits, matches)
        raise LoginRefused
    actor = _actor(user)
    with unit_of_work() as session:
        throttle.forget(session, limits[0], at)
        trail.append(session, trail.account_stream(actor.id), actor.id, "masuk", {}, at)
    return actor


def ticket(user_id: str) -> str:
    """What a session keeps of a person: it stops being worth anything when `session_version` rises."""
    version = store.session.scalar(select(User.session_version).where(User.id == user_id))
    return f"{user_id}.{version or 0}"


def actor_of_ticket(value: str) -> Actor | None:
    user_id, _, version = value.partition(".")
    return actor_of(user_id, int(version)) if version.isascii() and version.isdigit() else None


def actor_of(user_id: str, session_version: int) -> Actor | None:
    """The person of an open session, or None when the account is closed or its sessions were ended."""
    user = store.session.get(User, user_id)
    if user is None or not user.active or user.session_version != session_version:
        return None
    return _actor(user)


def hash_password(password: str) -> str:
    """Slow on purpose: never inside a unit of work."""
    return _HASHER.hash(password)


def normal_email(text: str) -> str:
    return text.strip().casefold()[:254]


def add(
    session: Session,
    *,
    email: str,
    name: str,
    password_hash: str,
    roles: Iterable[tuple[str, str]],
    nik: str | None = None,
    nomor_kk: str | None = None,
    phone: str | None = None,
    demo: bool = False,
) -> User:
    """Write a new account inside the caller's unit of work. `roles`: (role, kapanewon code or "")."""
    user = User(
        id=new_id(),
        email=normal_email(email),
        name=name,
        password_hash=password_hash,
        demo=demo,
        nik=nik,
        nomor_kk=nomor_kk,
        phone=phone,
        created_at=clock.now(),
    )
    user.roles = [UserRole(role=role, unit=unit) for role, unit in roles]
    session.add(user)
    session.flush()
    return user


def _actor(user: User) -> Actor:
    units = {role.unit for role in user.roles if role.role != "pemohon"}
    # One role for the whole office opens all of it.
    served = frozenset() if "" in units else frozenset(units)
    return Actor(user.id, user.name, frozenset(role.role for role in user.roles), served)


@cache
def _nobodys_hash() -> str:
    return _HASHER.hash(new_id())


def _verify(password_hash: str, password: str) -> bool:
    try:
        return _HASHER.verify(password_hash, password[: MAX_PASSWORD + 1]) and len(password) <= MAX_PASSWORD
    except (VerificationError, InvalidHashError):
        return False


def _limits(email: str, address: str) -> list[Limit]:
    """Ten for one account from one place; more for an account from anywhere, and for a place (one office, one NAT)."""
    limits = [Limit(f"akun+alamat {email} {address}", 10), Limit(f"akun {email}", 50)]
    return [*limits, Limit(f"alamat {address}", 100)] if address else limits


def _note_failure(user: User | None, limits: list[Limit], password_fits: bool) -> None:
    """The trail keeps that somebody failed, never the address typed: it may be a person without an account."""
    stream = trail.account_stream(user.id) if user else trail.OFFICE
    why = "tidak_dikenal" if user is None else "tidak_aktif" if password_fits else "kata_sandi"
    at = clock.now()
    with unit_of_work() as session:
        throttle.count(session, limits, at)
        trail.append(session, stream, user.id if user else "", "gagal_masuk", {"sebab": why}, at)
