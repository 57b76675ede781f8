"""Which files of a case its pemohon was given: those that a delivering step was completed with, and no others.

What an officer put on such a step and did not send is the office's own.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from app.models import Answer, Upload
from app.procedures.model.procedure import Procedure

Answers = Mapping[str, Mapping[str, Any]]


def steps(procedure: Procedure) -> tuple[str, ...]:
    """The steps that deliver; that of a later delivery (kirim_ulang) comes last."""
    named = (str(procedure.delivery.get(key, "")) for key in ("langkah", "kirim_ulang"))
    return tuple(step for step in named if step in procedure.forms)


def latest(procedure: Procedure, answers: Answers) -> dict[str, list[str]]:
    """Delivering step -> upload ids of what it was completed with last."""
    return {step: _files(procedure, step, answers.get(step, {})) for step in steps(procedure)}


def newest(procedure: Procedure, answers: Answers) -> Sequence[str]:
    """Upload ids of the latest delivery."""
    deliveries = [ids for ids in latest(procedure, answers).values() if ids]
    return deliveries[-1] if deliveries else []


def ever(session: Session, case_id: str, procedure: Procedure) -> list[str]:
    """Upload ids of every delivery of the case, also of those that another one took the place of."""
    rows = session.execute(
        select(Answer.step, Answer.data)
        .where(Answer.case_id == case_id, Answer.step.in_(steps(procedure)))
        .order_by(Answer.at, Answer.id)
    )
    found = [
        upload
        for row in rows
        if not procedure.forms[row.step].leaves_open(row.data)
        for upload in _files(procedure, row.step, row.data)
    ]
    return list(dict.fromkeys(found))


def to_pemohon(session: Session, case_id: str, procedure: Procedure) -> ColumnElement[bool]:
    """Which uploads its pemohon may have: what was handed in in their own steps, and what was delivered and not cut."""
    own = [step.id for step in procedure.steps.values() if step.by_applicant]
    theirs = or_(Upload.step.in_(own), Upload.id.in_(ever(session, case_id, procedure)))
    return and_(Upload.case_id == case_id, theirs, Upload.cut_at.is_(None))


def _files(procedure: Procedure, step: str, given: Mapping[str, Any]) -> list[str]:
    form = procedure.forms[step]
    kinds = {field.id for section in form.sections for field in section.fields if field.kind == "berkas"}
    return [str(upload) for name, value in given.items() if name in kinds for upload in value or ()]
