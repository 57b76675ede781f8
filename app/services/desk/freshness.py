"""What has changed since a page of the inbox was drawn: told beside it, so that no row moves under anybody's hand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.tanggal import format_time
from app.models import Task, User
from app.services import clock, store
from app.services.desk import inbox
from app.services.desk.inbox_views import Filters
from app.services.flow.opening import APPLICANT_QUEUES

MOST_SHOWN = 60


@dataclass(frozen=True)
class News:
    """`new`: rows that the page would show now and does not. `gone`: task id -> what became of a row that it shows."""

    new: int
    gone: Mapping[str, str]
    at: datetime


def since(actor: Actor, view: str, filters: Filters, shown: Sequence[str]) -> News:
    """`shown`: ids of the rows of a first page. Reads only. Raises Forbidden, NotFound (no such view)."""
    now_there = inbox.first_ids(actor, view, filters)
    missing = [each for each in shown[:MOST_SHOWN] if each not in now_there]
    return News(len(set(now_there) - set(shown)), _fates(actor, missing), clock.now())


def _fates(actor: Actor, task_ids: Sequence[str]) -> dict[str, str]:
    if not task_ids:
        return {}
    query = select(Task.id, Task.claimed_by, Task.claimed_at, Task.closed_at, User.name)
    query = query.outerjoin(User, User.id == Task.claimed_by).where(
        Task.id.in_(task_ids), Task.queue.not_in(APPLICANT_QUEUES)
    )
    said = {row.id: _fate(actor, row.claimed_by, row.name, row.claimed_at) for row in store.session.execute(query)}
    return {task_id: words for task_id, words in said.items() if words}


def _fate(actor: Actor, by: str | None, name: str | None, at: datetime | None) -> str:
    """ "" where it is only on a later page now."""
    if by is None or at is None:
        return ""
    who = "Anda" if by == actor.id else name or "petugas lain"
    return f"Sudah diambil {who} pukul {format_time(at)}."
