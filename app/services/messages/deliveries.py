"""Jobs that reach people: a notice to everyone of a role, and one letter."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Case, User, UserRole
from app.procedures.model import NoticeTemplate
from app.services import clock, store
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.messages import notices, outgoing

log = logging.getLogger("alur.surat")

# Where people read on when a job names no better place.
NOTICES = "/notifikasi"


def fan_out(job: Lease) -> None:
    """`pemberitahuan`: one notice for each active person of a role who serves the case's unit."""
    told = job.payload
    people = people_of(told["role"], _unit(job.case_id))
    template = NoticeTemplate(told["title"], told["body"])

    def effects(session: Session, at: datetime) -> None:
        notices.tell(
            session,
            people,
            template,
            told["facts"],
            told["channels"],
            key=job.id,
            case_id=job.case_id,
            path=told.get("path", NOTICES),
            at=at,
        )

    job_rows.finish(job, effects)


def send_letter(job: Lease) -> None:
    """`surat`: one mail to one person. Raises MailDeferred, MailRejected.

    The Message-ID is the job's, so only a kill between the server's yes and our commit can send it twice, and then
    the reader's mail program can tell. A database that goes away in between is waited for.
    """
    address = _address(job.payload)
    kept = {"user": job.payload["user"], "title": job.payload["title"]}
    if address and job_rows.mark_sending(job, clock.now()):
        if job.maybe_sent:
            log.warning("an earlier attempt may have been taken", extra={"job": job.id, "attempt": job.attempt})
        body = outgoing.letter(job.payload["body"], job.payload.get("path", NOTICES))
        outgoing.mailer.send(outgoing.message_id(job.id), address, job.payload["title"], body)
    job_rows.insist(lambda: job_rows.finish(job, _nothing, keep=kept))


def _address(payload: Mapping[str, Any]) -> str:
    """ "" for an account that is gone or switched off. A letter may name its own address (services.messages.letters);
    an officer may have put another one in place of one that was refused."""
    named = str(payload.get("to") or "")
    if not payload["user"]:
        return named
    user = store.session.get(User, payload["user"])
    return named or user.email if user is not None and user.active and user.has_account else ""


def people_of(role: str, unit: str) -> Sequence[str]:
    """Ids of the active people of a role; `unit`: of those who serve it, "" = all."""
    query = select(User.id).join(UserRole).where(UserRole.role == role, User.active).order_by(User.id).distinct()
    if unit:
        query = query.where(or_(UserRole.unit == "", UserRole.unit == unit))
    return store.session.scalars(query).all()


def _unit(case_id: str | None) -> str:
    if case_id is None:
        return ""
    return store.session.scalar(select(Case.unit).where(Case.id == case_id)) or ""


def _nothing(session: Session, at: datetime) -> None:
    """A letter's effect was outside."""
