"""Blocking an account from a case: proposed by one officer, decided by another, as a case of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import Actor, CaseRef, can
from app.domain.errors import Forbidden, InvalidInput, NotFound
from app.models import Case, ProcedureVersion, User, new_id
from app.procedures.answers import clean
from app.procedures.context import UploadInfo, form_context
from app.services import clock, store
from app.services.flow import cases, published
from app.services.flow.cases import CaseView
from app.services.records.counters import case_number
from app.services.work import unit_of_work

BLOCK, OBJECT = "blokir-akun", "keberatan-akun"


@dataclass(frozen=True)
class Beginning:
    """What a case about an account begins with. `answers`: of its first step, cleaned."""

    slug: str
    version_id: str
    title: str
    answers: Mapping[str, Any] = field(repr=False)


def may_propose(actor: Actor, seen: CaseView) -> bool:
    """May this officer, who may see this case, propose to block the account of its pemohon?

    Never from one whose pemohon asked for discretion: the proposal names them beside its number, to other officers.
    """
    if seen.is_confidential:
        return False
    try:
        procedure = published.compiled(published.in_force(BLOCK, clock.today()).id)
    except NotFound:
        return False
    user = store.session.get(User, seen.subject_id)
    is_theirs = bool(actor.roles & procedure.steps[procedure.first_step].roles) and actor.id != seen.subject_id
    return is_theirs and user is not None and user.active and user.has_account


def propose(actor: Actor, case_id: str, ground: str, found: str) -> str:
    """The number of the new case. Raises Forbidden, NotFound, InvalidInput (also where one waits already)."""
    seen = cases.load(actor, case_id)
    if not can(actor, "view_case", CaseRef(seen.id, seen.subject_id, seen.unit, seen.procedure.roles)):
        raise NotFound
    if not may_propose(actor, seen):
        raise Forbidden
    beginning = prepared(BLOCK, {"sebab": ground, "uraian": found, "permohonan": seen.number})
    with unit_of_work() as session:
        return begin(session, actor, beginning, seen.subject_id, unit=seen.unit, at=clock.now())


def prepared(slug: str, raw: Mapping[str, Any], uploads: Mapping[str, UploadInfo] | None = None) -> Beginning:
    """The first step of the version in force, answered; `uploads`: what may be attached. Raises InvalidInput,
    NotFound."""
    version_id = published.in_force(slug, clock.today()).id
    procedure = published.compiled(version_id)
    form = procedure.forms[procedure.first_step]
    answers = clean(form, raw, form_context(procedure, clock.now(), uploads=uploads, calendar=clock.calendar()))
    return Beginning(slug, version_id, procedure.service.title, answers)


def begin(session: Session, actor: Actor, beginning: Beginning, subject_id: str, *, unit: str, at: datetime) -> str:
    """Open a case about this account, inside the caller's unit of work, unless one of its kind is open; its number.

    Raises InvalidInput.
    """
    session.get(User, subject_id, with_for_update=True)
    known = _open(session, beginning.slug, subject_id)
    if known is not None:
        raise InvalidInput({"": [f"{beginning.title} untuk akun ini sudah diajukan ({known})."]})
    number = case_number(session, "akun", at)
    cases.open_case(
        session,
        actor,
        case_id=new_id(),
        version_id=beginning.version_id,
        subject_id=subject_id,
        unit=unit,
        number=number,
        answers=beginning.answers,
        at=at,
    )
    return number


def open_number(slug: str, subject_id: str) -> str | None:
    """The number of the open case of this kind about this account."""
    return _open(store.session(), slug, subject_id)


def _open(session: Session, slug: str, subject_id: str) -> str | None:
    return session.scalar(
        select(Case.number)
        .join(ProcedureVersion, ProcedureVersion.id == Case.version_id)
        .where(
            Case.subject_id == subject_id,
            Case.about == "akun",
            Case.ended_at.is_(None),
            ProcedureVersion.slug == slug,
        )
        .limit(1)
    )
