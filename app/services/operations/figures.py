"""What waits, how long, and who is alive: read from the database whenever somebody measures. Nobody is named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, case, func, literal, or_, select

from app.models import Job, Task, Timer
from app.services import store
from app.services.operations import heartbeats
from app.services.records import seals

WAITING, DUE, LEASED, FAILED = "menunggu", "jatuh_tempo", "dikerjakan", "insiden"


@dataclass(frozen=True)
class Figures:
    """`tasks`, `late`: (step, queue) -> open ones. `jobs`: (kind, state) -> those that are not done.

    `oldest_job_s`, `oldest_timer_s`: seconds since the longest waiting one was due, 0 when none is. `seal_age_s`: None
    where nothing was sealed yet; `unsealed_s`: how long the oldest unsealed entry of the trail waits.
    """

    tasks: Mapping[tuple[str, str], int]
    late: Mapping[tuple[str, str], int]
    jobs: Mapping[tuple[str, str], int]
    oldest_job_s: float
    overdue_timers: int
    oldest_timer_s: float
    alive: Mapping[str, int]
    seal_age_s: float | None
    unsealed_s: float


def read(now: datetime) -> Figures:
    """Raises SQLAlchemyError when the database does not answer."""
    tasks, late = _tasks(now)
    timers, oldest_timer = _timers(now)
    jobs, oldest_job, alive = _jobs(now), _oldest_job(now), heartbeats.alive(now)
    return Figures(tasks, late, jobs, oldest_job, timers, oldest_timer, alive, seals.age(now), seals.waiting(now))


def _tasks(now: datetime) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    is_late = and_(Task.due_at < now, Task.held_at.is_(None))
    query = (
        select(Task.step, Task.queue, func.count(), func.sum(case((is_late, 1), else_=0)))
        .where(Task.closed_at.is_(None))
        .group_by(Task.step, Task.queue)
    )
    rows = store.session.execute(query).all()
    return {(step, queue): count for step, queue, count, _ in rows}, {
        (step, queue): int(late) for step, queue, _, late in rows
    }


def _jobs(now: datetime) -> dict[tuple[str, str], int]:
    open_ones = and_(Job.done_at.is_(None), Job.failed_at.is_(None))
    state = case((Job.lease_until >= now, LEASED), (Job.due_at <= now, DUE), else_=WAITING)
    found = {}
    for shown, which in ((state, open_ones), (literal(FAILED), Job.failed_at.is_not(None))):
        label: ColumnElement[str] = shown.label("state")
        query = select(Job.kind, label, func.count()).where(which).group_by(Job.kind, label)
        found.update({(kind, word): count for kind, word, count in store.session.execute(query)})
    return found


def _oldest_job(now: datetime) -> float:
    nobodys = or_(Job.lease_until.is_(None), Job.lease_until < now)
    query = select(func.min(Job.due_at)).where(Job.done_at.is_(None), Job.failed_at.is_(None), nobodys)
    return _age(store.session.scalar(query), now)


def _timers(now: datetime) -> tuple[int, float]:
    query = select(func.count(), func.min(Timer.due_at)).where(Timer.due_at <= now, Timer.held_at.is_(None))
    count, oldest = store.session.execute(query).one()
    return count, _age(oldest, now)


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since is not None else 0.0
