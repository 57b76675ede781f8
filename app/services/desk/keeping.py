"""What an officer has typed on a task and not sent: kept for them alone until the task leaves their hands."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete

from app.domain.actors import Actor
from app.domain.errors import TaskClosed, TaskNotYours
from app.domain.texts import storable
from app.models import Task, TaskDraft
from app.services import clock, store
from app.services.background import job_rows
from app.services.flow import tasks
from app.services.work import unit_of_work


@dataclass(frozen=True)
class Kept:
    """`raw`: as answers.clean takes it, good or not."""

    raw: Mapping[str, Any]
    at: datetime


def keep(actor: Actor, task_id: str, raw: Mapping[str, Any]) -> datetime:
    """Keep it in place of what was kept before; when that was. Raises NotFound, TaskClosed, TaskNotYours."""
    at = clock.now()
    with unit_of_work() as session:
        known = session.get(Task, task_id)
        job_rows.lock_case(session, known.case_id if known else None)
        session.expire_all()
        view = tasks.load(actor, task_id)
        if not view.mine:
            raise TaskNotYours if view.task.closed_at is None else TaskClosed
        draft = TaskDraft(task_id=task_id, owner_id=actor.id, case_id=view.case.id, raw=storable(raw), saved_at=at)
        session.merge(draft)
    return at


def kept(actor: Actor, task_id: str) -> Kept | None:
    """What this very person typed on this task."""
    draft = store.session.get(TaskDraft, (task_id, actor.id))
    return Kept(draft.raw, draft.saved_at) if draft else None


def forget(actor: Actor, task_id: str) -> None:
    """Begin anew. Nothing kept: nothing happens."""
    with unit_of_work() as session:
        session.execute(delete(TaskDraft).where(TaskDraft.task_id == task_id, TaskDraft.owner_id == actor.id))
