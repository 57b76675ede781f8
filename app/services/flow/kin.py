"""Officers whose own NIK or nomor KK a case names: it is theirs or of their household, and others work on it.

What the case names: its pemohon's account, and every NIK and nomor KK among its answers (case_niks, case_kks).
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select, union
from sqlalchemy.orm import Session

from app.models import Case, CaseKk, CaseNik, OfficerIdentity, User
from app.services.flow import statements
from app.services.paging import at_most

MOST = 500
_NIK, _KK = OfficerIdentity.nik, OfficerIdentity.nomor_kk


def read(row: Any) -> frozenset[str]:
    """Ids of officers, of a row with the columns of statements.KIN. Its pemohon is barred as such already."""
    found = " ".join(given for given in (row.kin_nik, row.kin_kk, row.kin_subject) if given)
    return frozenset(found.split()) - {row.subject_id}


def of_case(session: Session, case_id: str) -> frozenset[str]:
    row = session.connection().execute(statements.KIN_OF_CASE, {"case_id": case_id}).one_or_none()
    return read(row) if row is not None else frozenset()


def of_cases(session: Session, case_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Case -> ids of officers; cases without any are left out."""
    if not case_ids:
        return {}
    rows = session.execute(statements.KIN_OF_CASES, {"case_ids": sorted(case_ids)}).all()
    return {row.id: found for row in rows if (found := read(row))}


def named_cases(session: Session) -> list[str]:
    """Ids of the running cases that name anybody of the office, at most MOST."""
    parts = (
        select(CaseNik.case_id).join(OfficerIdentity, CaseNik.nik == _NIK),
        select(CaseKk.case_id).join(OfficerIdentity, CaseKk.nomor_kk == _KK),
        select(Case.id).join(User, User.id == Case.subject_id).join(OfficerIdentity, User.nik == _NIK),
    )
    running = select(Case.id).where(Case.id.in_(union(*parts)), Case.ended_at.is_(None)).limit(at_most(MOST))
    return sorted(session.scalars(running))


def is_own(session: Session, user_id: str, nik: str, nomor_kk: str) -> bool:
    """Is this person the officer, or of their household?"""
    own = session.get(OfficerIdentity, user_id)
    return own is not None and (own.nik == nik or bool(nomor_kk and own.nomor_kk == nomor_kk))
