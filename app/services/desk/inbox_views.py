"""The inbox's four views: which tasks belong to each, and which of them a filter leaves.

Every one is a stretch of a partial index, or several: none counts or sorts the whole office.
"""

from dataclasses import dataclass
from datetime import datetime, time

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    false,
    or_,
    select,
)
from sqlalchemy.orm import aliased

from app.domain.actors import APPLICANTS, OVERSEERS, Actor
from app.domain.tanggal import WIB, local_date
from app.models import Case, CaseTag, Permohonan, Task, TaskAside
from app.services.desk.duties import Duties
from app.services.flow.opening import APPLICANT_QUEUES, roles_of
from app.services.paging import at_most

ANTREAN, TUGAS_SAYA, MENUNGGU, SELESAI = "antrean", "tugas-saya", "menunggu-pemohon", "selesai-hari-ini"
DITAHAN = "ditahan"
"""Of *Tugas saya*: what its holder has put aside until a day; a part of that page, no view of its own."""
VIEWS = (ANTREAN, TUGAS_SAYA, MENUNGGU, SELESAI)
PRIORITY = "prioritas"
Condition = ColumnElement[bool]

_OTHER, _ITS, _SAME = aliased(Task), aliased(Permohonan), aliased(Case)


@dataclass(frozen=True)
class Filters:
    """Empty means all. `tag`: a word that officers put on cases, or PRIORITY."""

    service: str = ""
    step: str = ""
    kind: str = ""
    late: bool = False
    tag: str = ""

    @property
    def any(self) -> bool:
        return self.search or self.late

    @property
    def search(self) -> bool:
        """Must the queue be walked to find them? What is late stands at its beginning."""
        return bool(self.service or self.step or self.kind or self.tag)


@dataclass(frozen=True)
class Query:
    """Everything a view's statements are made from."""

    actor: Actor
    duties: Duties
    view: str
    filters: Filters
    now: datetime


def walked(query: Query) -> list[list[Condition]]:
    """Of a view whose rows may be the office's, not only one's own: the stretch of the index that it lies in."""
    if query.view == ANTREAN:
        free = [Task.closed_at.is_(None), Task.claimed_by.is_(None), Task.held_at.is_(None)]
        return [[*place, *free] for queue in query.duties.queues for place in _places(query.actor, queue)]
    if query.view == MENUNGGU:
        return [[Task.closed_at.is_(None), Task.asked_by == query.actor.id]]
    return []


def branches(query: Query) -> list[list[Condition]]:
    """The view itself. A list of branches, each with equality on the first columns of the index it walks."""
    actor = query.actor
    if query.view == ANTREAN:
        shared = _claimable(query)
        return [[*place, *shared] for queue in query.duties.queues for place in _places(actor, queue)]
    if query.view == TUGAS_SAYA:
        return [[Task.closed_at.is_(None), Task.claimed_by == actor.id, _aside(query).is_(None), *_still_his(query)]]
    if query.view == DITAHAN:
        aside = _aside(query).is_not(None)
        return [[Task.closed_at.is_(None), Task.claimed_by == actor.id, aside, *_still_his(query)]]
    if query.view == MENUNGGU:
        waits = [Task.closed_at.is_(None), Task.asked_by == actor.id, Task.step.in_(sorted(query.duties.stopping))]
        is_there_any = query.duties.stopping and query.duties.queues
        return [[*waits, *_where_he_works(query)]] if is_there_any else []
    return [
        [
            Task.completed_by == actor.id,
            Task.completed_at >= _midnight(query.now),
            Task.queue.not_in(APPLICANT_QUEUES),
            Task.step.not_in(query.duties.silent),
            *_still_his(query),
        ]
    ]


def _aside(query: Query) -> ScalarSelect[str]:
    """Asked task by task: NOT EXISTS may become a join that reads what everybody has put aside."""
    same_claim = (TaskAside.owner_id == Task.claimed_by, TaskAside.claimed_at == Task.claimed_at)
    aside = select(TaskAside.task_id).where(TaskAside.task_id == Task.id, *same_claim, TaskAside.until > query.now)
    return aside.correlate(Task).limit(at_most(1)).scalar_subquery()


def _claimable(query: Query) -> list[Condition]:
    actor = query.actor
    found: list[Condition] = [
        Task.closed_at.is_(None),
        Task.claimed_by.is_(None),
        Task.held_at.is_(None),
        Case.subject_id != actor.id,
        or_(
            Task.reserved_for.is_(None),
            Task.reserved_for == actor.id,
            Task.reserved_until.is_(None),
            Task.reserved_until <= query.now,
        ),
    ]
    found += [~and_(Task.step == step, _done_by(actor.id, others)) for step, others in query.duties.four_eyes.items()]
    return found


def _still_his(query: Query) -> list[Condition]:
    """Held or done by this officer, in a role and a unit that they have to this day."""
    queues: dict[frozenset[str] | None, list[str]] = {}
    for queue in query.duties.queues:
        queues.setdefault(_units(query.actor, queue), []).append(queue)
    alike = [[Task.queue.in_(same), *_in_units(units)] for units, same in queues.items()]
    return alike[0] if len(alike) == 1 else [or_(false(), *(and_(*each) for each in alike))]


def _places(actor: Actor, queue: str) -> list[list[Condition]]:
    """The queue, unit by unit where the actor does not serve all of it."""
    units = _units(actor, queue)
    if units is None:
        return [[Task.queue == queue]]
    return [[Task.queue == queue, Task.unit == unit] for unit in sorted(units)]


def _units(actor: Actor, queue: str) -> frozenset[str] | None:
    return actor.units_in(roles_of(queue) - APPLICANTS)


def _where_he_works(query: Query) -> list[Condition]:
    """Units in which this officer sees cases."""
    roles = OVERSEERS.union(*map(roles_of, query.duties.queues)) - APPLICANTS
    return _in_units(query.actor.units_in(roles))


def _in_units(units: frozenset[str] | None) -> list[Condition]:
    return [] if units is None else [Task.unit.in_(sorted(units))]


def _done_by(actor_id: str, steps: frozenset[str]) -> Condition:
    done = select(_OTHER.id).where(
        _OTHER.case_id == Task.case_id, _OTHER.completed_by == actor_id, _OTHER.step.in_(sorted(steps))
    )
    return done.exists()


def narrowed(query: Query) -> list[Condition]:
    filters = query.filters
    found: list[Condition] = []
    if filters.service:
        found.append(Case.version_id.in_(query.duties.versions.get(filters.service, ())))
    if filters.step:
        found.append(Task.step == filters.step)
    if filters.kind:
        found.append(_kind_of_case() == filters.kind)
    if filters.late and query.view != SELESAI:
        found += [Task.due_at <= query.now, Task.held_at.is_(None), Task.paused_at.is_(None)]
    if filters.tag == PRIORITY:
        found.append(_is_marked().is_(True))
    elif filters.tag:
        worn = select(CaseTag.case_id).where(CaseTag.case_id == Task.case_id, CaseTag.word == filters.tag)
        found.append(worn.correlate(Task).limit(at_most(1)).scalar_subquery().is_not(None))
    return found


# What is searched beside the task is asked task by task, in the order of the list: with a plain join PostgreSQL would
# rather begin with every permohonan of that kind, or every case of priority.
def _is_marked() -> ScalarSelect[bool]:
    return select(_SAME.priority).where(_SAME.id == Task.case_id).correlate(Task).scalar_subquery()


def _kind_of_case() -> ScalarSelect[str]:
    return select(_ITS.jenis).where(_ITS.case_id == Task.case_id).correlate(Task).scalar_subquery()


def _midnight(now: datetime) -> datetime:
    return datetime.combine(local_date(now), time(), tzinfo=WIB)
