from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.tanggal import (
    InvalidDate,
    format_date,
    format_day,
    format_days,
    format_length,
    format_moment,
    format_remaining,
    format_short,
    format_time,
    format_weekday_time,
    parse_date,
)

MOMENT = datetime(2026, 11, 24, 3, 15, tzinfo=UTC)


def test_waktu_ditulis_lengkap_dalam_wib() -> None:
    assert format_moment(MOMENT) == "Selasa, 24 November 2026 pukul 10.15"
    assert format_day(MOMENT) == "Selasa, 24 November 2026"
    assert format_date(MOMENT) == "24 November 2026"
    assert format_time(MOMENT) == "10.15"
    assert format_short(MOMENT) == "24 Nov"
    assert format_weekday_time(MOMENT) == "Selasa 10.15"


def test_sesudah_pukul_17_utc_sudah_hari_berikutnya() -> None:
    assert format_date(datetime(2026, 12, 31, 17, tzinfo=UTC)) == "1 Januari 2027"


def test_tanggal_polos_dan_waktu_tanpa_zona() -> None:
    assert format_date(date(2023, 1, 30)) == "30 Januari 2023"
    with pytest.raises(ValueError, match="zone"):
        format_date(datetime(2026, 1, 1))


@pytest.mark.parametrize(
    ("first", "last", "shown"),
    [
        (date(2026, 11, 24), date(2026, 11, 28), "24–28 November 2026"),
        (date(2026, 11, 24), date(2026, 11, 24), "24 November 2026"),
        (date(2026, 11, 30), date(2026, 12, 2), "30 November – 2 Desember 2026"),
        (date(2026, 12, 30), date(2027, 1, 2), "30 Desember 2026 – 2 Januari 2027"),
    ],
)
def test_rentang_hari_ditulis_sekali_untuk_bulan_yang_sama(first: date, last: date, shown: str) -> None:
    assert format_days(first, last) == shown


@given(st.dates(date(1000, 1, 1)))
def test_tanggal_yang_ditulis_dapat_dibaca_kembali(day: date) -> None:
    assert parse_date(format_date(day)) == day
    assert parse_date(day.isoformat()) == day


@pytest.mark.parametrize("text", ["", "30 Februari 2023", "30 January 2023", "besok", "1 Mei 99", "٣ Mei 2023"])
def test_tanggal_yang_tidak_ada_ditolak_dengan_contoh(text: str) -> None:
    with pytest.raises(InvalidDate, match="Tulis seperti 30 Januari 2023"):
        parse_date(text)


@pytest.mark.parametrize(
    ("length", "shown"),
    [
        (timedelta(hours=1, minutes=20), "1 j 20 m"),
        (timedelta(minutes=45), "45 m"),
        (timedelta(hours=3), "3 j"),
        (timedelta(seconds=59), "0 m"),
        (timedelta(hours=30, minutes=5), "30 j 5 m"),
    ],
)
def test_lama_waktu_ringkas(length: timedelta, shown: str) -> None:
    assert format_length(length) == shown
    assert format_remaining(length) == shown


def test_yang_lewat_disebut_lewat() -> None:
    assert format_remaining(timedelta(minutes=-15)) == "Lewat 15 m"
