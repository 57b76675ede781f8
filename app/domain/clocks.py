"""The three clocks of a task, in working time: queue, handling, stopped. They sum exactly to what went by."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from app.domain.calendar import WorkingCalendar
from app.domain.durations import Duration
from app.domain.tanggal import local

WORKING_DAY = timedelta(hours=7, minutes=30)
"""A fifth of the 37 h 30 min week (Perpres 21/2023): "1 hari kerja" where a norm is a figure."""


_END_OF_DAY = time(23, 59, 59)


@dataclass(frozen=True)
class Stop:
    """A stretch in which the office's clock does not run; `end` None = still going on."""

    start: datetime
    end: datetime | None
    cause: str


@dataclass(frozen=True)
class Parts:
    """Working time; queue + handling + stopped == elapsed, to the microsecond."""

    queue: timedelta
    handling: timedelta
    stopped: timedelta
    elapsed: timedelta


def split(
    calendar: WorkingCalendar,
    created: datetime,
    claimed: datetime | None,
    completed: datetime | None,
    now: datetime,
    stops: Iterable[Stop] = (),
) -> Parts:
    """Divide a task's life until `completed` (or `now`). Stops may overlap; their time counts once."""
    end = max(created, completed or now)
    turn = end if claimed is None else min(max(claimed, created), end)
    stretches = _merged(stops, created, end)
    elapsed = calendar.between(created, end)
    queue = calendar.between(created, turn) - _within(calendar, stretches, created, turn)
    stopped = _within(calendar, stretches, created, end)
    return Parts(queue=queue, handling=elapsed - queue - stopped, stopped=stopped, elapsed=elapsed)


def task_due(
    calendar: WorkingCalendar, created: datetime, queue_limit: Duration | None, norm: Duration | None
) -> datetime | None:
    """created + batas_antre + waktu; None where the step has no norm or one of 0 menit: it has no clock."""
    if norm is None or norm.is_zero:
        return None
    return calendar.add(created, (queue_limit or Duration()) + norm)


def due_after_stops(calendar: WorkingCalendar, due: datetime, now: datetime, stops: Iterable[Stop]) -> datetime:
    """`due` put off by the working time stopped before it; a stop still going on counts until now."""
    for start, end in _merged(stops, None, now):
        if start >= due:
            break
        due = calendar.shift(due, calendar.between(start, end))
    return due


def due_after_hold(calendar: WorkingCalendar, due: datetime, held: datetime, now: datetime) -> datetime:
    """A limit that stood still from `held` to `now`: put off by the working time that went by.

    One that ends with its day (a pemohon's) is put off by whole working days. One already over when it was held is due.
    """
    if due <= held:
        return now
    if local(due).time() >= _END_OF_DAY:
        return calendar.deadline(due, calendar.working_days(local(held).date(), local(now).date()))
    return calendar.shift(due, calendar.between(held, now))


def is_late(due: datetime | None, now: datetime) -> bool:
    """Lewat batas: not done by due_at. At the very moment of due_at it is still in time."""
    return due is not None and now > due


def over_norm(parts: Parts, norm: Duration | None) -> bool:
    """Lebih lama dari norma: handled longer than `waktu`. A figure for statistics, never an alarm."""
    if norm is None or norm.is_zero:
        return False
    return parts.handling > timedelta(minutes=norm.minutes) + norm.days * WORKING_DAY


def _merged(stops: Iterable[Stop], earliest: datetime | None, latest: datetime) -> list[tuple[datetime, datetime]]:
    """Stops cut to the window, in order, overlaps joined."""
    cut = (
        (stop.start if earliest is None else max(stop.start, earliest), min(stop.end or latest, latest))
        for stop in stops
    )
    joined: list[tuple[datetime, datetime]] = []
    for start, end in sorted((start, end) for start, end in cut if start < end):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _within(
    calendar: WorkingCalendar, stretches: list[tuple[datetime, datetime]], start: datetime, end: datetime
) -> timedelta:
    overlaps = ((max(a, start), min(b, end)) for a, b in stretches)
    return sum((calendar.between(a, b) for a, b in overlaps if a < b), timedelta(0))
