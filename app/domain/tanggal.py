"""Dates, times and lengths of time as people read them: Indonesian, in WIB."""

import re
from datetime import date, datetime, timedelta, timezone

WIB = timezone(timedelta(hours=7), "WIB")
"""Asia/Jakarta; fixed, because it has had no other offset since 1964 and knows no summer time."""

HARI = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
BULAN = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)

_WRITTEN = re.compile(r"([0-9]{1,2})\s+([A-Za-z]{3,12})\s+([0-9]{4})")
_MONTHS = {name.lower(): number for number, name in enumerate(BULAN, start=1)}


class InvalidDate(ValueError):
    """A date that cannot be read; the text is Indonesian and says how to write it."""


def local(at: datetime) -> datetime:
    """The same moment in WIB. Raises ValueError for a datetime without zone: its moment is unknown."""
    if at.tzinfo is None:
        raise ValueError("a datetime without zone has no place here; use aware UTC datetimes")
    return at.astimezone(WIB)


def local_date(at: datetime) -> date:
    return local(at).date()


def format_date(day: date | datetime) -> str:
    """ "24 November 2026"; a datetime is taken in WIB."""
    shown = _day(day)
    return f"{shown.day} {BULAN[shown.month - 1]} {shown.year}"


def format_day(day: date | datetime) -> str:
    """ "Senin, 24 November 2026"."""
    return f"{HARI[_day(day).weekday()]}, {format_date(day)}"


def format_days(first: date, last: date) -> str:
    """ "24 November 2026", "24–28 November 2026", "30 November – 2 Desember 2026", both ends included."""
    if first == last:
        return format_date(last)
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{format_date(last)}"
    begins = format_date(first) if first.year != last.year else f"{first.day} {BULAN[first.month - 1]}"
    return f"{begins} – {format_date(last)}"


def format_short(day: date | datetime) -> str:
    """ "24 Nov"."""
    shown = _day(day)
    return f"{shown.day} {BULAN[shown.month - 1][:3]}"


def format_time(at: datetime) -> str:
    """ "10.15"."""
    return f"{local(at):%H.%M}"


def format_moment(at: datetime) -> str:
    """ "Senin, 24 November 2026 pukul 10.15"."""
    return f"{format_day(at)} pukul {format_time(at)}"


def format_weekday_time(at: datetime) -> str:
    """ "Senin 07.30", for opening hours."""
    return f"{HARI[_day(at).weekday()]} {format_time(at)}"


def parse_date(text: str) -> date:
    """Read "30 Januari 2023" or "2023-01-30". Raises InvalidDate."""
    written = text.strip()
    match = _WRITTEN.fullmatch(written)
    try:
        if match is None:
            return date.fromisoformat(written)
        return date(int(match[3]), _MONTHS[match[2].lower()], int(match[1]))
    except (KeyError, ValueError) as fault:
        raise InvalidDate(f"Tanggal '{written[:40]}' tidak ada. Tulis seperti 30 Januari 2023.") from fault


def format_length(length: timedelta) -> str:
    """ "1 j 20 m"; whole minutes, seconds dropped; "0 m" for less than one."""
    minutes = abs(length) // timedelta(minutes=1)
    hours, rest = divmod(minutes, 60)
    parts = [f"{hours} j"] if hours else []
    parts += [f"{rest} m"] if rest or not hours else []
    return " ".join(parts)


def format_remaining(left: timedelta) -> str:
    """Time left as in the inbox: "1 j 20 m", or "Lewat 15 m" where it is negative."""
    return f"Lewat {format_length(left)}" if left < timedelta(0) else format_length(left)


def _day(day: date | datetime) -> date:
    return local_date(day) if isinstance(day, datetime) else day
