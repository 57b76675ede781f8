"""Tasks go back to their queue when whoever holds them may not do them any more: switched off, or without the role."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID, can
from app.models import Task, User, new_id
from app.services import clock, store
from app.services.accounts.people import as_actor
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.flow.case_run import CaseRun
from app.services.work import unit_of_work

KIND = "tugas_kembali"
REASON = "Petugasnya tidak lagi berhak mengerjakan langkah ini."
# Whoever was pressing a button at that very moment has got an answer by then.
AFTER = timedelta(minutes=1)


def ask(session: Session, user_id: str, at: datetime) -> None:
    """Inside the unit of work that takes rights from this person."""
    job_rows.add(session, f"{KIND}:{user_id}:{new_id()}", KIND, {"user": user_id}, at + AFTER, at=at)


def run(job: Lease) -> None:
    """`tugas_kembali`: every open task in these hands, each in its own transaction."""
    person = str(job.payload["user"])
    held = store.session.scalars(select(Task.id).where(Task.claimed_by == person, Task.closed_at.is_(None))).all()
    for task_id in held:
        _hand_back(task_id, person)
    job_rows.finish(job, _nothing)


def _hand_back(task_id: str, person: str) -> None:
    with unit_of_work() as session:
        case = CaseRun.lock(session, clock.now(), task_id=task_id)
        task = case.task(task_id)
        if task is None or task["claimed_by"] != person:
            return
        user = session.get_one(User, person)
        if user.active and can(as_actor(user), "complete", case.task_ref(task)):
            return
        case.let_go(task)
        case.change(task, claimed_by=None, claimed_at=None)
        what = {"tugas": task_id, "langkah": task["step"], "alasan": REASON}
        case.chain.add(SYSTEM_ID, "tugas_dilepas", what, case.now)
        case.save(last=True)


def _nothing(session: Session, at: datetime) -> None:
    """Each task's own transaction did it."""
