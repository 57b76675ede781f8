"""What fitted is confirmed: the task is claimed, and the PDF becomes what its officer put on it and has not sent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import AlurError, TaskClosed, TaskNotYours
from app.models import Case, StagedResult, Task, TaskDraft, Upload, new_id
from app.procedures.answers import prefill
from app.services import clock, signatures, store
from app.services.background import job_rows
from app.services.delivery import targets
from app.services.flow import form_context, tasks
from app.services.flow.tasks import TaskView
from app.services.portal.intake import check_room
from app.services.records import trail
from app.services.work import unit_of_work


@dataclass(frozen=True)
class Attached:
    """`problem`: "" where the PDF is on its task now; else it still waits, or went with its task."""

    number: str
    task_id: str
    problem: str


def attach(actor: Actor, ids: Sequence[str]) -> list[Attached]:
    """Each stands or falls alone; one that was attached before (a second click) is not there any more."""
    rows = store.session.execute(
        select(StagedResult.id, StagedResult.task_id, Case.number)
        .join(Case, Case.id == StagedResult.case_id)
        .where(StagedResult.owner_id == actor.id, StagedResult.id.in_(ids))
        .order_by(StagedResult.created_at, StagedResult.id)
    ).all()
    return [Attached(row.number, row.task_id, _attached(actor, row.id, row.task_id)) for row in rows]


def _attached(actor: Actor, staged_id: str, task_id: str) -> str:
    try:
        view = tasks.load(actor, task_id)
        if not view.mine:
            tasks.claim(actor, task_id)
            view = tasks.load(actor, task_id)
        if not view.mine:
            raise TaskNotYours
        _write(actor, view, staged_id, _defaults(view))
    except AlurError as problem:
        return problem.pesan
    return ""


def _defaults(view: TaskView) -> dict[str, Any]:
    """What the form would show at first, so that the task can be sent as it is."""
    if view.form is None:
        raise TaskClosed
    context = form_context.for_task(store.session(), view.case, view.task, view.case.procedure)
    return prefill(view.form, context)


def _write(actor: Actor, view: TaskView, staged_id: str, defaults: Mapping[str, Any]) -> None:
    field = targets.field_of(view.case.procedure, view.step.id)
    at = clock.now()
    with unit_of_work() as session:
        job_rows.lock_case(session, view.case.id)
        task = session.get_one(Task, view.task.id)
        if task.claimed_by != actor.id or task.closed_at is not None or field is None:
            raise TaskClosed
        taken = (
            delete(StagedResult)
            .where(StagedResult.id == staged_id)
            .returning(StagedResult.digest, StagedResult.findings)
        )
        row = session.execute(taken, execution_options={"synchronize_session": False}).one_or_none()
        if row is None:
            return  # another click was first
        upload = _upload(session, actor, view, field.id, row.digest, row.findings, at)
        kept = session.get(TaskDraft, (view.task.id, actor.id))
        raw = {**defaults, **(kept.raw if kept else {}), field.id: [upload.id]}
        session.merge(TaskDraft(task_id=task.id, owner_id=actor.id, case_id=view.case.id, raw=raw, saved_at=at))


def _upload(
    session: Session,
    actor: Actor,
    view: TaskView,
    field: str,
    digest: str,
    findings: Mapping[str, Any],
    at: datetime,
) -> Upload:
    check_room(session, None, view.case.id)
    upload = Upload(
        id=new_id(),
        owner_id=actor.id,
        case_id=view.case.id,
        step=view.step.id,
        field=field,
        digest=digest,
        findings=dict(findings),
        created_at=at,
    )
    session.add(upload)
    told = signatures.for_trail(findings)
    what = {"berkas": upload.id, "sidik": digest, "kasus": view.case.id, **told}
    trail.append(session, trail.account_stream(actor.id), actor.id, "berkas_diterima", what, at)
    return upload
