"""Telling who must know that tasks are late: bundled, at most once an hour for each person."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, literal, select
from sqlalchemy.orm import Session

from app.domain.tanggal import format_moment, local_date
from app.models import Case, Job, Notice, Task
from app.procedures.model.notices import NoticeTemplate
from app.services import clock, store
from app.services.accounts import acting
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.flow import published
from app.services.messages import notices, outgoing

KIND = "keterlambatan"
HOUR = timedelta(hours=1)
# A sweep that finds many late tasks at once should make one notice of them.
GATHER = timedelta(seconds=30)
INBOX = "/inbox"
IN_APP_ONLY = (notices.IN_APP,)


@dataclass(frozen=True)
class LateGroup:
    """Open late tasks of one step in one unit. `since`: the oldest limit; `newest`: the last one found late."""

    service: str
    step: str
    unit: str
    count: int
    since: datetime
    newest: datetime


def announce(session: Session, roles: Iterable[str], at: datetime) -> None:
    """See to it that these roles are told; inside the unit of work that found a task late.

    One job waits for each role, an hour after its last one at the earliest; it counts when it runs.
    """
    for role in sorted(set(roles)):
        _schedule(session, role, at + GATHER, at)


def tell(job: Lease) -> None:
    """`keterlambatan`: count what is late now and tell each person of the role; whoever was told within the hour
    is told when it is over."""
    role, at = job.payload["role"], clock.now()
    groups = _late_groups(role)
    people = people_of(role)
    told = _told_since(at - HOUR, people)

    def effects(session: Session, now: datetime) -> None:
        for person, units in people.items():
            theirs = [group for group in groups if not units or group.unit in units]
            if theirs and person not in told:
                key = f"{KIND}:{job.id}"
                notices.tell(
                    session, [person], _text(theirs), {}, IN_APP_ONLY, key=key, case_id=None, path=INBOX, at=now
                )
            elif any(group.newest > told[person] for group in theirs):
                _schedule(session, role, told[person] + HOUR, now)

    job_rows.finish(job, effects)


def _schedule(session: Session, role: str, earliest: datetime, at: datetime) -> None:
    # The kind is written into the statement: a kept plan must know that the index of these jobs alone will do.
    kind = literal(KIND, literal_execute=True)
    mine = select(Job.due_at, Job.done_at, Job.failed_at).where(Job.kind == kind, Job.key.startswith(f"{KIND}:{role}:"))
    last = session.execute(mine.order_by(Job.due_at.desc()).limit(1)).one_or_none()
    if last is not None and last.done_at is None and last.failed_at is None and last.due_at > at:
        return
    due = max(earliest, last.due_at + HOUR) if last is not None else earliest
    job_rows.add(session, f"{KIND}:{role}:{due:%Y%m%d%H%M}", KIND, {"role": role}, due, at=at)


def _late_groups(role: str) -> list[LateGroup]:
    rows = store.session.execute(
        select(
            Case.version_id,
            Task.step,
            Task.unit,
            func.count().label("late"),
            func.min(Task.due_at).label("since"),
            func.max(Task.late_at).label("newest"),
        )
        .join(Case, Case.id == Task.case_id)
        .where(Task.closed_at.is_(None), Task.late_at.is_not(None))
        .where(Task.held_at.is_(None), Task.paused_at.is_(None))
        .group_by(Case.version_id, Task.step, Task.unit)
        .order_by(func.min(Task.due_at))
    ).all()
    groups = []
    for row in rows:
        procedure = published.compiled(row.version_id)
        step = procedure.steps[row.step]
        if role in step.tell_when_late:
            groups.append(LateGroup(procedure.service.title, step.name, row.unit, row.late, row.since, row.newest))
    return groups


def people_of(role: str) -> dict[str, frozenset[str]]:
    """Active people of the role -> the units they serve in it; empty: the whole office."""
    units: dict[str, set[str]] = defaultdict(set)
    for person, unit in acting.holders(role, local_date(clock.now())):
        units[person].add(unit)
    return {person: frozenset() if "" in served else frozenset(served) for person, served in units.items()}


def _told_since(since: datetime, people: Mapping[str, object]) -> dict[str, datetime]:
    """Whoever was told of lateness after `since`, through whichever of their roles, and when."""
    rows = store.session.execute(
        select(Notice.user_id, func.max(Notice.created_at).label("at"))
        .where(Notice.user_id.in_(people), Notice.created_at > since, Notice.key.startswith(f"{KIND}:"))
        .group_by(Notice.user_id)
    )
    return {row.user_id: row.at for row in rows}


def _text(groups: Sequence[LateGroup]) -> NoticeTemplate:
    total = sum(group.count for group in groups)
    lines = [f"- {g.step} ({g.service}): {g.count}, terlama sejak {format_moment(g.since)}" for g in groups]
    body = "\n".join(["Tugas yang belum selesai padahal batasnya sudah lewat:", *lines, "", outgoing.link(INBOX)])
    return NoticeTemplate(f"{total} tugas lewat batas", body)
