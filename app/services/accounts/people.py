"""Accounts: who somebody is, and whether they are who they say."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import LoginRefused, TooManyAttempts
from app.domain.texts import visible
from app.models import User, UserRole, new_id
from app.services import clock, store
from app.services.records import trail
from app.services.signin import factors, hashing, throttle
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

DOUBTS_AFTER = 3
"""Failures after which whoever signs in answers a question first."""


def authenticate(email: str, password: str, address: str = "", *, is_demo: bool = False) -> Actor:
    """The person behind e-mail and password; `address` is the caller's network address, for the limits only.
    `is_demo`: this is a demonstration; nowhere else do its people come in, whose password everybody knows.

    Whose account has a second factor is not in yet: half_logins goes on from here, and no session begins without it.

    Raises LoginRefused (one sentence for wrong, unknown and inactive) or TooManyAttempts. Each attempt costs one
    argon2 verification, so that its time does not tell either.
    """
    email = normal_email(email)
    at = clock.now()
    limits = _limits(email, throttle.place(address))
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(
            until, f"Terlalu banyak percobaan masuk. Coba lagi pukul {until.astimezone(clock.WIB):%H.%M}."
        )
    user = store.session.scalars(select(User).where(User.email == email, User.has_account)).one_or_none()
    old = user.password_hash if user else hashing.nobodys()
    matches = hashing.fits(old, password)
    if user is None or not matches or not user.active or (user.demo and not is_demo):
        _note_failure(user, matches)
        raise LoginRefused
    actor = as_actor(user)
    fresh = hashing.digest(password) if hashing.is_outdated(old) else ""
    with unit_of_work() as session:
        user = session.get_one(User, actor.id, with_for_update=True, populate_existing=True)
        is_same = user.password_hash == old and user.active
        if is_same:
            user.password_hash = fresh or old
            throttle.forget(session, limits[0], at)
            throttle.give_back(session, limits[1:], at)
            verb = "kata_sandi_cocok" if factors.is_on(actor.id) else "masuk"
            trail.append(session, trail.account_stream(actor.id), actor.id, verb, {}, at)
    # Comparing takes a while: what was changed meanwhile is compared again, with what counts now.
    return actor if is_same else authenticate(email, password, address, is_demo=is_demo)


def has_failed_often(email: str, address: str = "") -> bool:
    """Did signing in to this account, or from this address, fail so often lately that a program may be at it?

    The same for an account that does not exist. Reads only.
    """
    _, *of_one = _limits(normal_email(email), throttle.place(address))
    doubts = [Limit(limit.key, DOUBTS_AFTER) for limit in of_one]
    return throttle.is_exceeded(store.session(), doubts, clock.now())


def forgive(session: Session, email: str, address: str, at: datetime) -> None:
    """Whoever has proved otherwise to be the owner is not held for what failed before, inside a unit of work."""
    for limit in _limits(normal_email(email), throttle.place(address))[:2]:
        throttle.forget(session, limit, at)


def is_demo(email: str) -> bool:
    """Is this one of the people of a demonstration?"""
    return bool(store.session.scalar(select(User.demo).where(User.email == normal_email(email))))


def normal_email(text: str) -> str:
    return visible(text).strip().casefold()[:254]


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


def add_without_account(
    session: Session,
    *,
    name: str,
    phone: str | None = None,
    contact: str | None = None,
    nik: str | None = None,
    nomor_kk: str | None = None,
) -> User:
    """Somebody who came to the counter, or wrote without registering, inside the caller's unit of work.

    Nobody can log in as them; `.invalid` is nobody's by RFC 2606. `contact`: the e-mail that letters go to; `nik`:
    only of whoever showed their KTP at a counter (see accounts.walkins).
    """
    user = User(
        id=new_id(),
        name=name,
        password_hash="",
        has_account=False,
        phone=phone,
        contact=contact,
        nik=nik,
        nomor_kk=nomor_kk,
        created_at=clock.now(),
    )
    user.email = f"{user.id}@tanpa-akun.invalid"
    user.roles = [UserRole(role="pemohon", unit="")]
    session.add(user)
    session.flush()
    return user


def as_actor(user: User) -> Actor:
    """The account as the services see the person behind it."""
    everywhere = {one.role for one in user.roles if not one.unit}  # a role for the whole office needs no unit beside it
    posts = frozenset((one.role, one.unit) for one in user.roles if one.role not in everywhere)
    return Actor(user.id, user.name, frozenset(one.role for one in user.roles), posts)


def _limits(email: str, address: str) -> list[Limit]:
    """Ten for one account from one place; more for an account from anywhere, and for a place (one office, one NAT)."""
    limits = [Limit(f"akun+alamat {email} {address}", 10), Limit(f"akun {email}", 50)]
    return [*limits, Limit(f"alamat {address}", 100)] if address else limits


def _note_failure(user: User | None, password_fits: bool) -> None:
    """The trail keeps that somebody failed, never the address typed: it may be a person without an account."""
    stream = trail.account_stream(user.id) if user else trail.OFFICE
    why = "tidak_dikenal" if user is None else "tidak_aktif" if password_fits else "kata_sandi"
    at = clock.now()
    with unit_of_work() as session:
        trail.append(session, stream, user.id if user else "", "gagal_masuk", {"sebab": why}, at)
