"""Where a task's working time went: waiting in the queue, being handled, standing still."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.clocks import Parts, Stop, split
from app.models import Task, TaskStop
from app.services import clock, store


@dataclass(frozen=True)
class TaskClock:
    """`parts` sum exactly to the working time that went by; `causes`: why it stood still, each once."""

    parts: Parts
    causes: tuple[str, ...]


def read(task: Task, now: datetime) -> TaskClock:
    """Until the task's end, or until `now`."""
    query = select(TaskStop).where(TaskStop.case_id == task.case_id, TaskStop.task_id == task.id)
    rows = store.session.scalars(query.order_by(TaskStop.started_at, TaskStop.id)).all()
    stops = [Stop(row.started_at, row.ended_at, row.cause) for row in rows]
    parts = split(clock.calendar(), task.opened_at, task.claimed_at, task.closed_at, now, stops)
    return TaskClock(parts, tuple(dict.fromkeys(stop.cause for stop in stops)))
