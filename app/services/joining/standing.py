"""What becomes of an account: found valid, blocked, unblocked, closed; in the unit of work of the step that says so."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID
from app.domain.errors import AlurError, NotFound
from app.models import User, UserRole
from app.services.accounts import walkins
from app.services.joining import blocks
from app.services.joining.claims import Claim
from app.services.records import trail
from app.services.signin import sessions

VALID, NOT_VALID = "pemohon", "pendaftar"


class NikTaken(AlurError):
    pesan = "NIK ini sudah dipakai akun lain yang sah. Tangani akun itu dulu, lalu ulangi."


def validate(session: Session, user_id: str, claim: Claim, *, case_id: str, at: datetime) -> None:
    """The account is this person's: from now on, or once no block holds any more, it files permohonan. Raises NikTaken.

    What was filed for this NIK at a counter, before there was an account, comes along.

    A number that its owner put in by themselves stays: it is newer than what was stated.
    """
    user = _locked(session, user_id)
    if nik_is_taken(session, claim.nik, user_id):
        raise NikTaken
    walkins.hand_over(session, claim.nik, user_id, at)
    user.name, user.nik, user.nomor_kk, user.phone = claim.name, claim.nik, claim.nomor_kk, user.phone or claim.phone
    _become(session, user, NOT_VALID if blocks.of(user_id) else VALID)
    trail.append(session, trail.account_stream(user_id), SYSTEM_ID, "akun_disahkan", {"kasus": case_id}, at)


def block(
    session: Session, user_id: str, claim: Claim | None, *, case_id: str, number: str, ground: str, at: datetime
) -> None:
    """Nothing but the pages of the account from now on; whoever is signed in with it is out."""
    user = _locked(session, user_id)
    claimed = (claim.phone, claim.nik) if claim else ("", "")
    blocks.put(session, user, case_id=case_id, number=number, ground=ground, claimed=claimed, at=at)
    _become(session, user, NOT_VALID)
    sessions.end_all(session, user_id, "diblokir", at)
    what = {"kasus": case_id, "sebab": ground}
    trail.append(session, trail.account_stream(user_id), SYSTEM_ID, "akun_diblokir", what, at)


def unblock(session: Session, user_id: str, *, case_id: str, at: datetime) -> bool:
    """The block ends. True: the account is what it was, valid; False: it has to be validated (again)."""
    user = _locked(session, user_id)
    blocks.lift(session, user_id, case_id=case_id, at=at)
    if user.nik:
        _become(session, user, VALID)
    trail.append(session, trail.account_stream(user_id), SYSTEM_ID, "blokir_dibuka", {"kasus": case_id}, at)
    return bool(user.nik)


def close(session: Session, user_id: str, *, case_id: str, at: datetime) -> None:
    """Somebody never put right what did not fit: the account goes, and its address may register again."""
    user = _locked(session, user_id)
    user.active = user.has_account = False
    user.email = f"{user.id}@tanpa-akun.invalid"
    sessions.end_all(session, user_id, "nonaktif", at)
    trail.append(session, trail.account_stream(user_id), SYSTEM_ID, "pendaftaran_ditutup", {"kasus": case_id}, at)


def nik_is_taken(session: Session, nik: str, user_id: str) -> bool:
    """Does another account, found valid, have this NIK?"""
    others = select(User.id).where(User.nik == nik, User.id != user_id, User.has_account)
    return session.scalar(others.limit(1)) is not None


def _become(session: Session, user: User, role: str) -> None:
    """Officers who are residents too keep their other roles."""
    before = sessions.rights_of(user.roles)
    others = [one for one in user.roles if one.role not in (VALID, NOT_VALID)]
    kept = [one for one in user.roles if one.role == role]
    user.roles = others + (kept or [UserRole(role=role, unit="")])
    session.flush()
    sessions.follow_rights(session, user, before)


def _locked(session: Session, user_id: str) -> User:
    user = session.get(User, user_id, with_for_update=True, populate_existing=True)
    if user is None:
        raise NotFound
    return user
