"""A change of calendar: looked at, saved, and every open due date counted anew, on both databases."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import Actor
from app.domain.errors import Forbidden, InvalidInput, StaleForm
from app.models import Event, Job, OfficeVersion, Task, Timer
from app.services import clock, store
from app.services.background import jobs, timers
from app.services.office import hours, recounting, taking, versions
from app.services.records import trail
from tests import factories
from tests.support.kantor import Kantor
from tests.support.kasus import Jam, finish, jam_uji, return_to_applicant

TODAY = {"ubah": "libur", "tanggal": "2026-11-23", "nama": "Libur setempat", "jenis": "libur_setempat"}
WHY = "Edaran bupati."


def admin() -> Actor:
    return factories.actor("pak_eko")


def run_jobs(jam: Jam) -> None:
    for _ in range(8):
        jam.lewat(seconds=20)
        for job_id in list(jobs.due_job_ids(clock.now())):
            jobs.run_one(job_id)


def change(form: dict[str, str]) -> int:
    planned = hours.plan(admin(), form)
    return hours.save(admin(), planned, planned.base, WHY)


def dues() -> list[datetime | None]:
    store.session.expire_all()
    query = select(Task.due_at).where(Task.closed_at.is_(None), Task.due_at.is_not(None)).order_by(Task.id)
    return list(store.session.scalars(query))


def events(verb: str) -> list[Event]:
    return list(store.session.scalars(select(Event).where(Event.verb == verb).order_by(Event.id)))


def limit_of(case_id: str) -> datetime:
    store.session.expire_all()
    return store.session.scalars(select(Timer.due_at).where(Timer.case_id == case_id, Timer.kind == "bpmn")).one()


@pytest.fixture(autouse=True)
def kalender_bawaan_sesudahnya() -> Iterator[None]:
    yield
    taking.reset()


def test_pratinjau_menghitung_persis_yang_kemudian_terjadi(app: Flask) -> None:
    with jam_uji() as jam:
        kantor = Kantor.open()
        for _ in range(3):
            kantor.case()
        jam.lewat(minutes=1)
        planned = hours.plan(admin(), TODAY)
        expected = hours.effect(admin(), planned)
        assert (expected.tasks, expected.later, expected.late, len(expected.examples)) == (3, 3, 0, 3)
        before = dues()
        hours.save(admin(), planned, planned.base, WHY)
        assert dues() == before, "nothing moves before every process counts by the new calendar"
        run_jobs(jam)
        assert dues() == [move.after for move in sorted(expected.examples, key=lambda move: move.task_id)]
        norms = select(Timer.due_at).where(Timer.kind == "norma")
        assert sorted(store.session.scalars(norms)) == sorted(due for due in dues() if due)
        moved, told = events(recounting.MOVED), events(recounting.DONE)
        assert len(moved) == 3 and {event.payload["kalender"] for event in moved} == {1}
        assert [(event.stream, event.payload["tugas"]) for event in told] == [(trail.OFFICE, 3)]
        (saved,) = events(versions.CHANGED)
        assert (saved.actor, saved.payload["alasan"]) == (admin().id, WHY)


def test_yang_menjadi_lewat_dan_yang_tidak_lagi_lewat(app: Flask) -> None:
    with jam_uji() as jam:
        kantor = Kantor.open()
        kantor.case()
        jam.lewat(hours=6)
        timers.sweep(clock.now())
        assert store.session.scalars(select(Task).where(Task.late_at.is_not(None))).all()
        planned = hours.plan(admin(), TODAY)
        assert hours.effect(admin(), planned).in_time == 1
        change(TODAY)
        run_jobs(jam)
        assert not store.session.scalars(select(Task).where(Task.late_at.is_not(None))).all()
        assert store.session.scalars(select(Timer).where(Timer.kind == "norma")).one().due_at == dues()[0]
        back = hours.plan(admin(), {"ubah": "hapus-libur", "tanggal": "2026-11-23"})
        assert hours.effect(admin(), back).late == 1
        change({"ubah": "hapus-libur", "tanggal": "2026-11-23"})
        run_jobs(jam)
        timers.sweep(clock.now())
        assert store.session.scalars(select(Task).where(Task.late_at.is_not(None))).all()


def test_batas_pemohon_mundur_tetapi_tidak_pernah_maju(app: Flask) -> None:
    with jam_uji() as jam:
        kantor = Kantor.open()
        case_id = kantor.case()
        finish(case_id, "buka_permohonan", kantor.people["pak_budi"])
        return_to_applicant(case_id, dict(kantor.people))
        first = limit_of(case_id)
        holiday = {**TODAY, "tanggal": "2026-12-01"}
        planned = hours.plan(admin(), holiday)
        assert hours.effect(admin(), planned).limits == 1
        change(holiday)
        run_jobs(jam)
        later = limit_of(case_id)
        assert later > first
        change({"ubah": "hapus-libur", "tanggal": "2026-12-01"})
        run_jobs(jam)
        assert limit_of(case_id) == later, "the pemohon was told this day"


def test_banyak_kasus_dihitung_berkelompok(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.services.office.due_dates.open_cases.__defaults__", (2,))
    with jam_uji() as jam:
        kantor = Kantor.open()
        for _ in range(5):
            kantor.case()
        before = dues()
        change(TODAY)
        run_jobs(jam)
        assert all(after and was and after > was for was, after in zip(before, dues(), strict=True))
        batches = store.session.scalars(select(Job).where(Job.kind == hours.KIND, Job.key.like("kalender:1:1:%"))).all()
        assert len(batches) == 4, "three of two, two and one, and the one that finds nothing more"


def test_tugas_yang_dibuka_proses_yang_terlambat_tahu_ikut_pada_putaran_kedua(app: Flask) -> None:
    with jam_uji() as jam:
        kantor = Kantor.open()
        change(TODAY)
        run_job = list(jobs.due_job_ids(clock.now() + timedelta(minutes=1)))
        jam.lewat(seconds=10)
        for each in run_job:
            jobs.run_one(each)
        clock.follow(None)  # a process that did not look
        kantor.case()
        old = dues()
        taking.refresh(at_once=True)
        clock.follow(hours.kept(admin())[1].calendar())
        run_jobs(jam)
        assert old[0] and dues()[0] and dues()[0] > old[0]


def test_yang_lain_lebih_dulu_menyimpan(app: Flask) -> None:
    with jam_uji():
        Kantor.open()
        planned = hours.plan(admin(), TODAY)
        change({**TODAY, "tanggal": "2026-11-24"})
        with pytest.raises(StaleForm):
            hours.save(admin(), planned, planned.base, WHY)
        assert store.session.query(OfficeVersion).count() == 1


def test_tanpa_alasan_dan_bukan_admin_ditolak(app: Flask) -> None:
    with jam_uji():
        kantor = Kantor.open()
        planned = hours.plan(admin(), TODAY)
        with pytest.raises(InvalidInput):
            hours.save(admin(), planned, planned.base, " ")
        with pytest.raises(Forbidden):
            hours.plan(kantor.people["pak_dwi"], TODAY)
        assert store.session.query(OfficeVersion).count() == 0
