"""The statements of the inbox: the rows of a view in the order of its index, and how many there are.

Order: due_at, then id; what has no limit comes last, by opened_at. The two parts are two statements ("stages"), since
a coalesce() in ORDER BY would lose the index.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, case, false, func, literal, select, true, union_all

from app.models import Case, Permohonan, Task, User
from app.services.desk.inbox_views import MENUNGGU, SELESAI, Condition, Query, branches, narrowed, walked
from app.services.flow import discretion
from app.services.paging import Cursor, at_most, earlier, later, no_later

SCANNED = 500
"""How many rows of a part of a view are looked at, at most, to say how many of them a saved filter shows."""
LOOKED_AT = 5_000
"""How many rows of a part of a queue are looked at, at most, for one page of what a filter shows of it."""
DUE, UNLIMITED, DONE = "d", "u", "s"

Statement = Select[Any]

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


def stages(query: Query, after: Cursor | None) -> list[tuple[str, Cursor | None]]:
    """The parts of the view from the cursor on, each with where to begin in it."""
    names = _stages_of(query)
    names = names[names.index(after.stage) if after and after.stage in names else 0 :]
    return [(name, after if after and after.stage == name else None) for name in names]


def end_of_look(query: Query, stage: str, after: Cursor | None) -> Statement | None:
    """The order's two columns in the row LOOKED_AT after the cursor, if there are so many; None: nothing to bound.

    Read from the index alone, so that a filter which shows next to nothing never reads the whole queue.
    """
    stretches = walked(query) if query.filters.search else []
    if not stretches:
        return None
    keys = (getattr(Task, order_column(stage)), Task.id)
    base = select(*keys).where(*_of_stage(stage), *_after(stage, keys, after)).order_by(*keys)
    base = base.limit(at_most(LOOKED_AT))
    merged = union_all(*(select(base.where(*branch).subquery()) for branch in stretches)).subquery()
    order = (merged.c[order_column(stage)], merged.c.id)
    return select(*order).order_by(*order).offset(at_most(LOOKED_AT - 1)).limit(at_most(1))


def order_column(stage: str) -> str:
    """The name of the column that a row's cursor remembers beside its id."""
    return {DUE: "due_at", UNLIMITED: "opened_at", DONE: "completed_at"}[stage]


def capped_count(query: Query, cap: int) -> Select[Any]:
    """How many rows the view has, counting no further than `cap` in each of its parts.

    In the order of the index: without one PostgreSQL may look for the first rows that match in the table itself.
    """
    parts = [
        _joined(select(Task.id))
        .where(*branch, *narrowed(query), *_of_stage(stage))
        .order_by(*order)
        .limit(at_most(cap))
        for stage, order in _in_order(query)
        for branch in branches(query)
    ]
    if not parts:
        return select(literal(0))
    together = union_all(*(select(part.subquery().c.id) for part in parts)).subquery()
    return select(func.count()).select_from(together)


def scanned_count(query: Query) -> Select[Any]:
    """(rows looked at, rows that match) of a narrowed view, looking at its first SCANNED rows and no further."""
    hit = case((and_(true(), *narrowed(query)), 1), else_=0).label("hit")
    parts = []
    for stage, order in _in_order(query):
        base = _joined(select(hit)).where(*_of_stage(stage)).order_by(*order).limit(at_most(SCANNED))
        parts += [base.where(*branch) for branch in branches(query)]
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
    conditions = [*narrowed(query), *_of_stage(stage), *_after(stage, keys, after)]
    conditions += [] if end is None else [no_later(*keys, end)]
    base = _joined(select(*_COLUMNS), whole=True).where(*conditions).order_by(*order).limit(at_most(limit))
    parts = [base.where(*branch) for branch in branches(query)]
    if not parts:
        return base.where(false())
    if len(parts) == 1:
        return parts[0]
    merged = union_all(*(select(part.subquery()) for part in parts)).subquery()
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
