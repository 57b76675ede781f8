"""Leaving out work that was given up: one person proposes it with a reason, another one decides."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.domain.actors import Actor, demand
from app.domain.errors import DealtWith, Forbidden, FourEyes, NotFound
from app.models import Case, IncidentSkip, Job, Timer, User, new_id
from app.services import clock, store
from app.services.background import incidents, job_rows, skip_rules
from app.services.flow import steps
from app.services.messages import outcomes
from app.services.office.versions import clean_reason
from app.services.records import trail
from app.services.work import unit_of_work

PROPOSED, SKIPPED, DECLINED = "lewati_diusulkan", "insiden_dilewati", "usul_lewati_ditolak"
_OWN = "Usul ini Anda sendiri yang membuat, jadi orang lain yang memutuskan."
_OWN_CASE = "Ini tentang permohonan Anda sendiri, jadi orang lain yang memutuskan."
_GONE = "Gangguan ini sudah ditangani, atau usulnya sudah diputuskan."


@dataclass(frozen=True)
class Proposal:
    """`by`: who proposed it, by name; `mine`: the reader did, so another one decides."""

    job_id: str
    reason: str
    by: str
    at: datetime
    mine: bool


def open_proposals(actor: Actor, job_ids: Sequence[str]) -> Mapping[str, Proposal]:
    """Job -> the proposal that waits for a second person; none where the job failed anew since."""
    query = select(IncidentSkip, User.name).join(User, User.id == IncidentSkip.proposed_by)
    query = query.join(Job, Job.id == IncidentSkip.job_id).where(IncidentSkip.proposed_at >= Job.failed_at)
    query = query.where(IncidentSkip.job_id.in_(job_ids), IncidentSkip.decided_at.is_(None))
    rows = store.session.execute(query).all() if job_ids else []
    return {
        row.job_id: Proposal(row.job_id, row.reason, by, row.proposed_at, row.proposed_by == actor.id)
        for row, by in rows
    }


def propose(actor: Actor, job_id: str, reason: str) -> None:
    """Ask that it be left out; a second click changes nothing.

    Raises Forbidden (also what may not be left out), NotFound, DealtWith, InvalidInput.
    """
    demand(actor, "retry_job")
    reason, at = clean_reason(reason), clock.now()
    with unit_of_work() as session:
        job, case = _lock(session, actor, job_id)
        if not skip_rules.meaning(job.kind, job.payload, case.version_id if case else None):
            raise Forbidden("Pekerjaan seperti ini tidak dapat dilewati. Perbaiki sebabnya, lalu ulangi.")
        if _open(session, job) is not None:
            return
        _drop_stale(session, actor, job_id, at)
        session.add(IncidentSkip(id=new_id(), job_id=job_id, reason=reason, proposed_by=actor.id, proposed_at=at))
        try:
            session.flush()
        except IntegrityError as twin:
            raise DealtWith(_GONE) from twin
        what = {"id": job_id, "pekerjaan": job.kind, "alasan": reason}
        trail.append(session, job_rows.stream_of(job.case_id), actor.id, PROPOSED, what, at)


def decide(actor: Actor, job_id: str, *, approve: bool) -> None:
    """The second person's word; who proposed it may only take it back.

    Raises Forbidden, FourEyes, NotFound, DealtWith.
    """
    demand(actor, "retry_job")
    at = clock.now()
    with unit_of_work() as session:
        job, _ = _lock(session, actor, job_id)
        skip = _open(session, job)
        if skip is None:
            raise DealtWith(_GONE)
        if approve and skip.proposed_by == actor.id:
            raise FourEyes(_OWN)
        skip.approved, skip.decided_by, skip.decided_at = approve, actor.id, at
        session.flush()
        what = {"id": job_id, "pekerjaan": job.kind, "alasan": skip.reason, "pengusul": skip.proposed_by}
        # The step's own entries go into the same chain, so this one is written first.
        trail.append(session, job_rows.stream_of(job.case_id), actor.id, SKIPPED if approve else DECLINED, what, at)
        if approve:
            _leave_out(session, job, skip.reason, at)


def _leave_out(session: Session, job: Job, reason: str, at: datetime) -> None:
    kind, payload, case_id = job.kind, dict(job.payload), job.case_id
    over: dict[str, Any] = {"done_at": at, "failed_at": None, "error": f"Dilewati: {reason}"[:500]}
    if kind in (outcomes.LETTER, outcomes.WHATSAPP):
        over["payload"] = {"user": payload.get("user", ""), "title": payload.get("title", "")}
        outcomes.note_ended(session, job.id, outcomes.CANCELLED, reason[:200], at, outcomes.round_of(payload))
    elif kind == "timer":
        session.execute(delete(Timer).where(Timer.id == payload["timer"]["id"]))
    elif kind == "otomatis" and case_id is not None:
        steps.complete_job(session, case_id, payload["token"], payload["step"], None, at)
    session.execute(
        update(Job).where(Job.id == job.id).values(**over), execution_options={"synchronize_session": False}
    )


def _lock(session: Session, actor: Actor, job_id: str) -> tuple[Job, Case | None]:
    """The case first, as everywhere; then the job, which must still be given up."""
    case_id = session.scalar(select(Job.case_id).where(Job.id == job_id))
    job_rows.lock_case(session, case_id)
    query = select(Job).where(Job.id == job_id, *incidents.theirs(actor))
    job = session.scalars(query.with_for_update(of=Job)).one_or_none()
    if job is None:
        raise NotFound
    if job.failed_at is None:
        raise DealtWith(_GONE)
    case = session.get(Case, case_id) if case_id else None
    if case is not None and case.subject_id == actor.id:
        raise FourEyes(_OWN_CASE)
    return job, case


def _open(session: Session, job: Job) -> IncidentSkip | None:
    """What was proposed for the failure that stands: tried again and failed for another cause, it is another matter."""
    query = select(IncidentSkip).where(IncidentSkip.job_id == job.id, IncidentSkip.decided_at.is_(None))
    return session.scalars(query.where(IncidentSkip.proposed_at >= job.failed_at)).one_or_none()


def _drop_stale(session: Session, actor: Actor, job_id: str, at: datetime) -> None:
    """At most one may be open: what was proposed for an earlier failure makes room."""
    stale = update(IncidentSkip).where(IncidentSkip.job_id == job_id, IncidentSkip.decided_at.is_(None))
    session.execute(stale.values(approved=False, decided_by=actor.id, decided_at=at))
