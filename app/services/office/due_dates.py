"""What another calendar does to what is open: due dates of tasks, and the limits and reminders that hang on them.

What stands where an earlier calendar of the office put it moves to where the new one puts it. Anything else (a day that
somebody chose, a length drawn in the diagram) stays. What a pemohon was told never comes earlier.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.calendar import WorkingCalendar
from app.domain.clocks import Stop, due_after_hold, due_after_stops, task_due
from app.models import Case, Task, TaskStop, Timer
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services.flow import published
from app.services.flow.opening import DEFAULT_QUEUE_LIMIT
from app.services.paging import at_most

BATCH = 200
NORM, LIMIT, REMINDER = "norma", "bpmn", "pengingat"


@dataclass(frozen=True)
class Move:
    """One due date that moves. `timer_id` "": of the task itself (its `norma` timer goes along).

    `was_late`: the task was marked late; `number`: of its case; `step`: its id, `step_name`: as officers know it.
    """

    case_id: str
    number: str
    task_id: str
    token: str
    step: str
    step_name: str
    timer_id: str
    kind: str
    before: datetime
    after: datetime
    was_late: bool


def open_cases(session: Session, after: str, limit: int = BATCH) -> Sequence[str]:
    """Cases with an open task, by id, the first `limit` behind `after`."""
    query = select(Task.case_id).where(Task.closed_at.is_(None), Task.case_id > after).distinct()
    return session.scalars(query.order_by(Task.case_id).limit(at_most(limit))).all()


def moves(
    session: Session, case_ids: Sequence[str], before: Sequence[WorkingCalendar], after: WorkingCalendar
) -> Iterator[Move]:
    """Of these cases; `before`: the calendars that something open may stand on."""
    if not case_ids:
        return
    cases = {
        row.id: row
        for row in session.execute(select(Case.id, Case.number, Case.version_id).where(Case.id.in_(case_ids)))
    }
    query = select(Task).where(Task.case_id.in_(case_ids), Task.closed_at.is_(None)).order_by(Task.case_id, Task.id)
    tasks = session.scalars(query).all()
    timers: dict[str, list[Timer]] = {}
    for timer in session.scalars(select(Timer).where(Timer.case_id.in_(case_ids), Timer.kind != NORM)):
        timers.setdefault(timer.case_id, []).append(timer)
    stops = _stops(session, case_ids)
    for task in tasks:
        case = cases[task.case_id]
        procedure = published.compiled(case.version_id)
        step = procedure.steps.get(task.step)
        if step is None:
            continue
        found = _of_task(procedure, step, task, timers.get(task.case_id, ()), stops.get(task.id, ()))
        for timer_id, kind, stands, by in found:
            moved = _moved(stands, by, before, after)
            if moved is None or (step.by_applicant and moved < stands):
                continue
            at = (task.case_id, case.number, task.id, task.token, task.step, step.name)
            yield Move(*at, timer_id, kind, stands, moved, task.late_at is not None)


Rule = Callable[[WorkingCalendar], datetime | None]


def _of_task(
    procedure: Procedure, step: Step, task: Task, timers: Sequence[Timer], stops: Sequence[Stop]
) -> Iterator[tuple[str, str, datetime, Rule]]:
    """(timer id, kind, where it stands, how a calendar puts it)."""
    if task.due_at is not None:
        yield "", NORM, task.due_at, lambda calendar: _due(calendar, step, task, stops)
    for timer in timers:
        if timer.kind == LIMIT and procedure.spec.attached.get(timer.element) == task.step:
            yield timer.id, LIMIT, timer.due_at, _limit_rule(procedure, timer, task, stops)
        elif timer.kind == REMINDER and timer.token == task.token:
            yield timer.id, REMINDER, timer.due_at, _reminder_rule(step, timer, task, stops)


def _due(calendar: WorkingCalendar, step: Step, task: Task, stops: Sequence[Stop]) -> datetime | None:
    due = task_due(calendar, task.opened_at, step.queue_limit or DEFAULT_QUEUE_LIMIT, step.norm)
    if due is None:
        return None
    last = max((stop.end for stop in stops if stop.end), default=task.opened_at)
    return due_after_stops(calendar, due, last, stops)


def _limit_rule(procedure: Procedure, timer: Timer, task: Task, stops: Sequence[Stop]) -> Rule:
    deadline = procedure.deadlines.get(timer.element)

    def put(calendar: WorkingCalendar) -> datetime | None:
        if deadline is None:
            return None
        length, begun = deadline.length, task.opened_at
        due = calendar.add(begun, length) if length.minutes else calendar.deadline(begun, length.days)
        return _after_holds(calendar, due, stops)

    return put


def _reminder_rule(step: Step, timer: Timer, task: Task, stops: Sequence[Stop]) -> Rule:
    number = timer.element.rpartition("#")[2]

    def put(calendar: WorkingCalendar) -> datetime | None:
        if not number.isdigit() or int(number) >= len(step.reminders):
            return None
        return _after_holds(calendar, calendar.add(task.opened_at, step.reminders[int(number)]), stops)

    return put


def _after_holds(calendar: WorkingCalendar, due: datetime, stops: Sequence[Stop]) -> datetime:
    for stop in stops:
        if stop.end is not None:
            due = due_after_hold(calendar, due, stop.start, stop.end)
    return due


def _moved(stands: datetime, by: Rule, before: Sequence[WorkingCalendar], after: WorkingCalendar) -> datetime | None:
    """Where it moves to; None: nowhere."""
    moved = by(after)
    if moved is None or moved == stands:
        return None
    return moved if any(by(calendar) == stands for calendar in before) else None


def _stops(session: Session, case_ids: Sequence[str]) -> Mapping[str, Sequence[Stop]]:
    """Task -> the stretches that are over, in order; one that goes on is counted when it ends."""
    found: dict[str, list[Stop]] = {}
    query = select(TaskStop).where(TaskStop.case_id.in_(case_ids), TaskStop.ended_at.is_not(None))
    for row in session.scalars(query.order_by(TaskStop.started_at)):
        found.setdefault(row.task_id, []).append(Stop(row.started_at, row.ended_at, row.cause))
    return found
