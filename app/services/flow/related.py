"""A case opened because of an answer in another one: what was written and handed in goes along, nobody asks twice."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.models import Case, CaseLink, Permohonan, Task, Upload, new_id
from app.procedures.berkas import KIND_FIELD, paths, with_replacements
from app.procedures.model.form import Form
from app.services import store
from app.services.flow import cases
from app.services.flow.case_rows import Row
from app.services.flow.case_run import CaseRun
from app.services.records.counters import case_number

VERB = "kasus_lanjutan"


@dataclass(frozen=True)
class Linked:
    """`task_id`: where officers see it, its newest task."""

    case_id: str
    number: str
    status: str
    task_id: str


@dataclass(frozen=True)
class Links:
    """`origin`: what this case was opened for; `followers`: what was opened for it."""

    origin: Linked | None
    followers: tuple[Linked, ...]


def open_if_asked(session: Session, run: CaseRun, actor: Actor, task: Row) -> str | None:
    """After the step of `task`: open what its answers ask for (`kasus_lanjutan`), in the same unit of work.

    Returns the new case's id. A step is completed once, so it opens one case at most.
    """
    rule = run.procedure.follow_up
    if rule is None or not rule.asked_by(task["step"], run.data["answers"]):
        return None
    first = run.procedure.first_step
    ids: dict[str, str] = {}
    answers = with_replacements(run.procedure.forms, first, run.data["answers"])
    case_id, number = new_id(), case_number(session, run.procedure.slug, run.now)
    copies = _copy_uploads(session, run.procedure.forms[first], answers, case_id, ids)
    case = session.get_one(Case, run.id)
    cases.open_case(
        session,
        actor,
        case_id=case_id,
        version_id=case.version_id,
        subject_id=run.subject_id,
        unit=run.unit,
        number=number,
        answers=_renamed(answers, ids),
        at=run.now,
        origin=(run.id, run.number),
        priority=rule.priority,
    )
    before = session.get(Permohonan, run.id)
    kind = str(answers.get(KIND_FIELD, ""))
    request = Permohonan(
        case_id=case_id,
        jenis=kind if kind in run.procedure.kinds else "",
        draft_id=case_id,
        pin_hash=before.pin_hash if before else "",
    )
    link = CaseLink(task_id=task["id"], from_case=run.id, to_case=case_id, at=run.now)
    session.add_all([*copies, request, link])
    session.flush()
    run.chain.add(actor.id, VERB, {"langkah": task["step"], "kasus": case_id, "nomor": number}, run.now)
    return case_id


def links(case_id: str) -> Links:
    """The caller may see the case, and so those that belong to it: they are the same pemohon's in the same unit."""
    origins = _linked(select(CaseLink.from_case).where(CaseLink.to_case == case_id))
    followers = _linked(select(CaseLink.to_case).where(CaseLink.from_case == case_id))
    return Links(origins[0] if origins else None, followers)


def _linked(ids: Any) -> tuple[Linked, ...]:
    newest = (
        select(Task.id)
        .where(Task.case_id == Case.id)
        .order_by(Task.closed_at.is_(None).desc(), Task.opened_at.desc(), Task.id)
        .limit(1)
        .correlate(Case)
        .scalar_subquery()
    )
    query = select(Case.id, Case.number, Case.status, func.coalesce(newest, "")).where(Case.id.in_(ids))
    return tuple(Linked(*row) for row in store.session.execute(query.order_by(Case.opened_at, Case.id)))


def _copy_uploads(
    session: Session, form: Form, answers: Mapping[str, Any], case_id: str, ids: dict[str, str]
) -> list[Upload]:
    """New rows for the same bytes; `ids` is filled: old upload id -> new one."""
    copies = []
    where = paths(form, answers)
    for old in session.scalars(select(Upload).where(Upload.id.in_(sorted(_texts(answers))))):
        ids[old.id] = new_id()
        copies.append(
            Upload(
                id=ids[old.id],
                owner_id=old.owner_id,
                case_id=case_id,
                step=form.step,
                field=where.get(old.id, old.field),
                requirement=old.requirement,
                digest=old.digest,
                created_at=old.created_at,
                findings=old.findings,
            )
        )
    return copies


def _renamed(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _renamed(each, ids) for key, each in value.items()}
    if isinstance(value, list):
        return [_renamed(each, ids) for each in value]
    return ids.get(value, value) if isinstance(value, str) else value


def _texts(value: Any) -> set[str]:
    if isinstance(value, Mapping):
        return set().union(*map(_texts, value.values()))
    if isinstance(value, list):
        return set().union(*map(_texts, value))
    return {value} if isinstance(value, str) and len(value) <= 22 else set()
