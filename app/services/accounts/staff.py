"""Accounts of the office's people, as its administrator keeps them. Residents register themselves."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.domain.actors import APPLICANTS, OFFICE_WIDE, ROLES, Actor, Office, can
from app.domain.errors import Forbidden, InvalidInput, NotFound
from app.domain.regions import UnknownCode, kapanewon_by_code
from app.models import User
from app.services import clock, store
from app.services.accounts import people, rights
from app.services.records import trail
from app.services.signin import enrolment, factors, hashing, passwords
from app.services.work import unit_of_work

KNOWN = tuple(role for role in ROLES if role not in APPLICANTS)
_LONGEST_NAME = 120

Roles = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Account:
    """One line of the list. `roles`: (role, kapanewon code or "" for the whole office)."""

    id: str
    email: str
    name: str
    active: bool
    second_factor: bool
    roles: tuple[tuple[str, str], ...]


def add(actor: Actor, *, email: str, name: str, password: str, roles: Roles) -> str:
    """A new account of somebody who works here; its id. Raises Forbidden, InvalidInput."""
    _demand_admin(actor)
    name, taken = " ".join(name.split()), {"email": ["Sudah ada akun dengan email ini. Lihat: flask account list"]}
    errors = person_faults(email, name) | role_faults(roles)
    wrong = passwords.faults_of_new(password, email, name)
    if errors or wrong:
        raise InvalidInput(errors | ({"kata sandi": wrong} if wrong else {}))
    if _of(email) is not None:
        raise InvalidInput(taken)
    hashed, at = hashing.digest(password), clock.now()
    try:
        with unit_of_work() as session:
            user = people.add(session, email=email, name=name, password_hash=hashed, roles=sorted(set(roles)))
            what = {"peran": [list(one) for one in sorted(set(roles))]}
            trail.append(session, trail.account_stream(user.id), actor.id, "akun_dibuat", what, at)
            return user.id
    except IntegrityError as problem:  # somebody was faster
        raise InvalidInput(taken) from problem


def every(actor: Actor) -> list[Account]:
    """All accounts that have a role in the office, by e-mail. Raises Forbidden."""
    _demand_admin(actor)
    users = store.session.scalars(select(User).order_by(User.email))
    secured = factors.all_on()
    found = [
        Account(
            user.id,
            user.email,
            user.name,
            user.active,
            user.id in secured,
            tuple(sorted((one.role, one.unit) for one in user.roles)),
        )
        for user in users
    ]
    return [account for account in found if any(role not in APPLICANTS for role, _ in account.roles)]


def set_roles(actor: Actor, email: str, roles: Roles) -> None:
    """All roles in the office anew; who is a resident too stays one. Raises Forbidden, InvalidInput, NotFound."""
    _set_roles(actor, _demand(actor, email), roles)


def set_roles_of(actor: Actor, user_id: str, roles: Roles, seen: str = "") -> None:
    """As set_roles, of an account that is known by its id; `seen`: the mark of those that the form showed.

    Raises Forbidden, InvalidInput, NotFound, StaleForm.
    """
    _demand_admin(actor)
    user = store.session.get(User, user_id)
    if user is None:
        raise NotFound
    _set_roles(actor, user, roles, seen)


def _set_roles(actor: Actor, user: User, roles: Roles, seen: str = "") -> None:
    errors = role_faults(roles)
    if errors:
        raise InvalidInput(errors)
    kept: Iterable[tuple[str, str]] = ((one.role, one.unit) for one in user.roles if one.role in APPLICANTS)
    rights.set_roles(actor, user.id, [*roles, *kept], seen)


def switch(actor: Actor, email: str, *, active: bool) -> None:
    """May the account be used? Raises Forbidden, NotFound."""
    user_id = _demand(actor, email).id
    if active:
        rights.switch_on(actor, user_id)
    else:
        rights.switch_off(actor, user_id)


def set_password(actor: Actor, email: str, password: str) -> None:
    """A new password for somebody who lost theirs. Raises Forbidden, InvalidInput, NotFound."""
    passwords.reset(actor, _demand(actor, email).id, password)


def reset_second_factor(actor: Actor, email: str) -> bool:
    """For somebody who lost phone and recovery codes; False: there was none. Raises Forbidden, NotFound."""
    return enrolment.reset(actor, _demand(actor, email).id)


def demand(actor: Actor, email: str) -> None:
    """Is there such an account? Raises Forbidden, NotFound."""
    _demand(actor, email)


def _demand_admin(actor: Actor) -> None:
    if not can(actor, "administer", Office()):
        raise Forbidden


def _demand(actor: Actor, email: str) -> User:
    _demand_admin(actor)
    user = _of(email)
    if user is None:
        raise NotFound(f"Tidak ada akun dengan email {people.normal_email(email)}. Lihat: flask account list")
    return user


def _of(email: str) -> User | None:
    return store.session.scalars(select(User).where(User.email == people.normal_email(email))).one_or_none()


def person_faults(email: str, name: str) -> dict[str, list[str]]:
    """What is wrong with `email` and `nama`, as sentences."""
    errors = {}
    before, _, after = email.strip().partition("@")
    if not before or "." not in after or " " in email.strip() or len(email.strip()) > 254:
        errors["email"] = ["Isi alamat email, contoh nama@contoh.go.id."]
    if not 1 <= len(name) <= _LONGEST_NAME:
        errors["nama"] = [f"Isi nama, paling banyak {_LONGEST_NAME} huruf."]
    return errors


def role_faults(roles: Roles) -> dict[str, list[str]]:
    """What is wrong with the roles: `peran` -> sentences."""
    wrong = [] if roles else [f"Sebut sedikitnya satu peran. Yang ada: {', '.join(KNOWN)}."]
    for role, unit in roles:
        if role in APPLICANTS:
            wrong.append("Peran pemohon tidak diberikan di sini: warga mendaftar sendiri di situs.")
        elif role not in ROLES:
            wrong.append(f"Peran '{role[:40]}' tidak ada. Yang ada: {', '.join(KNOWN)}.")
        elif unit and role in OFFICE_WIDE:
            wrong.append(f"Peran {ROLES[role]} berlaku untuk seluruh kantor. Kosongkan kapanewonnya.")
        wrong += _unit_faults(unit)
    return {"peran": wrong} if wrong else {}


def _unit_faults(unit: str) -> list[str]:
    if not unit:
        return []
    try:
        kapanewon_by_code(unit)
    except UnknownCode as problem:
        return [f"{problem} Tulis enam angka kode kapanewon, atau kosongkan untuk seluruh kantor."]
    return []
