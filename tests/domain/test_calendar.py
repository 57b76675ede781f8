from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import DATA, WorkingCalendar, load_calendar
from app.domain.durations import Duration
from app.domain.office_hours import CalendarInvalid
from app.domain.tanggal import WIB

CALENDAR = load_calendar()
MOMENTS = st.datetimes(datetime(2024, 12, 1), datetime(2028, 2, 1), timezones=st.just(WIB))
LENGTHS = st.timedeltas(timedelta(0), timedelta(hours=900))


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


def hours(value: float) -> timedelta:
    return timedelta(hours=value)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-11-23", 8),  # Senin
        ("2026-11-27", 5.5),  # Jumat
        ("2026-11-28", 0),  # Sabtu
        ("2026-12-24", 0),  # cuti bersama Natal
        ("2026-12-25", 0),
        ("2025-03-03", 7.25),  # Ramadan 2025, Senin
        ("2025-03-07", 3.5),  # Ramadan 2025, Jumat
        ("2025-02-28", 5.5),  # hari kerja terakhir sebelum Ramadan 2025
    ],
)
def test_jam_kerja_satu_hari(day: str, expected: float) -> None:
    start = wib(f"{day}T00:00")
    assert CALENDAR.between(start, start + timedelta(days=1)) == hours(expected)


def test_seminggu_biasa_37_setengah_jam() -> None:
    assert CALENDAR.between(wib("2026-11-23T00:00"), wib("2026-11-30T00:00")) == hours(37.5)


def test_pergantian_periode_menghitung_tiap_hari_menurut_jamnya() -> None:
    # Jumat biasa 5,5 jam, lalu Senin dan Selasa Ramadan masing-masing 7,25 jam.
    assert CALENDAR.between(wib("2025-02-28T00:00"), wib("2025-03-05T00:00")) == hours(5.5 + 2 * 7.25)
    assert CALENDAR.add(wib("2025-02-28T14:00"), Duration(minutes=40)) == wib("2025-03-03T07:40")


def test_jumat_sore_berlanjut_senin_pagi() -> None:
    friday = wib("2026-11-20T15:55")
    assert not CALENDAR.is_open(friday)
    assert CALENDAR.next_open(friday) == wib("2026-11-23T07:30")
    assert CALENDAR.add(friday, Duration.parse("2 jam")) == wib("2026-11-23T09:30")
    assert CALENDAR.add(wib("2026-11-20T14:25"), Duration.parse("10 menit")) == wib("2026-11-23T07:35")


def test_istirahat_tidak_dihitung() -> None:
    assert CALENDAR.next_open(wib("2026-11-23T12:10")) == wib("2026-11-23T12:30")
    assert CALENDAR.add(wib("2026-11-23T11:50"), Duration(minutes=20)) == wib("2026-11-23T12:40")
    assert CALENDAR.between(wib("2026-11-23T11:50"), wib("2026-11-23T12:40")) == hours(1 / 3)


def test_cuti_bersama_dan_tahun_baru_dilompati() -> None:
    assert CALENDAR.add(wib("2026-12-23T15:30"), Duration.parse("1 jam")) == wib("2026-12-28T08:00")
    assert CALENDAR.add(wib("2026-12-31T10:00"), Duration.parse("1 hari kerja")) == wib("2027-01-04T10:00")
    assert CALENDAR.holiday(date(2026, 12, 24)) == "Cuti Bersama Natal"


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-23T10:00", 1, "2026-11-24T10:00"),
        ("2026-11-26T15:30", 1, "2026-11-27T14:30"),  # Kamis sore: Jumat tutup 14.30
        ("2026-11-26T12:45", 1, "2026-11-27T13:00"),  # jatuh di istirahat Jumat
        ("2026-11-23T05:00", 1, "2026-11-24T07:30"),
        ("2026-11-23T20:00", 1, "2026-11-24T16:00"),
        ("2026-11-21T10:00", 1, "2026-11-23T16:00"),  # Sabtu = Jumat malam: satu hari kerja penuh
        ("2026-11-23T10:00", 10, "2026-12-07T10:00"),
    ],
)
def test_hari_kerja_membawa_ke_jam_yang_sama(start: str, days: int, expected: str) -> None:
    assert CALENDAR.add(wib(start), Duration(days=days)) == wib(expected)


def test_hari_dulu_baru_menit() -> None:
    assert CALENDAR.add(wib("2026-11-26T14:00"), Duration(minutes=60, days=1)) == wib("2026-11-30T08:00")


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-11-23T23:50", 3, "2026-11-26T23:59:59"),
        ("2026-12-22T09:00", 2, "2026-12-28T23:59:59"),
        ("2026-11-21T09:00", 1, "2026-11-23T23:59:59"),
        ("2026-11-23T09:00", 0, "2026-11-23T23:59:59"),
    ],
)
def test_batas_pemohon_adalah_akhir_hari_kerja(start: str, days: int, expected: str) -> None:
    assert CALENDAR.deadline(wib(start), days) == wib(expected)


def test_hari_setempat_bukan_hari_utc() -> None:
    # 23 November pukul 18.00 UTC sudah 24 November pukul 01.00 WIB.
    assert CALENDAR.deadline(datetime(2026, 11, 23, 18, tzinfo=UTC), 1) == wib("2026-11-25T23:59:59")


def test_sisa_hari_kerja_melintasi_tahun() -> None:
    assert CALENDAR.working_days(date(2026, 12, 22), date(2027, 1, 4)) == 6
    assert CALENDAR.working_days(date(2026, 11, 20), date(2026, 11, 22)) == 0
    assert CALENDAR.working_days(date(2026, 11, 24), date(2026, 11, 23)) == 0


def test_jam_tutup_hari_ini() -> None:
    assert CALENDAR.closes_at(date(2026, 11, 27)) == wib("2026-11-27T14:30")
    assert CALENDAR.closes_at(date(2026, 11, 28)) is None


def test_tahun_tanpa_data_hanya_mengenal_akhir_pekan() -> None:
    assert CALENDAR.covers(2026) and CALENDAR.covers(2027) and not CALENDAR.covers(2031)
    assert CALENDAR.is_working_day(date(2031, 1, 1))
    assert not CALENDAR.is_working_day(date(2031, 1, 4))


def test_waktu_tanpa_zona_ditolak() -> None:
    with pytest.raises(ValueError, match="zone"):
        CALENDAR.is_open(datetime(2026, 11, 23, 10))


@given(MOMENTS, MOMENTS, MOMENTS)
def test_antara_bersifat_menjumlah(a: datetime, b: datetime, c: datetime) -> None:
    assert CALENDAR.between(a, b) + CALENDAR.between(b, c) == CALENDAR.between(a, c)


@given(MOMENTS, LENGTHS)
def test_menambah_lalu_mengukur_memberi_lama_yang_sama(start: datetime, length: timedelta) -> None:
    assert CALENDAR.between(start, CALENDAR.shift(start, length)) == length


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=20)), st.integers(0, 15), st.integers(0, 600))
def test_yang_mulai_lebih_dulu_tidak_jatuh_tempo_lebih_lambat(
    start: datetime, later: timedelta, days: int, minutes: int
) -> None:
    duration = Duration(minutes, days)
    assert CALENDAR.add(start, duration) <= CALENDAR.add(start + later, duration)


@given(MOMENTS, st.integers(0, 15), st.integers(0, 600))
def test_durasi_lebih_panjang_tidak_jatuh_tempo_lebih_cepat(start: datetime, days: int, minutes: int) -> None:
    due = CALENDAR.add(start, Duration(minutes, days))
    assert start <= due
    assert due <= CALENDAR.add(start, Duration(minutes + 1, days))
    assert due <= CALENDAR.add(start, Duration(minutes, days + 1))


@given(MOMENTS)
def test_berikut_buka_memang_buka_dan_tidak_ada_jam_kerja_sebelumnya(at: datetime) -> None:
    opening = CALENDAR.next_open(at)
    assert CALENDAR.is_open(opening)
    assert CALENDAR.between(at, opening) == timedelta(0)


@given(st.dates(date(2025, 1, 1), date(2028, 1, 1)), st.integers(0, 400))
def test_hitungan_hari_kerja_sama_dengan_menghitung_satu_satu(day: date, length: int) -> None:
    days = (day + timedelta(days=n) for n in range(1, length + 1))
    assert CALENDAR.working_days(day, day + timedelta(days=length)) == sum(map(CALENDAR.is_working_day, days))


def test_kalender_baru_dipakai_bersama_banyak_utas() -> None:
    fresh = load_calendar()
    start = wib("2026-01-01T00:00")
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: fresh.between(start, start + timedelta(days=n)), range(700)))
    assert found == [CALENDAR.between(start, start + timedelta(days=n)) for n in range(700)]


def _folder(path: Path, hours_text: str, holidays: str = "tanggal,nama\n") -> Path:
    (path / "jam-kerja.json").write_text(hours_text, encoding="utf-8")
    (path / "libur-2026.csv").write_text(holidays, encoding="utf-8")
    return path


def _shipped() -> str:
    return (DATA / "jam-kerja.json").read_text(encoding="utf-8")


def test_kantor_dapat_menambah_libur_dan_versi_kalender_berubah(tmp_path: Path) -> None:
    changed = load_calendar(_folder(tmp_path, _shipped(), "tanggal,nama\n2026-11-23,Libur setempat\n"))
    assert not changed.is_working_day(date(2026, 11, 23))
    assert changed.version != CALENDAR.version
    assert load_calendar().version == CALENDAR.version


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"16:00"', '"06:00"'),
        ('"07:30"', '"25:30"'),
        ('"senin"', '"monday"'),
        ('"2025-03-30"', '"2025-02-30"'),
        ('"2025-03-30"', '"2024-03-30"'),
        ('"periode"', '"masa"'),
        ("{", "["),
    ],
)
def test_jam_kerja_yang_salah_tulis_ditolak(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(CalendarInvalid):
        load_calendar(_folder(tmp_path, _shipped().replace(old, new)))


def test_libur_tanpa_tanggal_ditolak_dengan_nama_berkasnya(tmp_path: Path) -> None:
    with pytest.raises(CalendarInvalid, match="libur-2026"):
        load_calendar(_folder(tmp_path, _shipped(), "tanggal,nama\nbesok,Libur\n"))


def test_kalender_tanpa_hari_kerja_ditolak() -> None:
    with pytest.raises(CalendarInvalid):
        WorkingCalendar([], {})
