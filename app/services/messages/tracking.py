"""Where each message stands: what to whom, over which channel, since when, and why it did not arrive."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, select

from app.domain.masking import mask_email, mask_phone
from app.models import Delivery, Job, Notice, User
from app.services import store
from app.services.messages import outcomes
from app.services.paging import at_most

QUEUED, DELAYED = "antre", "tertunda"
MOST = 20
_KINDS = (outcomes.LETTER, outcomes.WHATSAPP)


@dataclass(frozen=True)
class Line:
    """`channel`: surat | whatsapp; `to`: masked; `at`: since when it is in this state.

    `state`: antre | tertunda | those of models.Delivery. `reason`: what the other side said, naming nobody.
    """

    job_id: str
    channel: str
    title: str
    person: str
    to: str
    state: str
    at: datetime
    reason: str


def of_notices(notices: Sequence[Notice]) -> dict[str, list[Line]]:
    """Id of a notice -> the messages that said the same outside."""
    keys = {f"{kind}:{notice.key}": notice.id for notice in notices for kind in _KINDS}
    if not keys:
        return {}
    found: dict[str, list[Line]] = defaultdict(list)
    for job, row in store.session.execute(_jobs().where(Job.key.in_(keys))):
        found[keys[job.key]].append(_line(job, row, None))
    return found


def of_case(case_id: str) -> list[Line]:
    """What went out to people about a case, the newest MOST, newest first."""
    query = _jobs().where(Job.case_id == case_id, Job.kind.in_(_KINDS)).order_by(Job.created_at.desc(), Job.id.desc())
    rows = store.session.execute(query.limit(at_most(MOST))).all()
    people = _people({str(job.payload.get("user", "")) for job, _ in rows})
    return [_line(job, row, people.get(str(job.payload.get("user", "")))) for job, row in rows]


def nameless(*which: ColumnElement[bool], order: Sequence[Any], limit: int) -> list[tuple[Line, str | None]]:
    """Messages of the whole office as the admin sees them, each with its case's id: masked addresses and no names."""
    query = _jobs().where(Job.kind.in_(_KINDS), *which).order_by(*order).limit(at_most(limit))
    rows = store.session.execute(query).all()
    people = _people({str(job.payload.get("user", "")) for job, _ in rows})
    found = ((job, _line(job, row, people.get(str(job.payload.get("user", ""))))) for job, row in rows)
    return [(replace(line, person=""), job.case_id) for job, line in found]


def _jobs() -> Select[Job, Delivery]:
    return select(Job, Delivery).join(Delivery, Delivery.job_id == Job.id, isouter=True)


def _people(ids: Iterable[str]) -> dict[str, User]:
    return {user.id: user for user in store.session.scalars(select(User).where(User.id.in_(ids)))}


def _line(job: Job, row: Delivery | None, user: User | None) -> Line:
    state, at = _state(job, row)
    is_under_way = state in (QUEUED, DELAYED)  # perhaps once more, and to another address than before
    said = job.error.partition(": ")[2] if job.failed_at or state == DELAYED else row.reason if row else ""
    return Line(
        job_id=job.id,
        channel=job.kind,
        title=str(job.payload.get("title", "")),
        person=user.name if user else "",
        to=(row.to if row and not is_under_way else "") or _address(job, user),
        state=state,
        at=at,
        reason=said,
    )


def _state(job: Job, row: Delivery | None) -> tuple[str, datetime]:
    if job.failed_at is not None:
        return (row.state if row and row.state == outcomes.BOUNCED else outcomes.FAILED), job.failed_at
    if job.done_at is not None:
        return (row.state, row.state_at) if row else (outcomes.SENT, job.done_at)
    return (DELAYED, job.due_at) if job.error else (QUEUED, job.created_at)


def _address(job: Job, user: User | None) -> str:
    """Where it is meant to go, as long as it has not gone."""
    if job.kind == outcomes.WHATSAPP:
        return mask_phone(user.phone) if user and user.phone else ""
    named = str(job.payload.get("to") or (user.email if user else ""))
    return mask_email(named) if named else ""
