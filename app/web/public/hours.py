"""The office's hours in words, from its calendar."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from app.domain import tanggal
from app.services import clock


@dataclass(frozen=True)
class Day:
    """One day of the coming week. `hours`: "07.30–12.00 dan 12.30–16.00", or "Tutup"; `because`: the holiday, or ""."""

    date: date
    hours: str
    because: str


def opening_hours() -> str:
    """ "Buka sampai 16.00", or "Tutup. Buka lagi Senin 07.30"."""
    now, calendar = clock.now(), clock.calendar()
    closing = calendar.closes_at(tanggal.local_date(now))
    if calendar.is_open(now) and closing is not None:
        return f"Buka sampai {tanggal.format_time(closing)}"
    return f"Tutup. Buka lagi {tanggal.format_weekday_time(calendar.next_open(now))}"


def coming_week() -> Iterator[Day]:
    """Today and the six days after it."""
    calendar, today = clock.calendar(), clock.today()
    for day in (today + timedelta(days=number) for number in range(7)):
        stretches = calendar.open_stretches(day)
        words = (f"{tanggal.format_time(start)}–{tanggal.format_time(end)}" for start, end in stretches)
        yield Day(day, " dan ".join(words) or "Tutup", calendar.holiday(day) or "")
