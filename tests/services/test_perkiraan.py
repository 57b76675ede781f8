"""Forecasts: from enough others only, in working time, said with what they rest on, and held against what came."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import insert

from app.models import CaseFigures, TaskFigures
from app.services import clock, store
from app.services.oversight import outlook_record
from app.services.oversight.outlook import FEWEST, FRESH, Outlook
from app.services.oversight.scope import Scope
from app.services.work import unit_of_work

SENIN = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 08.00
HOUR = 3600
EVERYTHING = Scope(None)


@pytest.mark.parametrize(("count", "is_made"), [(FEWEST - 1, False), (FEWEST, True)])
def test_tak_ada_perkiraan_dari_terlalu_sedikit_contoh(sqlite_app: Flask, count: int, is_made: bool) -> None:
    _samples([HOUR] * count)
    made = _forecast(SENIN)
    assert (made["expect_mid"] is not None) == is_made
    assert made["samples"] == count


def test_rentang_dihitung_dalam_waktu_kerja_dari_contoh_yang_sama_langkahnya(sqlite_app: Flask) -> None:
    _samples([n * HOUR for n in range(1, 21)])
    _samples([900 * HOUR] * 50, step="langkah_lain")
    made = _forecast(SENIN)
    calendar = clock.calendar()
    for name, hours in (("low", 4), ("mid", 10), ("high", 16)):
        assert calendar.between(SENIN, made[f"expect_{name}"]) == timedelta(hours=hours)
    assert made["expect_mid"] > SENIN + timedelta(days=1)  # nobody works at night


def test_hanya_yang_terbaru_yang_menjadi_contoh(sqlite_app: Flask) -> None:
    _samples([90 * HOUR] * 200, ended=SENIN - timedelta(days=90))
    _samples([HOUR] * 200, ended=SENIN - timedelta(days=1), prefix="b")
    assert clock.calendar().between(SENIN, _forecast(SENIN)["expect_high"]) == timedelta(hours=1)


def test_yang_akan_melewati_janji_ditandai(sqlite_app: Flask) -> None:
    _samples([5 * HOUR] * 20)
    for promised, breaks in ((4, True), (6, False)):
        promise = clock.calendar().shift(SENIN, timedelta(hours=promised))
        assert _forecast(SENIN, promise_at=promise)["will_break"] is breaks


def test_perkiraan_tidak_dibuat_sesudah_orang_tahu(sqlite_app: Flask) -> None:
    _samples([HOUR] * 20)
    assert _forecast(SENIN + FRESH + timedelta(minutes=1), opened=SENIN)["expect_mid"] is None


def test_perkiraan_pertama_disimpan_dan_dibandingkan_dengan_hasilnya(sqlite_app: Flask) -> None:
    _samples([n * HOUR for n in range(1, 21)])
    first = _forecast(SENIN)
    later = SENIN + timedelta(hours=2)
    moved = _forecast(later, opened=later, task="t2", before={**first, "expect_task": "t"})
    assert (moved["first_low"], moved["first_high"]) == (first["expect_low"], first["expect_high"])
    for ended, hit in ((first["expect_low"], True), (first["expect_high"] + timedelta(minutes=1), False)):
        over = _forecast(ended, ended=ended, before=moved)
        assert (over["hit"], over["expect_mid"]) == (hit, None)


def test_ketepatan_masa_lalu_dihitung_dari_yang_punya_perkiraan(sqlite_app: Flask) -> None:
    for n, hit in enumerate([True, True, False, None]):
        _case(f"c{n}", ended_at=SENIN - timedelta(days=3), hit=hit)
    _case("lama", ended_at=SENIN - timedelta(days=40), hit=False)
    _case("lewat", promise_at=SENIN - timedelta(minutes=1))
    _case("akan", promise_at=SENIN + timedelta(hours=1), will_break=True)
    found = outlook_record.read(EVERYTHING, SENIN)
    assert (found.told, found.right, found.accuracy) == (3, 2, 67)
    assert (found.broken, found.breaking) == (1, 1)


def _samples(
    lengths: list[int], *, step: str = "periksa_berkas", ended: datetime | None = None, prefix: str = "a"
) -> None:
    at = ended or SENIN - timedelta(days=2)
    rows = [{**_task(f"{prefix}{step[:4]}{n}", step, at), "to_end_s": length} for n, length in enumerate(lengths)]
    rows = [{**row, "state": "selesai", "closed_at": at, "ended_at": at} for row in rows]
    with unit_of_work() as session:
        session.execute(insert(TaskFigures), rows)


def _task(task_id: str, step: str, opened: datetime) -> dict[str, Any]:
    here = {"task_id": task_id, "case_id": "c", "slug": "kk", "unit": "", "step": step, "opened_at": opened}
    times = {"queue_s": 0, "handling_s": 0, "stopped_s": 0, "over_norm": False, "returned": False, "late_at": None}
    return {**here, **times, "state": "antre", "holder": "", "closed_at": None, "causes": "", "stops": {}}


def _forecast(
    now: datetime,
    *,
    opened: datetime | None = None,
    task: str = "t",
    ended: datetime | None = None,
    promise_at: datetime | None = None,
    before: dict[str, Any] | None = None,
) -> dict[str, Any]:
    store.session.rollback()
    outlook = Outlook(store.session(), clock.calendar(), now)
    case = {"ended_at": ended, "promise_at": promise_at}
    return outlook.forecast(case, [_task(task, "periksa_berkas", opened or now)], before)


def _case(case_id: str, **values: Any) -> None:
    opened = SENIN - timedelta(days=5)
    here = {"case_id": case_id, "number": case_id, "slug": "kk", "unit": "", "channel": "mandiri", "opened_at": opened}
    rest = {"opened_day": "", "ended_at": None, "ended_day": "", "result": "", "step": "", "returns": 0, "elapsed_s": 0}
    empty = {"promise_at": None, "kept": None, "expect_task": "", "samples": 0, "will_break": False, "hit": None}
    dates = dict.fromkeys(("expect_low", "expect_mid", "expect_high", "first_low", "first_high"))
    with unit_of_work() as session:
        session.execute(insert(CaseFigures), [{**here, **rest, **empty, **dates, **values}])
