"""Running jobs: work outside the transaction that asked for it. One dispatch table says what each kind does."""

import logging
import re
from collections.abc import Callable, Sequence

from sqlalchemy import select, update

from app.adapters.delivery import Deferred, Rejected
from app.domain.actors import Actor, demand
from app.domain.errors import AlurError, DealtWith, NotFound
from app.domain.masking import mask_in_text
from app.models import Job
from app.services import clock, store
from app.services.auditing import runs
from app.services.background import digests, incidents, job_rows, lateness, timers
from app.services.background.job_rows import Lease, due_job_ids
from app.services.delivery import incident_notices, run_work
from app.services.desk import asides
from app.services.discussion import asking, telling
from app.services.flow import automation, cutting, handing_back
from app.services.messages import deliveries
from app.services.office import hours, recounting
from app.services.records import refusals, trail
from app.services.work import ring_after_commit, unit_of_work

__all__ = ["HANDLERS", "due_job_ids", "retry", "ring_due", "run_one"]

log = logging.getLogger("alur.jobs")

Handler = Callable[[Lease], None]
"""Does the outside work, then calls job_rows.finish() with the effects. Anything it raises is a failed attempt."""

HANDLERS: dict[str, Handler] = {
    "otomatis": automation.run,
    "pemberitahuan": deliveries.fan_out,
    "surat": deliveries.send_letter,
    "whatsapp": deliveries.send_whatsapp,
    "keterlambatan": lateness.tell,
    "timer": timers.fire_again,
    digests.KIND: digests.tell,
    asides.KIND: asides.tell,
    cutting.KIND: incident_notices.tell,
    handing_back.KIND: handing_back.run,
    telling.KIND: telling.mail_later,
    asking.KIND: asking.tell_roles,
    runs.KIND: runs.run,
    hours.KIND: recounting.run,
    run_work.KIND: run_work.work,
    refusals.KIND: refusals.tell,
}

_ADDRESS = re.compile(r"[^\s<>@]+@[^\s<>@]+")


def run_one(job_id: str) -> bool:
    """One attempt. False: there was nothing to do (done, not due, or another worker has it)."""
    job = job_rows.lease(job_id, clock.now())
    if job is None:
        return False
    if job.attempt > job_rows.MAX_ATTEMPTS:
        job_rows.give_up(job, "Pekerja berhenti mendadak pada setiap percobaan.")
        return True
    about = {"job": job.id, "kind": job.kind, "case": job.case_id, "attempt": job.attempt}
    try:
        HANDLERS[job.kind](job)
        log.info("job done", extra=about)
    except Rejected as problem:
        reason = _reason(problem)
        log.warning("job given up: %s", reason, extra=about)
        job_rows.insist(lambda: job_rows.give_up(job, reason, deliveries.refused(job)))
    except (AlurError, Deferred) as problem:
        reason = _reason(problem)
        log.warning("job put off: %s", reason, extra=about)
        job_rows.insist(lambda: job_rows.put_off(job, reason))
    except Exception as problem:  # the edge of a worker: whatever it was, the row must say so and others go on
        log.exception("job failed", extra=about)
        reason = _reason(problem)
        job_rows.insist(lambda: job_rows.put_off(job, reason, was_sent=True))
    return True


def ring_due(limit: int = 100) -> int:
    """Ring again for due jobs that nobody took; how many. The bell may lose rings, the rows don't."""
    ids = due_job_ids(clock.now(), limit)
    store.session.rollback()
    for job_id in ids:
        store.bell(job_id)
    return len(ids)


def retry(actor: Actor, job_id: str) -> None:
    """Have an incident tried again from the start.

    Raises Forbidden; NotFound when it is none of theirs, DealtWith when it is none any more.
    """
    demand(actor, "retry_job")
    at = clock.now()
    case_id = store.session.scalar(select(Job.case_id).where(Job.id == job_id))
    again = (
        update(Job)
        .where(Job.id == job_id, Job.failed_at.is_not(None), *incidents.theirs(actor))
        .values(failed_at=None, attempts=0, due_at=at, error="")
    )
    with unit_of_work() as session:
        job_rows.lock_case(session, case_id)
        changed = session.execute(again, execution_options={"synchronize_session": False})
        if not changed.rowcount:  # type: ignore[attr-defined]
            known = session.scalar(select(Job.id).where(Job.id == job_id, *incidents.theirs(actor)))
            raise DealtWith("Gangguan ini sudah diulang atau sudah selesai.") if known else NotFound
        trail.append(session, job_rows.stream_of(case_id), actor.id, "insiden_diulang", {"id": job_id}, at)
        ring_after_commit(session, job_id)


def retry_many(actor: Actor, job_ids: Sequence[str]) -> int:
    """Each by itself; how many. What was dealt with meanwhile, or is not theirs, is passed over. Raises Forbidden."""
    demand(actor, "retry_job")
    done = 0
    for job_id in dict.fromkeys(job_ids[: incidents.PAGE]):
        try:
            retry(actor, job_id)
        except NotFound:
            continue
        done += 1
    return done


def _reason(problem: Exception) -> str:
    """For the incident's list: what went wrong, without numbers or addresses of people."""
    said = problem.pesan if isinstance(problem, AlurError) else str(problem)
    text = f"{type(problem).__name__}: {' '.join(said.split())}"
    return _ADDRESS.sub("[alamat]", mask_in_text(text))[:500]
