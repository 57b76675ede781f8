"""Jobs that reach people: a notice to everyone of a role, one letter, one WhatsApp message."""

import logging
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.adapters.delivery import Rejected
from app.adapters.whatsapp import WhatsAppRejected
from app.domain.masking import mask_email, mask_phone
from app.domain.tanggal import local_date
from app.models import Case, Job, Task, User
from app.procedures.model.notices import NoticeTemplate
from app.services import clock, store
from app.services.accounts import acting
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.messages import notices, outcomes, outgoing, preferences, unreachable

log = logging.getLogger("alur.surat")

# Where people read on when a job names no better place.
NOTICES = "/notifikasi"
TASK_PATH = "/tugas/"
NO_ACCOUNT = "akunnya tidak aktif lagi"
SWITCHED_OFF = "dimatikan penerimanya"
NOWHERE = "pemohon tidak punya akun dan email; telepon, atau sampaikan di loket"
ON_PAPER = "diserahkan tercetak di loket"


class NoAddress(Rejected):
    """There is no address, and there will be none by trying again."""


def fan_out(job: Lease) -> None:
    """`pemberitahuan`: one notice for each active person of a role who serves the case's unit.

    What it leads to may wait in the queue of that role anyway: then it is no unread notice beside it, or a hundred KK
    signed in a day would bury what is told to one person.
    """
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
            is_quiet=_waits_in_queue(session, told["role"], told.get("path", "")),
        )

    job_rows.finish(job, effects)


def _waits_in_queue(session: Session, role: str, path: str) -> bool:
    task = session.get(Task, path.removeprefix(TASK_PATH)) if path.startswith(TASK_PATH) else None
    return task is not None and task.closed_at is None and task.claimed_by is None and role in task.queue.split("|")


def send_letter(job: Lease) -> None:
    """`surat`: one mail to one person. Raises MailDeferred, MailRejected.

    The Message-ID is the job's, so only a kill between the server's yes and our commit can send it twice, and then
    the reader's mail program can tell. A database that goes away in between is waited for.
    """
    address = _address(job.payload)
    if not address:
        _without_address(job)
    elif job.payload.get("optional") and not preferences.wants_mail(store.session(), job.payload["user"]):
        _drop(job, SWITCHED_OFF)
    elif _begin(job):
        body = outgoing.letter(job.payload["body"], _read_on(job.payload))
        message_id = outgoing.message_id(job.id, outcomes.round_of(job.payload))
        outgoing.mailer.send(message_id, address, job.payload["title"], body)
        _sent(job, mask_email(address), None)


def _without_address(job: Lease) -> None:
    """Somebody without account and e-mail is told by a person: what is compulsory becomes work of the counter
    (services.messages.undelivered). Raises NoAddress."""
    user = store.session.get(User, job.payload["user"]) if job.payload["user"] else None
    if user is None or not user.active or user.has_account:
        _drop(job, NO_ACCOUNT)
    elif job.payload.get(notices.HANDED):
        _drop(job, ON_PAPER, outcomes.OTHERWISE)
    elif job.payload.get("optional"):
        _drop(job, NOWHERE)
    else:
        raise NoAddress(NOWHERE)


def send_whatsapp(job: Lease) -> None:
    """`whatsapp`: one message to the pemohon, if they still want any. Raises WhatsAppDeferred, WhatsAppRejected.

    What WhatsApp reports bears our own reference: it tells of a message that an attempt sent and did not live to write
    down, which is then not sent again.
    """
    user = store.session.get(User, job.payload["user"])
    number = preferences.number_of(user) if user is not None and user.active and user.whatsapp_consent else ""
    known = outcomes.known(job)
    if known == outcomes.FAILED:
        raise WhatsAppRejected("WhatsApp menyatakan pesan ini tidak sampai")
    if known:
        _sent(job, mask_phone(number), None)
    elif not number or outgoing.whatsapp is None:
        _drop(job, SWITCHED_OFF)
    elif _begin(job):
        reference = outgoing.reference(job.id, outcomes.round_of(job.payload))
        link = outgoing.link(job.payload["path"])
        remote_id = outgoing.whatsapp.send(reference, number, job.payload["title"], link)
        _sent(job, mask_phone(number), remote_id)


def refused(job: Lease) -> job_rows.Effects:
    """What follows when the other side will never take a message: its reader is told where they still read.

    A report of failure stands for this sending only: whoever has it tried again begins another.
    """
    is_reported = job.kind == outcomes.WHATSAPP and outcomes.known(job) == outcomes.FAILED
    anew = {**job.payload, "round": outcomes.round_of(job.payload) + 1}

    def effects(session: Session, at: datetime) -> None:
        if is_reported:
            session.execute(update(Job).where(Job.id == job.id).values(payload=anew))
        if job.kind == outcomes.LETTER and not job.payload.get("to"):
            unreachable.tell(session, job.payload["user"], "", at)

    return effects


def _begin(job: Lease) -> bool:
    """From now on the world may have heard of it. False: the lease is lost, and the job with it."""
    if not job_rows.mark_sending(job, clock.now()):
        return False
    if job.maybe_sent:
        log.warning("an earlier attempt may have been taken", extra={"job": job.id, "attempt": job.attempt})
    return True


def _sent(job: Lease, to: str, remote_id: str | None) -> None:
    def effects(session: Session, at: datetime) -> None:
        outcomes.note_sent(session, job, to, remote_id, at)

    job_rows.insist(lambda: job_rows.finish(job, effects, keep=_kept(job)))


def _drop(job: Lease, reason: str, state: str = outcomes.CANCELLED) -> None:
    def effects(session: Session, at: datetime) -> None:
        outcomes.note_ended(session, job.id, state, reason, at, outcomes.round_of(job.payload))

    job_rows.finish(job, effects, keep=_kept(job))


def _kept(job: Lease) -> dict[str, str]:
    return {"user": job.payload["user"], "title": job.payload["title"]}


def _address(payload: Mapping[str, Any]) -> str:
    """ "" for an account that is gone or switched off. A letter may name its own address (services.messages.letters);
    an officer may have put another one in place of one that was refused."""
    named = str(payload.get("to") or "")
    if not payload["user"]:
        return named
    user = store.session.get(User, payload["user"])
    if user is None or not user.active:
        return ""
    return named or (user.email if user.has_account else user.contact or "")


def _read_on(payload: Mapping[str, Any]) -> str:
    """ "" for whoever has no account: there is no page that would open."""
    user = store.session.get(User, payload["user"]) if payload["user"] else None
    return "" if user is not None and not user.has_account else str(payload.get("path", NOTICES))


def people_of(role: str, unit: str) -> Sequence[str]:
    """Ids of the active people of a role; `unit`: of those who serve it, "" = all."""
    held = acting.holders(role, local_date(clock.now()))
    return list(dict.fromkeys(person for person, where in held if not unit or where in ("", unit)))


def _unit(case_id: str | None) -> str:
    if case_id is None:
        return ""
    return store.session.scalar(select(Case.unit).where(Case.id == case_id)) or ""
