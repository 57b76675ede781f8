"""The one place that reads the time, and the office's calendar."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from functools import lru_cache
from zoneinfo import ZoneInfo

from app.domain.calendar import WorkingCalendar, load_calendar

WIB = ZoneInfo("Asia/Jakarta")


def _wall_clock() -> datetime:
    return datetime.now(UTC)


_office_calendar: WorkingCalendar | None = None
_source: ContextVar[Callable[[], datetime]] = ContextVar("clock", default=_wall_clock)


def now() -> datetime:
    """The present moment, aware, UTC. Read once per use case and passed down."""
    return _source.get()()


def today() -> date:
    """The date in the office (WIB)."""
    return now().astimezone(WIB).date()


@contextmanager
def using(source: Callable[[], datetime]) -> Iterator[None]:
    """Another clock, for tests and simulation; holds for this thread or task only."""
    token = _source.set(source)
    try:
        yield
    finally:
        _source.reset(token)


def calendar() -> WorkingCalendar:
    """The office's own where it keeps one (services.office.taking looks), else the one shipped."""
    return _office_calendar or shipped_calendar()


def follow(calendar: WorkingCalendar | None) -> None:
    """From now on this process counts by this calendar; None: by the one shipped."""
    global _office_calendar
    _office_calendar = calendar


@lru_cache(maxsize=1)
def shipped_calendar() -> WorkingCalendar:
    return load_calendar()
