"""The days a page of figures is about."""

import re
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain.tanggal import BULAN

TODAY, WEEK, MONTH = "hari", "7hari", "bulan"
_WRITTEN = re.compile(r"(20[0-9]{2})-(0[1-9]|1[0-2])")


@dataclass(frozen=True)
class Range:
    """Both days included. `key`: as in the address: hari | 7hari | bulan | 2026-11."""

    key: str
    title: str
    first: date
    last: date

    @property
    def days(self) -> list[date]:
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]

    def is_current(self, today: date) -> bool:
        return self.first <= today <= self.last


def read(text: str, today: date) -> Range:
    """What the address asks for; today where it asks for nothing that there is."""
    if text == WEEK:
        return Range(WEEK, "7 hari terakhir", today - timedelta(days=6), today)
    if text == MONTH:
        return Range(MONTH, "Bulan ini", today.replace(day=1), today)
    written = _WRITTEN.fullmatch(text)
    if written and (first := date(int(written[1]), int(written[2]), 1)) <= today:
        return month_of(first, today)
    return Range(TODAY, "Hari ini", today, today)


def month_of(day: date, today: date) -> Range:
    """The calendar month of that day, no further than today."""
    first = day.replace(day=1)
    following = (first + timedelta(days=32)).replace(day=1)
    title = f"{BULAN[first.month - 1]} {first.year}"
    return Range(f"{first:%Y-%m}", title, first, min(following - timedelta(days=1), today))


def months(first: date, today: date) -> list[Range]:
    """Every month since that day, newest first."""
    found: list[Range] = []
    at = today.replace(day=1)
    while at >= first.replace(day=1) and len(found) < 36:
        found.append(month_of(at, today))
        at = (at - timedelta(days=1)).replace(day=1)
    return found
