"""The office's calendar as a book: read, changed by a form, told in words."""

from datetime import date, timedelta

import pytest

from app.domain import calendar_changes
from app.domain.calendar import load_calendar
from app.domain.calendar_book import Book, read_stretches, write_stretches
from app.domain.errors import InvalidInput
from app.domain.office_hours import DAYS, CalendarInvalid

BOOK = Book.shipped()
TODAY = date(2026, 11, 23)
CHRISTMAS_EVE = {"ubah": "libur", "tanggal": "2026-12-23", "nama": "Libur setempat", "jenis": "libur_setempat"}
FASTING = {
    "ubah": "periode",
    "nama": "Ramadan 1448 H",
    "mulai": "2027-02-08",
    "sampai": "2027-03-09",
    **{f"jam_{day}": "07.30-12.00, 12.15-15.00" for day in DAYS[:5]},
}
DAILY = "\n".join(f"{date(2027, 6, 1) + timedelta(days=n)} Tutup terus" for n in range(45))


def test_bawaan_sama_dengan_kalender_yang_dikirim() -> None:
    assert BOOK.calendar().version == load_calendar().version
    assert Book.from_data(BOOK.to_data()) == BOOK


@pytest.mark.parametrize(
    "text", ["07.30-12.00, 12.30-16.00", "07:30 - 12:00 dan 12:30-16:00", "7.30–12.00;12.30–16.00"]
)
def test_jam_dibaca_dari_beberapa_cara_menulis(text: str) -> None:
    assert write_stretches(read_stretches(text)) == "07.30-12.00, 12.30-16.00"


@pytest.mark.parametrize("text", ["pagi", "12.00-07.30", "07.30-12.00, 11.00-13.00", "07.61-12.00", "20.00-25.00"])
def test_jam_yang_tidak_masuk_akal_ditolak(text: str) -> None:
    with pytest.raises(CalendarInvalid):
        read_stretches(text)


def test_libur_ditambah_diubah_dan_dihapus() -> None:
    more, about = calendar_changes.apply(BOOK, CHRISTMAS_EVE, TODAY)
    assert not more.calendar().is_working_day(date(2026, 12, 23))
    assert about == "Libur ditambah: Libur setempat (23 Desember 2026)"
    moved, _ = calendar_changes.apply(
        more, {**CHRISTMAS_EVE, "tanggal": "2026-12-22", "tanggal_lama": "2026-12-23"}, TODAY
    )
    assert [moved.calendar().is_working_day(date(2026, 12, day)) for day in (22, 23)] == [False, True]
    gone, _ = calendar_changes.apply(moved, {"ubah": "hapus-libur", "tanggal": "2026-12-22"}, TODAY)
    assert gone == BOOK


def test_setahun_ditempel_sekaligus() -> None:
    pasted = "2028-01-01 Tahun Baru\n2028-03-26, Nyepi\n"
    more, about = calendar_changes.apply(BOOK, {"ubah": "libur", "jenis": "libur_nasional", "banyak": pasted}, TODAY)
    assert [day.name for day in more.holidays if day.day.year == 2028] == ["Tahun Baru", "Nyepi"]
    assert "Nyepi (26 Maret 2028)" in about


def test_periode_bertanggal_mengalahkan_jam_biasa_yang_ditambah_kemudian() -> None:
    fasting, _ = calendar_changes.apply(BOOK, FASTING, TODAY)
    usual = {"ubah": "periode", "nama": "Jam biasa baru", "mulai": "2027-01-01", "jam_senin": "08.00-16.00"}
    later, _ = calendar_changes.apply(fasting, usual, TODAY)
    calendar = later.calendar()
    assert calendar.is_working_day(date(2027, 2, 10)), "Ramadan, a Wednesday"
    assert not calendar.is_working_day(date(2027, 1, 6)), "the new usual hours open on Mondays only"
    assert calendar.is_working_day(date(2026, 12, 2)), "before they begin, the old ones hold"


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({**CHRISTMAS_EVE, "tanggal": "kemarin"}, "tanggal"),
        ({**CHRISTMAS_EVE, "tanggal": "1899-01-01"}, "tanggal"),
        ({**CHRISTMAS_EVE, "nama": ""}, "nama"),
        ({**CHRISTMAS_EVE, "jenis": "libur_sendiri"}, "jenis"),
        ({"ubah": "libur", "jenis": "cuti_bersama", "banyak": "besok Libur"}, "banyak"),
        ({**FASTING, "sampai": "2027-01-01"}, "sampai"),
        ({**FASTING, "mulai": ""}, "mulai"),
        ({**FASTING, "jam_senin": "pagi"}, "jam_senin"),
        ({"ubah": "hapus-periode", "nomor": "99"}, ""),
        ({"ubah": "hapus-periode", "nomor": "0"}, ""),
        ({"ubah": "hapus-libur", "tanggal": "2026-12-23"}, ""),
        ({"ubah": "lain"}, ""),
        ({"ubah": "periode", "nama": "Tutup selamanya", "mulai": "2026-11-23"}, ""),
        ({"ubah": "periode", "nama": "Tutup kelak", "mulai": "2031-05-01"}, ""),
        ({**FASTING, **dict.fromkeys((f"jam_{day}" for day in DAYS), ""), "sampai": "2027-03-31"}, ""),
        ({"ubah": "libur", "jenis": "cuti_bersama", "banyak": DAILY}, ""),
    ],
)
def test_yang_keliru_ditunjuk_di_isiannya(form: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        calendar_changes.apply(BOOK, form, TODAY)
    assert list(refused.value.errors) == [field]
