"""Many tasks at once, done by a worker while their officer watches: begun once, and tried again where it failed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.domain.errors import InvalidInput, NotFound
from app.models import BulkItem, BulkRun, Case, Job, Task, new_id
from app.services import clock, store
from app.services.background import job_rows
from app.services.flow import keys
from app.services.work import unit_of_work

KIND = "massal"
WAITING, DONE, FAILED = "menunggu", "selesai", "gagal"
MOST = 200
PART = 20
"""Tasks for each job: well within a lease, and others get their turn in between."""
RECENT = 5


@dataclass(frozen=True)
class Item:
    number: str
    task_id: str
    state: str
    problem: str


@dataclass(frozen=True)
class Run:
    """`done` and `failed` of `total`; the rest still waits for the worker.

    `resumes_at`: when it is tried again after something broke; `is_stuck`: nobody works on it until it is tried again.
    """

    id: str
    title: str
    step: str
    created_at: datetime
    total: int
    done: int
    failed: int
    resumes_at: datetime | None = None
    is_stuck: bool = False

    @property
    def handled(self) -> int:
        return self.done + self.failed

    @property
    def is_over(self) -> bool:
        return self.handled == self.total


def start(actor: Actor, step: str, title: str, task_ids: Sequence[str], key: str, raw: Mapping[str, Any]) -> str:
    """Hand these tasks to a worker; the run's id. The same key again is the same run, whatever else came with it.

    `raw`: what to answer for each; empty = what its officer typed on it. Raises InvalidInput for none or too many,
    StaleForm for a key that is none.
    """
    keys.check(key)
    chosen = list(dict.fromkeys(task_ids))
    if not chosen or len(chosen) > MOST:
        raise InvalidInput({"pilih": [f"Pilih sedikitnya satu permohonan, paling banyak {MOST}."]})
    at = clock.now()
    numbers = _numbers(chosen)
    with unit_of_work() as session:
        known = session.scalar(select(BulkRun.id).where(BulkRun.owner_id == actor.id, BulkRun.key == key))
        if known is not None:
            return known
        run = BulkRun(
            id=new_id(), owner_id=actor.id, key=key, step=step, title=title, raw=dict(raw), round=1, created_at=at
        )
        session.add(run)
        session.flush()
        there = [task_id for task_id in chosen if task_id in numbers]
        session.add_all(
            BulkItem(run_id=run.id, position=n, task_id=task_id, number=numbers[task_id], state=WAITING, problem="")
            for n, task_id in enumerate(there, 1)
        )
        ask_for_work(session, run.id, 1, 1, at)
        return run.id


def known(actor: Actor, key: str) -> str | None:
    """The run that this form began already, if it did."""
    return store.session.scalar(select(BulkRun.id).where(BulkRun.owner_id == actor.id, BulkRun.key == key))


def ask_for_work(session: Session, run_id: str, round: int, part: int, at: datetime) -> None:
    """One job for the next part of the run, inside the caller's unit of work."""
    job_rows.add(session, _key(run_id, round, part), KIND, {"run": run_id, "part": part}, at, at=at)


def retry(actor: Actor, run_id: str) -> int:
    """Have what failed tried again, and what nobody works on any more; how many. A second click: 0. Raises NotFound."""
    at = clock.now()
    with unit_of_work() as session:
        run = session.get(BulkRun, run_id, with_for_update=True)
        if run is None or run.owner_id != actor.id:
            raise NotFound
        left = (FAILED, WAITING) if _trouble(session, run)[1] else (FAILED,)
        again = (
            update(BulkItem)
            .where(BulkItem.run_id == run_id, BulkItem.state.in_(left))
            .values(state=WAITING, problem="", done_at=None)
            .returning(BulkItem.position)
        )
        count = len(session.execute(again, execution_options={"synchronize_session": False}).all())
        if count:
            run.round += 1
            ask_for_work(session, run_id, run.round, 1, at)
    return count


def load(actor: Actor, run_id: str) -> tuple[Run, tuple[Item, ...]]:
    """The actor's own run and its tasks in their order. Raises NotFound."""
    run = store.session.get(BulkRun, run_id)
    if run is None or run.owner_id != actor.id:
        raise NotFound
    rows = store.session.scalars(select(BulkItem).where(BulkItem.run_id == run_id).order_by(BulkItem.position)).all()
    items = tuple(Item(row.number, row.task_id, row.state, row.problem) for row in rows)
    states = [item.state for item in items]
    found = _run(run, len(items), states.count(DONE), states.count(FAILED))
    if not found.is_over:
        resumes_at, is_stuck = _trouble(store.session(), run)
        found = replace(found, resumes_at=resumes_at, is_stuck=is_stuck)
    return found, items


def _trouble(session: Session, run: BulkRun) -> tuple[datetime | None, bool]:
    """When the run's job is tried again, None where it broke not or for good; whether nobody will."""
    named = [_key(run.id, run.round, part) for part in range(1, MOST // PART + 2)]
    its = select(Job.failed_at, Job.due_at, Job.error).where(Job.key.in_(named), Job.done_at.is_(None))
    job = session.execute(its).first()
    if job is None or job.failed_at is not None:
        return None, True
    return (job.due_at if job.error else None), False


def _key(run_id: str, round: int, part: int) -> str:
    return f"{KIND}:{run_id}:{round}:{part}"


def recent(actor: Actor) -> tuple[Run, ...]:
    """The actor's latest few."""
    runs = store.session.scalars(
        select(BulkRun)
        .where(BulkRun.owner_id == actor.id)
        .order_by(BulkRun.created_at.desc(), BulkRun.id.desc())
        .limit(RECENT)
    ).all()
    counted: dict[tuple[str, str], int] = {}
    rows = store.session.execute(
        select(BulkItem.run_id, BulkItem.state, func.count().label("n"))
        .where(BulkItem.run_id.in_([run.id for run in runs]))
        .group_by(BulkItem.run_id, BulkItem.state)
    )
    for row in rows:
        counted[row.run_id, row.state] = row.n
    states = (WAITING, DONE, FAILED)
    totals = {run.id: sum(counted.get((run.id, state), 0) for state in states) for run in runs}
    return tuple(
        _run(run, totals[run.id], counted.get((run.id, DONE), 0), counted.get((run.id, FAILED), 0)) for run in runs
    )


def _run(run: BulkRun, total: int, done: int, failed: int) -> Run:
    return Run(run.id, run.title, run.step, run.created_at, total, done, failed)


def _numbers(task_ids: Sequence[str]) -> dict[str, str]:
    rows = store.session.execute(
        select(Task.id, Case.number).join(Case, Case.id == Task.case_id).where(Task.id.in_(task_ids))
    )
    return {row.id: row.number for row in rows}
