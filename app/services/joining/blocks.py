"""Blocked accounts, and what may not register again because of them.

The e-mail and the telephone number are the blocked person's: they were proved, or given by them. A NIK is only what
somebody typed. It is blocked when the account had been found valid, so that it is known whose it is; else anybody could
lock a stranger out by registering with the stranger's NIK and failing. ADR 0012.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, tuple_
from sqlalchemy.orm import Session

from app.models import AccountBlock, BlockedContact, User, new_id
from app.services import store

GROUNDS: Mapping[str, str] = {
    "data_tidak_valid": "Mengirimkan data NIK atau KK yang tidak valid berulang kali",
    "swafoto_tidak_valid": "Mengirimkan swafoto yang tidak valid berulang kali",
    "dokumen_palsu": "Mengirimkan dokumen palsu, atau dokumen yang diubah secara digital",
    "bukan_anggota_kk": (
        "Mengajukan permohonan untuk orang lain di luar anggota Kartu Keluarga "
        "yang tidak dapat ditelusuri kekerabatannya"
    ),
}
"""The guide's four."""


@dataclass(frozen=True)
class Held:
    """A block that holds. `number`: to name at the counter; `ground`: a key of GROUNDS; `case_id`: what led to it."""

    id: str
    number: str
    ground: str
    at: datetime
    case_id: str

    @property
    def sentence(self) -> str:
        return GROUNDS[self.ground]


def is_blocked(*, email: str = "", phone: str = "", nik: str = "") -> bool:
    """May nobody register with one of these?"""
    asked = [(kind, value) for kind, value in (("email", email), ("phone", phone), ("nik", nik)) if value]
    if not asked:
        return False
    query = (
        select(BlockedContact.block_id)
        .join(AccountBlock, AccountBlock.id == BlockedContact.block_id)
        .where(tuple_(BlockedContact.kind, BlockedContact.value).in_(asked), AccountBlock.lifted_at.is_(None))
    )
    return store.session.scalar(query.limit(1)) is not None


def of(user_id: str) -> Held | None:
    """The block that holds for this account, the newest."""
    row = store.session.scalars(
        select(AccountBlock)
        .where(AccountBlock.user_id == user_id, AccountBlock.lifted_at.is_(None))
        .order_by(AccountBlock.at.desc())
        .limit(1)
    ).one_or_none()
    return None if row is None else Held(row.id, row.number, row.ground, row.at, row.case_id)


def by_number(number: str) -> str | None:
    """Whose block has this number and holds: the user's id."""
    held = (AccountBlock.number == number, AccountBlock.lifted_at.is_(None))
    return store.session.scalar(select(AccountBlock.user_id).where(*held).limit(1))


def times_failed(nik: str) -> int:
    """How often an account was blocked that had claimed this NIK; for the officer who looks at a new claim."""
    claimed = (BlockedContact.kind.in_(("nik", "nik_diaku")), BlockedContact.value == nik)
    return store.session.scalar(select(func.count(BlockedContact.block_id.distinct())).where(*claimed)) or 0


def put(
    session: Session, user: User, *, case_id: str, number: str, ground: str, claimed: tuple[str, str], at: datetime
) -> None:
    """Block this account from now on, inside the caller's unit of work. `claimed`: (phone, NIK) as last stated."""
    block = AccountBlock(id=new_id(), user_id=user.id, case_id=case_id, number=number, ground=ground, at=at)
    phone, nik = claimed
    contacts = {("email", user.email), ("phone", user.phone or phone)}
    contacts |= {("nik", user.nik)} if user.nik else {("nik_diaku", nik)}
    session.add(block)
    session.flush()
    session.add_all(BlockedContact(block_id=block.id, kind=kind, value=value) for kind, value in contacts if value)


def lift(session: Session, user_id: str, *, case_id: str, at: datetime) -> int:
    """End every block of this account, inside the caller's unit of work; how many there were."""
    held = session.scalars(
        select(AccountBlock).where(AccountBlock.user_id == user_id, AccountBlock.lifted_at.is_(None)).with_for_update()
    ).all()
    for block in held:
        block.lifted_at, block.lifted_in = at, case_id
    return len(held)
