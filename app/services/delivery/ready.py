"""What is ready to be sent: results that their officer put on a task in hand and has not sent yet."""

from dataclasses import dataclass

from sqlalchemy import select

from app.domain.actors import Actor
from app.models import Case, Task, TaskDraft, Upload, User
from app.services import signatures, store
from app.services.delivery import runs, targets

LISTED = runs.MOST


@dataclass(frozen=True)
class Ready:
    """A task whose PDF is there. `blocked`: what a person has to look at first, "" = nothing."""

    task_id: str
    case_id: str
    subject_id: str
    step: str
    number: str
    applicant: str
    told: str
    warns: bool
    blocked: str


def listed(actor: Actor) -> tuple[Ready, ...]:
    """The actor's own, the most urgent first."""
    fields = targets.field_names(targets.of(actor))
    rows = store.session.execute(
        select(Task.id, Task.step, Task.case_id, Case.number, Case.subject_id, User.name, TaskDraft.raw)
        .join(TaskDraft, TaskDraft.task_id == Task.id)
        .join(Case, Case.id == Task.case_id)
        .join(User, User.id == Case.subject_id)
        .where(
            Task.claimed_by == actor.id,
            Task.closed_at.is_(None),
            Task.held_at.is_(None),
            Task.step.in_(sorted(fields)),
            TaskDraft.owner_id == actor.id,
        )
        .order_by(Task.due_at, Task.id)
        .limit(LISTED)
    ).all()
    given = {row.id: str((row.raw.get(fields[row.step]) or [""])[0]) for row in rows}
    uploads = {
        row.id: row.findings
        for row in store.session.execute(
            select(Upload.id, Upload.findings)
            .where(Upload.id.in_([one for one in given.values() if one]))
            .where(Upload.cut_at.is_(None))
        )
    }
    found = []
    for row in rows:
        if (upload := given[row.id]) not in uploads:
            continue
        findings = uploads[upload] or {}
        unread = findings.get("cocok") is None and not row.raw.get("nomor_dicocokkan")
        found.append(
            Ready(
                task_id=row.id,
                case_id=row.case_id,
                subject_id=row.subject_id,
                step=row.step,
                number=row.number,
                applicant=row.name,
                told=signatures.told(findings),
                warns=signatures.warns(findings),
                blocked="Nomor KK tidak terbaca; cocokkan di layar tugasnya." if unread else "",
            )
        )
    return tuple(found)
