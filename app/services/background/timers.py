"""The sweeper's work: due timers. Each in its own transaction, so that one that fails stops no other; only tasks that
become late go in batches, and a batch that fails goes one by one."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID
from app.domain.errors import AlurError, EngineFault
from app.domain.tanggal import format_day, local_date
from app.models import Answer, Case, Task, Timer
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.background import breaches, job_rows
from app.services.background.job_rows import Lease
from app.services.flow import published, steps
from app.services.messages import notices
from app.services.paging import at_most
from app.services.records import trail
from app.services.work import unit_of_work

log = logging.getLogger("alur.timers")

LIMIT = 500
# A timer that failed is a job's matter from then on; the sweeper looks at it again only after this.
ASIDE = timedelta(days=1)
REMINDER = "Pengingat: "


@dataclass(frozen=True)
class Due:
    id: str
    case_id: str
    kind: str
    token: str
    element: str


def sweep(now: datetime, limit: int = LIMIT) -> int:
    """Handle what is due at `now`; how many this sweeper handled. Safe beside other sweepers."""
    due = _due(now, limit)
    late = [timer for timer in due if timer.kind == "norma"]
    handled = sum(_mark_late(late[at : at + breaches.BATCH], now) for at in range(0, len(late), breaches.BATCH))
    return handled + sum(_handle(timer, now) for timer in due if timer.kind != "norma")


def fire_again(job: Lease) -> None:
    """`timer`: a timer that failed before. Gone meanwhile: nothing is left to do."""
    timer = Due(**job.payload["timer"])
    now = clock.now()
    with unit_of_work() as session:
        session.execute(update(Timer).where(Timer.id == timer.id).values(due_at=now))
    if not _fire(timer, now) and store.session.get(Timer, timer.id) is not None:
        raise EngineFault("Kasus ini sedang dikerjakan; dicoba lagi.")
    job_rows.finish(job, _nothing)


def _due(now: datetime, limit: int) -> list[Due]:
    query = (
        select(Timer.id, Timer.case_id, Timer.kind, Timer.token, Timer.element)
        .where(Timer.due_at <= now, Timer.held_at.is_(None))
        .order_by(Timer.due_at, Timer.id)
        .limit(at_most(limit))
    )
    rows = store.session.execute(query).all()
    store.session.rollback()
    return [Due(*row) for row in rows]


def _mark_late(batch: list[Due], now: datetime) -> int:
    try:
        return breaches.mark([timer.id for timer in batch], [timer.case_id for timer in batch], now)
    except (AlurError, LookupError, ValueError):
        # One of them cannot be marked; its own transaction will say which, and the others are marked alone.
        return sum(_handle(timer, now) for timer in batch)


def _handle(timer: Due, now: datetime) -> bool:
    try:
        return _fire(timer, now)
    except (AlurError, LookupError, ValueError) as problem:
        # What the case or its procedure made of it. A database that is away is the loop's matter, not the timer's.
        log.exception("a timer failed", extra={"kind": timer.kind, "case": timer.case_id})
        return _set_aside(timer, now, type(problem).__name__)


def _fire(timer: Due, now: datetime) -> bool:
    return _HANDLERS[timer.kind](timer, now)


def _drawn(timer: Due, now: datetime) -> bool:
    fired = steps.fire(timer.case_id, timer.token, timer.element)
    if fired:
        log.info("timer %s fired", timer.element, extra={"kind": timer.kind, "case": timer.case_id})
    return fired


def _late(timer: Due, now: datetime) -> bool:
    """`norma`: lewat batas."""
    return breaches.mark([timer.id], [timer.case_id], now) == 1


def _remind(timer: Due, now: datetime) -> bool:
    """`pengingat`: what was said when the step opened is said again."""
    with unit_of_work() as session:
        case = _take(session, timer, now)
        if case is None:
            return False
        task = _open_task(session, timer)
        if task is None:
            return True
        procedure = published.compiled(case.version_id)
        situation = notices.Situation(
            session, case.id, case.number, procedure, case.subject_id, case.status, case.data, now
        )
        limit = _limit(session, procedure, task)
        if limit is not None:
            situation.facts |= {"batas": format_day(local_date(limit)), "sisa_hari": _days_left(now, limit)}
        # Whoever opened this step did so in the same moment: theirs is the message to repeat.
        opener = select(Answer.step).where(Answer.case_id == case.id, Answer.at == task.opened_at).limit(1)
        speaker = session.scalar(opener) or ""
        for number, rule in enumerate(procedure.notices):
            if rule.on == "dibuka" and rule.step == task.step:
                key = f"pengingat:{timer.id}:{number}"
                notices.write(situation, rule, key=key, prefix=REMINDER, speaker=speaker)
    return True


def _limit(session: Session, procedure: Procedure, task: Task) -> datetime | None:
    """When the drawn timer on this task fires."""
    on_it = [timer for timer, step in procedure.spec.attached.items() if step == task.step]
    query = select(func.min(Timer.due_at)).where(Timer.case_id == task.case_id, Timer.element.in_(on_it))
    return session.scalar(query)


def _days_left(now: datetime, limit: datetime) -> str:
    left = clock.calendar().working_days(local_date(now), local_date(limit))
    return f"{left} hari kerja" if left else "hari ini hari terakhir"


def _take(session: Session, timer: Due, now: datetime) -> Case | None:
    """The case, locked, and the timer removed; None when somebody works on the case or has handled the timer.

    The case is locked first, as by every step; one that is busy is skipped and found again by the next sweep.
    """
    case = session.scalar(select(Case).where(Case.id == timer.case_id).with_for_update(skip_locked=True))
    if case is None:
        return None
    gone = session.execute(
        delete(Timer).where(Timer.id == timer.id, Timer.due_at <= now, Timer.held_at.is_(None)),
        execution_options={"synchronize_session": False},
    )
    return case if gone.rowcount else None  # type: ignore[attr-defined]


def _open_task(session: Session, timer: Due) -> Task | None:
    return session.scalar(
        select(Task).where(Task.case_id == timer.case_id, Task.token == timer.token, Task.closed_at.is_(None))
    )


def _set_aside(timer: Due, now: datetime, reason: str) -> bool:
    """Hand a failing timer to a job, which tries again with pauses and ends as an incident that a person sees."""
    with unit_of_work() as session:
        job_rows.lock_case(session, timer.case_id)
        moved = session.execute(
            update(Timer).where(Timer.id == timer.id, Timer.due_at <= now).values(due_at=now + ASIDE),
            execution_options={"synchronize_session": False},
        )
        if not moved.rowcount:  # type: ignore[attr-defined]
            return False
        due, payload = now + job_rows.pause(1), {"timer": vars(timer)}
        is_new = job_rows.add(
            session, f"timer:{timer.id}", "timer", payload, due, case_id=timer.case_id, at=now, reason=reason
        )
        if is_new:
            what = {"elemen": timer.element, "jenis": timer.kind, "sebab": reason}
            trail.append(session, trail.case_stream(timer.case_id), SYSTEM_ID, "timer_tertunda", what, now)
    return True


def _nothing(session: Session, at: datetime) -> None:
    """The timer's own transaction did it."""


_HANDLERS: dict[str, Callable[[Due, datetime], bool]] = {"norma": _late, "bpmn": _drawn, "pengingat": _remind}
