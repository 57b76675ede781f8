"""Officers whose own NIK or nomor KK a case names: it is theirs or of their household, and others work on it.

What the case names: its pemohon's account, and every NIK and nomor KK among its answers (case_niks, case_kks).
"""

from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, CaseKk, CaseNik, OfficerIdentity, User
from app.services.flow import statements
from app.services.paging import at_most

MOST = 500


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
    """Ids of running cases that name anybody of the office, at most MOST of each kind of naming."""
    # Read first: joined to these few, the tables that grow would be read from end to end.
    known = session.execute(select(OfficerIdentity.nik, OfficerIdentity.nomor_kk)).all()
    niks, cards = sorted({row.nik for row in known}), sorted({row.nomor_kk for row in known if row.nomor_kk})
    if not niks:
        return []
    people = session.scalars(select(User.id).where(User.nik.in_(niks))).all()
    found: set[str] = set()
    for query in (
        select(Case.id).join(CaseNik, CaseNik.case_id == Case.id).where(CaseNik.nik.in_(niks)),
        select(Case.id).join(CaseKk, CaseKk.case_id == Case.id).where(CaseKk.nomor_kk.in_(cards)),
        select(Case.id).where(Case.subject_id.in_(people)),
    ):
        found |= set(session.scalars(query.where(Case.ended_at.is_(None)).limit(at_most(MOST))))
    return sorted(found)


def is_own(session: Session, user_id: str, nik: str, nomor_kk: str) -> bool:
    """Is this person the officer, or of their household?"""
    own = session.get(OfficerIdentity, user_id)
    return own is not None and (own.nik == nik or bool(nomor_kk and own.nomor_kk == nomor_kk))
