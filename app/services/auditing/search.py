"""Whose trail, or which case's: found by what is exactly theirs, never by leafing through people."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select

from app.domain.actors import APPLICANTS, ROLES, Actor, demand
from app.domain.errors import InvalidInput
from app.domain.texts import visible
from app.models import Case, User, UserRole
from app.services import clock, store
from app.services.paging import at_most
from app.services.records import trail
from app.services.work import unit_of_work

REASONS = {
    "berkala": "Pemeriksaan berkala",
    "aduan": "Aduan",
    "pemilik_data": "Permintaan pemilik data",
    "dugaan": "Dugaan penyalahgunaan",
}
MOST = 20
_NIK = re.compile(r"[0-9]{16}")


@dataclass(frozen=True)
class FoundCase:
    id: str
    number: str
    status: str
    opened_at: datetime


@dataclass(frozen=True)
class FoundPerson:
    """`offices`: what they are in the office, empty for a resident."""

    id: str
    name: str
    offices: Sequence[str]


@dataclass(frozen=True)
class Found:
    cases: Sequence[FoundCase]
    people: Sequence[FoundPerson]


def find(actor: Actor, typed: str, reason: str) -> Found:
    """By case number, complete NIK, e-mail, or the name of somebody of the office. The trail says who looked for whom.

    Raises Forbidden, InvalidInput.
    """
    demand(actor, "audit")
    sought = " ".join(visible(typed).split())
    errors = {} if sought else {"cari": ["Isi nomor permohonan, NIK lengkap, email, atau nama petugas."]}
    if reason not in REASONS:
        errors["tujuan"] = ["Pilih tujuan pemeriksaan."]
    if errors:
        raise InvalidInput(errors)
    people = _people(sought)
    found = Found(_cases(sought, [one.id for one in people if not one.offices]), people)
    what = {"tujuan": reason, "kasus": [one.id for one in found.cases], "orang": [one.id for one in people]}
    with unit_of_work() as session:
        trail.append(session, trail.OFFICE, actor.id, "audit_mencari", what, clock.now())
    return found


def offices(actor: Actor, user_id: str) -> FoundPerson | None:
    """Who this is; None: an account that is not there. Raises Forbidden."""
    demand(actor, "audit")
    return next(iter(_named(User.id == user_id)), None)


def cases_of(actor: Actor, user_id: str) -> Sequence[FoundCase]:
    """The newest few of a person's own. Raises Forbidden."""
    demand(actor, "audit")
    return _newest([Case.subject_id == user_id, Case.confidential.is_(False)])


def _people(sought: str) -> list[FoundPerson]:
    digits = re.sub(r"[\s.\-]", "", sought)
    if _NIK.fullmatch(digits):
        return _named(User.nik == digits)
    if "@" in sought:
        return _named(User.email == sought.lower())
    staff = select(UserRole.user_id).where(UserRole.role.in_(sorted(set(ROLES) - APPLICANTS)))
    return _named(User.id.in_(staff), User.name.icontains(sought, autoescape=True))


def _named(*conditions: ColumnElement[bool]) -> list[FoundPerson]:
    users = store.session.scalars(select(User).where(*conditions).order_by(User.name).limit(at_most(MOST))).all()
    return [
        FoundPerson(one.id, one.name, sorted({ROLES[has.role] for has in one.roles if has.role not in APPLICANTS}))
        for one in users
    ]


def _cases(sought: str, residents: Sequence[str]) -> list[FoundCase]:
    if residents:
        return _newest([Case.subject_id.in_(residents), Case.confidential.is_(False)])
    return _newest([Case.number == sought.upper()])


def _newest(conditions: Sequence[ColumnElement[bool]]) -> list[FoundCase]:
    """Running and ended ones apart: each half has an index of its own."""
    found: list[FoundCase] = []
    for half in (Case.ended_at.is_(None), Case.ended_at.is_not(None)):
        query = select(Case.id, Case.number, Case.status, Case.opened_at).where(*conditions, half)
        rows = store.session.execute(query.order_by(Case.opened_at.desc()).limit(at_most(MOST))).all()
        found += [FoundCase(*row) for row in rows]
    return sorted(found, key=lambda one: one.opened_at, reverse=True)[:MOST]
