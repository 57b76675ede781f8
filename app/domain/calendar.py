"""The office's working time: hours per weekday, breaks, holidays, cuti bersama, dated periods; zone WIB.

Each year is laid out once (working time before every day), so a question over years costs two look-ups.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

from app.domain.durations import Duration
from app.domain.office_hours import CalendarInvalid, Interval, Period, read_holidays, read_periods
from app.domain.tanggal import WIB, local

DATA = Path(__file__).parent / "data" / "kalender"
SEARCH_YEARS = 60
_MINUTE = 60_000_000
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True)
class _Year:
    """`days`: open stretches by day of the year, in microseconds after midnight; `worked` and `working_days`:
    working microseconds and working days before each day, and of the whole year as their last item."""

    days: tuple[tuple[Interval, ...], ...]
    worked: tuple[int, ...]
    working_days: tuple[int, ...]


class WorkingCalendar:
    """Immutable; may be shared between threads (a year laid out twice at once gives the same layout)."""

    def __init__(self, periods: Sequence[Period], holidays: Mapping[date, str]) -> None:
        """Raises CalendarInvalid unless some period without bounds opens the office on some weekday."""
        if not any(p.start is None and p.end is None and any(p.hours) for p in periods):
            raise CalendarInvalid("Kalender perlu satu periode tanpa batas tanggal yang punya hari kerja.")
        self._periods = tuple(periods)
        self._holidays = dict(holidays)
        self._covered = frozenset(day.year for day in holidays)
        self._years: dict[int, _Year] = {}

    @property
    def version(self) -> str:
        """Changes with hours and holidays, so that open timers can be seen to come from another calendar."""
        content = repr((self._periods, sorted(self._holidays)))
        return hashlib.sha256(content.encode()).hexdigest()[:16]

    def covers(self, year: int) -> bool:
        """Are the holidays of that year known? Otherwise only weekends are free."""
        return year in self._covered

    def holiday(self, day: date) -> str | None:
        return self._holidays.get(day)

    def is_working_day(self, day: date) -> bool:
        return bool(self._day(day))

    def is_open(self, at: datetime) -> bool:
        day, moment = _split(at)
        return any(start <= moment < end for start, end in self._day(day))

    def next_open(self, at: datetime) -> datetime:
        """`at` itself while the office is open, else the moment it next opens, breaks included."""
        if self.is_open(at):
            return _utc(at)
        day, moment = _split(at)
        later = [start for start, _ in self._day(day) if start > moment]
        if later:
            return _join(day, later[0])
        following = self._working_day(day, 1)
        return _join(following, self._day(following)[0][0])

    def closes_at(self, day: date) -> datetime | None:
        """When the office closes on that day; None where it does not open."""
        stretches = self._day(day)
        return _join(day, stretches[-1][1]) if stretches else None

    def open_stretches(self, day: date) -> list[tuple[datetime, datetime]]:
        """When the office is open on that day, in order; empty where it does not open."""
        return [(_join(day, start), _join(day, end)) for start, end in self._day(day)]

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Working time from start to end, exact to the microsecond; negative where end comes first."""
        (from_day, from_moment), (to_day, to_moment) = _split(start), _split(end)
        if (to_day, to_moment) < (from_day, from_moment):
            return -self.between(end, start)
        whole = sum(self._year(year).worked[-1] for year in range(from_day.year, to_day.year))
        return (whole + self._worked(to_day, to_moment) - self._worked(from_day, from_moment)) * _MICROSECOND

    def add(self, start: datetime, duration: Duration) -> datetime:
        """Days first, then minutes.

        A working day leads to the same time of day on the next working day, clipped into its hours (out of a
        break: to its end). A closed day counts as the evening of the working day before, so from there it
        leads to the closing time. Minutes outside hours begin when the office opens.
        """
        at = self._add_days(start, duration.days) if duration.days else _utc(start)
        return self.shift(at, timedelta(minutes=duration.minutes))

    def shift(self, start: datetime, worked: timedelta) -> datetime:
        """The earliest moment at which `worked` (not negative) working time has gone by since start."""
        if worked < timedelta(0):
            raise ValueError("working time to add may not be negative")
        if not worked:
            return _utc(start)
        day, moment = _split(start)
        target = self._worked(day, moment) + worked // _MICROSECOND
        for number in range(day.year, day.year + SEARCH_YEARS):
            year = self._year(number)
            if target <= year.worked[-1]:
                return self._moment(number, target)
            target -= year.worked[-1]
        raise CalendarInvalid("Kalender tidak punya cukup hari kerja untuk menghitung batas waktu ini.")

    def deadline(self, start: datetime, days: int) -> datetime:
        """A pemohon's deadline: 23:59:59 WIB of the n-th working day after start's day (0: of that day)."""
        day, _ = _split(start)
        last = self._working_day(day, days) if days else day
        return datetime.combine(last, time(23, 59, 59), WIB).astimezone(UTC)

    def working_days(self, after: date, until: date) -> int:
        """How many working days lie after the first date, up to and including the second; 0 if none."""
        if until <= after:
            return 0
        whole = sum(self._year(year).working_days[-1] for year in range(after.year, until.year))
        return (
            whole
            + self._days_before(until)
            + self.is_working_day(until)
            - (self._days_before(after) + self.is_working_day(after))
        )

    def _add_days(self, start: datetime, days: int) -> datetime:
        day, moment = _split(start)
        target = self._working_day(day, days)
        stretches = self._day(target)
        if not self.is_working_day(day) or moment >= stretches[-1][1]:
            return _join(target, stretches[-1][1])
        return _join(target, next(max(moment, begin) for begin, end in stretches if moment < end))

    def _working_day(self, after: date, count: int) -> date:
        """The count-th (from 1) working day after a date."""
        target = self._days_before(after) + self.is_working_day(after) + count
        for number in range(after.year, after.year + SEARCH_YEARS):
            counts = self._year(number).working_days
            if target <= counts[-1]:
                return date(number, 1, 1) + timedelta(days=bisect_left(counts, target) - 1)
            target -= counts[-1]
        raise CalendarInvalid("Kalender tidak punya cukup hari kerja untuk menghitung batas waktu ini.")

    def _moment(self, number: int, target: int) -> datetime:
        year = self._year(number)
        index = max(bisect_left(year.worked, target) - 1, 0)
        left = target - year.worked[index]
        day = date(number, 1, 1) + timedelta(days=index)
        for start, end in year.days[index]:
            if left <= end - start:
                return _join(day, start + left)
            left -= end - start
        raise AssertionError("a day holds the working time that its year says it holds")

    def _worked(self, day: date, moment: int) -> int:
        """Working microseconds of the year before this moment of this day."""
        today = sum(max(0, min(moment, end) - start) for start, end in self._day(day))
        return self._year(day.year).worked[_index(day)] + today

    def _days_before(self, day: date) -> int:
        return self._year(day.year).working_days[_index(day)]

    def _day(self, day: date) -> tuple[Interval, ...]:
        return self._year(day.year).days[_index(day)]

    def _year(self, number: int) -> _Year:
        known = self._years.get(number)
        if known is None:
            known = self._years[number] = self._lay_out(number)
        return known

    def _lay_out(self, number: int) -> _Year:
        length = date(number, 12, 31).timetuple().tm_yday
        days = tuple(self._stretches(date(number, 1, 1) + timedelta(days=n)) for n in range(length))
        worked, working_days = [0], [0]
        for stretches in days:
            worked.append(worked[-1] + sum(end - start for start, end in stretches))
            working_days.append(working_days[-1] + bool(stretches))
        return _Year(days, tuple(worked), tuple(working_days))

    def _stretches(self, day: date) -> tuple[Interval, ...]:
        if day in self._holidays:
            return ()
        period = next(p for p in reversed(self._periods) if p.covers(day))
        return tuple((start * _MINUTE, end * _MINUTE) for start, end in period.hours[day.weekday()])


def load_calendar(folder: Path | None = None) -> WorkingCalendar:
    """The calendar of a folder with `jam-kerja.json` and `libur-<year>.csv`; None: the one shipped."""
    source = folder or DATA
    return WorkingCalendar(read_periods(source / "jam-kerja.json"), read_holidays(source))


def _index(day: date) -> int:
    return day.timetuple().tm_yday - 1


def _utc(at: datetime) -> datetime:
    return local(at).astimezone(UTC)


def _split(at: datetime) -> tuple[date, int]:
    """The local date and the microseconds since its midnight. Raises ValueError for a naive datetime."""
    there = local(at)
    seconds = (there.hour * 60 + there.minute) * 60 + there.second
    return there.date(), seconds * 1_000_000 + there.microsecond


def _join(day: date, moment: int) -> datetime:
    return (datetime.combine(day, time(), WIB) + moment * _MICROSECOND).astimezone(UTC)
