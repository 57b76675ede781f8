"""The list of jobs that were given up, for the people who have them tried again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import aliased

from app.domain.actors import Actor, Office, can, demand
from app.models import Case, Job
from app.services import store
from app.services.background import skip_rules
from app.services.paging import COUNT_CAP, Cursor, at_most, earlier

PAGE = 50
WATCHERS = frozenset({"admin", "supervisor", "sistem"})

_ITS = aliased(Case)


@dataclass(frozen=True)
class Incident:
    """A job that was given up. `number`: of its permohonan, "" for none; `step`: id of a service task.

    `skip`: what leaving it out would mean, "" = it may not be left out.
    `fault` is the type of what went wrong ("" where it was said in words), `reason` the rest; neither names anybody.
    """

    job_id: str
    kind: str
    number: str
    step: str
    failed_at: datetime
    attempts: int
    fault: str
    reason: str
    skip: str


@dataclass(frozen=True)
class IncidentPage:
    """`before`: the cursor of the following, older page, or None at the end."""

    incidents: Sequence[Incident]
    before: Cursor | None


def page(actor: Actor, before: Cursor | None = None) -> IncidentPage:
    """The newest first. Raises Forbidden."""
    demand(actor, "retry_job")
    query = (
        select(Job, Case.number, Case.version_id)
        .join(Case, Case.id == Job.case_id, isouter=True)
        .where(Job.failed_at.is_not(None), *theirs(actor))
        .order_by(Job.failed_at.desc(), Job.id.desc())
    )
    if before is not None:
        query = query.where(earlier(Job.failed_at, Job.id, before))
    rows = store.session.execute(query.limit(at_most(PAGE + 1))).all()
    found = [_incident(job, number or "", version_id) for job, number, version_id in rows]
    last = found[PAGE - 1] if len(found) > PAGE else None
    return IncidentPage(found[:PAGE], Cursor("g", last.failed_at, last.job_id) if last else None)


def count(actor: Actor) -> int:
    """How many there are, counted up to COUNT_CAP and no further; 0 for those who may not see them."""
    if not can(actor, "retry_job", Office()):
        return 0
    some = select(Job.id).where(Job.failed_at.is_not(None), *theirs(actor)).limit(at_most(COUNT_CAP))
    return store.session.scalar(select(func.count()).select_from(some.subquery())) or 0


def theirs(actor: Actor) -> list[ColumnElement[bool]]:
    """Of the actor's units; what concerns no case is for those of the whole office."""
    units = actor.units_in(WATCHERS)
    if units is None:
        return []
    return [select(_ITS.id).where(_ITS.id == Job.case_id, _ITS.unit.in_(sorted(units))).correlate(Job).exists()]


def _incident(job: Job, number: str, version_id: str | None) -> Incident:
    assert job.failed_at is not None
    fault, colon, reason = job.error.partition(": ")
    if not colon or not fault.isidentifier():
        fault, reason = "", job.error
    step = str(job.payload.get("step", ""))
    skip = skip_rules.meaning(job.kind, job.payload, version_id)
    return Incident(job.id, job.kind, number, step, job.failed_at, job.attempts, fault, reason, skip)
