"""How far each person has read. Opening the page marks nothing; saying so does, and so does writing."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.domain.actors import Actor
from app.models import Discussion, DiscussionMark, Notice
from app.services import clock
from app.services.discussion import place
from app.services.work import unit_of_work


def mark_read(actor: Actor, case_id: str, up_to: int) -> None:
    """This person has seen the messages up to this number. Raises NotFound."""
    with unit_of_work() as session:
        place.enter(session, actor, case_id, lock=True)
        talk = session.get(Discussion, case_id)
        if talk is not None:
            _seen(session, case_id, actor.id, min(up_to, talk.last))


def of(session: Session, case_id: str, user_id: str) -> DiscussionMark:
    """This person's mark, made if need be; the case is locked."""
    mark = session.get(DiscussionMark, (case_id, user_id))
    if mark is None:
        mark = DiscussionMark(case_id=case_id, user_id=user_id, seen=0, told=0, mailed=0, mailed_at=None)
        session.add(mark)
    return mark


def wrote(session: Session, talk: Discussion, actor: Actor, seen: int) -> None:
    """Who writes has read what they had before them; what came in while they typed stays new."""
    others_before = seen if seen < talk.last - 1 else talk.last
    _seen(session, talk.case_id, actor.id, others_before)


def _seen(session: Session, case_id: str, user_id: str, up_to: int) -> None:
    mark = of(session, case_id, user_id)
    mark.seen = max(mark.seen, up_to)
    if mark.told <= mark.seen:
        told = Notice.key.startswith(f"{prefix(case_id)}:", autoescape=True)
        unread = update(Notice).where(Notice.user_id == user_id, Notice.read_at.is_(None), told)
        session.execute(unread.values(read_at=clock.now()), execution_options={"synchronize_session": False})


def prefix(case_id: str) -> str:
    """What the keys of all notices of this discussion begin with."""
    return f"diskusi:{case_id}"
