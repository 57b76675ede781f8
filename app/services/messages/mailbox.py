"""The mailbox of a demonstration: what would have been sent, kept in a table instead of going out."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.domain.actors import Actor, demand
from app.domain.errors import NotFound
from app.models import Job, Mail
from app.services import clock, store
from app.services.messages import outgoing
from app.services.paging import Cursor, at_most, earlier
from app.services.work import unit_of_work

PAGE = 50
FEW = 10


class MailboxMailer:
    """The embedded Mailer. A Message-ID that is already there is the same letter: exactly once."""

    def send(self, message_id: str, to: str, subject: str, body: str) -> None:
        at = clock.now()
        with unit_of_work() as session:
            if session.get(Mail, message_id) is None:
                session.add(Mail(message_id=message_id, to=to, subject=subject, body=body, sent_at=at))


@dataclass(frozen=True)
class Page:
    """Newest first; `before`: what to pass for the next page (a Message-ID), None at the end."""

    letters: Sequence[Mail]
    before: str | None


def newest_of(keys: Sequence[str]) -> Mail | None:
    """The newest kept letter of these jobs: what somebody who registers in a demonstration has no mailbox for."""
    of_job = {outgoing.message_id(job_id) for job_id in store.session.scalars(select(Job.id).where(Job.key.in_(keys)))}
    query = select(Mail).where(Mail.message_id.in_(of_job)).order_by(Mail.sent_at.desc(), Mail.message_id.desc())
    return store.session.scalars(query.limit(1)).one_or_none()


def of_case(case_id: str, person_id: str) -> Sequence[Mail]:
    """The newest kept letters about a case to its pemohon, newest first: at most FEW."""
    jobs = select(Job.id, Job.key).where(Job.case_id == case_id, Job.kind == "surat").order_by(Job.created_at.desc())
    theirs = [row.id for row in store.session.execute(jobs.limit(PAGE)) if row.key.endswith(f":{person_id}")][:FEW]
    query = select(Mail).where(Mail.message_id.in_([outgoing.message_id(one) for one in theirs]))
    return store.session.scalars(query.order_by(Mail.sent_at.desc(), Mail.message_id.desc())).all()


def page(actor: Actor, before: str = "") -> Page:
    """The newest PAGE letters, or those older than the one named. Raises Forbidden, NotFound."""
    demand(actor, "watch_mailbox")
    query = select(Mail).order_by(Mail.sent_at.desc(), Mail.message_id.desc()).limit(at_most(PAGE + 1))
    if before:
        last = store.session.get(Mail, before)
        if last is None:
            raise NotFound
        query = query.where(earlier(Mail.sent_at, Mail.message_id, Cursor("", last.sent_at, last.message_id)))
    found = store.session.scalars(query).all()
    return Page(found[:PAGE], found[PAGE - 1].message_id if len(found) > PAGE else None)
