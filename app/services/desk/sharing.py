"""What a supervisor or section head can deal out: the open tasks of one step, free and held, and who could do them."""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from app.domain.actors import ASSIGNERS, Actor, CaseRef, TaskRef, can
from app.domain.errors import Forbidden, NotFound
from app.domain.regions import kapanewon
from app.domain.remaining import Remaining, remaining
from app.models import Case, ProcedureVersion, Task, User
from app.services import clock, store
from app.services.desk import colleagues
from app.services.desk.colleagues import Colleague
from app.services.flow import discretion, kin, published
from app.services.flow.opening import queue_name
from app.services.paging import at_most

FREE, HELD, LATE = "antrean", "dipegang", "lewat"
"""Which tasks somebody came for; else the id of who holds them."""
LISTED = 100
"""Free tasks on one page, and as many held ones; the most urgent come first."""

Choices = tuple[tuple[str, str], ...]

_FREE = (Task.closed_at.is_(None), Task.claimed_by.is_(None), Task.held_at.is_(None))
_HOLDERS = select(Task.claimed_by).distinct().where(Task.closed_at.is_(None), Task.claimed_by.is_not(None))
_SUBJECT, _HOLDER = aliased(User), aliased(User)


@dataclass(frozen=True)
class SharedTask:
    """`holder`: who has it in hand, "" where it is free; `left_out`: officers whose own household it is.
    `is_stranded`: the holder is away, or may not do this step any more."""

    task_id: str
    case_id: str
    subject_id: str
    version: int
    number: str
    applicant: str
    unit: str
    opened_at: datetime
    remaining: Remaining
    holder_id: str
    holder: str
    left_out: tuple[str, ...] = ()
    is_stranded: bool = False


@dataclass(frozen=True)
class SharePage:
    """`is_cut`: there are more than are listed."""

    step: str
    unit: str
    steps: Choices
    units: Choices
    tasks: tuple[SharedTask, ...]
    people: tuple[Colleague, ...]
    is_cut: bool


def load(actor: Actor, step: str = "", unit: str = "", holder: str = "") -> SharePage:
    """`step`: "" = that of the most urgent task, of those in the hands of `holder` where one is named; `unit`: "" = all
    of the actor's. Raises Forbidden, NotFound."""
    if not actor.roles & ASSIGNERS:
        raise Forbidden
    found, places = _steps(_versions(), actor.roles & ASSIGNERS), _units(actor)
    if (step and step not in found) or (unit and unit not in dict(places)):
        raise NotFound
    bound = actor.units_in(ASSIGNERS)
    where = [unit] if unit else None if bound is None else sorted(bound)
    step = step or _most_urgent_of(found, holder) or _most_urgent(found, where)
    _, sets = found.get(step, ("", frozenset()))
    people = colleagues.of_step(frozenset[str]().union(*sets), unit)
    free = _free(step, sets, where)
    able = {one.id for one in people}
    # First what lies with somebody who may not go on with it: it is in nobody's inbox.
    lost = _held(step, sorted({one for one in store.session.scalars(_HOLDERS) if one} - able), where)
    held = [*store.session.execute(lost), *store.session.execute(_held(step, sorted(able), where))]
    listed = [*free[:LISTED], *held[:LISTED]]
    kept_from = kin.of_cases(store.session(), {row.case_id for row in listed})
    rows = [row for row in listed if _may(actor, row, kept_from.get(row.case_id, frozenset()))]
    return SharePage(
        step=step,
        unit=unit,
        steps=tuple((each, name) for each, (name, _) in found.items()),
        units=places,
        tasks=tuple(_task(row, _left_out(row, people, kept_from), able) for row in rows),
        people=tuple(people),
        is_cut=len(free) > LISTED or len(held) > LISTED,
    )


def meant(task: SharedTask, which: str) -> bool:
    """Is this one of those that somebody came for? `which`: FREE, HELD, LATE or a holder's id; "" = none."""
    if which == LATE:
        return task.remaining.level == LATE
    return bool(which) and which in (task.holder_id, HELD if task.holder_id else FREE)


def _versions() -> tuple[str, ...]:
    query = select(ProcedureVersion.id).order_by(ProcedureVersion.slug, ProcedureVersion.number)
    return tuple(store.session.scalars(query))


@lru_cache(maxsize=64)
def _steps(versions: tuple[str, ...], roles: frozenset[str]) -> Mapping[str, tuple[str, frozenset[frozenset[str]]]]:
    """Step id -> (name, sets of roles that may do it, of every version); those of the office only."""
    found: dict[str, tuple[str, frozenset[frozenset[str]]]] = {}
    for procedure in map(published.compiled, versions):
        if not roles & (procedure.roles | {"supervisor"}):
            continue
        for step in procedure.steps.values():
            if step.kind == "user" and not step.by_applicant:
                _, sets = found.get(step.id, ("", frozenset()))
                found[step.id] = (step.name, sets | {step.roles})
    return found


def _most_urgent(steps: Mapping[str, tuple[str, frozenset[frozenset[str]]]], units: Sequence[str] | None) -> str:
    """The step of the free task that is due first; the first of all where nothing waits."""
    queues = sorted({queue_name(roles) for _, sets in steps.values() for roles in sets})
    first: list[Row[Any]] = []
    for queue in queues:
        for unit in units if units is not None else [None]:
            there = select(Task.step, Task.due_at, Task.opened_at, Task.id).where(Task.queue == queue, *_FREE)
            there = there if unit is None else there.where(Task.unit == unit)
            first += store.session.execute(
                there.where(Task.due_at.is_not(None)).order_by(Task.due_at, Task.id).limit(1)
            )
    found = sorted((row for row in first if row.step in steps), key=_urgency)
    return found[0].step if found else next(iter(steps), "")


def _most_urgent_of(steps: Mapping[str, tuple[str, frozenset[frozenset[str]]]], holder: str) -> str:
    """The step of what this person holds that is due first, "" for none."""
    theirs = select(Task.step).where(Task.claimed_by == holder, Task.closed_at.is_(None), Task.held_at.is_(None))
    held = store.session.scalars(theirs.order_by(Task.due_at, Task.id).limit(at_most(LISTED))) if holder else ()
    return next((step for step in held if step in steps), "")


def _units(actor: Actor) -> Choices:
    bound = actor.units_in(ASSIGNERS)
    return tuple((one.kode, one.nama) for one in kapanewon() if bound is None or one.kode in bound)


def _free(step: str, sets: Iterable[frozenset[str]], units: Sequence[str] | None) -> list[Row[Any]]:
    """Due first, then what has no limit; queue by queue and unit by unit, each in the order of its index."""
    found: list[Row[Any]] = []
    open_ones = _base(step).where(*_FREE)
    for queue in sorted(map(queue_name, sets)):
        for unit in units if units is not None else [None]:
            there = open_ones.where(Task.queue == queue)
            there = there if unit is None else there.where(Task.unit == unit)
            due = there.where(Task.due_at.is_not(None)).order_by(Task.due_at, Task.id)
            never = there.where(Task.due_at.is_(None)).order_by(Task.opened_at, Task.id)
            for part in (due, never):
                found += store.session.execute(part.limit(at_most(LISTED + 1)))
    return sorted(found, key=_urgency)


def _held(step: str, people: Sequence[str], units: Sequence[str] | None) -> Select[Any]:
    held = _base(step).where(Task.closed_at.is_(None), Task.claimed_by.in_(people), Task.held_at.is_(None))
    held = held if units is None else held.where(Task.unit.in_(units))
    return held.order_by(Task.claimed_by, Task.due_at, Task.id).limit(at_most(LISTED + 1))


def _base(step: str) -> Select[Any]:
    columns: tuple[Any, ...] = (
        Task.id,
        Task.case_id,
        Task.step,
        Task.version,
        Task.unit,
        Task.opened_at,
        Task.due_at,
        Task.paused_at,
        Task.claimed_by,
        Case.number,
        Case.subject_id,
        Case.version_id,
        Case.confidential,
        discretion.in_lists(_SUBJECT.name).label("applicant"),
        _HOLDER.name.label("holder"),
    )
    joined = select(*columns).join_from(Task, Case, Case.id == Task.case_id)
    joined = joined.join(_SUBJECT, _SUBJECT.id == Case.subject_id).outerjoin(_HOLDER, _HOLDER.id == Task.claimed_by)
    return joined.where(Task.step == step)


def _urgency(row: Row[Any]) -> tuple[bool, datetime, str]:
    return row.due_at is None, row.due_at or row.opened_at, row.id


def _may(actor: Actor, row: Row[Any], own: frozenset[str]) -> bool:
    procedure = published.compiled(row.version_id)
    case = CaseRef(row.case_id, row.subject_id, row.unit, procedure.roles)
    return can(actor, "assign", TaskRef(case, procedure.steps[row.step].roles, row.claimed_by, kin=own))


def _left_out(row: Row[Any], people: Sequence[Colleague], kept_from: Mapping[str, frozenset[str]]) -> tuple[str, ...]:
    """Nobody is named where discretion was asked for: whose household it is says who wrote it."""
    own = frozenset() if row.confidential else kept_from.get(row.case_id, frozenset())
    return tuple(one.name for one in people if one.id in own)


def _task(row: Row[Any], left_out: tuple[str, ...], able: AbstractSet[str]) -> SharedTask:
    left = remaining(clock.calendar(), clock.now(), row.due_at)
    return SharedTask(
        task_id=row.id,
        case_id=row.case_id,
        subject_id=row.subject_id,
        version=row.version,
        number=row.number,
        applicant=row.applicant,
        unit=row.unit,
        opened_at=row.opened_at,
        remaining=Remaining("Jam berhenti", "jeda") if row.paused_at is not None else left,
        holder_id=row.claimed_by or "",
        holder=row.holder or "",
        left_out=left_out,
        is_stranded=row.claimed_by is not None and row.claimed_by not in able,
    )
