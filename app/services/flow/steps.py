"""Steps nobody clicks: service tasks whose job has run, and timers of the diagram."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM
from app.models import Timer
from app.services import clock
from app.services.flow.case_run import CaseRun
from app.services.work import unit_of_work


def complete_job(
    session: Session, case_id: str, token: str, step: str, answers: Mapping[str, Any] | None, now: datetime
) -> None:
    """The job of a service task has run; inside the job's own unit of work, so both are done or neither."""
    run = CaseRun.lock(session, now, case_id=case_id)
    run.complete(token, step, SYSTEM, answers)
    run.save()


def fire(case_id: str, token: str, element: str) -> bool:
    """A drawn timer is due. False: somebody finished the task, or another sweeper fired it, first."""
    now = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, case_id=case_id)
        still_there = session.scalar(
            select(Timer.id).where(
                Timer.case_id == case_id,
                Timer.kind == "bpmn",
                Timer.token == token,
                Timer.due_at <= now,
                Timer.held_at.is_(None),
            )
        )
        if still_there is None:
            return False
        run.fire(token, element, SYSTEM)
        run.save()
    return True
