"""Sums of one step on one day, and of its open tasks, made from the tasks themselves."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import and_, case, delete, func, insert, select
from sqlalchemy.orm import Session

from app.domain.tanggal import WIB
from app.models import CaseDay, CaseFigures, StaleCount, StepDay, StepPresent, TaskFigures
from app.services.oversight import tip
from app.services.oversight.measuring import ANTRE, BATAL, DIPEGANG, MENUNGGU, TERHENTI
from app.services.paging import at_most
from app.services.work import unit_of_work

AT_ONCE = 50

Row = dict[str, Any]
_ADDED = ("state", "queue_s", "handling_s", "stopped_s", "over_norm", "returned", "causes", "stops", "skipped")
_CASE_COUNTS = ("opened", "ended", "returned", "kept", "broken")


def renew_some() -> int:
    """Some of the marked sums, in one transaction; how many."""
    with unit_of_work() as session:
        query = select(StaleCount.day, StaleCount.slug, StaleCount.step).order_by(StaleCount.day, StaleCount.slug)
        tip.lock(session)  # whoever marks one waits, so that no mark is taken away unread
        marks = session.execute(query.limit(at_most(AT_ONCE))).all()
        for day, slug, step in marks:
            (_renew_present if not day else _renew_day if step else _renew_cases)(session, day, slug, step)
            here = (StaleCount.day == day, StaleCount.slug == slug, StaleCount.step == step)
            session.execute(delete(StaleCount).where(*here))
    return len(marks)


def bounds(first: date, last: date) -> tuple[datetime, datetime]:
    """From the beginning of the first day of the office to the end of the last."""
    begin, end = (datetime.combine(day, time(), WIB).astimezone(UTC) for day in (first, last + timedelta(days=1)))
    return begin, end


def _renew_present(session: Session, _: str, slug: str, step: str) -> None:
    f = TaskFigures

    def count(condition: Any) -> Any:
        return func.coalesce(func.sum(case((condition, 1), else_=0)), 0)

    rows = session.execute(
        select(
            f.unit,
            count(f.state == ANTRE).label("waiting"),
            count(f.state == DIPEGANG).label("in_hand"),
            count(f.state == TERHENTI).label("stopped"),
            count(f.state == MENUNGGU).label("awaited"),
            count(and_(f.late_at.is_not(None), f.state.in_((ANTRE, DIPEGANG)))).label("late"),
            func.min(case((f.state == ANTRE, f.opened_at))).label("oldest_at"),
        )
        .where(f.slug == slug, f.step == step, f.closed_at.is_(None))
        .group_by(f.unit)
    ).mappings()
    _replace(session, StepPresent, {"slug": slug, "step": step}, [dict(row) for row in rows])


def _renew_cases(session: Session, day: str, slug: str, _: str) -> None:
    begin, end = bounds(date.fromisoformat(day), date.fromisoformat(day))
    f = CaseFigures
    found: dict[tuple[str, str], Row] = defaultdict(lambda: dict.fromkeys(_CASE_COUNTS, 0))
    waits: dict[tuple[str, str], list[int]] = defaultdict(list)
    opened = select(f.unit, f.channel, func.count()).where(f.slug == slug, f.opened_at >= begin, f.opened_at < end)
    for unit, channel, count in session.execute(opened.group_by(f.unit, f.channel)):
        found[unit, channel]["opened"] = count
    ended = select(f.unit, f.channel, f.returns, f.kept, f.queue_s).where(
        f.slug == slug, f.ended_at >= begin, f.ended_at < end
    )
    for row in session.execute(ended):
        counts = found[row.unit, row.channel]
        counts["ended"] += 1
        counts["returned"] += row.returns > 0
        counts["kept"] += row.kept is True
        counts["broken"] += row.kept is False
        waits[row.unit, row.channel].append(row.queue_s)
    rows = [
        {"unit": unit, "channel": channel, **counts, "waits": sorted(waits[unit, channel])}
        for (unit, channel), counts in sorted(found.items())
    ]
    _replace(session, CaseDay, {"day": day, "slug": slug}, rows)


def _renew_day(session: Session, day: str, slug: str, step: str) -> None:
    begin, end = bounds(date.fromisoformat(day), date.fromisoformat(day))
    f = TaskFigures
    here = (f.slug == slug, f.step == step)
    closed = session.execute(
        select(f.unit, *(getattr(f, name) for name in _ADDED)).where(*here, f.closed_at >= begin, f.closed_at < end)
    )
    by_unit: dict[str, list[Any]] = defaultdict(list)
    for row in closed:
        by_unit[row.unit].append(row)
    late = select(f.unit, func.count()).where(*here, f.late_at >= begin, f.late_at < end).group_by(f.unit)
    passed = {row[0]: row[1] for row in session.execute(late)}
    units = sorted(by_unit.keys() | passed.keys())
    rows = [{"unit": unit, "passed": passed.get(unit, 0), **add_up(by_unit.get(unit, ()))} for unit in units]
    _replace(session, StepDay, {"day": day, "slug": slug, "step": step}, rows)


def add_up(tasks: Iterable[Any]) -> Row:
    """Closed tasks of one step and unit as one row. What was cancelled is counted, its time is not."""
    tasks = list(tasks)
    done = [task for task in tasks if task.state != BATAL]
    causes: Counter[str] = Counter()
    stops: dict[str, list[int]] = {}
    for task in done:
        causes.update(cause for cause in task.causes.split("|") if cause)
        for cause, seconds in task.stops.items():
            if not seconds:
                continue  # rows of former days have them
            tasks_and_seconds = stops.setdefault(cause, [0, 0])
            tasks_and_seconds[0] += 1
            tasks_and_seconds[1] += seconds
    return {
        "done": len(done),
        "cancelled": len(tasks) - len(done),
        "returned": sum(task.returned for task in done),
        "over_norm": sum(task.over_norm for task in done),
        "queue": sorted(task.queue_s for task in done),
        "handling": sorted(task.handling_s for task in done),
        "stopped_s": sum(task.stopped_s for task in done),
        "stops": stops,
        "causes": dict(sorted(causes.items())),
        "skips": dict(sorted(Counter(task.skipped for task in done if task.skipped).items())),
    }


def _replace(session: Session, model: Any, key: Row, rows: list[Row]) -> None:
    session.execute(delete(model).where(*(getattr(model, name) == value for name, value in key.items())))
    if rows:
        session.execute(insert(model.__table__), [{**key, **row} for row in rows])
