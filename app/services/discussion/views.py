"""A discussion as one side reads it, the newest messages first to be fetched and last to be read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select

from app.domain.actors import APPLICANTS, Actor, can
from app.domain.masking import mask_in_text
from app.models import Discussion, DiscussionMark, DiscussionMessage, User
from app.services import clock, store
from app.services.discussion import attachments
from app.services.discussion.attachments import Attachment
from app.services.discussion.place import closing
from app.services.flow import discretion
from app.services.flow.cases import CaseView
from app.services.paging import COUNT_CAP, at_most

PAGE, SHORT = 30, 5


@dataclass(frozen=True)
class Line:
    """One message. `who`: "Anda", a name for officers, "Petugas" for the pemohon; `is_new`: not read by the reader."""

    number: int
    text: str
    at: datetime
    who: str
    mine: bool
    by_office: bool
    is_new: bool
    files: Sequence[Attachment]


@dataclass(frozen=True)
class Talk:
    """`lines`: oldest first. `before`: what to pass for older ones, None at the beginning. `newest`: 0 = none yet.

    `unread`: of the other side's, counted up to COUNT_CAP. `closes_at`: from then on nobody writes, None = open.
    """

    case_id: str
    number: str
    for_office: bool
    lines: Sequence[Line]
    before: int | None
    newest: int
    unread: int
    may_write: bool
    closes_at: datetime | None
    is_closed: bool
    is_there: bool  # not in a case that is the office's own


def look(actor: Actor, view: CaseView, before: int | None = None, size: int = PAGE) -> Talk:
    """The newest `size` messages, or those before one. Reads only; the caller has the case by right."""
    is_office = actor.id != view.subject_id
    talk = store.session.get(Discussion, view.id)
    seen = _seen(actor, talk, is_office=is_office)
    rows = _messages(view.id, before, size) if talk is not None else []
    shown = rows[:size][::-1]
    closes_at = closing(view.ended_at)
    is_closed = closes_at is not None and closes_at <= clock.now()
    return Talk(
        case_id=view.id,
        number=view.number,
        for_office=is_office,
        lines=_lines(actor, view, shown, seen),
        before=shown[0].number if len(rows) > size else None,
        newest=talk.last if talk else 0,
        unread=_unread(talk, seen, is_office=is_office),
        may_write=can(actor, "discuss", view.ref) and not is_closed,
        closes_at=closes_at,
        is_closed=is_closed,
        is_there=bool(view.ref.roles & APPLICANTS),
    )


def unread_of(user_id: str, case_ids: Sequence[str]) -> Mapping[str, int]:
    """Case -> how many of the office's messages this person, its pemohon, has not read; without those with none."""
    if not case_ids:
        return {}
    seen = select(DiscussionMark.seen).where(
        DiscussionMark.case_id == DiscussionMessage.case_id, DiscussionMark.user_id == user_id
    )
    rows = store.session.execute(
        select(DiscussionMessage.case_id, func.count())
        .where(DiscussionMessage.case_id.in_(case_ids), DiscussionMessage.by_office)
        .where(DiscussionMessage.number > func.coalesce(seen.correlate(DiscussionMessage).scalar_subquery(), 0))
        .group_by(DiscussionMessage.case_id)
    )
    return dict(rows.all())


def new_for_office(actor: Actor, case_ids: Sequence[str]) -> frozenset[str]:
    """Of these cases those where the pemohon wrote something that nobody answered and this officer has not read."""
    if not case_ids:
        return frozenset()
    seen = select(DiscussionMark.seen).where(
        DiscussionMark.case_id == Discussion.case_id, DiscussionMark.user_id == actor.id
    )
    fresh = select(Discussion.case_id).where(
        Discussion.case_id.in_(case_ids),
        Discussion.last_resident > Discussion.answered,
        Discussion.last_resident > func.coalesce(seen.correlate(Discussion).scalar_subquery(), 0),
    )
    return frozenset(store.session.scalars(fresh))


def _seen(actor: Actor, talk: Discussion | None, *, is_office: bool) -> int:
    if talk is None:
        return 0
    mark = store.session.get(DiscussionMark, (talk.case_id, actor.id))
    own = mark.seen if mark else 0
    return max(own, talk.answered) if is_office else own


def _unread(talk: Discussion | None, seen: int, *, is_office: bool) -> int:
    if talk is None or (talk.last_resident if is_office else talk.last_office) <= seen:
        return 0
    few = _theirs(talk.case_id, is_office=is_office, after=seen)
    counted = select(DiscussionMessage.number).where(*few).limit(at_most(COUNT_CAP)).subquery()
    return store.session.scalar(select(func.count()).select_from(counted)) or 0


def _theirs(case_id: str, *, is_office: bool, after: int) -> list[ColumnElement[bool]]:
    other_side = DiscussionMessage.by_office.is_not(is_office)
    return [DiscussionMessage.case_id == case_id, DiscussionMessage.number > after, other_side]


def _messages(case_id: str, before: int | None, size: int) -> Sequence[DiscussionMessage]:
    """The newest first, one more than asked for where there are more."""
    query = select(DiscussionMessage).where(DiscussionMessage.case_id == case_id)
    if before is not None:
        query = query.where(DiscussionMessage.number < before)
    return store.session.scalars(query.order_by(DiscussionMessage.number.desc()).limit(at_most(size + 1))).all()


def _lines(actor: Actor, view: CaseView, messages: Sequence[DiscussionMessage], seen: int) -> list[Line]:
    if not messages:
        return []
    is_office = actor.id != view.subject_id
    files = attachments.of_messages(view.id, [message.number for message in messages])
    names = dict(_names(messages)) if is_office else {}
    if view.hides_name:
        names[view.subject_id] = discretion.HIDDEN
    # As with the answers of a case: whole only for the pemohon and for who works on it.
    holds = any(task.claimed_by == actor.id for task in view.open_tasks)
    shown = str if holds or not is_office else mask_in_text
    return [
        Line(
            number=one.number,
            text=shown(one.text),
            at=one.at,
            who="Anda" if one.author == actor.id else names.get(one.author, "") if is_office else "Petugas",
            mine=one.author == actor.id,
            by_office=one.by_office,
            is_new=one.by_office is not is_office and one.number > seen,
            files=files.get(one.number, ()),
        )
        for one in messages
    ]


def _names(messages: Sequence[DiscussionMessage]) -> Mapping[str, str]:
    people = sorted({message.author for message in messages})
    return {row.id: row.name for row in store.session.execute(select(User.id, User.name).where(User.id.in_(people)))}
