"""News of a pemohon's message for the office: to whoever has the case, else to its roles together."""

from datetime import datetime, timedelta

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from app.domain.actors import APPLICANTS, can
from app.models import Case, Discussion, DiscussionMessage, Task, User
from app.procedures.model.notices import NoticeTemplate
from app.services import store
from app.services.accounts import acting
from app.services.background import digests, job_rows, lateness
from app.services.background.job_rows import Lease
from app.services.discussion import marks
from app.services.discussion.place import Place
from app.services.flow.opening import APPLICANT_QUEUES, queue_name
from app.services.messages import notices

KIND = "diskusi_peran"
TOGETHER = timedelta(minutes=15)
NOBODYS = ""

_TO_OFFICER = NoticeTemplate(
    "Pesan baru dari pemohon: {nomor}", "Pemohon menulis di diskusi {layanan}, nomor {nomor}. Baca dan balas di sana."
)
_TO_ROLE = NoticeTemplate(
    "{jumlah} diskusi menunggu jawaban",
    "Pesan dari pemohon di {jumlah} diskusi yang belum dipegang siapa pun. Di inbox bertanda “diskusi baru”.",
)


def tell_office(session: Session, here: Place, talk: Discussion, message: DiscussionMessage) -> None:
    """Inside the unit of work that writes the message."""
    person = _whose(session, here)
    talk.asked_queue = NOBODYS if person else _queue(session, here)
    if person is None:
        due = _quarter_after(message.at)
        key = f"{KIND}:{talk.asked_queue}:{due:%Y%m%d%H%M}"
        job_rows.add(session, key[:160], KIND, {"queue": talk.asked_queue}, due, at=message.at)
        return
    mark = marks.of(session, here.case.id, person)
    if max(mark.seen, talk.answered) < mark.told:
        return  # the last news is not read yet, and leads here too
    notices.tell(
        session,
        [person],
        _TO_OFFICER,
        here.facts,
        [notices.IN_APP],
        key=f"{marks.prefix(here.case.id)}:{message.number}",
        case_id=here.case.id,
        path=here.path,
        at=message.at,
    )
    mark.told = message.number


def tell_roles(job: Lease) -> None:
    """`diskusi_peran`: to each person of the roles how many wait now; nobody is told of none."""
    queue = str(job.payload["queue"])
    waiting = dict(store.session.execute(_waiting(queue)).all())
    people = {who: units for role in queue.split("|") for who, units in lateness.people_of(role).items()}

    def effects(session: Session, at: datetime) -> None:
        digests.tell_each(session, people, waiting, _TO_ROLE, [notices.IN_APP], key=f"{KIND}:{job.id}", at=at)

    job_rows.finish(job, effects)


def _whose(session: Session, here: Place) -> str | None:
    """Whoever of the office has a task of the case in their hands, else whoever did the last one; None where nobody
    did, or they may not see it any more."""
    office = select(Task).where(Task.case_id == here.case.id, Task.queue.not_in(APPLICANT_QUEUES))
    held = office.with_only_columns(Task.claimed_by).where(Task.closed_at.is_(None), Task.claimed_by.is_not(None))
    done = office.with_only_columns(Task.completed_by).where(Task.completed_by.is_not(None))
    for query in (held.order_by(Task.claimed_at.desc()), done.order_by(Task.completed_at.desc())):
        person = session.scalar(query.limit(1))
        user = session.get(User, person) if person else None
        if user is not None and user.active and can(acting.actor_of(session, user), "discuss", here.ref):
            return user.id
    return None


def _queue(session: Session, here: Place) -> str:
    """The roles of the office's open task, else of its last one; before there was any, all of the procedure."""
    newest = select(Task.queue).where(Task.case_id == here.case.id, Task.queue.not_in(APPLICANT_QUEUES))
    newest = newest.order_by(Task.closed_at.is_not(None), Task.opened_at.desc()).limit(1)
    return session.scalar(newest) or queue_name(here.procedure.roles - APPLICANTS)


def _waiting(queue: str) -> Select[str, int]:
    """Unit -> how many discussions wait for these roles."""
    # Written out, so that a kept plan knows that the index of these alone will do.
    someone = literal(NOBODYS, literal_execute=True)
    counted = select(Case.unit, func.count()).join_from(Discussion, Case, Case.id == Discussion.case_id)
    return counted.where(Discussion.asked_queue == queue, Discussion.asked_queue != someone).group_by(Case.unit)


def _quarter_after(at: datetime) -> datetime:
    """The end of this quarter of an hour: what comes in until then is told together."""
    start = at.replace(minute=at.minute - at.minute % 15, second=0, microsecond=0)
    return start + TOGETHER
