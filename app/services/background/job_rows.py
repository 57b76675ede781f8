"""The rows of `jobs`: leasing one, finishing it, putting it off, giving it up. The row is the truth; bells only hurry.

Every write names the lease it rests on, so a worker that lost its lease changes nothing. Lock order on PostgreSQL: the
case first, then the job, as everywhere.
"""

import random
import secrets
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import and_, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import ColumnElement

from app.domain.actors import SYSTEM_ID
from app.models import Case, Job, new_id
from app.services import clock, store
from app.services.records import trail
from app.services.work import ring_after_commit, unit_of_work

LEASE = timedelta(minutes=5)
MAX_ATTEMPTS = 6
FIRST_PAUSE = timedelta(seconds=15)
PAUSE_FACTOR = 4  # 15 s, 1 min, 4 min, 16 min, 64 min
# How long a worker tries to write down what became of a job; well within the lease.
OUTCOME_SECONDS = 120.0
OF = "."  # between a worker's name and what is its lease's own

# The name of this process in its leases, "" where it is no worker. Set once, by workers.begin().
worker = ""

_INSERT_ONCE = {
    "sqlite": sqlite.insert(Job).on_conflict_do_nothing(index_elements=["key"]).returning(Job.id),
    "postgresql": postgresql.insert(Job).on_conflict_do_nothing(index_elements=["key"]).returning(Job.id),
}

T = TypeVar("T")
Effects = Callable[[Session, datetime], None]


@dataclass(frozen=True)
class Lease:
    """One attempt at one job. `attempt` counts from 1; `maybe_sent`: an earlier attempt died while sending."""

    id: str
    key: str
    kind: str
    case_id: str | None
    payload: Mapping[str, Any]
    attempt: int
    holder: str
    maybe_sent: bool

    @property
    def is_mine(self) -> ColumnElement[bool]:
        return and_(Job.id == self.id, Job.leased_by == self.holder, Job.done_at.is_(None))


def due_job_ids(now: datetime, limit: int = 100) -> Sequence[str]:
    """Ids of due jobs that nobody works on, the longest waiting first."""
    query = select(Job.id).where(_is_free(now)).order_by(Job.due_at).limit(limit)
    return store.session.scalars(query).all()


def lease(job_id: str, now: datetime) -> Lease | None:
    """Take the job for LEASE; None when it is done, given up, not due, or somebody else's."""
    holder = f"{worker}{OF}{secrets.token_hex(16)}"
    taken = (
        update(Job)
        .where(Job.id == job_id, _is_free(now))
        .values(lease_until=now + LEASE, leased_by=holder, attempts=Job.attempts + 1)
        .returning(Job.key, Job.kind, Job.case_id, Job.payload, Job.attempts, Job.sending_at)
    )
    with unit_of_work() as session:
        row = session.execute(taken, execution_options={"synchronize_session": False}).one_or_none()
    if row is None:
        return None
    maybe_sent = row.sending_at is not None
    return Lease(job_id, row.key, row.kind, row.case_id, row.payload, row.attempts, holder, maybe_sent)


def mark_sending(job: Lease, at: datetime) -> bool:
    """Say in the row that the outside world hears of it from now on. False: the lease is lost, so send nothing."""
    with unit_of_work() as session:
        return _change(session, job, sending_at=at)


def renew(job: Lease) -> bool:
    """LEASE anew, for work that takes longer than one. False: the lease is lost."""
    with unit_of_work() as session:
        return _change(session, job, lease_until=clock.now() + LEASE)


def finish(job: Lease, effects: Effects, *, keep: Mapping[str, Any] | None = None) -> bool:
    """The job's end and its effects in one transaction. False: another worker finished it, nothing was changed.

    `keep`: what to leave of the payload (a letter's text is not needed once it has gone out).
    """
    at = clock.now()
    with unit_of_work() as session:
        lock_case(session, job.case_id)
        values: dict[str, Any] = {"done_at": at, "lease_until": None, "error": ""}
        if keep is not None:
            values["payload"] = dict(keep)
        if not _change(session, job, **values):
            return False
        effects(session, at)
    return True


def put_off(job: Lease, reason: str, *, was_sent: bool = False) -> None:
    """Try again later; after MAX_ATTEMPTS it is given up. `was_sent`: the outside world may have heard of it."""
    if job.attempt >= MAX_ATTEMPTS:
        give_up(job, reason)
        return
    values: dict[str, Any] = {} if was_sent else {"sending_at": None}
    due = clock.now() + pause(job.attempt)
    with unit_of_work() as session:
        _change(session, job, due_at=due, lease_until=None, leased_by=None, error=reason[:500], **values)


def insist(write: Callable[[], T]) -> T:
    """Write an outcome that must not be forgotten, although the database may be away for a while.

    To be called outside any unit of work, and with what may be done twice: an answer that was cut off may have been
    a yes. Raises what the database says after OUTCOME_SECONDS; the lease ends after that.
    """
    deadline = time.monotonic() + OUTCOME_SECONDS
    while True:
        try:
            return write()
        except (OperationalError, InterfaceError):
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def _nothing(session: Session, at: datetime) -> None:
    """No effects."""


def give_up(job: Lease, reason: str, effects: Effects = _nothing) -> None:
    """Make it an incident: a person sees it and can have it tried again. `effects`: what else follows from it."""
    at = clock.now()
    with unit_of_work() as session:
        lock_case(session, job.case_id)
        values: dict[str, Any] = {"failed_at": at, "lease_until": None, "leased_by": None, "sending_at": None}
        if _change(session, job, error=reason[:500], **values):
            what = {"pekerjaan": job.kind, "id": job.id, "percobaan": job.attempt, "sebab": reason[:200]}
            trail.append(session, stream_of(job.case_id), SYSTEM_ID, "insiden", what, at)
            effects(session, at)


def add(
    session: Session,
    key: str,
    kind: str,
    payload: Mapping[str, Any],
    due_at: datetime,
    *,
    case_id: str | None = None,
    at: datetime,
    reason: str = "",
) -> bool:
    """Write a job unless its key is there already; inside the caller's unit of work. True: it is new."""
    connection = session.connection()
    row = new_row(key, kind, payload, due_at, case_id=case_id, at=at, reason=reason)
    # Rows come back only where the key is new: not every driver keeps the rowcount of an INSERT.
    if connection.execute(_INSERT_ONCE[connection.dialect.name], row).first() is None:
        return False
    if due_at <= at:
        ring_after_commit(session, row["id"])
    return True


def new_row(
    key: str,
    kind: str,
    payload: Mapping[str, Any],
    due_at: datetime,
    *,
    case_id: str | None = None,
    at: datetime,
    reason: str = "",
) -> dict[str, Any]:
    """A full row of `jobs`."""
    return {
        "id": new_id(),
        "key": key,
        "kind": kind,
        "case_id": case_id,
        "payload": dict(payload),
        "due_at": due_at,
        "attempts": 0,
        "error": reason,
        "created_at": at,
    }


def lock_case(session: Session, case_id: str | None) -> None:
    """The case row first, always: what steps of the same case wait on."""
    if case_id is not None:
        session.execute(select(Case.id).where(Case.id == case_id).with_for_update())


def stream_of(case_id: str | None) -> str:
    return trail.OFFICE if case_id is None else trail.case_stream(case_id)


def pause(attempt: int) -> timedelta:
    """How long to wait after the attempt-th failure, with jitter so that many jobs do not come back at once."""
    return FIRST_PAUSE * PAUSE_FACTOR ** (attempt - 1) * random.uniform(0.75, 1.25)


def _is_free(now: datetime) -> ColumnElement[bool]:
    open_and_due = and_(Job.done_at.is_(None), Job.failed_at.is_(None), Job.due_at <= now)
    return and_(open_and_due, or_(Job.lease_until.is_(None), Job.lease_until < now))


def _change(session: Session, job: Lease, **values: Any) -> bool:
    changed = session.execute(
        update(Job).where(job.is_mine).values(**values), execution_options={"synchronize_session": False}
    )
    return bool(changed.rowcount)  # type: ignore[attr-defined]
