"""What became of a mail or a WhatsApp message after its job: sent, arrived, read, or not arrived after all.

Reports come from outside, late, twice, or ahead of our own commit; each is taken once. One that says that the message
did not arrive makes its job a failed one again, and so a task for an officer (services.messages.undelivered).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.domain.actors import SYSTEM_ID
from app.models import Delivery, Job, Notice
from app.services import clock, store
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.messages import unreachable
from app.services.records import trail
from app.services.work import unit_of_work

LETTER, WHATSAPP = "surat", "whatsapp"
SENT, DELIVERED, READ = "terkirim", "sampai", "dibaca"
FAILED, BOUNCED = "gagal", "pantul"
CANCELLED, OTHERWISE = "batal", "lain"
NOT_ARRIVED = "kiriman_tidak_sampai"
NOTICES = "/notifikasi"

_PROGRESS = {SENT: 1, DELIVERED: 2, READ: 3}
_FAULT = {FAILED: "WhatsAppRejected", BOUNCED: "MailBounced"}


@dataclass(frozen=True)
class News:
    """A report from outside about sending number `round` of a message. `reason`: why it did not arrive."""

    state: str
    round: int = 1
    remote_id: str = ""
    reason: str = ""


def round_of(payload: Mapping[str, Any]) -> int:
    """Which sending this is; a message that came back may be sent once more."""
    return int(payload.get("round", 1))


def known(job: Lease) -> str:
    """What was reported of this very sending already, "" for nothing."""
    row = store.session.get(Delivery, job.id)
    return row.state if row is not None and row.round == round_of(job.payload) else ""


def note_sent(session: Session, job: Lease, to: str, remote_id: str | None, at: datetime) -> None:
    """The other side took it; inside the unit of work that finishes the job. `to`: masked. A report may have overtaken
    us, also one that it did not arrive."""
    row = _row(session, job.id, round_of(job.payload), at)
    row.to, row.sent_at, row.remote_id = to, at, remote_id or row.remote_id
    if row.state == FAILED:
        _did_not_arrive(session, session.get_one(Job, job.id, populate_existing=True), row, at)


def note_ended(session: Session, job_id: str, state: str, reason: str, at: datetime, round: int = 1) -> None:
    """It never goes out: CANCELLED or OTHERWISE."""
    row = _row(session, job_id, round, at)
    row.state, row.reason, row.state_at = state, reason, at


def take(job_id: str, news: News) -> bool:
    """A report about this job's message. False: it told nothing new, or speaks of no message of ours."""
    at = clock.now()
    case_id = store.session.scalar(select(Job.case_id).where(Job.id == job_id))
    with unit_of_work() as session:
        job_rows.lock_case(session, case_id)
        job = session.get(Job, job_id, with_for_update=True, populate_existing=True)
        if job is None or job.kind not in (LETTER, WHATSAPP):
            return False
        is_new = session.get(Delivery, job_id) is None
        row = _row(session, job_id, news.round, at) if is_new else session.get_one(Delivery, job_id)
        if row.round != news.round or not (is_new or _is_further(row.state, news.state)):
            return False
        row.state, row.state_at, row.reason = news.state, at, news.reason[:200]
        row.remote_id = row.remote_id or news.remote_id or None
        if news.state in _FAULT and job.done_at is not None:
            _did_not_arrive(session, job, row, at)
    return True


def job_of(remote_id: str) -> tuple[str, int] | None:
    """The job, and the round, whose message the carrier calls so."""
    query = select(Delivery.job_id, Delivery.round).where(Delivery.remote_id == remote_id)
    row = store.session.execute(query).one_or_none()
    return (row[0], row[1]) if row else None


def _is_further(now: str, then: str) -> bool:
    """A message goes forward only, and fails only while nobody has it."""
    if then in _FAULT:
        return now == SENT
    return 0 < _PROGRESS.get(now, 0) < _PROGRESS.get(then, 0)


def _row(session: Session, job_id: str, round: int, at: datetime) -> Delivery:
    row = session.get(Delivery, job_id)
    if row is None:
        row = Delivery(job_id=job_id, state=SENT, round=round, to="", reason="", sent_at=None, state_at=at)
        session.add(row)
    elif row.round != round:  # sent once more
        row.state, row.round, row.remote_id, row.reason, row.state_at = SENT, round, None, "", at
    return row


def _did_not_arrive(session: Session, job: Job, row: Delivery, at: datetime) -> None:
    """A failed job again, able to be sent anew; the letter's words come from the notice that says the same."""
    if job.case_id is not None:
        notice = session.scalar(select(Notice).where(Notice.key == job.key.partition(":")[2]))
        job.payload = {
            "user": job.payload["user"],
            "title": job.payload["title"],
            "body": notice.body if notice else job.payload["title"],
            "path": (notice.path if notice else "") or NOTICES,
            "round": row.round + 1,
        }
        job.done_at, job.failed_at, job.error = None, at, f"{_FAULT[row.state]}: {row.reason}"
        what = {"id": job.id, "judul": job.payload["title"], "kanal": job.kind, "sebab": row.reason}
        trail.append(session, trail.case_stream(job.case_id), SYSTEM_ID, NOT_ARRIVED, what, at)
    if job.kind == LETTER:
        unreachable.tell(session, str(job.payload.get("user", "")), row.to, at)
