"""The inbox's four views as SQL. Every one walks a partial index in its own order; none counts or sorts the office.

Order: due_at, then id; what has no limit comes last, by opened_at. The two parts are two statements ("stages"), since
a coalesce() in ORDER BY would lose the index.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    case,
    false,
    func,
    literal,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import aliased

from app.domain.actors import APPLICANTS, OVERSEERS, Actor
from app.domain.tanggal import WIB, local_date
from app.models import Case, CaseTag, Permohonan, Task, TaskAside, User
from app.services.desk.duties import Duties
from app.services.flow import discretion
from app.services.flow.opening import APPLICANT_QUEUES, roles_of
from app.services.paging import Cursor, at_most, earlier, later, no_later

ANTREAN, TUGAS_SAYA, MENUNGGU, SELESAI = "antrean", "tugas-saya", "menunggu-pemohon", "selesai-hari-ini"
DITAHAN = "ditahan"
"""Of *Tugas saya*: what its holder has put aside until a day; a part of that page, no view of its own."""
VIEWS = (ANTREAN, TUGAS_SAYA, MENUNGGU, SELESAI)
SCANNED = 500
"""How many rows of a part of a view are looked at, at most, to say how many of them a saved filter shows."""
LOOKED_AT = 5_000
"""How many rows of a part of a queue are looked at, at most, for one page of what a filter shows of it."""
PRIORITY = "prioritas"
DUE, UNLIMITED, DONE = "d", "u", "s"

Condition = ColumnElement[bool]
Statement = Select[Any]

_OTHER, _ITS, _SAME = aliased(Task), aliased(Permohonan), aliased(Case)
_COLUMNS: tuple[Any, ...] = (
    Task.id,
    Task.case_id,
    Task.step,
    Task.visit,
    Task.version,
    Task.opened_at,
    Task.claimed_at,
    Task.due_at,
    Task.completed_at,
    Task.reserved_for,
    Task.held_at,
    Task.paused_at,
    Task.paused_for,
    Case.number,
    Case.subject_id,
    Case.priority,
    Case.version_id,
    discretion.in_lists(User.name).label("applicant"),
    Permohonan.jenis,
    Permohonan.assisted_by,
)


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


def stages(query: Query, after: Cursor | None) -> list[tuple[str, Cursor | None]]:
    """The parts of the view from the cursor on, each with where to begin in it."""
    names = _stages_of(query)
    names = names[names.index(after.stage) if after and after.stage in names else 0 :]
    return [(name, after if after and after.stage == name else None) for name in names]


def end_of_look(query: Query, stage: str, after: Cursor | None) -> Statement | None:
    """The order's two columns in the row LOOKED_AT after the cursor, if there are so many; None: nothing to bound.

    Read from the index alone, so that a filter which shows next to nothing never reads the whole queue.
    """
    branches = _walked(query) if query.filters.search else []
    if not branches:
        return None
    keys = (getattr(Task, order_column(stage)), Task.id)
    base = select(*keys).where(*_of_stage(stage), *_after(stage, keys, after)).order_by(*keys)
    base = base.limit(at_most(LOOKED_AT))
    merged = union_all(*(select(base.where(*branch).subquery()) for branch in branches)).subquery()
    order = (merged.c[order_column(stage)], merged.c.id)
    return select(*order).order_by(*order).offset(at_most(LOOKED_AT - 1)).limit(at_most(1))


def _walked(query: Query) -> list[list[Condition]]:
    """Of a view whose rows may be the office's, not only one's own: the stretch of the index that it lies in."""
    if query.view == ANTREAN:
        free = [Task.closed_at.is_(None), Task.claimed_by.is_(None), Task.held_at.is_(None)]
        return [[*place, *free] for queue in query.duties.queues for place in _places(query.actor, queue)]
    if query.view == MENUNGGU:
        return [[Task.closed_at.is_(None), Task.asked_by == query.actor.id]]
    return []


def order_column(stage: str) -> str:
    """The name of the column that a row's cursor remembers beside its id."""
    return {DUE: "due_at", UNLIMITED: "opened_at", DONE: "completed_at"}[stage]


def capped_count(query: Query, cap: int) -> Select[Any]:
    """How many rows the view has, counting no further than `cap` in each of its parts.

    In the order of the index: without one PostgreSQL may look for the first rows that match in the table itself.
    """
    parts = [
        _joined(select(Task.id))
        .where(*branch, *_narrowed(query), *_of_stage(stage))
        .order_by(*order)
        .limit(at_most(cap))
        for stage, order in _in_order(query)
        for branch in _branches(query)
    ]
    if not parts:
        return select(literal(0))
    together = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    return select(func.count()).select_from(together)


def scanned_count(query: Query) -> Select[Any]:
    """(rows looked at, rows that match) of a narrowed view, looking at its first SCANNED rows and no further."""
    hit = case((and_(true(), *_narrowed(query)), 1), else_=0).label("hit")
    parts = []
    for stage, order in _in_order(query):
        base = _joined(select(hit)).where(*_of_stage(stage)).order_by(*order).limit(at_most(SCANNED))
        parts += [base.where(*branch) for branch in _branches(query)]
    nothing: list[Select[Any]] = [select(literal(0).label("hit")).where(false())]
    together = union_all(*(select(part.subquery().c.hit) for part in parts or nothing)).subquery()
    counted: tuple[Any, ...] = (func.count().label("seen"), func.coalesce(func.sum(together.c.hit), 0).label("hits"))
    return select(*counted)


def _in_order(query: Query) -> Iterator[tuple[str, list[Any]]]:
    """The stages of a view, each with the order of the index that it walks."""
    for stage in _stages_of(query):
        keys = (getattr(Task, order_column(stage)), Task.id)
        yield stage, [key.desc() if stage == DONE else key.asc() for key in keys]


def _stages_of(query: Query) -> tuple[str, ...]:
    if query.view == SELESAI:
        return (DONE,)
    if query.view == MENUNGGU:
        return () if query.filters.late else (UNLIMITED,)  # the office's limits do not run while it waits
    return (DUE,) if query.filters.late else (DUE, UNLIMITED)


def rows_of(query: Query, stage: str, after: Cursor | None, limit: int, end: Cursor | None = None) -> Statement:
    """At most `limit` rows of a part of the view, after the cursor and no further than `end`.

    One branch per queue (and unit), each read in index order, then merged: IN (…) would have to sort them all.
    """
    column = order_column(stage)
    keys = (getattr(Task, column), Task.id)
    order = [key.desc() if stage == DONE else key.asc() for key in keys]
    conditions = [*_narrowed(query), *_of_stage(stage), *_after(stage, keys, after)]
    conditions += [] if end is None else [no_later(*keys, end)]
    base = _joined(select(*_COLUMNS), whole=True).where(*conditions).order_by(*order).limit(at_most(limit))
    branches = [base.where(*branch) for branch in _branches(query)]
    if not branches:
        return base.where(false())
    if len(branches) == 1:
        return branches[0]
    merged = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    return select(merged).order_by(merged.c[column], merged.c.id).limit(at_most(limit))


def _of_stage(stage: str) -> list[Condition]:
    if stage == DONE:
        return []
    return [Task.due_at.is_not(None) if stage == DUE else Task.due_at.is_(None)]


def _after(stage: str, keys: tuple[Any, Any], after: Cursor | None) -> list[Condition]:
    if after is None:
        return []
    return [earlier(*keys, after) if stage == DONE else later(*keys, after)]


def _joined(statement: Statement, *, whole: bool = False) -> Statement:
    """What a line shows (`whole`) or what its conditions look at; counting needs less."""
    joined = statement.join_from(Task, Case, Case.id == Task.case_id)
    if not whole:
        return joined
    joined = joined.join(User, User.id == Case.subject_id)
    return joined.outerjoin(Permohonan, Permohonan.case_id == Case.id)


def _branches(query: Query) -> list[list[Condition]]:
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


def _narrowed(query: Query) -> list[Condition]:
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
