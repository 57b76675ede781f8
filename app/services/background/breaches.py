"""Tasks that passed their limit, many at once: after a quiet night hundreds become late in the same minute."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID
from app.models import Case, Stream, Task, Timer
from app.services.background import lateness
from app.services.flow import published
from app.services.records import trail
from app.services.records.trail import Chain
from app.services.work import unit_of_work

BATCH = 250


def mark(timer_ids: Sequence[str], case_ids: Sequence[str], now: datetime) -> int:
    """Into the tasks, the trail, and the bundle for whoever must know; one transaction. How many timers it handled.

    The cases are locked first, as by every step; one that somebody works on is skipped and found by the next sweep.
    """
    with unit_of_work() as session:
        versions = _lock(session, case_ids)
        gone = _take(session, timer_ids, list(versions), now)
        late = _late_tasks(session.connection(), gone, list(versions))
        _write(session, late, now)
        steps = {(versions[task.case_id], task.step) for task in late}
        roles = {role for version, step in steps for role in published.compiled(version).steps[step].tell_when_late}
        lateness.announce(session, roles, now)
    return len(gone)


def _lock(session: Session, case_ids: Sequence[str]) -> dict[str, str]:
    """Case -> version, of the cases that nobody holds; in one order, so that two sweepers never wait for each other."""
    query = select(Case.id, Case.version_id).where(Case.id.in_(case_ids)).order_by(Case.id)
    rows = session.execute(query.with_for_update(skip_locked=True))
    return {row.id: row.version_id for row in rows}


def _take(session: Session, timer_ids: Sequence[str], case_ids: Sequence[str], now: datetime) -> set[tuple[str, str]]:
    """(case, token) of the timers that are removed by this."""
    gone = delete(Timer).where(
        Timer.id.in_(timer_ids), Timer.case_id.in_(case_ids), Timer.due_at <= now, Timer.held_at.is_(None)
    )
    rows = session.connection().execute(gone.returning(Timer.case_id, Timer.token))
    return {(row.case_id, row.token) for row in rows}


def _late_tasks(connection: Connection, gone: set[tuple[str, str]], case_ids: Sequence[str]) -> list[Row[Any]]:
    query = select(Task.id, Task.case_id, Task.token, Task.step, Task.due_at).where(
        Task.case_id.in_(case_ids), Task.closed_at.is_(None), Task.late_at.is_(None)
    )
    rows: Iterable[Row[Any]] = connection.execute(query.order_by(Task.case_id, Task.opened_at, Task.id))
    return [row for row in rows if (row.case_id, row.token) in gone]


def _write(session: Session, late: Sequence[Row[Any]], now: datetime) -> None:
    if not late:
        return
    session.connection().execute(update(Task).where(Task.id.in_([task.id for task in late])).values(late_at=now))
    chains = _chains(session, {trail.case_stream(task.case_id) for task in late})
    for task in late:
        what = {"tugas": task.id, "langkah": task.step, "batas": task.due_at.isoformat() if task.due_at else ""}
        chains[trail.case_stream(task.case_id)].add(SYSTEM_ID, "lewat_batas", what, now)
    trail.save_all(session, list(chains.values()))


def _chains(session: Session, names: set[str]) -> dict[str, Chain]:
    query = select(Stream.name, Stream.seq, Stream.head).where(Stream.name.in_(names)).order_by(Stream.name)
    return {row.name: Chain(row.name, row.seq, row.head) for row in session.execute(query.with_for_update())}
