"""What a calendar is made of, as the office keeps and changes it: holidays by date, office hours by period.

A period with a last day (Ramadan) outranks the usual hours; among equals the one that begins later counts. So usual
hours that change on a date are simply one more period without an end.
"""

import csv
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from app.domain.calendar import DATA, WorkingCalendar
from app.domain.office_hours import DAYS, CalendarInvalid, Interval, Period, read_periods

KINDS = {"libur_nasional": "Libur nasional", "cuti_bersama": "Cuti bersama", "libur_setempat": "Libur setempat"}
_STRETCH = re.compile(r"\s*(\d{1,2})[.:](\d{2})\s*(?:-|–|s/d|sampai)\s*(\d{1,2})[.:](\d{2})\s*")
_MINUTES = 60


@dataclass(frozen=True, order=True)
class Holiday:
    """A day on which the office is closed. `kind`: a key of KINDS."""

    day: date
    name: str
    kind: str = "libur_nasional"


@dataclass(frozen=True)
class Book:
    """Everything a calendar is made of, in the order that counts."""

    periods: tuple[Period, ...]
    holidays: tuple[Holiday, ...]

    @classmethod
    def shipped(cls, folder: Path = DATA) -> "Book":
        """The one that comes with Alur: what counts until the office decides for itself."""
        rows = (row for path in sorted(folder.glob("libur-*.csv")) for row in _rows(path))
        return cls(read_periods(folder / "jam-kerja.json"), tuple(sorted(rows)))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Book":
        periods = tuple(_read_period(each) for each in data["periode"])
        rows = (Holiday(date.fromisoformat(each[0]), each[1], each[2]) for each in data["libur"])
        return cls(periods, tuple(rows))

    def to_data(self) -> dict[str, Any]:
        """As JSON; from_data() reads it back."""
        return {
            "periode": [_write_period(each) for each in self.periods],
            "libur": [[each.day.isoformat(), each.name, each.kind] for each in self.holidays],
        }

    def calendar(self) -> WorkingCalendar:
        """Raises CalendarInvalid."""
        return WorkingCalendar(self.periods, {each.day: each.name for each in self.holidays})

    def holiday(self, day: date) -> Holiday | None:
        return next((each for each in self.holidays if each.day == day), None)

    def years(self) -> list[int]:
        return sorted({each.day.year for each in self.holidays})

    def with_holidays(self, added: Iterable[Holiday], *, without: Iterable[date] = ()) -> "Book":
        """One holiday a day: a new one takes the place of the old."""
        kept = {each.day: each for each in self.holidays if each.day not in set(without)}
        kept |= {each.day: each for each in added}
        return replace(self, holidays=tuple(sorted(kept.values())))

    def with_period(self, period: Period, *, instead_of: int | None = None) -> "Book":
        others = [each for number, each in enumerate(self.periods) if number != instead_of]
        return replace(self, periods=tuple(sorted([*others, period], key=_rank)))

    def without_period(self, number: int) -> "Book":
        return replace(self, periods=tuple(each for n, each in enumerate(self.periods) if n != number))


def read_stretches(text: str) -> tuple[Interval, ...]:
    """ "07.30-12.00, 12.30-16.00"; "" or "tutup" = closed. Raises CalendarInvalid."""
    if not text.strip() or text.strip().casefold() == "tutup":
        return ()
    found: list[Interval] = []
    for part in re.split(r"[,;]| dan ", text):
        match = _STRETCH.fullmatch(part)
        if match is None:
            raise CalendarInvalid(f"Jam '{text.strip()[:40]}' tidak terbaca. Tulis seperti 07.30-12.00, 12.30-16.00.")
        hours, minutes, until_hours, until_minutes = map(int, match.groups())
        start, end = hours * _MINUTES + minutes, until_hours * _MINUTES + until_minutes
        is_clock = minutes < _MINUTES and until_minutes < _MINUTES and end <= 24 * _MINUTES
        if not is_clock or start >= end or (found and start <= found[-1][1]):
            raise CalendarInvalid(f"Jam '{text.strip()[:40]}' harus berurutan dan tidak bertumpuk.")
        found.append((start, end))
    return tuple(found)


def write_stretches(stretches: Iterable[Interval]) -> str:
    """ "07.30-12.00, 12.30-16.00"; "" where it is closed."""
    return ", ".join(f"{_clock(start)}-{_clock(end)}" for start, end in stretches)


def _clock(minute: int) -> str:
    return f"{minute // _MINUTES:02d}.{minute % _MINUTES:02d}"


def _rank(period: Period) -> tuple[bool, date]:
    return period.end is not None, period.start or date.min


def _rows(path: Path) -> Iterator[Holiday]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            kind = row.get("jenis") or ""
            yield Holiday(date.fromisoformat(row["tanggal"]), row["nama"], kind if kind in KINDS else "libur_nasional")


def _read_period(written: Mapping[str, Any]) -> Period:
    start, end = (date.fromisoformat(written[key]) if written[key] else None for key in ("mulai", "sampai"))
    hours = tuple(tuple((a, b) for a, b in written["hari"][day]) for day in DAYS)
    return Period(written["nama"], start, end, written["sumber"], hours)


def _write_period(period: Period) -> dict[str, Any]:
    return {
        "nama": period.name,
        "mulai": period.start.isoformat() if period.start else None,
        "sampai": period.end.isoformat() if period.end else None,
        "sumber": period.source,
        "hari": {day: [list(each) for each in hours] for day, hours in zip(DAYS, period.hours, strict=True)},
    }
