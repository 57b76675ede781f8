"""How much working time is left, in the few words that fit an inbox row."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain.calendar import WorkingCalendar
from app.domain.tanggal import format_length

SOON = timedelta(minutes=30)


@dataclass(frozen=True)
class Remaining:
    """`words`: "1 j 20 m", "Lewat 15 m" or "" (no limit). `level`: "aman", "segera", "lewat", "jeda" or ""."""

    words: str = ""
    level: str = ""


def remaining(calendar: WorkingCalendar, now: datetime, due: datetime | None) -> Remaining:
    """Working time from `now` to `due`, or how far past it; nights and holidays do not count."""
    if due is None:
        return Remaining()
    if now >= due:
        return Remaining(f"Lewat {format_length(calendar.between(due, now))}", "lewat")
    left = calendar.between(now, due)
    return Remaining(format_length(left), "segera" if left < SOON else "aman")
