"""One change of the office's calendar as a form says it: read, judged, done to a book, and told in words."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from app.domain.calendar_book import KINDS, Book, Holiday, read_stretches
from app.domain.errors import InvalidInput
from app.domain.office_hours import DAYS, CalendarInvalid, Period
from app.domain.tanggal import format_date

HOLIDAY, NO_HOLIDAY, PERIOD, NO_PERIOD = "libur", "hapus-libur", "periode", "hapus-periode"
LONGEST_NAME, MOST_LINES = 100, 60
LONGEST_CLOSED = 31
"""Days in a row without a working day; more is a slip, and no due date could be counted."""
FIRST, LAST = date(2000, 1, 1), date(2100, 12, 31)
HOURS = tuple(f"jam_{day}" for day in DAYS)
FIELDS = ("ubah", "tanggal", "tanggal_lama", "nama", "jenis", "banyak", "nomor", "mulai", "sampai", "sumber", *HOURS)
_DATE = "Tulis tanggal seperti 2026-12-24."


def apply(book: Book, form: Mapping[str, str], today: date) -> tuple[Book, str]:
    """The book after the change that `form` (FIELDS) asks for, and what changed in words.

    Raises InvalidInput, also where the office would be closed for longer than LONGEST_CLOSED from today on.
    """
    do = {HOLIDAY: _holidays, NO_HOLIDAY: _no_holiday, PERIOD: _period, NO_PERIOD: _no_period}.get(form.get("ubah", ""))
    if do is None:
        raise InvalidInput({"": ["Perubahan ini tidak dikenal. Muat ulang halaman."]})
    try:
        changed, about = do(book, form)
        closed = _closed_too_long(changed, today)
    except CalendarInvalid as fault:
        raise InvalidInput({"": [str(fault)]}) from fault
    if changed == book:
        raise InvalidInput({"": ["Tidak ada yang berubah."]})
    if closed:
        said = f"Sejak {format_date(closed)} kantor tutup lebih dari {LONGEST_CLOSED} hari berturut-turut. "
        raise InvalidInput({"": [f"{said}Isi jam buka, atau beri hari terakhir yang lebih dekat."]})
    return changed, about


def _closed_too_long(book: Book, today: date) -> date | None:
    """The first day from which no working day is near. A long closure can only begin today, with a holiday, or where
    a period begins or is over. Raises CalendarInvalid."""
    calendar, day = book.calendar(), timedelta(days=1)
    turns = {today, *(each.day for each in book.holidays)}
    turns |= {each.start for each in book.periods if each.start} | {each.end + day for each in book.periods if each.end}
    for turn in sorted(each for each in turns if each >= today):
        if not any(calendar.is_working_day(turn + n * day) for n in range(LONGEST_CLOSED + 1)):
            return turn
    return None


def _holidays(book: Book, form: Mapping[str, str]) -> tuple[Book, str]:
    kind = form.get("jenis", "")
    if kind not in KINDS:
        raise InvalidInput({"jenis": ["Pilih jenis liburnya."]})
    many = form.get("banyak", "").strip()
    added = list(_lines(many, kind)) if many else [_one(form, kind)]
    before = [_day(form["tanggal_lama"], "tanggal")] if form.get("tanggal_lama") else []
    named = ", ".join(f"{each.name} ({format_date(each.day)})" for each in added[:3])
    more = f" dan {len(added) - 3} lagi" if len(added) > 3 else ""
    word = "diubah" if before or any(book.holiday(each.day) for each in added) else "ditambah"
    return book.with_holidays(added, without=before), f"Libur {word}: {named}{more}"


def _lines(text: str, kind: str) -> Iterator[Holiday]:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if len(lines) > MOST_LINES:
        raise InvalidInput({"banyak": [f"Paling banyak {MOST_LINES} baris sekaligus."]})
    for line in lines:
        day, _, name = line.replace("\t", " ").replace(",", " ", 1).partition(" ")
        yield Holiday(_day(day, "banyak", f"Baris '{line[:40]}': {_DATE}"), _name(name, "banyak"), kind)


def _one(form: Mapping[str, str], kind: str) -> Holiday:
    return Holiday(_day(form.get("tanggal", ""), "tanggal"), _name(form.get("nama", ""), "nama"), kind)


def _no_holiday(book: Book, form: Mapping[str, str]) -> tuple[Book, str]:
    day = _day(form.get("tanggal", ""), "tanggal")
    gone = book.holiday(day)
    if gone is None:
        raise InvalidInput({"": ["Libur ini sudah tidak ada di kalender."]})
    return book.with_holidays((), without=[day]), f"Libur dihapus: {gone.name} ({format_date(day)})"


def _period(book: Book, form: Mapping[str, str]) -> tuple[Book, str]:
    number = _number(book, form) if form.get("nomor") else None
    start, end = (_day(form[key], key) if form.get(key) else None for key in ("mulai", "sampai"))
    if start and end and end < start:
        raise InvalidInput({"sampai": ["Hari terakhir tidak boleh sebelum hari pertama."]})
    if start is None and end is not None:
        raise InvalidInput({"mulai": ["Isi hari pertama periode yang punya hari terakhir."]})
    hours, faults = [], {}
    for day in DAYS:
        try:
            hours.append(read_stretches(form.get(f"jam_{day}", "")))
        except CalendarInvalid as fault:
            faults[f"jam_{day}"] = [str(fault)]
    if faults:
        raise InvalidInput(faults)
    source = " ".join(form.get("sumber", "").split())[:200]
    period = Period(_name(form.get("nama", ""), "nama"), start, end, source, tuple(hours))
    word = "ditambah" if number is None else "diubah"
    return book.with_period(period, instead_of=number), f"Jam kantor {word}: {period.name}{_from(period)}"


def _no_period(book: Book, form: Mapping[str, str]) -> tuple[Book, str]:
    number = _number(book, form)
    gone = book.periods[number]
    return book.without_period(number), f"Jam kantor dihapus: {gone.name}{_from(gone)}"


def _from(period: Period) -> str:
    if period.start is None:
        return ""
    until = f" sampai {format_date(period.end)}" if period.end else ""
    return f" (mulai {format_date(period.start)}{until})"


def _number(book: Book, form: Mapping[str, str]) -> int:
    text = form.get("nomor", "")
    if not (text.isascii() and text.isdigit() and len(text) < 5 and int(text) < len(book.periods)):
        raise InvalidInput({"": ["Periode ini sudah tidak ada. Muat ulang halaman."]})
    return int(text)


def _name(text: str, field: str) -> str:
    name = " ".join(text.split())
    if not 3 <= len(name) <= LONGEST_NAME:
        raise InvalidInput({field: [f"Tulis namanya, 3 sampai {LONGEST_NAME} huruf."]})
    return name


def _day(text: str, field: str, sentence: str = _DATE) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as fault:
        raise InvalidInput({field: [sentence]}) from fault
    if not FIRST <= day <= LAST:
        raise InvalidInput({field: ["Tanggalnya harus antara tahun 2000 dan 2100."]})
    return day
