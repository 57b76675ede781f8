"""News of an officer's message for its pemohon: inside once until it is read, by mail at most once in QUIET.

Nobody is written to again while the last news is not followed: it leads to the newest message too. Everything is
written with the message, or by a job that decides under the lock of the case.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from app.domain.actors import CaseRef
from app.models import Case, Discussion, DiscussionMark, DiscussionMessage
from app.procedures.model.notices import NoticeTemplate
from app.services.background import job_rows
from app.services.background.job_rows import Lease
from app.services.discussion import asking, marks
from app.services.discussion.place import Place
from app.services.flow import published
from app.services.messages import notices

KIND = "diskusi"
QUIET = timedelta(minutes=15)
EXCERPT = 200

_INSIDE = NoticeTemplate("Pesan dari petugas: {nomor}", "{layanan}: {pesan}")
_MAIL = NoticeTemplate(
    "Pesan dari petugas: {nomor}",
    "Halo {nama},\n\nPetugas menulis di diskusi {layanan}, nomor {nomor}:\n\n{pesan}\n\n"
    "Baca dan balas di sini:\n{tautan}",
)


def of_message(session: Session, here: Place, talk: Discussion, message: DiscussionMessage) -> None:
    """Inside the unit of work that writes the message."""
    if not message.by_office:
        asking.tell_office(session, here, talk, message)
        return
    mark = marks.of(session, here.case.id, here.case.subject_id)
    quiet = _is_quiet(mark, message.at)
    if quiet and mark.seen < mark.told:
        return
    _tell(session, here, message, _INSIDE, notices.IN_APP, message.at)
    mark.told = message.number
    if not quiet:
        _write_to(session, here, mark, message, message.at)
    elif mark.mailed_at is not None:
        due = mark.mailed_at + QUIET
        key = f"{marks.prefix(here.case.id)}:{due:%Y%m%d%H%M%S}"
        job_rows.add(session, key, KIND, {}, due, case_id=here.case.id, at=message.at)


def mail_later(job: Lease) -> None:
    """`diskusi`: the mail that had to wait; not to who has read meanwhile, nor to who was written to since."""

    def effects(session: Session, at: datetime) -> None:
        case, talk = session.get_one(Case, job.case_id), session.get_one(Discussion, job.case_id)
        mark = marks.of(session, case.id, case.subject_id)
        newest = session.get_one(DiscussionMessage, (case.id, talk.last_office))
        if max(mark.seen, mark.mailed) < newest.number and not _is_quiet(mark, at):
            procedure = published.compiled(case.version_id)
            ref = CaseRef(case.id, case.subject_id, case.unit, procedure.roles)
            _write_to(session, Place(case, procedure, ref), mark, newest, at)

    job_rows.finish(job, effects)


def _write_to(session: Session, here: Place, mark: DiscussionMark, message: DiscussionMessage, at: datetime) -> None:
    _tell(session, here, message, _MAIL, notices.MAIL, at)
    mark.told, mark.mailed, mark.mailed_at = message.number, message.number, at


def _tell(
    session: Session, here: Place, message: DiscussionMessage, text: NoticeTemplate, channel: str, at: datetime
) -> None:
    notices.tell(
        session,
        [here.case.subject_id],
        text,
        {**here.facts, "pesan": excerpt(message.text)},
        [channel],
        key=f"{marks.prefix(here.case.id)}:{message.number}",
        case_id=here.case.id,
        path=here.path,
        at=at,
    )


def _is_quiet(mark: DiscussionMark, at: datetime) -> bool:
    return mark.mailed_at is not None and at < mark.mailed_at + QUIET


def excerpt(text: str) -> str:
    """The beginning of a message, on one line; files alone have none."""
    words = " ".join(text.split())
    if not words:
        return "(lampiran tanpa teks)"
    return words if len(words) <= EXCERPT else f"{words[:EXCERPT].rsplit(' ', 1)[0]} …"
