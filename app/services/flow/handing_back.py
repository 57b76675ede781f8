"""Tasks go back to their queue when whoever holds them may not do them any more: switched off, without the role, or
on leave; a substitute is offered them first."""

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID, can
from app.domain.tanggal import local_date
from app.models import Task, User, new_id
from app.services import clock, store
from app.services.accounts import acting
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.flow.case_rows import Row
from app.services.flow.case_run import CaseRun
from app.services.flow.opening import RESERVED_FOR
from app.services.work import unit_of_work

KIND = "tugas_kembali"
REASON = "Petugasnya tidak lagi berhak mengerjakan langkah ini."
AWAY = "Petugasnya sedang tidak bertugas."
# Whoever was pressing a button at that very moment has got an answer by then.
AFTER = timedelta(minutes=1)
_WHOSE = (Task.claimed_by, Task.reserved_for)


def ask(session: Session, user_id: str, at: datetime, due: datetime | None = None) -> None:
    """Inside the unit of work that takes rights from this person. `due`: when they lose them, by default now."""
    when = max(due or at, at) + AFTER
    job_rows.add(session, f"{KIND}:{user_id}:{new_id()}", KIND, {"user": user_id}, when, at=at)


def ask_with_substitutes(session: Session, user_id: str, at: datetime) -> None:
    """As ask, also of whoever stands in for this person now: what is taken from the one is taken from the others."""
    standing = acting.substitutes_of(session, user_id, local_date(at)).values()
    for person in sorted({user_id, *standing}):
        ask(session, person, at)


def run(job: Lease) -> None:
    """`tugas_kembali`: every open task in these hands, or kept for them, each in its own transaction."""
    all_of(str(job.payload["user"]))
    job_rows.finish(job, _nothing)


def all_of(person: str) -> int:
    """Every open task in these hands, or kept for them, that may not stay there; how many went."""
    theirs = [select(Task.id).where(one == person, Task.closed_at.is_(None)) for one in _WHOSE]
    found = store.session.scalars(theirs[0].union(theirs[1])).all()
    return sum(_hand_back(task_id, person) for task_id in found)


def _hand_back(task_id: str, person: str) -> bool:
    """One task, unless it is not this person's any more or may stay with them; has it gone?"""
    with unit_of_work() as session:
        case = CaseRun.lock(session, clock.now(), task_id=task_id)
        task = case.task(task_id)
        if task is None or person not in (task["claimed_by"], task["reserved_for"]):
            return False
        reason = _why(session, case, task, person)
        if not reason:
            return False
        if task["claimed_by"] == person:
            case.let_go(task)
        case.change(task, claimed_by=None, claimed_at=None, **_offered(session, case, task, person))
        what = {"tugas": task_id, "langkah": task["step"], "alasan": reason}
        case.chain.add(SYSTEM_ID, "tugas_dilepas", what, case.now)
        case.save(last=True)
        return True


def _why(session: Session, case: CaseRun, task: Row, person: str) -> str:
    """Why it may not stay with them; "" where it may."""
    user = session.get_one(User, person)
    if acting.is_away(session, person, local_date(case.now)):
        return AWAY
    verb = "complete" if task["claimed_by"] == person else "claim"
    is_able = user.active and can(acting.actor_of(session, user, case.now), verb, case.task_ref(task))
    return "" if is_able else REASON


def _offered(session: Session, case: CaseRun, task: Row, person: str) -> dict[str, object]:
    """Whom it is kept for: whoever stands in for them in a role of this step, where the four eyes allow it."""
    today = local_date(case.now)
    standing = acting.substitutes_of(session, person, today)
    for role in sorted(case.procedure.steps[task["step"]].roles & set(standing)):
        user = session.get_one(User, standing[role])
        ref = case.task_ref(task)
        is_there = user.active and not acting.is_away(session, user.id, today)
        if is_there and can(acting.actor_of(session, user, case.now), "claim", ref):
            return {"reserved_for": user.id, "reserved_until": clock.calendar().add(case.now, RESERVED_FOR)}
    return {"reserved_for": None, "reserved_until": None}


def _nothing(session: Session, at: datetime) -> None:
    """Each task's own transaction did it."""
