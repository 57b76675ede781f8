"""How a person is reached: phone and e-mail, changed by their owner, who proves it with the password.

A new e-mail address counts from the moment a letter sent there was answered; until then the old one stays. Whether an
address belongs to somebody else's account is told to nobody but its reader.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, NotFound, TokenSpent, TooManyAttempts
from app.domain.identity import InvalidIdentity, parse_phone
from app.domain.masking import mask_email
from app.domain.tanggal import format_moment, format_time
from app.models import MailToken, User
from app.procedures.values import Refused, plain_email
from app.services import clock, store
from app.services.accounts import people
from app.services.messages import letters, wording
from app.services.records import trail
from app.services.signin import passwords, throttle, tokens
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

KIND = "email"
LIFETIME = timedelta(hours=24)
MOST_A_DAY = 5
CONFIRM = "/email/konfirmasi"


@dataclass(frozen=True)
class Pending:
    """An address that waits to be proved, and until when its letter works. In full for whoever asked for it, so that a
    slip can be seen; masked for whoever has the letter's link."""

    address: str
    until: datetime


def change_phone(actor: Actor, password: str, typed: str) -> str:
    """The new number, `628…`. Raises InvalidInput (`ponsel`, `sandi`), TooManyAttempts."""
    try:
        number = parse_phone(typed)
    except InvalidIdentity as fault:
        raise InvalidInput({"ponsel": [fault.pesan]}) from fault
    _demand_password(actor, password)
    at = clock.now()
    with unit_of_work() as session:
        user = _locked(session, actor)
        if user.phone != number:
            user.phone = number
            trail.append(session, trail.account_stream(user.id), actor.id, "ponsel_diganti", {}, at)
    return number


def ask_email(actor: Actor, password: str, typed: str) -> None:
    """Send a letter to the new address, and word of it to the old one. Raises InvalidInput (`email`, `sandi`),
    TooManyAttempts.

    The same happens, as far as the asker can tell, where the address is somebody else's.
    """
    address = _address(typed)
    if address == _own(actor).email:
        raise InvalidInput({"email": ["Ini sudah email akun Anda."]})
    _demand_password(actor, password)
    at = clock.now()
    _demand_few(actor, address, at)
    with unit_of_work() as session:
        user = _locked(session, actor)
        secret = tokens.issue(session, KIND, user_id=user.id, data={"baru": address}, lifetime=LIFETIME, at=at)
        number = trail.append(session, trail.account_stream(user.id), actor.id, "email_diminta", {}, at)
        key, is_taken = f"email:{user.id}:{number}", _is_taken(session, address)
        path = "/masuk" if is_taken else f"{CONFIRM}?t={secret}"
        letter = "email_terpakai" if is_taken else "email_buktikan"
        _write(session, f"{key}:baru", address, wording.write(letter, batas=format_moment(at + LIFETIME)), path, at)
        told = wording.write("email_diminta", waktu=format_moment(at), baru=mask_email(address))
        _write(session, f"{key}:lama", user.email, told, "/pengaturan", at, user.id)


def pending(actor: Actor) -> Pending | None:
    """The address that this person asked for last, while its letter still works."""
    row = store.session.scalars(
        select(MailToken)
        .where(MailToken.user_id == actor.id, MailToken.kind == KIND)
        .where(MailToken.used_at.is_(None), MailToken.expires_at > clock.now())
    ).first()
    return None if row is None else Pending(str(row.data["baru"]), row.expires_at)


def look(secret: str) -> Pending:
    """What the link in the letter is about; reads only. Raises TokenSpent."""
    token = tokens.look(KIND, secret)
    if token is None:
        raise TokenSpent
    return Pending(mask_email(token.data["baru"]), token.expires_at)


def confirm(secret: str) -> None:
    """The new address counts from now on; the old one is told. Raises TokenSpent, InvalidInput: taken meanwhile."""
    at = clock.now()
    try:
        with unit_of_work() as session:
            token = tokens.use(session, KIND, secret, at)
            user = session.get(User, token.user_id, with_for_update=True, populate_existing=True)
            if user is None or not user.active:
                raise TokenSpent
            old, user.email = user.email, str(token.data["baru"])
            session.flush()
            tokens.cancel_all(session, user.id, at)
            number = trail.append(session, trail.account_stream(user.id), user.id, "email_diganti", {}, at)
            told = wording.write("email_diganti", waktu=format_moment(at), baru=mask_email(user.email))
            _write(session, f"email:{user.id}:{number}", old, told, "/kontak", at)
    except IntegrityError as taken:
        raise InvalidInput({"email": ["Alamat ini sudah dipakai akun lain. Pakai alamat lain."]}) from taken


def cancel(actor: Actor) -> None:
    """Not after all: the letter that was sent stops working."""
    with unit_of_work() as session:
        tokens.cancel(session, KIND, actor.id, clock.now())


def _write(
    session: Session, key: str, address: str, words: tuple[str, str], path: str, at: datetime, user_id: str = ""
) -> None:
    title, body = words
    letters.write(session, key=key, address=address, title=title, body=body, path=path, at=at, user_id=user_id)


def _demand_password(actor: Actor, typed: str) -> None:
    try:
        passwords.demand_own(actor, _own(actor).password_hash, typed)
    except InvalidInput as fault:
        raise InvalidInput({"sandi": next(iter(fault.errors.values()))}) from fault


def _demand_few(actor: Actor, address: str, at: datetime) -> None:
    """Neither one account nor many may fill somebody's mailbox."""
    since = (MailToken.user_id == actor.id, MailToken.kind == KIND, MailToken.created_at > at - timedelta(days=1))
    if (store.session.scalar(select(func.count()).select_from(MailToken).where(*since)) or 0) >= MOST_A_DAY:
        raise TooManyAttempts(at + timedelta(days=1), "Sudah terlalu sering hari ini. Coba lagi besok.")
    if not throttle.reserve([Limit(f"email tujuan {address}", 3)], at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Surat ke alamat itu baru saja dikirim. Coba lagi pukul {format_time(until)}.")


def _address(typed: str) -> str:
    """One address that whoever registers could give too. Raises InvalidInput."""
    try:
        address = plain_email(typed)
    except Refused as fault:
        raise InvalidInput({"email": [str(fault)]}) from fault
    if address is None:
        raise InvalidInput({"email": ["Isi alamat email, contoh nama@contoh.id."]})
    return people.normal_email(address)


def _is_taken(session: Session, address: str) -> bool:
    return session.scalar(select(User.id).where(User.email == address)) is not None


def _own(actor: Actor) -> User:
    user = store.session.get(User, actor.id)
    if user is None:
        raise NotFound
    return user


def _locked(session: Session, actor: Actor) -> User:
    return session.get_one(User, actor.id, with_for_update=True, populate_existing=True)
