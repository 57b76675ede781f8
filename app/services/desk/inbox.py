"""The officer's inbox: what waits, what is mine, what waits for the pemohon, what I finished today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Row, literal, select, union_all
from sqlalchemy.orm import aliased

from app.domain.actors import Actor, demand
from app.domain.errors import NotFound
from app.domain.remaining import Remaining, remaining
from app.models import Case, CaseLink, Permohonan
from app.services import clock, store
from app.services.desk import patience, tags
from app.services.desk.duties import Duties, duties_of
from app.services.desk.inbox_statements import (
    SCANNED,
    capped_count,
    end_of_look,
    order_column,
    rows_of,
    scanned_count,
    stages,
)
from app.services.desk.inbox_views import ANTREAN, DITAHAN, PRIORITY, SELESAI, TUGAS_SAYA, VIEWS, Filters, Query
from app.services.discussion import views
from app.services.flow import published
from app.services.paging import COUNT_CAP, Cursor, at_most, capped

PAGE_SIZE = 50
NEWS, DOUBLED, ASSISTED = "diskusi baru", "ganda?", "dibantu petugas"


@dataclass(frozen=True)
class InboxRow:
    """One line. `flags`: short words beside the number. `moment`: done at, for finished work; else arrived at."""

    task_id: str
    case_id: str
    subject_id: str
    version: int
    number: str
    applicant: str
    service: str
    kind: str
    step: str
    step_name: str
    moment: datetime
    due_at: datetime | None
    remaining: Remaining
    flags: tuple[str, ...]
    stopped_for: str = ""  # why its clock stands still in its officer's hands
    tags: tuple[str, ...] = ()  # words that officers put on it
    unopened: bool = False  # handed to this officer before anybody opened it
    until: datetime | None = None  # by when the pemohon must act, where the case waits for them


@dataclass(frozen=True)
class InboxPage:
    """`next`: the cursor of the following page, or None at the end. `cut`: a filter found too little among the first
    LOOKED_AT tasks of a long queue; looking goes on from `next`."""

    view: str
    rows: tuple[InboxRow, ...]
    next: Cursor | None
    read_at: datetime
    cut: bool = False


def page(actor: Actor, view: str, filters: Filters, after: Cursor | None = None, size: int = PAGE_SIZE) -> InboxPage:
    """One page of a view, in at most three statements of its own, five where a filter is set.

    Raises Forbidden, NotFound (no such view).
    """
    query = _query(actor, view, filters)
    found, end = _walk(query, after, size + 1)
    fresh = views.new_for_office(actor, [row.case_id for _, row in found[:size]])
    doubled = _doubled([row.case_id for _, row in found[:size]]) if view != SELESAI else frozenset()
    marks = {NEWS: fresh, DOUBLED: doubled}
    worn = tags.of_cases([row.case_id for _, row in found[:size]])
    shown = [(row, [word for word, ids in marks.items() if row.case_id in ids]) for _, row in found[:size]]
    until = patience.of_steps([(row.case_id, row.version_id, row.step) for _, row in found[:size]], view)
    rows = tuple(_row(query, row, words, worn.get(row.case_id, ()), until.get(row.case_id)) for row, words in shown)
    following = _mark(found[size - 1]) if len(found) > size else end
    return InboxPage(view, rows, following, query.now, cut=end is not None)


def counts(actor: Actor) -> Mapping[str, str]:
    """view -> "7", or "99+" beyond that: an exact figure would cost more the fuller the office is."""
    query = _query(actor, VIEWS[0], Filters())
    counted = [capped_count(replace(query, view=view), COUNT_CAP).scalar_subquery() for view in VIEWS]
    row = store.session.execute(select(*counted)).one()
    return {view: capped(number) for view, number in zip(VIEWS, row, strict=True)}


def count(actor: Actor, filters: Sequence[Filters]) -> str:
    """How many are free or in the actor's hands, over all these filters: "7", or "99+"."""
    query = _query(actor, ANTREAN, Filters())
    parts = [(view, one) for one in filters for view in (ANTREAN, TUGAS_SAYA)]
    counted = [capped_count(replace(query, view=view, filters=one), COUNT_CAP).scalar_subquery() for view, one in parts]
    return capped(sum(store.session.execute(select(*counted)).one())) if counted else "0"


def narrowed_counts(actor: Actor, asked: Sequence[tuple[str, Filters]]) -> list[str]:
    """For each (view, filters): "7", "7+" where only the beginning of a long queue was looked at, "99+"."""
    query = _query(actor, VIEWS[0], Filters())
    if not asked:
        return []
    parts = [scanned_count(replace(query, view=view, filters=filters)) for view, filters in asked]
    numbered = [select(literal(number).label("number"), part.subquery()) for number, part in enumerate(parts)]
    rows = {row.number: row for row in store.session.execute(union_all(*numbered))}
    return [_said(rows[number].seen, int(rows[number].hits)) for number in range(len(parts))]


def first_ids(actor: Actor, view: str, filters: Filters, size: int = PAGE_SIZE) -> list[str]:
    """Ids of the tasks on the first page of a view. Raises Forbidden, NotFound."""
    found, _ = _walk(_query(actor, view, filters), None, size)
    return [row.id for _, row in found]


def next_task(actor: Actor) -> str | None:
    """The claimable task that is due first."""
    return _first(actor, ANTREAN)


def next_of_mine(actor: Actor) -> str | None:
    """The task already in the actor's hands that is due first."""
    return _first(actor, TUGAS_SAYA)


def choices(actor: Actor) -> Duties:
    """What this actor can filter by, and which steps they may do in bulk."""
    return duties_of(actor)


def _said(seen: int, hits: int) -> str:
    return capped(hits) if hits >= COUNT_CAP or seen < SCANNED else f"{hits}+"


def _first(actor: Actor, view: str) -> str | None:
    rows = page(actor, view, Filters(), size=1).rows
    return rows[0].task_id if rows else None


def _query(actor: Actor, view: str, filters: Filters) -> Query:
    demand(actor, "use_inbox")
    if view not in VIEWS and view != DITAHAN:
        raise NotFound
    return Query(actor, duties_of(actor), view, filters, clock.now())


def _walk(query: Query, after: Cursor | None, wanted: int) -> tuple[list[tuple[str, Row[Any]]], Cursor | None]:
    """At most `wanted` rows with their stages; and where looking ended, if it did before the view did."""
    found: list[tuple[str, Row[Any]]] = []
    for stage, begin in stages(query, after):
        end = _end_of_look(query, stage, begin)
        statement = rows_of(query, stage, begin, wanted, end)
        found += [(stage, row) for row in store.session.execute(statement).fetchmany(wanted - len(found))]
        if len(found) >= wanted:
            return found, None
        if end is not None:
            return found, end
    return found, None


def _end_of_look(query: Query, stage: str, begin: Cursor | None) -> Cursor | None:
    statement = end_of_look(query, stage, begin)
    last = store.session.execute(statement).one_or_none() if statement is not None else None
    return Cursor(stage, getattr(last, order_column(stage)), last.id) if last else None


def _mark(last: tuple[str, Row[Any]]) -> Cursor:
    stage, row = last
    return Cursor(stage, getattr(row, order_column(stage)), row.id)


def _row(
    query: Query, row: Row[Any], marks: Sequence[str], worn: Sequence[str], until: datetime | None = None
) -> InboxRow:
    procedure = published.compiled(row.version_id)
    is_done = query.view == SELESAI
    return InboxRow(
        task_id=row.id,
        case_id=row.case_id,
        subject_id=row.subject_id,
        version=row.version,
        number=row.number,
        applicant=row.applicant,
        service=procedure.service.title,
        kind=procedure.kinds.get(row.jenis or "", ""),
        step=row.step,
        step_name=procedure.steps[row.step].name,
        moment=row.completed_at if is_done else row.opened_at,
        due_at=row.due_at,
        remaining=Remaining() if is_done else _remaining(query, row),
        flags=(*_flags(query, row), *marks),
        stopped_for=row.paused_for,
        tags=tuple(worn),
        unopened=query.view == TUGAS_SAYA and procedure.steps[row.step].done_when_opened,
        until=until,
    )


def _doubled(case_ids: Sequence[str]) -> frozenset[str]:
    """Those of whose person something of the same kind is open beside it; found one by one, each at the first other."""
    if not case_ids:
        return frozenset()
    other, its = aliased(Case), aliased(Permohonan)
    same = (
        select(other.id)
        .join(its, its.case_id == other.id)
        .where(
            other.subject_id == Case.subject_id,
            other.about == Case.about,
            other.ended_at.is_(None),
            other.id != Case.id,
            its.jenis == Permohonan.jenis,
            Permohonan.jenis != "",
        )
        .limit(at_most(1))
        .scalar_subquery()
    )  # not EXISTS, which PostgreSQL may turn into a join that reads everybody's
    query = select(Case.id).join(Permohonan, Permohonan.case_id == Case.id)
    # Said of both, or one of them is read from end to end to be joined.
    query = query.where(Case.id.in_(case_ids), Permohonan.case_id.in_(case_ids), same.is_not(None))
    for linked in (CaseLink.from_case, CaseLink.to_case):  # a correction and what it corrects are no doubles
        query = query.where(Case.id.not_in(select(linked).where(linked.in_(case_ids))))
    return frozenset(store.session.scalars(query))


def _remaining(query: Query, row: Row[Any]) -> Remaining:
    """A clock that stands still is said so, with what was left when it stopped put off until it runs again."""
    if row.paused_at is not None or row.held_at is not None:
        return Remaining("Jam berhenti", "jeda")
    return remaining(clock.calendar(), query.now, row.due_at)


def _flags(query: Query, row: Row[Any]) -> tuple[str, ...]:
    flags = [PRIORITY] if row.priority else []
    flags += ["dikembalikan"] if row.visit > 1 and query.view != SELESAI else []
    if row.held_at is not None and query.view != SELESAI:
        flags.append("ditahan: penarikan")
    if row.assisted_by is not None:
        flags.append(ASSISTED)
    if query.view == ANTREAN and row.reserved_for == query.actor.id:
        flags.append("untuk Anda")
    return tuple(flags)
