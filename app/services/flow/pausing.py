"""A task whose clock stands still in its officer's hands: the work cannot go on for a cause outside (SIAK is down).

Unlike a held one it may be completed at any moment, which ends the pause.
"""

from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from app.domain.clocks import Stop, due_after_stops
from app.models import TaskStop, Timer
from app.procedures.model.procedure import Procedure
from app.services import clock
from app.services.flow import holding

Row = dict[str, Any]


class Run(Protocol):
    session: Session
    id: str
    procedure: Procedure
    now: datetime

    def change(self, task: Row, **values: Any) -> None: ...

    def save_stops(self, stops: list[Row]) -> None: ...


def begin(run: Run, task: Row, cause: str) -> None:
    """The task's clock and its timers stand still from now on."""
    run.change(task, paused_at=run.now, paused_for=cause)
    run.save_stops([holding.stop_row(run.id, task, cause, run.now)])
    still = update(Timer).where(_its_timers(run, task), Timer.held_at.is_(None)).values(held_at=run.now)
    run.session.execute(still, execution_options={"synchronize_session": False})


def end(run: Run, task: Row, *, closing: bool = False) -> None:
    """The clock runs again, later by the working time that went by. `closing`: the task ends, its timers with it."""
    stop = Stop(task["paused_at"], run.now, task["paused_for"])
    calendar = clock.calendar()
    over = update(TaskStop).where(TaskStop.task_id == task["id"], TaskStop.ended_at.is_(None)).values(ended_at=run.now)
    run.session.execute(over, execution_options={"synchronize_session": False})
    due = task["due_at"] and due_after_stops(calendar, task["due_at"], run.now, [stop])
    run.change(task, paused_at=None, paused_for="", due_at=due)
    if closing:
        return
    for timer in run.session.scalars(select(Timer).where(_its_timers(run, task), Timer.held_at.is_not(None))):
        timer.due_at = due_after_stops(calendar, timer.due_at, run.now, [stop])
        timer.held_at = None
    run.session.flush()


def _its_timers(run: Run, task: Row) -> ColumnElement[bool]:
    """Its own, and those drawn on its step."""
    drawn = [element for element, step in run.procedure.spec.attached.items() if step == task["step"]]
    return and_(Timer.case_id == run.id, or_(Timer.token == task["token"], Timer.element.in_(drawn)))
