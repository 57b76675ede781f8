"""Messages that never arrived, as work for the role that the procedure names (`pengiriman.gagal_ke`)."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy.orm import Session

from app.domain.actors import APPLICANTS, COUNTER_ROLE, Actor, CaseRef, can
from app.domain.errors import DealtWith, InvalidInput, NotFound
from app.domain.masking import mask_email, mask_in_text, mask_phone
from app.models import Case, Job, Task, User
from app.procedures.values import Refused, plain_email
from app.services import clock, store
from app.services.background import job_rows
from app.services.flow import discretion, published
from app.services.messages import outcomes
from app.services.records import trail
from app.services.work import ring_after_commit, unit_of_work

AGAIN, OTHERWISE = "kiriman_diulang", "kiriman_disampaikan"
LISTED = 50
MAX_NOTE = 200


@dataclass(frozen=True)
class Undelivered:
    """`person`: to whom; `reason`: what the other side said, naming nobody; `task_id`: where the case is seen.

    `channel`: surat | whatsapp; `address`: the e-mail address in full, of a number the masked one.
    """

    job_id: str
    channel: str
    case_id: str
    number: str
    person: str
    address: str
    title: str
    reason: str
    failed_at: datetime | None
    task_id: str


def listed(actor: Actor) -> tuple[Undelivered, ...]:
    """The oldest LISTED that are this actor's to deal with."""
    units = actor.units_in(actor.roles - APPLICANTS)
    where = [] if units is None else [Case.unit.in_(sorted(units))]  # others' letters must not crowd out theirs
    return tuple(found for found, _ in _of(store.session(), actor, Job.failed_at.is_not(None), *where))[:LISTED]


def send_again(actor: Actor, job_id: str, address: str = "") -> None:
    """From the start, to the account's address or to another one. Raises InvalidInput, NotFound (not theirs),
    DealtWith."""
    try:
        corrected = plain_email(address)
    except Refused as refused:
        raise InvalidInput({"alamat": [str(refused)]}) from refused
    _deal_with(actor, job_id, AGAIN, {"alamat_diganti": corrected is not None}, to=corrected)


def delivered_otherwise(actor: Actor, job_id: str, note: str) -> None:
    """Somebody told the pemohon by telephone or over the counter: `note` says how.

    Raises InvalidInput, NotFound, DealtWith.
    """
    _deal_with(actor, job_id, OTHERWISE, {"catatan": clean_note(note)})


def clean_note(note: str) -> str:
    """How somebody was told. Raises InvalidInput."""
    note = " ".join(note.split())
    if not note or len(note) > MAX_NOTE:
        raise InvalidInput({"catatan": [f"Tulis bagaimana disampaikan, paling banyak {MAX_NOTE} huruf."]})
    return mask_in_text(note)


def _deal_with(actor: Actor, job_id: str, verb: str, what: dict[str, Any], to: str | None = None) -> None:
    at = clock.now()
    case_id = store.session.scalar(select(Job.case_id).where(Job.id == job_id))
    with unit_of_work() as session:
        job_rows.lock_case(session, case_id)
        one, job = next(_of(session, actor, Job.id == job_id), (None, None))
        if one is None or job is None:
            raise NotFound
        if job.failed_at is None:
            raise DealtWith("Kiriman ini sudah ditangani.")
        payload = {**job.payload, "to": to} if to else dict(job.payload)
        values: dict[str, Any] = {"failed_at": None, "error": ""}
        if verb == AGAIN:
            values |= {"attempts": 0, "due_at": at, "payload": payload}
            ring_after_commit(session, job_id)
        else:
            values |= {"done_at": at, "payload": {"user": job.payload["user"], "title": job.payload["title"]}}
            round = outcomes.round_of(job.payload)
            outcomes.note_ended(session, job_id, outcomes.OTHERWISE, str(what["catatan"]), at, round)
        session.execute(
            update(Job).where(Job.id == job_id).values(**values), execution_options={"synchronize_session": False}
        )
        what = {"id": job_id, "judul": one.title, **what}
        trail.append(session, trail.case_stream(one.case_id), actor.id, verb, what, at)


def _of(session: Session, actor: Actor, *which: ColumnElement[bool]) -> Iterator[tuple[Undelivered, Job]]:
    """Those of these letters that are the actor's to deal with, the oldest first.

    The partial index on failed jobs makes their list cheap: there are few.
    """
    newest = select(func.max(Task.id)).where(Task.case_id == Case.id).correlate(Case).scalar_subquery()
    rows = session.execute(
        select(Job, Case, newest)
        .join(Case, Case.id == Job.case_id)
        .where(Job.kind.in_((outcomes.LETTER, outcomes.WHATSAPP)), *which)
        .order_by(Job.failed_at, Job.id)
        .limit(LISTED * 4)
    ).all()
    people = {
        user.id: user for user in session.scalars(select(User).where(User.id.in_({_to(job) for job, _, _ in rows})))
    }
    for job, case, task_id in rows:
        procedure = published.compiled(case.version_id)
        user = people.get(_to(job))
        roles = set(procedure.delivery.get("gagal_ke", ()))
        if user is not None and not user.has_account:
            roles.add(COUNTER_ROLE)  # who comes to the counter is told there
        ref = CaseRef(case.id, case.subject_id, case.unit, procedure.roles)
        if not actor.serves(case.unit, roles) or case.subject_id == actor.id or not can(actor, "view_case", ref):
            continue
        title, reason = str(job.payload.get("title", "")), _said(job.error)
        is_theirs = case.confidential and _to(job) == case.subject_id
        name, address = (user.name if user else ""), _address(job, user)
        if is_theirs:
            name, address = discretion.HIDDEN, mask_email(address) if "@" in address else address
        told = (name, address, title, reason, job.failed_at)
        yield Undelivered(job.id, job.kind, case.id, case.number, *told, task_id or ""), job


def _address(job: Job, user: User | None) -> str:
    if job.kind == outcomes.WHATSAPP:
        return mask_phone(user.phone or "") if user else ""
    if user is not None and not user.has_account:
        phone = f"tanpa email, telepon {mask_phone(user.phone)}" if user.phone else "tanpa email dan telepon"
        return str(job.payload.get("to") or user.contact or phone)
    return str(job.payload.get("to") or (user.email if user else ""))


def _said(error: str) -> str:
    """Without the name of our own exception in front."""
    fault, colon, reason = error.partition(": ")
    return reason if colon and fault.isidentifier() else error


def _to(job: Job) -> str:
    return str(job.payload.get("user", ""))
