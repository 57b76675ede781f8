"""The timers of the diagram as rows, and the reminders that go with them."""

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Protocol

from app.domain.durations import Duration
from app.domain.tanggal import WIB, format_day, local_date
from app.procedures.model.document import Deadline
from app.procedures.model.procedure import Procedure
from app.procedures.model.steps import Step
from app.services import clock
from app.services.flow import opening
from app.services.flow.case_rows import CaseRows, Row
from app.workflow.contract import OpenedTimer

LAST_SECOND = time(23, 59, 59)


class Run(Protocol):
    id: str
    procedure: Procedure
    data: dict[str, Any]
    now: datetime
    tasks: dict[str, Row]
    facts: dict[str, str]
    rows: CaseRows


def begin(run: Run, timers: Sequence[OpenedTimer], done: Step | None) -> None:
    """Rows of the timers that began; the limit of a task that was opened is a word for its notices."""
    for timer in timers:
        rule = run.procedure.deadlines.get(timer.element)
        until = _chosen(run, rule, done)
        due = timer.due_at or (_end_of(until) if until else _usual(rule, run.now))
        run.rows.timers.append(opening.timer_row(run.id, "bpmn", timer.token, timer.element, due))
        if timer.task is not None:
            run.facts["batas"] = format_day(local_date(due))
            if until is not None and rule is not None:
                _move_reminders(run, run.tasks[timer.task], rule.length, due)


def reminder(opened: datetime, delay: Duration, usual: Duration, limit: datetime) -> datetime | None:
    """When to remind of a limit that is not the usual one; None: not at all.

    What lies in the first half of the usual time keeps its distance to the beginning, the rest to the end.
    """
    calendar, days = clock.calendar(), delay.days
    if 2 * days > usual.days:
        days = calendar.working_days(local_date(opened), local_date(limit)) - (usual.days - days)
    at = calendar.add(opened, Duration(days=days)) if days > 0 else opened
    return at if opened < at < limit else None


def _chosen(run: Run, rule: Deadline | None, done: Step | None) -> date | None:
    """The day that the step just done names; what an earlier visit named is over."""
    if rule is None or rule.field is None or done is None or rule.field[0] != done.id:
        return None
    answer = run.data["answers"].get(done.id, {}).get(rule.field[1])
    return date.fromisoformat(answer) if answer else None


def _usual(rule: Deadline | None, at: datetime) -> datetime:
    """Whole working days end with the day, as a resident reads a date; hours and minutes run by the clock."""
    assert rule is not None, "the check lets no timer pass that has no length"
    calendar, length = clock.calendar(), rule.length
    return calendar.add(at, length) if length.minutes else calendar.deadline(at, length.days)


def _end_of(day: date) -> datetime:
    return datetime.combine(day, LAST_SECOND, WIB)


def _move_reminders(run: Run, task: Row, usual: Duration, limit: datetime) -> None:
    delays = run.procedure.steps[task["step"]].reminders
    kept = []
    for row in run.rows.timers:
        if row["kind"] == "pengingat" and row["token"] == task["token"]:
            at = reminder(task["opened_at"], delays[int(row["element"].rpartition("#")[2])], usual, limit)
            if at is None:
                continue
            row = {**row, "due_at": at}
        kept.append(row)
    run.rows.timers = kept
