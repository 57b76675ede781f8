"""The tasks and cases behind a figure, page by page: what was counted, one by one. No name of a resident is in them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, func, select

from app.domain.actors import OVERSEERS, Actor
from app.domain.errors import NotFound
from app.domain.tanggal import local_date
from app.models import CaseFigures, TaskFigures, User
from app.services import clock, store
from app.services.oversight import ranges, services
from app.services.oversight.limits import within
from app.services.oversight.measuring import ANTRE, BATAL, DIPEGANG, MENUNGGU, TERHENTI
from app.services.oversight.ranges import Range
from app.services.oversight.scope import scope_of, unit_name
from app.services.oversight.sums import bounds
from app.services.paging import Cursor, at_most, earlier, later

PAGE = 50
PART = 1000
STAGE = "p"
_COUNT_UP_TO = 10_000


@dataclass(frozen=True)
class Asked:
    """What a list is asked for. `step` with `slug`; `person`: whose hands; `channel`; `cause`: of a return."""

    what: str
    range: str = ""
    slug: str = ""
    unit: str = ""
    step: str = ""
    person: str = ""
    channel: str = ""
    cause: str = ""


@dataclass(frozen=True)
class Line:
    """`task_id`: what leads to the case, "" where the reader may not open it. `since`, `until`: of the task or case.

    `length`: working time: waited until now, or taken in all. `low`, `high`: when a running case will probably end.
    """

    id: str
    number: str
    task_id: str
    service: str
    step: str
    unit: str
    holder: str
    since: datetime
    until: datetime | None
    length: timedelta
    low: datetime | None = None
    high: datetime | None = None
    samples: int = 0
    promise: datetime | None = None


@dataclass(frozen=True)
class Listed:
    """`total`: how many there are in all, at most 10,000. `next`: cursor of the following page."""

    title: str
    asked: Asked
    range: Range
    is_open: bool
    of_cases: bool
    lines: Sequence[Line]
    total: int
    next: Cursor | None
    read_at: datetime


@dataclass(frozen=True)
class _Kind:
    """One list. `at`: the column it is sorted by; `newest`: that one first. `where(asked, begin, end, now)`."""

    title: str
    of_cases: bool
    at: str
    where: Callable[["Asked", datetime, datetime, datetime], list[ColumnElement[bool]]]
    newest: bool = False
    needs: str = ""  # "langkah": without a step there is no such list


_T, _C = TaskFigures, CaseFigures
_NOW, _IN_HAND = _T.closed_at.is_(None), _T.holder != ""  # both as the index of held tasks says them


def _state(state: str) -> Callable[..., list[ColumnElement[bool]]]:
    return lambda *_: [_NOW, _T.state == state]


def _closed(*more: Callable[[Asked], ColumnElement[bool]]) -> Callable[..., list[ColumnElement[bool]]]:
    """Done within the days asked for."""
    return lambda asked, begin, end, now: [
        _T.closed_at >= begin,
        _T.closed_at < end,
        _T.state != BATAL,
        *(one(asked) for one in more),
    ]


def _caused(asked: Asked) -> ColumnElement[bool]:
    return _T.causes.contains(f"|{asked.cause}|", autoescape=True)


KINDS: Mapping[str, _Kind] = {
    "antre": _Kind("Menunggu diambil", False, "opened_at", _state(ANTRE), needs="langkah"),
    "dipegang": _Kind("Sedang dikerjakan", False, "opened_at", _state(DIPEGANG), needs="langkah"),
    "terhenti": _Kind("Jamnya berhenti", False, "opened_at", _state(TERHENTI), needs="langkah"),
    "menunggu": _Kind("Menunggu pemohon", False, "opened_at", _state(MENUNGGU), needs="langkah"),
    "lewat": _Kind(
        "Lewat batas sekarang",
        False,
        "opened_at",
        lambda *_: [_NOW, _T.late_at.is_not(None), _T.state.in_((ANTRE, DIPEGANG))],
    ),
    "petugas": _Kind("Dipegang petugas", False, "opened_at", lambda a, *_: [_NOW, _IN_HAND, _T.holder == a.person]),
    "petugas-terhenti": _Kind(
        "Dipegang petugas, jamnya berhenti",
        False,
        "opened_at",
        lambda a, *_: [_NOW, _IN_HAND, _T.holder == a.person, _T.state == TERHENTI],
    ),
    "selesai": _Kind("Selesai", False, "closed_at", _closed(), newest=True, needs="langkah"),
    "dikembalikan": _Kind(
        "Dikembalikan", False, "closed_at", _closed(lambda _: _T.returned.is_(True)), newest=True, needs="langkah"
    ),
    "sebab": _Kind("Dikembalikan", False, "closed_at", _closed(_caused), newest=True, needs="langkah"),
    "lama": _Kind(
        "Lebih lama dari norma",
        False,
        "closed_at",
        _closed(lambda _: _T.over_norm.is_(True)),
        newest=True,
        needs="langkah",
    ),
    "penahan": _Kind(
        "Jamnya pernah berhenti",
        False,
        "closed_at",
        _closed(lambda _: _T.stopped_s > 0, lambda a: cast(_T.stops, Text).contains(f'"{a.cause}"', autoescape=True)),
        newest=True,
    ),
    "mendahului": _Kind(
        "Diambil mendahului yang lewat batas",
        False,
        "closed_at",
        _closed(lambda _: _T.skipped != "", lambda a: _T.skipped == a.cause),
        newest=True,
    ),
    "melewati": _Kind(
        "Melewati batas",
        False,
        "late_at",
        lambda _, begin, end, __: [_T.late_at >= begin, _T.late_at < end],
        newest=True,
    ),
    "masuk": _Kind(
        "Masuk", True, "opened_at", lambda _, begin, end, __: [_C.opened_at >= begin, _C.opened_at < end], newest=True
    ),
    "tamat": _Kind(
        "Selesai", True, "ended_at", lambda _, begin, end, __: [_C.ended_at >= begin, _C.ended_at < end], newest=True
    ),
    "kembali": _Kind(
        "Selesai, pernah dikembalikan",
        True,
        "ended_at",
        lambda _, begin, end, __: [_C.ended_at >= begin, _C.ended_at < end, _C.returns > 0],
        newest=True,
    ),
    "ingkar": _Kind(
        "Selesai sesudah janji layanan",
        True,
        "ended_at",
        lambda _, begin, end, __: [_C.ended_at >= begin, _C.ended_at < end, _C.kept.is_(False)],
        newest=True,
    ),
    "janji-lewat": _Kind(
        "Belum selesai, janji layanan sudah lewat",
        True,
        "promise_at",
        lambda a, b, e, now: [_C.ended_at.is_(None), _C.promise_at < now],
    ),
    "akan-meleset": _Kind(
        "Diperkirakan melewati janji layanan",
        True,
        "promise_at",
        lambda a, b, e, now: [and_(_C.ended_at.is_(None), _C.will_break), _C.promise_at >= now],
    ),
    "perkiraan": _Kind(
        "Perkiraan selesai", True, "expect_mid", lambda *_: [_C.ended_at.is_(None), _C.expect_mid.is_not(None)]
    ),
}


def page(actor: Actor, asked: Asked, after: Cursor | None = None) -> Listed:
    """Raises Forbidden, NotFound (no such list, a unit that is not theirs, no step where one is needed)."""
    kind, now = _kind(asked), clock.now()
    limits = _limits(actor, asked, kind, now)
    rows = _rows(kind, limits, after, PAGE + 1)
    counted = select((_C if kind.of_cases else _T).slug).where(*limits).limit(at_most(_COUNT_UP_TO)).subquery()
    return Listed(
        title=kind.title,
        asked=asked,
        range=ranges.read(asked.range, local_date(now)),
        is_open=kind.at in ("opened_at", "promise_at", "expect_mid") and not kind.newest,
        of_cases=kind.of_cases,
        lines=_lines(actor, rows[:PAGE], kind, now),
        total=store.session.scalar(select(func.count()).select_from(counted)) or 0,
        next=_cursor(kind, rows[PAGE - 1]) if len(rows) > PAGE else None,
        read_at=now,
    )


def part(actor: Actor, asked: Asked, now: datetime, after: Cursor | None) -> tuple[Sequence[Line], Cursor | None]:
    """At most PART lines of the list as of `now`, and the cursor of what follows. Raises what page() does."""
    kind = _kind(asked)
    rows = _rows(kind, _limits(actor, asked, kind, now), after, PART + 1)
    return _lines(actor, rows[:PART], kind, now), _cursor(kind, rows[PART - 1]) if len(rows) > PART else None


def _kind(asked: Asked) -> _Kind:
    kind = KINDS.get(asked.what)
    if kind is None or (kind.needs and not (asked.step and asked.slug)):
        raise NotFound
    return kind


def _limits(actor: Actor, asked: Asked, kind: _Kind, now: datetime) -> list[ColumnElement[bool]]:
    scope, range_ = scope_of(actor, asked.slug, asked.unit), ranges.read(asked.range, local_date(now))
    begin, end = bounds(range_.first, range_.last)
    model = _C if kind.of_cases else _T
    return [*kind.where(asked, begin, end, now), *within(model, scope), *_narrowed(asked, kind)]


def _narrowed(asked: Asked, kind: _Kind) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if asked.step and not kind.of_cases:
        found.append(_T.step == asked.step)
    if asked.channel and kind.of_cases:
        found.append(_C.channel == asked.channel)
    return found


def _rows(kind: _Kind, limits: Sequence[ColumnElement[bool]], after: Cursor | None, size: int) -> Sequence[Any]:
    model: Any = _C if kind.of_cases else _T
    at, key = getattr(model, kind.at), model.case_id if kind.of_cases else model.task_id
    query: Select[Any] = select(model.__table__) if kind.of_cases else _tasks_with_number()
    query = query.where(*limits)
    if after is not None:
        query = query.where((earlier if kind.newest else later)(at, key, after))
    order = (at.desc(), key.desc()) if kind.newest else (at, key)
    return store.session.execute(query.order_by(*order).limit(at_most(size))).all()


def _tasks_with_number() -> Select[Any]:
    return select(TaskFigures.__table__, CaseFigures.number).join(CaseFigures, CaseFigures.case_id == _T.case_id)


def _cursor(kind: _Kind, row: Any) -> Cursor:
    return Cursor(STAGE, getattr(row, kind.at), row.case_id if kind.of_cases else row.task_id)


def _lines(actor: Actor, rows: Sequence[Any], kind: _Kind, now: datetime) -> list[Line]:
    names = services.known()
    openable = {slug for slug in {row.slug for row in rows} if _may_open(actor, slug)}
    tasks = _newest_tasks([row.case_id for row in rows]) if kind.of_cases else {}
    people = _people([] if kind.of_cases else [row.holder for row in rows if row.holder])
    found = []
    for row in rows:
        task_id = tasks.get(row.case_id, "") if kind.of_cases else row.task_id
        until = row.ended_at if kind.of_cases else row.closed_at
        is_running = kind.of_cases and row.ended_at is None
        found.append(
            Line(
                id=row.case_id if kind.of_cases else row.task_id,
                number=row.number,
                task_id=task_id if row.slug in openable else "",
                service=names.titles.get(row.slug, row.slug),
                step=names.step_name(row.slug, row.step) if row.step else "",
                unit=unit_name(row.unit),
                holder="" if kind.of_cases else people.get(row.holder, ""),
                since=row.opened_at,
                until=until,
                length=clock.calendar().between(row.opened_at, until or now),
                low=row.expect_low if is_running else None,
                high=row.expect_high if is_running else None,
                samples=row.samples if is_running else 0,
                promise=row.promise_at if is_running else None,
            )
        )
    return found


def _may_open(actor: Actor, slug: str) -> bool:
    """Whoever watches over all sees every case; others those of procedures that they have a part in."""
    return bool(actor.roles & (OVERSEERS | services.newest(slug).roles))


def _newest_tasks(case_ids: Sequence[str]) -> dict[str, str]:
    rows = store.session.execute(
        select(_T.case_id, _T.task_id).where(_T.case_id.in_(case_ids)).order_by(_T.opened_at, _T.task_id)
    )
    return {row.case_id: row.task_id for row in rows}


def _people(ids: Sequence[str]) -> dict[str, str]:
    rows = store.session.execute(select(User.id, User.name).where(User.id.in_(set(ids)))) if ids else ()
    return {row[0]: row[1] for row in rows}
