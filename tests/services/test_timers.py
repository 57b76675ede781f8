"""Due timers: late tasks and their bundled notices, drawn deadlines, reminders; each exactly once."""

import threading
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.domain.errors import EngineFault
from app.models import Case, Event, Job, Notice, Task, Timer
from app.services import clock, store
from app.services.background import jobs, lateness, timers
from app.services.flow import steps
from app.services.messages import notices
from app.services.work import unit_of_work
from tests.support.kasus import (
    cast,
    finish,
    go_to_archive,
    jam_uji,
    open_kk,
    open_steps,
    publish,
    return_to_applicant,
    run_all,
)


def verbs(case_id: str) -> list[str]:
    store.session.rollback()
    query = select(Event.verb).where(Event.stream == f"kasus:{case_id}").order_by(Event.seq)
    return list(store.session.scalars(query))


def timer_of(case_id: str, kind: str) -> Timer:
    store.session.rollback()
    query = select(Timer).where(Timer.case_id == case_id, Timer.kind == kind).order_by(Timer.due_at)
    return store.session.scalars(query).first()


def late_notices(actor) -> list[str]:
    return [notice.title for notice in notices.mine(actor).notices if "lewat batas" in notice.title]


def test_lewat_batas_ditandai_dicatat_dan_diberitahukan_sekali(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        due = timer_of(case_id, "norma").due_at
        assert timers.sweep(due - timedelta(seconds=1)) == 0
        jam.at = due
        assert timers.sweep(jam.at) == 1
        assert timers.sweep(jam.at) == 0
        task = store.session.scalars(select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))).one()
        assert task.late_at == jam.at
        assert verbs(case_id)[-1] == "lewat_batas"

        jam.lewat(seconds=lateness.GATHER.total_seconds())
        run_all("keterlambatan")
        assert late_notices(people["bu_wulan"]) == ["1 tugas lewat batas"]
        assert late_notices(people["pak_heru"]) == []


def test_keterlambatan_dirangkum_paling_banyak_sekali_per_jam(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        version = publish()
        for _ in range(3):
            open_kk(people, version)
        jam.lewat(minutes=30)
        open_kk(people, version)
        jam.lewat(minutes=91)
        assert timers.sweep(jam.at) == 3
        jam.lewat(seconds=30)
        run_all("keterlambatan")
        assert late_notices(people["bu_wulan"]) == ["3 tugas lewat batas"]

        jam.lewat(minutes=35)
        assert timers.sweep(jam.at) == 1
        jam.lewat(seconds=31)
        run_all("keterlambatan")
        assert len(late_notices(people["bu_wulan"])) == 1, "told within the hour"
        jam.lewat(minutes=30)
        run_all("keterlambatan")
        assert late_notices(people["bu_wulan"]) == ["4 tugas lewat batas", "3 tugas lewat batas"]
        jam.lewat(hours=5)
        run_all("keterlambatan")
        assert len(late_notices(people["bu_wulan"])) == 2, "nothing new, nothing said"


def test_yang_diberi_tahu_lewat_peran_lain_tetap_mendapat_yang_baru(app: Flask) -> None:
    """One person with two roles: not twice within the hour, but nothing is lost."""
    with jam_uji() as jam:
        people = cast()
        open_kk(people, publish())
        jam.lewat(minutes=121)
        timers.sweep(jam.at)
        with unit_of_work() as session:
            told = {"user_id": people["bu_wulan"].id, "title": "2 tugas lewat batas", "body": "", "case_id": None}
            key = f"{lateness.KIND}:lain:{people['bu_wulan'].id}"
            session.add(Notice(key=key, created_at=jam.at - timedelta(minutes=10), **told))
        jam.lewat(seconds=30)
        run_all("keterlambatan")
        assert late_notices(people["bu_wulan"]) == ["2 tugas lewat batas"]
        jam.lewat(minutes=60)
        run_all("keterlambatan")
        assert late_notices(people["bu_wulan"]) == ["1 tugas lewat batas", "2 tugas lewat batas"]


def test_tugas_yang_selesai_tidak_pernah_terlambat(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        finish(case_id, "buka_permohonan", people["pak_budi"])
        finish(case_id, "periksa_berkas", people["pak_budi"], {"keputusan": "kurang", "jenis_ditetapkan": "hilang"})
        assert timers.sweep(jam.lewat(days=1)) == 0
        assert "lewat_batas" not in verbs(case_id)


def test_batas_terima_lewat_dianggap_diterima(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        go_to_archive(case_id, people)
        assert "terima_kk" in open_steps(case_id)
        jam.at = timer_of(case_id, "bpmn").due_at
        assert timers.sweep(jam.at) >= 1
        assert "terima_kk" not in open_steps(case_id)
        assert verbs(case_id).count("batas_tercapai") == 1


def test_pengingat_mengulang_pesan_dan_hanya_selama_ditunggu(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        finish(case_id, "buka_permohonan", people["pak_budi"])
        jam.lewat(minutes=2)
        return_to_applicant(case_id, people, "Foto KTP buram.")
        jam.at = timer_of(case_id, "pengingat").due_at
        assert timers.sweep(jam.at) == 1
        newest = notices.mine(people["bu_sari"]).notices[0]
        assert newest.title.startswith("Pengingat: ")
        assert "Foto KTP buram." in newest.body
        assert "Lengkapi sebelum Senin, 7 Desember 2026\nSisa waktu: 7 hari kerja" in newest.body
        finish(case_id, "lengkapi_berkas", people["bu_sari"])
        jam.lewat(days=30)
        timers.sweep(jam.at)
        assert notices.mine(people["bu_sari"]).notices[0].id == newest.id


def test_enam_penyapu_berdampingan_masing_masing_timer_sekali(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        version = publish()
        waiting = [open_kk(people, version) for _ in range(4)]
        returned = [open_kk(people, version) for _ in range(3)]
        for case_id in returned:
            finish(case_id, "buka_permohonan", people["pak_budi"])
            return_to_applicant(case_id, people)
        archived = open_kk(people, version)
        go_to_archive(archived, people)
        jam.lewat(days=12)
        handled: list[int] = []

        def sweep() -> None:
            with app.app_context(), clock.using(jam):
                count = 0
                for _ in range(5):
                    count += timers.sweep(jam.at)
                handled.append(count)

        threads = [threading.Thread(target=sweep) for _ in range(6)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert len(handled) == 6
        store.session.rollback()
        assert set(store.session.scalars(select(Timer.element))) == {"batas_lengkapi"}
        assert sum(handled) == 4 + 3 * 2 + 1
        assert [verbs(case_id).count("lewat_batas") for case_id in waiting] == [1] * 4
        assert verbs(archived).count("batas_tercapai") == 1
        reminders = store.session.scalars(select(Notice.id).where(Notice.title.startswith("Pengingat"))).all()
        assert len(reminders) == 6


def test_timer_yang_gagal_tidak_menghalangi_yang_lain_dan_dicoba_lagi(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    fire = steps.fire
    with jam_uji() as jam:
        people = cast()
        version = publish()
        sick, well = open_kk(people, version), open_kk(people, version)
        for case_id in (sick, well):
            go_to_archive(case_id, people)

        def faulty(case_id: str, token: str, element: str) -> bool:
            if case_id == sick:
                raise EngineFault
            return fire(case_id, token, element)

        monkeypatch.setattr(steps, "fire", faulty)
        jam.lewat(days=30)
        with unit_of_work() as session:  # the sick one first
            session.execute(update(Timer).where(Timer.case_id == sick).values(due_at=jam.at - timedelta(days=1)))
        timers.sweep(jam.at)
        assert "terima_kk" not in open_steps(well)
        assert "terima_kk" in open_steps(sick)
        assert verbs(sick)[-1] == "timer_tertunda"
        assert timers.sweep(jam.at) == 0

        job = store.session.scalars(select(Job).where(Job.kind == "timer")).one()
        jam.at = job.due_at
        assert jobs.run_one(job.id)
        assert "terima_kk" in open_steps(sick)
        monkeypatch.setattr(steps, "fire", fire)
        jam.lewat(minutes=10)
        assert jobs.run_one(job.id)
        assert "terima_kk" not in open_steps(sick)


def test_banyak_yang_lewat_batas_ditandai_bersama_dan_yang_rusak_sendirian(app: Flask) -> None:
    """One case whose version nobody can read must not keep the others from being marked."""
    with jam_uji() as jam:
        people = cast()
        version = publish()
        sick, *well = [open_kk(people, version) for _ in range(5)]
        with unit_of_work() as session:
            session.execute(update(Task).where(Task.case_id == sick).values(step="langkah_hilang"))
        jam.lewat(minutes=121)
        assert timers.sweep(jam.at) == 5
        assert [verbs(case_id)[-1] for case_id in well] == ["lewat_batas"] * 4
        assert verbs(sick)[-1] == "timer_tertunda"
        marked = select(Task.late_at).where(Task.case_id == sick, Task.late_at.is_not(None))
        assert store.session.scalars(marked).all() == []
        assert store.session.scalars(select(Job.kind).where(Job.kind == "keterlambatan")).all()


def test_kasus_yang_sedang_dikerjakan_tidak_menahan_kumpulannya(postgresql_app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        version = publish()
        busy, free = open_kk(people, version), open_kk(people, version)
        jam.lewat(minutes=121)
        with store.engine().begin() as elsewhere:
            elsewhere.execute(select(Case.id).where(Case.id == busy).with_for_update())
            assert timers.sweep(jam.at) == 1
        assert "lewat_batas" in verbs(free)
        assert "lewat_batas" not in verbs(busy)
        assert timers.sweep(jam.at) == 1
        assert verbs(busy)[-1] == "lewat_batas"
