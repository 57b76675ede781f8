"""A new officer: the account is made by an admin, its password by its owner, through a link that works once."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actors import Actor, demand
from app.domain.errors import InvalidInput
from app.domain.identity import InvalidIdentity, parse_phone
from app.domain.tanggal import format_moment
from app.models import User, new_id
from app.services import clock, store
from app.services.accounts import directory, people, rights, staff
from app.services.messages import letters
from app.services.records import trail
from app.services.signin import hashing, passwords, tokens
from app.services.work import unit_of_work

LIFETIME = timedelta(days=7)
DOUBLE_CLICK = timedelta(minutes=1)
TAKEN = "Sudah ada akun dengan email ini. Cari di daftar; bila ini akun warga, pakai email kantor."

_TITLE = "Akun Anda di kantor kami"
_BODY = (
    "Halo {nama}. Admin membuatkan akun petugas untuk Anda: {peran}. Buka tautan di bawah sebelum {batas}, lalu buat "
    "kata sandi Anda sendiri; tautan itu hanya dapat dipakai sekali. Sesudah itu Anda masuk dengan alamat email ini."
    "\n\nBukan petugas kantor kami? Abaikan surat ini."
)


def invite(actor: Actor, *, email: str, name: str, phone: str, roles: staff.Roles) -> str:
    """A new account without a password anybody knows, and the letter to its owner; the id.

    The same again within DOUBLE_CLICK makes no second one and is no error.

    Raises Forbidden, InvalidInput (`email`, `nama`, `ponsel`, `peran`).
    """
    demand(actor, "administer")
    name, at = " ".join(name.split()), clock.now()
    number, errors = read_phone(phone)
    errors |= staff.person_faults(email, name) | staff.role_faults(roles)
    if errors:
        raise InvalidInput(errors)
    nobodys = hashing.digest(new_id() + new_id())
    wanted = sorted(set(roles))
    try:
        with unit_of_work() as session:
            user = people.add(session, email=email, name=name, password_hash=nobodys, roles=wanted, phone=number)
            what = {"peran": [list(one) for one in wanted], "diundang": True}
            trail.append(session, trail.account_stream(user.id), actor.id, "akun_dibuat", what, at)
            _write(session, user, rights.in_words(wanted), at)
            return user.id
    except IntegrityError as taken:
        made = _just_made(email, name, wanted, at)
        if not made:
            raise InvalidInput({"email": [TAKEN]}) from taken
        return made


def _just_made(email: str, name: str, roles: list[tuple[str, str]], at: datetime) -> str:
    """The account that the first of two clicks made, "" where it was another's."""
    query = select(User).where(User.email == people.normal_email(email), User.name == name)
    user = store.session.scalars(query.where(User.created_at > at - DOUBLE_CLICK)).one_or_none()
    is_it = user is not None and sorted((one.role, one.unit) for one in user.roles) == roles
    return user.id if user is not None and is_it else ""


def invite_again(actor: Actor, user_id: str) -> datetime:
    """Another link, to who lost the first or their password; until when it works. The earlier one works no more.

    Raises Forbidden, NotFound, InvalidInput: the account is off.
    """
    demand(actor, "administer")
    directory.demand_officer(user_id)
    at = clock.now()
    with unit_of_work() as session:
        user = session.get_one(User, user_id, with_for_update=True, populate_existing=True)
        if not user.active:
            raise InvalidInput({}, "Akun ini mati. Hidupkan dulu, lalu kirim tautannya.")
        roles = sorted((one.role, one.unit) for one in user.roles)
        trail.append(session, trail.account_stream(user.id), actor.id, "undangan_dikirim", {}, at)
        _write(session, user, rights.in_words(roles), at)
    return at + LIFETIME


def read_phone(typed: str) -> tuple[str | None, dict[str, list[str]]]:
    """`628…` or None where nothing was typed, and what is wrong with it."""
    try:
        return (parse_phone(typed) if typed.strip() else None), {}
    except InvalidIdentity as fault:
        return None, {"ponsel": [fault.pesan]}


def _write(session: Session, user: User, roles: str, at: datetime) -> None:
    secret = tokens.issue(session, passwords.RESET, user_id=user.id, lifetime=LIFETIME, at=at)
    body = _BODY.format(nama=user.name, peran=roles, batas=format_moment(at + LIFETIME))
    letters.write(
        session,
        key=f"undangan:{new_id()}",
        address=user.email,
        title=_TITLE,
        body=body,
        path=f"/sandi-baru/{secret}",
        at=at,
        user_id=user.id,
    )
