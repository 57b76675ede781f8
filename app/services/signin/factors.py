"""The second factor of an account: is there one, and is this code or recovery code right? Each is taken once."""

import hashlib
import re
import secrets
from datetime import datetime

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from app.models import RecoveryCode, SecondFactor
from app.services import store
from app.services.signin import totp

CODES = 10

_SIGNS = "23456789abcdefghjkmnpqrstvwxyz"
_LENGTH, _GROUP = 16, 4


def is_on(user_id: str) -> bool:
    """Does this account need a code to sign in? Reads only."""
    query = select(SecondFactor.user_id).where(SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None))
    return store.session.scalar(query) is not None


def all_on() -> set[str]:
    """Ids of the accounts that need one."""
    return set(store.session.scalars(select(SecondFactor.user_id).where(SecondFactor.confirmed_at.is_not(None))))


def take_code(session: Session, user_id: str, code: str, at: datetime) -> bool:
    """Is this the phone's code? Inside a unit of work. Of two at once one is taken; never it or an older one again."""
    kept = session.scalar(select(SecondFactor.secret).where(SecondFactor.user_id == user_id))
    secret = totp.unlocked(kept) if kept else ""
    step = totp.step_of(secret, code, at) if secret else None
    return step is not None and take_step(session, user_id, step)


def take_step(session: Session, user_id: str, step: int) -> bool:
    """Nothing of this step or before is taken from now on; False: it was already so."""
    taken = session.scalar(
        update(SecondFactor)
        .where(SecondFactor.user_id == user_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.user_id)
    )
    return taken is not None


def was_taken(session: Session, user_id: str, code: str, at: datetime) -> bool:
    """Is it the very code that was taken last? A double click brings it twice."""
    factor = session.get(SecondFactor, user_id, populate_existing=True)
    secret = totp.unlocked(factor.secret) if factor and factor.secret else ""
    return bool(factor and secret and totp.step_of(secret, code, at) == factor.last_step)


def take_recovery_code(session: Session, user_id: str, code: str, at: datetime) -> bool:
    """Is it one of the ten, and not used yet? Inside a unit of work. Of two at once one is taken."""
    taken = session.scalar(
        update(RecoveryCode)
        .where(RecoveryCode.code_hash == _hashed(code), RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
        .values(used_at=at)
        .returning(RecoveryCode.user_id)
    )
    return taken is not None


def recovery_codes_left(user_id: str) -> int:
    query = select(func.count()).where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    return store.session.scalar(query) or 0


def renew_recovery_codes(session: Session, user_id: str, at: datetime) -> list[str]:
    """Ten new ones, to be shown now and never again; the old ones stop working. Inside a unit of work."""
    session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
    codes = ["".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(CODES)]
    rows = [{"code_hash": _hashed(code), "user_id": user_id, "created_at": at, "used_at": None} for code in codes]
    session.execute(insert(RecoveryCode), rows)
    return ["-".join(code[at : at + _GROUP] for at in range(0, _LENGTH, _GROUP)) for code in codes]


def _hashed(code: str) -> str:
    """Of 78 bits of chance: fast, and still nobody tries them all. How it is written does not matter."""
    return hashlib.sha256(re.sub(r"[\W_]+", "", code.casefold()).encode()).hexdigest()
