"""Dated periods of office hours and the list of holidays, read from files that an operator may edit."""

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

DAYS = ("senin", "selasa", "rabu", "kamis", "jumat", "sabtu", "minggu")
MINUTES_A_DAY = 24 * 60

Interval = tuple[int, int]
"""Minutes after local midnight: from (inclusive), until (exclusive)."""


class CalendarInvalid(ValueError):
    """A calendar file that cannot be used; the text is Indonesian and names the file's part."""


@dataclass(frozen=True)
class Period:
    """Office hours between two dates, both included; None = no bound. `hours`: seven tuples, Monday first."""

    name: str
    start: date | None
    end: date | None
    source: str
    hours: tuple[tuple[Interval, ...], ...]

    def covers(self, day: date) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def read_periods(path: Path) -> tuple[Period, ...]:
    """Periods in the file's order; the last that covers a date counts. Raises CalendarInvalid."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        return tuple(_period(each) for each in content["periode"])
    except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as fault:
        raise CalendarInvalid(f"{path.name}: susunannya tidak dikenal ({fault}).") from fault


def read_holidays(folder: Path) -> dict[date, str]:
    """Every `libur-<year>.csv` of the folder: date -> name; cuti bersama are holidays like the others."""
    return dict(row for path in sorted(folder.glob("libur-*.csv")) for row in _holidays(path))


def _holidays(path: Path) -> Iterator[tuple[date, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            try:
                yield date.fromisoformat(row["tanggal"]), row["nama"]
            except (KeyError, TypeError, ValueError) as fault:
                raise CalendarInvalid(f"{path.name}: baris {row} tidak memuat tanggal dan nama.") from fault


def _period(written: Mapping[str, Any]) -> Period:
    name, hours = written["nama"], written["hari"]
    if set(hours) != set(DAYS):
        raise CalendarInvalid(f"Periode '{name}' harus memuat tujuh hari: {', '.join(DAYS)}.")
    start, end = (_date(written[key]) for key in ("mulai", "sampai"))
    if start and end and end < start:
        raise CalendarInvalid(f"Periode '{name}' berakhir sebelum mulai.")
    return Period(name, start, end, written["sumber"], tuple(_intervals(name, hours[day]) for day in DAYS))


def _date(written: str | None) -> date | None:
    if written is None:
        return None
    try:
        return date.fromisoformat(written)
    except ValueError as fault:
        raise CalendarInvalid(f"Tanggal '{written}' tidak ada; tulis seperti 2026-02-18.") from fault


def _intervals(name: str, written: list[Any] | None) -> tuple[Interval, ...]:
    """The open stretches of a day: opening to closing, less the breaks."""
    if written is None:
        return ()
    opening, closing, breaks = written
    edges = [_minute(opening), *(_minute(edge) for pause in breaks for edge in pause), _minute(closing)]
    if any(later <= earlier for earlier, later in pairwise(edges)):
        raise CalendarInvalid(f"Periode '{name}': jam buka, istirahat, dan tutup harus berurutan.")
    return tuple(zip(edges[0::2], edges[1::2], strict=True))


def _minute(written: str) -> int:
    hours, colon, minutes = written.partition(":")
    if not (colon and hours.isdecimal() and minutes.isdecimal() and int(hours) < 24 and int(minutes) < 60):
        raise CalendarInvalid(f"Jam '{written}' tidak ada; tulis seperti 07:30.")
    return int(hours) * 60 + int(minutes)
