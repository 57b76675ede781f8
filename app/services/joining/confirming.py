"""A registration becomes an account: its address is confirmed, by whoever read the letter and knows the password.

The browser that registered is known and need not say the password again. Any other must: whoever types a stranger's
address would otherwise get an account that its owner opened for them.
"""

from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, TokenSpent, TooManyAttempts
from app.domain.tanggal import format_time
from app.models import Registration, Upload, User, new_id
from app.services import clock, store
from app.services.accounts import people
from app.services.joining import registrations, validation
from app.services.privacy.agreed import REGISTERED
from app.services.records import trail
from app.services.signin import hashing, throttle, tokens
from app.services.signin.throttle import Limit
from app.services.work import unit_of_work

DOUBLE_CLICK = timedelta(minutes=2)


def look(secret: str) -> registrations.Waiting:
    """Whose registration a link confirms; reads only. Raises TokenSpent."""
    return registrations.as_waiting(_row(secret))


def confirm(secret: str, *, own: str = "", password: str = "") -> Actor | None:
    """The new account's person; None when there is to be none (an account has the address by now, or it is blocked):
    a letter says so.

    `own`: id of the registration that this browser sent, "" = none; another's needs its `password`. Raises TokenSpent,
    InvalidInput (`kata_sandi`), TooManyAttempts.
    """
    row = _row(secret)
    if own != row.id:
        _demand_password(row, password)
    try:
        return _confirm(secret, clock.now())
    except IntegrityError:
        # Another registration of the same address was confirmed this very moment.
        return _confirm(secret, clock.now())


def has_just_confirmed(secret: str) -> bool:
    """Was this link used a moment ago? A double click brings it twice, and the first answer never reaches the eye."""
    return bool(tokens.used_since(registrations.KIND, secret, clock.now() - DOUBLE_CLICK))


def _confirm(secret: str, at: datetime) -> Actor | None:
    with unit_of_work() as session:
        token = tokens.use(session, registrations.KIND, secret, at)
        row = session.get(Registration, token.user_id, with_for_update=True, populate_existing=True)
        if row is None:
            raise TokenSpent
        is_open = registrations.standing(session, row) == registrations.OPEN
        if not is_open:
            registrations.write_letter(session, row, at)
        user = _create(session, row, at) if is_open else None
        session.delete(row)
        return people.as_actor(user) if user else None


def _create(session: Session, row: Registration, at: datetime) -> User:
    """The account, what was agreed to, and the selfie. The numbers are the case's until an officer found them right."""
    roles = [("pendaftar", "")]
    user = people.add(session, email=row.email, name=row.name, password_hash=row.password_hash, roles=roles)
    user.whatsapp_consent = bool(row.whatsapp)
    said = {"privasi": row.privacy, "whatsapp": row.whatsapp, "pada": row.created_at.isoformat()}
    trail.append(session, trail.account_stream(user.id), user.id, REGISTERED, said, at)
    _open_case(session, user, row, at)
    return user


def _open_case(session: Session, user: User, row: Registration, at: datetime) -> None:
    """An officer compares what was stated with the registry."""
    selfie = Upload(id=new_id(), owner_id=user.id, step="", field="", digest=row.selfie, created_at=at)
    session.add(selfie)
    session.flush()
    given = {
        "nama": row.name,
        "nik": row.nik,
        "nomor_kk": row.nomor_kk,
        "nomor_hp": row.phone,
        "email": row.email,
        "swafoto": [selfie.id],
    }
    validation.open_case(session, user, given, at)


def _row(secret: str) -> Registration:
    token = tokens.look(registrations.KIND, secret)
    row = store.session.get(Registration, token.user_id) if token else None
    if row is None:
        raise TokenSpent
    return row


def _demand_password(row: Registration, typed: str) -> None:
    limits, at = [Limit(f"daftar sandi {row.id}", 10)], clock.now()
    hashed = row.password_hash
    if not typed:
        raise InvalidInput({"kata_sandi": ["Ketik kata sandi yang Anda buat waktu mendaftar."]})
    if not throttle.reserve(limits, at):
        until = throttle.ends_at(at)
        raise TooManyAttempts(until, f"Terlalu banyak percobaan. Coba lagi pukul {format_time(until)}.")
    if not hashing.fits(hashed, typed):
        raise InvalidInput({"kata_sandi": ["Bukan kata sandi pendaftaran ini. Ketik lagi."]})
    with unit_of_work() as session:
        throttle.give_back(session, limits, at)
