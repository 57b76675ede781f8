"""The locked case without forms: opening, hands, status, clocks, trail."""

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.models import Event, Job, Task, Timer, new_id
from app.procedures.files import read_folder
from app.services import clock, store
from app.services.flow import cases, published, steps, tasks
from app.services.flow.case_run import CaseRun
from app.services.work import unit_of_work
from tests import factories
from tests.factories import SENIN_PAGI


@pytest.fixture
def cast(app: Flask):
    with unit_of_work() as session:
        return factories.add_cast(session)


def open_kk(cast, at=SENIN_PAGI):
    files = read_folder(Path())["kk-perubahan-data"]
    version = published.publish(SYSTEM, files)
    case_id = new_id()
    with unit_of_work() as session:
        cases.open_case(
            session,
            cast["bu_sari"],
            case_id=case_id,
            version_id=version.id,
            subject_id=cast["bu_sari"].id,
            unit="340299",
            number=f"KK-2026-{case_id[:6]}",
            answers={"jenis": "hilang"},
            at=at,
        )
    return case_id


def finish(case_id, step, actor, answers):
    now = clock.now()
    with unit_of_work() as session:
        run = CaseRun.lock(session, now, case_id=case_id)
        task = next(task for task in run.tasks.values() if task["step"] == step)
        run.complete(task["token"], step, actor, answers)
        run.save()


def test_kasus_berjalan_sampai_arsip(app, cast):
    now = [SENIN_PAGI]
    with clock.using(lambda: now[0]):
        case_id = open_kk(cast)
        view = cases.load(cast["bu_sari"], case_id)
        assert view.status == "Menunggu diperiksa"
        (queued,) = view.open_tasks
        assert (queued.step, queued.claimed_by, queued.queue) == ("buka_permohonan", None, "petugas_layanan")
        assert queued.due_at == SENIN_PAGI + timedelta(minutes=121)

        now[0] += timedelta(minutes=5)
        taken = tasks.claim(cast["pak_budi"], queued.id)
        again = tasks.claim(cast["pak_budi"], queued.id)
        assert taken == again
        view = cases.load(cast["pak_budi"], case_id)
        assert view.status == "Sedang diperiksa"
        assert [(task.step, task.claimed_by) for task in view.open_tasks] == [("periksa_berkas", cast["pak_budi"].id)]

        finish(case_id, "periksa_berkas", cast["pak_budi"], {"keputusan": "kurang", "jenis_ditetapkan": "hilang"})
        view = cases.load(cast["bu_sari"], case_id)
        assert view.status == "Perlu dilengkapi"
        finish(case_id, "lengkapi_berkas", cast["bu_sari"], {})
        view = cases.load(cast["bu_sari"], case_id)
        assert [(task.claimed_by, task.reserved_for) for task in view.open_tasks] == [(None, cast["pak_budi"].id)]
        assert view.status == "Menunggu diperiksa"
        tasks.claim(cast["pak_budi"], view.open_tasks[0].id)
        assert cases.load(cast["bu_sari"], case_id).status == "Sedang diperiksa"

        finish(case_id, "periksa_berkas", cast["pak_budi"], {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"})
        finish(case_id, "ajukan_cetak", cast["pak_budi"], {})
        finish(case_id, "verifikasi_draft", cast["bu_wulan"], {"keputusan": "valid"})
        finish(case_id, "tanda_tangan_kk", cast["bu_kartika"], {"keputusan": "ditandatangani"})
        job = store.session.execute(
            select(Job.id, Job.payload).where(Job.case_id == case_id, Job.kind == "otomatis")
        ).one()
        with unit_of_work() as session:
            steps.complete_job(session, case_id, job.payload["token"], job.payload["step"], None, now[0])
        finish(case_id, "kirim_kk", cast["pak_agus"], {"keputusan": "terkirim"})
        view = cases.load(cast["bu_sari"], case_id)
        assert view.status == "KK siap diunduh"
        drawn = select(Timer.token, Timer.element, Timer.due_at).where(Timer.case_id == case_id, Timer.kind == "bpmn")
        timer = store.session.execute(drawn).one()
        now[0] = timer.due_at + timedelta(seconds=1)
        assert steps.fire(case_id, timer.token, timer.element)
        assert not steps.fire(case_id, timer.token, timer.element)
        arsip = store.session.execute(
            select(Job.payload).where(Job.case_id == case_id, Job.key.like("otomatis%"), Job.id != job.id)
        ).one()
        with unit_of_work() as session:
            steps.complete_job(session, case_id, arsip.payload["token"], "susun_arsip", {"sidik": "x"}, now[0])
        view = cases.load(cast["bu_sari"], case_id)
        assert [(task.step, task.claimed_by) for task in view.open_tasks] == [("arsipkan", cast["pak_agus"].id)]
        finish(case_id, "arsipkan", cast["pak_agus"], {})
        view = cases.load(cast["bu_sari"], case_id)
        assert (view.status, view.outcome, view.open_tasks) == ("Selesai", "selesai", ())
        assert not store.session.scalars(select(Timer).where(Timer.case_id == case_id)).all()
        left_open = store.session.scalars(select(Task).where(Task.case_id == case_id, Task.closed_at.is_(None))).all()
        assert not left_open
        events = store.session.scalars(select(Event).where(Event.stream == f"kasus:{case_id}")).all()
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
