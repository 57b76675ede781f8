"""After a change of calendar: what is open is counted anew, some hundred cases at a time, each time with its trail.

Two rounds: the second, a minute later, finds what a process opened that still counted by the calendar before.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID
from app.models import Case, Stream, Task, Timer
from app.services import clock, store
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.flow.opening import timer_row
from app.services.office import due_dates, hours, taking, versions
from app.services.office.due_dates import NORM, Move
from app.services.records import trail
from app.services.records.trail import Chain

MOVED, DONE = "batas_bergeser", "kalender_dihitung_ulang"
ROUNDS = 2
BETWEEN = timedelta(minutes=1)
_AS_IS = {"synchronize_session": False}


def run(job: Lease) -> None:
    """`kalender`: one batch, and the job for the next one. A newer calendar has jobs of its own: nothing is done."""
    taking.refresh(at_once=True)
    number = int(job.payload["versi"])
    if versions.current(versions.CALENDAR)[0] != number:
        job_rows.finish(job, _nothing)
        return
    before, after = hours.calendars_before(number), clock.calendar()
    case_ids = due_dates.open_cases(store.session(), job.payload["sesudah"])
    store.session.rollback()

    def effects(session: Session, at: datetime) -> None:
        if not case_ids:
            _end_round(session, job, at)
            return
        session.execute(select(Case.id).where(Case.id.in_(case_ids)).order_by(Case.id).with_for_update())
        found = list(due_dates.moves(session, case_ids, before, after))
        _write(session, found, number, at)
        tasks = sum(move.kind == NORM for move in found)
        _go_on(session, job, case_ids[-1], tasks, len(found) - tasks, at)

    job_rows.finish(job, effects)


def _write(session: Session, found: Sequence[Move], number: int, at: datetime) -> None:
    of_tasks = [move for move in found if move.kind == NORM]
    for move in of_tasks:
        back_in_time = move.was_late and move.after > at
        late_at = {"late_at": None} if back_in_time else {}
        its_own = update(Task).where(Task.id == move.task_id).values(due_at=move.after, **late_at)
        session.execute(its_own, execution_options=_AS_IS)
        its_timer = (Timer.case_id == move.case_id, Timer.token == move.token, Timer.kind == NORM)
        session.execute(update(Timer).where(*its_timer).values(due_at=move.after), execution_options=_AS_IS)
        if back_in_time:
            row = timer_row(move.case_id, NORM, move.token, move.step, move.after)
            session.execute(insert(Timer).values(**row))
    for move in found:
        if move.kind != NORM:
            its_own = update(Timer).where(Timer.id == move.timer_id).values(due_at=move.after)
            session.execute(its_own, execution_options=_AS_IS)
    chains = _chains(session, {trail.case_stream(move.case_id) for move in of_tasks})
    for move in of_tasks:
        what = {
            "tugas": move.task_id,
            "langkah": move.step,
            "dari": move.before.isoformat(),
            "menjadi": move.after.isoformat(),
            "kalender": number,
        }
        chains[trail.case_stream(move.case_id)].add(SYSTEM_ID, MOVED, what, at)
    if chains:
        trail.save_all(session, list(chains.values()))


def _go_on(session: Session, job: Lease, last: str, tasks: int, others: int, at: datetime) -> None:
    told = job.payload
    payload = {**told, "sesudah": last, "tugas": told["tugas"] + tasks, "batas": told["batas"] + others}
    job_rows.add(session, f"{hours.KIND}:{told['versi']}:{told['putaran']}:{last}", hours.KIND, payload, at, at=at)


def _end_round(session: Session, job: Lease, at: datetime) -> None:
    told = job.payload
    number, round = int(told["versi"]), int(told["putaran"])
    if round == 1 or told["tugas"] or told["batas"]:
        what = {"versi": number, "putaran": round, "tugas": told["tugas"], "batas": told["batas"]}
        trail.append(session, trail.OFFICE, SYSTEM_ID, DONE, what, at)
    if round < ROUNDS:
        payload = hours.job_payload(number, round + 1)
        job_rows.add(session, f"{hours.KIND}:{number}:{round + 1}:", hours.KIND, payload, at + BETWEEN, at=at)


def _chains(session: Session, names: set[str]) -> dict[str, Chain]:
    """Locked in one order, as every batch does."""
    query = select(Stream.name, Stream.seq, Stream.head).where(Stream.name.in_(names)).order_by(Stream.name)
    return {row.name: Chain(row.name, row.seq, row.head) for row in session.execute(query.with_for_update())}


def _nothing(session: Session, at: datetime) -> None:
    """Another job does it."""
