"""The worker's side of a run: a part of its tasks, one transaction each, so that a kill loses and repeats nothing."""

from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import AlurError, Forbidden, InvalidInput, TaskClosed
from app.domain.masking import mask_in_text
from app.models import BulkItem, BulkRun, TaskDraft, User
from app.services import clock, store
from app.services.accounts import acting
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.delivery import runs
from app.services.flow import tasks
from app.services.work import unit_of_work

KIND = runs.KIND
INTERRUPTED = "Terputus oleh gangguan sistem. Ulangi, atau kerjakan dari layar tugasnya."


def work(job: Lease) -> None:
    """`massal`: the next PART of the run, then a job for what is left.

    What breaks the worker must not stand in the way of the others for ever: from the second attempt on each is a failed
    one until it is known to be done.
    """
    run = store.session.get(BulkRun, str(job.payload["run"]))
    if run is None:
        job_rows.finish(job, lambda session, at: None)
        return
    run_id, round, raw = run.id, run.round, dict(run.raw)
    owner = store.session.get(User, run.owner_id)
    actor = acting.actor_of(store.session(), owner) if owner is not None and owner.active else None
    waiting = list(
        store.session.execute(
            select(BulkItem.position, BulkItem.task_id)
            .where(BulkItem.run_id == run_id, BulkItem.state == runs.WAITING)
            .order_by(BulkItem.position)
            .limit(runs.PART + 1)
        )
    )
    for position, task_id in waiting[: runs.PART]:
        if job.attempt > 1:
            _note(run_id, position, INTERRUPTED)
        problem = do_one(actor, run_id, task_id, raw)
        _note(run_id, position, problem)

    def next_part(session: Session, at: datetime) -> None:
        if len(waiting) > runs.PART:
            runs.ask_for_work(session, run_id, round, int(job.payload["part"]) + 1, at)

    job_rows.finish(job, next_part)


def do_one(actor: Actor | None, run_id: str, task_id: str, raw: dict[str, Any]) -> str:
    """Why it could not be done, "" where it is. Done before by this very run (its key says so) is done."""
    try:
        if actor is None:
            raise Forbidden("Akun yang memulai ini sudah dinonaktifkan.")
        view = tasks.load(actor, task_id)
        if view.task.closed_at is not None:
            if view.task.completed_by == actor.id:
                return ""
            raise TaskClosed("Tugas ini sudah diselesaikan orang lain atau ditutup.")
        kept = store.session.get(TaskDraft, (task_id, actor.id))
        given = dict(kept.raw) if kept and not raw else raw
        ((_, outcome),) = tasks.complete_many(actor, [(task_id, view.task.version)], f"massal-{run_id}", given)
    except AlurError as problem:
        return _words(problem)
    return _words(outcome) if isinstance(outcome, AlurError) else ""


def _words(problem: AlurError) -> str:
    said = problem.pesan
    if isinstance(problem, InvalidInput):
        said = " ".join(dict.fromkeys(text for each in problem.errors.values() for text in each)) or said
    return mask_in_text(said)[:400]


def _note(run_id: str, position: int, problem: str) -> None:
    state = runs.FAILED if problem else runs.DONE
    with unit_of_work() as session:
        session.execute(
            update(BulkItem)
            .where(BulkItem.run_id == run_id, BulkItem.position == position)
            .values(state=state, problem=problem, done_at=clock.now()),
            execution_options={"synchronize_session": False},
        )
