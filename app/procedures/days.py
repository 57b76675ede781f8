"""Days as a form file writes them: `hari_ini`, a date, or so many working days from today."""

from datetime import date

from app.domain.durations import Duration, InvalidDuration
from app.domain.tanggal import local_date, parse_date
from app.procedures.actions import TODAY
from app.procedures.context import FormContext


def written_day(text: str, context: FormContext) -> date:
    """Raises InvalidDate for what is none of these."""
    if text == TODAY:
        return context.today
    length = working_days(text)
    if length is None:
        return parse_date(text)
    return local_date(context.calendar.deadline(context.now, length))


def working_days(text: str) -> int | None:
    """10 of "10 hari kerja"; None for anything else."""
    try:
        length = Duration.parse(text)
    except InvalidDuration:
        return None
    return length.days if length.days and not length.minutes else None
