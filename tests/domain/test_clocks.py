from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.calendar import load_calendar
from app.domain.clocks import Parts, Stop, due_after_stops, is_late, over_norm, split, task_due
from app.domain.durations import Duration
from app.domain.tanggal import WIB

CALENDAR = load_calendar()
MOMENTS = st.datetimes(datetime(2026, 10, 1), datetime(2027, 1, 31), timezones=st.just(WIB))
STOPS = st.lists(st.builds(Stop, MOMENTS, st.none() | MOMENTS, st.just("menunggu pemohon")), max_size=5)
ZERO = timedelta(0)


def wib(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=WIB)


def minutes(number: int) -> timedelta:
    return timedelta(minutes=number)


@given(MOMENTS, st.none() | MOMENTS, st.none() | MOMENTS, MOMENTS, STOPS)
def test_bagian_jam_berjumlah_tepat_dan_tidak_negatif(
    created: datetime,
    claimed: datetime | None,
    completed: datetime | None,
    now: datetime,
    stops: list[Stop],
) -> None:
    parts = split(CALENDAR, created, claimed, completed, now, stops)
    assert parts.queue + parts.handling + parts.stopped == parts.elapsed
    assert min(parts.queue, parts.handling, parts.stopped) >= ZERO
    assert parts.elapsed == max(ZERO, CALENDAR.between(created, completed or now))


def test_antre_dan_kerja_dipisah_saat_diambil() -> None:
    parts = split(
        CALENDAR,
        wib("2026-11-23T09:00"),
        wib("2026-11-23T09:40"),
        wib("2026-11-23T09:45"),
        wib("2026-11-24T09:00"),
    )
    assert parts == Parts(queue=minutes(40), handling=minutes(5), stopped=ZERO, elapsed=minutes(45))


def test_belum_diambil_semuanya_antre() -> None:
    parts = split(CALENDAR, wib("2026-11-20T14:20"), None, None, wib("2026-11-23T07:40"))
    assert parts == Parts(queue=minutes(20), handling=ZERO, stopped=ZERO, elapsed=minutes(20))


def test_jam_berhenti_mengurangi_bagian_tempat_ia_jatuh_dan_tumpang_tindih_dihitung_sekali() -> None:
    stops = [
        Stop(wib("2026-11-23T09:30"), wib("2026-11-23T10:10"), "SIAK tidak dapat diakses"),
        Stop(wib("2026-11-23T09:50"), wib("2026-11-23T10:20"), "listrik padam"),
    ]
    parts = split(
        CALENDAR,
        wib("2026-11-23T09:00"),
        wib("2026-11-23T10:00"),
        wib("2026-11-23T11:00"),
        wib("2026-11-23T11:00"),
        stops,
    )
    assert parts == Parts(queue=minutes(30), handling=minutes(40), stopped=minutes(50), elapsed=minutes(120))


def test_jam_yang_masih_berhenti_dihitung_sampai_sekarang() -> None:
    stop = Stop(wib("2026-11-23T09:10"), None, "penarikan")
    parts = split(CALENDAR, wib("2026-11-23T09:00"), None, None, wib("2026-11-23T10:00"), [stop])
    assert (parts.queue, parts.stopped) == (minutes(10), minutes(50))


def test_jatuh_tempo_adalah_batas_antre_ditambah_waktu() -> None:
    due = task_due(CALENDAR, wib("2026-11-20T14:25"), Duration.parse("2 jam"), Duration.parse("1 menit"))
    assert due == wib("2026-11-23T09:26")
    assert task_due(CALENDAR, wib("2026-11-23T09:00"), None, Duration(minutes=5)) == wib("2026-11-23T09:05")


@pytest.mark.parametrize("norm", [None, Duration()])
def test_tanpa_norma_atau_nol_menit_tidak_punya_jam(norm: Duration | None) -> None:
    created = wib("2026-11-23T09:00")
    assert task_due(CALENDAR, created, Duration.parse("2 jam"), norm) is None
    assert not is_late(None, created)
    assert not over_norm(Parts(ZERO, minutes(999), ZERO, minutes(999)), norm)


def test_lewat_batas_berbeda_dari_lebih_lama_dari_norma() -> None:
    created, claimed, done = wib("2026-11-23T09:00"), wib("2026-11-23T09:05"), wib("2026-11-23T09:15")
    norm = Duration(minutes=5)
    due = task_due(CALENDAR, created, Duration.parse("2 jam"), norm)
    assert not is_late(due, done)
    assert over_norm(split(CALENDAR, created, claimed, done, done), norm)


def test_tepat_pada_jatuh_tempo_belum_lewat() -> None:
    due = wib("2026-11-23T09:05")
    assert not is_late(due, due)
    assert is_late(due, due + timedelta(microseconds=1))


def test_tepat_selama_norma_belum_lebih_lama() -> None:
    assert not over_norm(Parts(ZERO, minutes(5), ZERO, minutes(5)), Duration(minutes=5))
    assert not over_norm(Parts(ZERO, minutes(450), ZERO, minutes(450)), Duration(days=1))
    assert over_norm(Parts(ZERO, minutes(451), ZERO, minutes(451)), Duration(days=1))


def test_jatuh_tempo_mundur_sebanyak_jam_kerja_yang_berhenti() -> None:
    due, now = wib("2026-11-23T10:00"), wib("2026-11-24T08:00")
    stop = Stop(wib("2026-11-23T09:00"), wib("2026-11-23T09:30"), "SIAK tidak dapat diakses")
    after_due = Stop(wib("2026-11-23T11:00"), wib("2026-11-23T12:00"), "terlambat berhenti")
    assert due_after_stops(CALENDAR, due, now, [after_due, stop]) == wib("2026-11-23T10:30")
    assert due_after_stops(CALENDAR, due, now, []) == due
