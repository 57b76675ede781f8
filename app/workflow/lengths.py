"""How long a drawn timer runs: ISO 8601 durations and dates, as BPMN writes them."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

OFFICE_ZONE = ZoneInfo("Asia/Jakarta")
MAX_YEARS = 50

_DURATION = re.compile(
    r"P(?=[\dT])(?:(?P<years>\d+)Y)?(?:(?P<months>\d+)M)?(?:(?P<weeks>\d+)W)?(?:(?P<days>\d+)D)?"
    r"(?:T(?=\d)(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?(?:(?P<seconds>\d+)S)?)?",
    re.ASCII,
)


@dataclass(frozen=True)
class TimerLength:
    """Calendar time from the start of the timer (`months` + `span`), or a fixed moment (`at`, aware UTC)."""

    months: int = 0
    span: timedelta = timedelta()
    at: datetime | None = None

    def due(self, now: datetime) -> datetime:
        """The moment the timer fires when it starts at `now` (aware); aware UTC."""
        return self.at or _add_months(now.astimezone(UTC), self.months) + self.span


def parse_length(text: str) -> TimerLength:
    """Read `P14D`, `PT2H30M`, `P1M` or `2026-07-01T08:00:00+07:00`; a date without zone is office time.

    ValueError when it is neither, or longer than fifty years.
    """
    if text.startswith("P"):
        return _parse_duration(text)
    moment = datetime.fromisoformat(text)
    if not 1900 <= moment.year <= 2900:  # what another zone would push over the edge of the calendar
        raise ValueError(f"no such year: {text!r}")
    return TimerLength(at=(moment if moment.tzinfo else moment.replace(tzinfo=OFFICE_ZONE)).astimezone(UTC))


def _parse_duration(text: str) -> TimerLength:
    match = _DURATION.fullmatch(text) if len(text) <= 40 else None
    if match is None:
        raise ValueError(f"not an ISO 8601 duration: {text!r}")
    part = {name: int(digits or 0) for name, digits in match.groupdict().items()}
    months = part.pop("years") * 12 + part.pop("months")
    if (
        months > 12 * MAX_YEARS
        or part["seconds"] + 60 * part["minutes"] + 3600 * part["hours"] + 86400 * (part["days"] + 7 * part["weeks"])
        > MAX_YEARS * 366 * 86400
    ):
        raise ValueError(f"longer than {MAX_YEARS} years: {text!r}")
    return TimerLength(months=months, span=timedelta(**part))


def _add_months(moment: datetime, months: int) -> datetime:
    year, month = divmod(moment.year * 12 + moment.month - 1 + months, 12)
    return moment.replace(year=year, month=month + 1, day=min(moment.day, monthrange(year, month + 1)[1]))
