"""A case whose other work stands still: while what a message opened (a withdrawal) is not done, the rest is held.

Held tasks may be read and nothing else; their clocks and the case's timers stand still, with a cause in `task_stops`.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.clocks import due_after_hold
from app.models import TaskStop, Timer, new_id
from app.services import clock

HELD = "ditahan"
"""Under this key of `cases.data`: {"oleh": tokens that must end first, "status": the word before, "sebab": cause}."""

Row = dict[str, Any]


class Run(Protocol):
    session: Session
    id: str
    data: dict[str, Any]
    status: str
    now: datetime
    tasks: dict[str, Row]

    def change(self, task: Row, **values: Any) -> None: ...

    def save_stops(self, stops: list[Row]) -> None:
        """Write these new rows of `task_stops` with the rest of the step."""


def is_holding(run: Run) -> bool:
    return HELD in run.data


def begin(run: Run, first: Iterable[Row], status: str, cause: str) -> None:
    """Hold everything but the tasks `first`, which were opened just now; `status`: the word to come back to."""
    free = {task["token"] for task in first}
    run.data[HELD] = {"oleh": sorted(free), "status": status, "sebab": cause}
    hold(run, [task for task in run.tasks.values() if task["token"] not in free])
    still = update(Timer).where(Timer.case_id == run.id, Timer.held_at.is_(None)).values(held_at=run.now)
    run.session.execute(still, execution_options={"synchronize_session": False})


def hold(run: Run, tasks: Iterable[Row]) -> None:
    """These open tasks stand still from now on."""
    cause = run.data[HELD]["sebab"]
    stops = []
    for task in tasks:
        run.change(task, held_at=run.now)
        stops.append(stop_row(run.id, task, cause, run.now))
    run.save_stops(stops)


def follow(run: Run, closed: Iterable[str], opened: list[Row]) -> None:
    """After a step taken while holding: what the freed tasks open is free too, everything else new is held."""
    holding = run.data[HELD]
    before = set(holding["oleh"])
    if before & set(closed):
        holding["oleh"] = sorted((before - set(closed)) | {task["token"] for task in opened})
    else:
        hold(run, [task for task in opened if task["held_at"] is None])


def is_over(run: Run) -> bool:
    return not set(run.data[HELD]["oleh"]) & run.tasks.keys()


def end(run: Run) -> None:
    """Everything runs again, later by the working time that went by. The case's word is that of before."""
    calendar = clock.calendar()
    run.status = run.data.pop(HELD)["status"]
    for task in run.tasks.values():
        if task["held_at"] is not None:
            due = task["due_at"] and due_after_hold(calendar, task["due_at"], task["held_at"], run.now)
            run.change(task, held_at=None, due_at=due)
    for timer in run.session.scalars(select(Timer).where(Timer.case_id == run.id, Timer.held_at.is_not(None))):
        assert timer.held_at is not None
        timer.due_at = due_after_hold(calendar, timer.due_at, timer.held_at, run.now)
        timer.held_at = None
    run.session.flush()
    close_stops(run)


def close_stops(run: Run) -> None:
    """The stretches that were still open end now."""
    over = update(TaskStop).where(TaskStop.case_id == run.id, TaskStop.ended_at.is_(None)).values(ended_at=run.now)
    run.session.execute(over, execution_options={"synchronize_session": False})


def stop_row(case_id: str, task: Row, cause: str, at: datetime) -> Row:
    """A full row of `task_stops`: a stretch that begins."""
    return {
        "id": new_id(),
        "case_id": case_id,
        "task_id": task["id"],
        "cause": cause,
        "started_at": at,
        "ended_at": None,
    }


def insert_stops(session: Session, stops: list[Row]) -> None:
    session.connection().execute(insert(TaskStop.__table__), stops)  # type: ignore[arg-type]
