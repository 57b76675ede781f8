"""Telling a role of many tasks in one notice, at fixed times of the working day, instead of one by one."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.domain.tanggal import WIB, local_date
from app.models import Task
from app.procedures.model.notices import NoticeRule, NoticeTemplate
from app.procedures.model.procedure import Procedure
from app.services import clock, store
from app.services.background import job_rows, lateness
from app.services.background.job_rows import Lease
from app.services.messages import notices

KIND = "ringkasan"


class Run(Protocol):
    procedure: Procedure
    now: datetime


def schedule(run: Run, rule: NoticeRule) -> list[dict[str, Any]]:
    """Rows of `jobs` that tell the roles of `rule` at its next time; one for each, however many tasks there are.

    Their keys may be there already: to be written with statements.INSERT_JOBS_ONCE.
    """
    due = next_time(run.now, rule.digest)
    text = run.procedure.templates[rule.template]
    rows = []
    for to in rule.to:
        role = to.removeprefix("peran ")
        payload = {
            "role": role,
            "step": rule.step,
            "title": text.title,
            "body": text.body,
            "channels": list(rule.channels),
        }
        key = f"{KIND}:{run.procedure.slug}:{rule.template}:{role}:{due:%Y%m%d%H%M}"
        rows.append(job_rows.new_row(key[:160], KIND, payload, due, at=run.now))
    return rows


def next_time(now: datetime, minutes: Sequence[int]) -> datetime:
    """The next of these minutes of a working day after `now`."""
    day = local_date(now)
    while True:
        if clock.calendar().is_working_day(day):
            for minute in sorted(minutes):
                at = datetime.combine(day, time(minute // 60, minute % 60), WIB)
                if at > now:
                    return at
        day += timedelta(days=1)


def tell(job: Lease) -> None:
    """`ringkasan`: how many wait for each person now; nobody is told of none."""
    payload = job.payload
    people = lateness.people_of(payload["role"])
    query = select(Task.unit, func.count()).where(
        Task.step == payload["step"], Task.closed_at.is_(None), Task.held_at.is_(None)
    )
    rows = store.session.execute(query.group_by(Task.unit)).all()
    waiting = {row[0]: row[1] for row in rows}
    text = NoticeTemplate(payload["title"], payload["body"])

    def effects(session: Session, at: datetime) -> None:
        tell_each(session, people, waiting, text, payload["channels"], key=f"{KIND}:{job.id}", at=at)

    job_rows.finish(job, effects)


def tell_each(
    session: Session,
    people: Mapping[str, Collection[str]],
    waiting: Mapping[str, int],
    text: NoticeTemplate,
    channels: Sequence[str],
    *,
    key: str,
    at: datetime,
) -> None:
    """How many wait for each person: `people` with the units they serve (none: all), `waiting` by unit."""
    for person, units in people.items():
        count = sum(number for unit, number in waiting.items() if not units or unit in units)
        if count:
            facts = {"jumlah": str(count)}
            notices.tell(session, [person], text, facts, channels, key=key, case_id=None, path=lateness.INBOX, at=at)
