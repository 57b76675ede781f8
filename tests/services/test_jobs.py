"""Jobs: leased by one, effects with the end, pauses, incidents, and another worker after a death."""

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.errors import Forbidden, NotFound
from app.models import Event, Job, Notice, new_id
from app.procedures.actions import ACTIONS as KNOWN_ACTIONS
from app.services import clock, store
from app.services.background import incidents, job_rows, jobs
from app.services.flow import automation
from app.services.work import unit_of_work
from tests.support.kasus import (
    cast,
    go_to_archive,
    go_to_signed,
    jam_uji,
    job_of,
    open_kk,
    open_steps,
    publish,
    run_all,
)

ROOT = Path(__file__).parents[2]


def test_tindakan_yang_diperiksa_sama_dengan_yang_terdaftar() -> None:
    assert set(automation.ACTIONS) == set(KNOWN_ACTIONS)


def test_langkah_layanan_selesai_bersama_pekerjaannya(app: Flask) -> None:
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        go_to_signed(case_id, people)
        job = job_of(case_id, "otomatis")
        assert job.payload["step"] == "beri_tahu_unit"

        assert jobs.run_one(job.id)
        assert open_steps(case_id) == ["kirim_kk"]
        assert not jobs.run_one(job.id), "a finished job runs no second time"
        assert run_all("pemberitahuan") == 1
        found = select(Notice).where(Notice.title.contains("sudah ditandatangani"))
        told = store.session.scalars(found).all()
        assert all("http" not in notice.body for notice in told), "where to go on is a button there"
        assert sorted(notice.user_id for notice in told) == sorted([people["pak_budi"].id, people["pak_agus"].id])


def test_dua_puluh_pekerja_satu_pekerjaan_sekali_berlaku(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        go_to_signed(case_id, people)
        job_id = job_of(case_id, "otomatis").id
        ran: list[bool] = []

        def work() -> None:
            with app.app_context(), clock.using(jam):
                ran.append(jobs.run_one(job_id))

        threads = [threading.Thread(target=work) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert sorted(ran) == [False] * 19 + [True]
        assert open_steps(case_id) == ["kirim_kk"]


def test_gagal_enam_kali_menjadi_insiden_dan_dapat_diulang(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = True

    def flaky(job: job_rows.Lease) -> None:
        if broken:
            raise OSError("NIK 3402995207900001 tidak ditemukan untuk sari@contoh.id")
        automation.run(job)

    monkeypatch.setitem(jobs.HANDLERS, "otomatis", flaky)
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        go_to_signed(case_id, people)
        job_id = job_of(case_id, "otomatis").id
        pauses = []
        for _ in range(job_rows.MAX_ATTEMPTS - 1):
            assert jobs.run_one(job_id)
            row = job_of(case_id, "otomatis")
            pauses.append(row.due_at - jam.at)
            assert not jobs.run_one(job_id), "not before its pause is over"
            jam.at = row.due_at
        assert all(later > earlier * 2 for earlier, later in pairwise(pauses))
        assert jobs.run_one(job_id)

        (incident,) = incidents.page(people["pak_eko"]).incidents
        assert (incident.job_id, incident.attempts) == (job_id, 6)
        assert "3402995207900001" not in incident.reason
        assert "sari@" not in incident.reason
        assert store.session.scalars(select(Event.verb).where(Event.verb == "insiden")).one()
        assert job_id not in jobs.due_job_ids(jam.lewat(days=30)), "nobody takes an incident by itself"
        assert open_steps(case_id) == []

        with pytest.raises(Forbidden):
            jobs.retry(people["pak_budi"], job_id)
        broken = False
        jobs.retry(people["pak_eko"], job_id)
        with pytest.raises(NotFound):
            jobs.retry(people["pak_eko"], job_id)
        assert jobs.run_one(job_id)
        assert open_steps(case_id) == ["kirim_kk"]
        assert incidents.page(people["pak_eko"]).incidents == []


def test_sewa_yang_habis_diambil_pekerja_lain_dan_yang_lama_tak_berpengaruh(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        go_to_signed(case_id, people)
        job_id = job_of(case_id, "otomatis").id
        slow = job_rows.lease(job_id, jam.at)
        assert slow is not None
        assert not jobs.run_one(job_id)

        jam.lewat(seconds=job_rows.LEASE.total_seconds() + 1)
        assert jobs.run_one(job_id)
        before = store.session.scalar(select(func.count()).select_from(Event))
        assert not job_rows.finish(slow, lambda session, at: pytest.fail("effects of a lost lease"))
        job_rows.put_off(slow, "terlambat")
        job_rows.give_up(slow, "terlambat")
        assert store.session.scalar(select(func.count()).select_from(Event)) == before
        row = store.session.get(Job, job_id)
        assert row is not None
        assert (row.done_at is not None, row.failed_at, row.error) == (True, None, "")


def test_pekerja_yang_selalu_mati_berakhir_sebagai_insiden(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        case_id = open_kk(people, publish())
        go_to_signed(case_id, people)
        job_id = job_of(case_id, "otomatis").id
        for _ in range(job_rows.MAX_ATTEMPTS):
            assert job_rows.lease(job_id, jam.at) is not None  # and dies
            jam.lewat(seconds=job_rows.LEASE.total_seconds() + 1)
        assert jobs.run_one(job_id)
        (incident,) = incidents.page(people["pak_dwi"]).incidents
        assert "berhenti mendadak" in incident.reason


def test_galat_di_akhir_mengembalikan_semuanya(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The notices of the action and the step's end stand or fall together."""

    def refuse(*_: object) -> None:
        raise NotFound

    monkeypatch.setattr(automation.steps, "complete_job", refuse)
    with jam_uji():
        people = cast()
        case_id = open_kk(people, publish())
        go_to_signed(case_id, people)
        before = store.session.scalar(select(func.count()).select_from(Notice))
        assert jobs.run_one(job_of(case_id, "otomatis").id)
        assert store.session.scalar(select(func.count()).select_from(Notice)) == before
        assert job_of(case_id, "otomatis").attempts == 1


KILLED = """
import sys, time
from app import create_app
from app.config import Config
from app.services.records import archive
from app.services.background import jobs
import os
app = create_app(Config.from_env(os.environ))
keep = archive.keep
def slow(*given):
    kept = keep(*given)
    print("archived", flush=True)
    time.sleep(60)
    return kept
archive.keep = slow
with app.app_context():
    jobs.run_one(sys.argv[1])
"""


def test_pekerja_dibunuh_di_tengah_jalan_dilanjutkan_yang_lain_tepat_sekali(app: Flask) -> None:
    with jam_uji(datetime.now(UTC)) as jam:
        people = cast()
        case_id = open_kk(people, publish())
        go_to_archive(case_id, people)
        job_id = job_of(case_id, "otomatis").id
        config = app.config["ALUR"]
        env = {**os.environ, "DATABASE_URL": config.database_url, "ALUR_DATA": str(config.data_dir), "PYTHONPATH": "."}
        victim = subprocess.Popen(
            [sys.executable, "-c", KILLED, job_id], cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True
        )
        assert victim.stdout is not None
        assert victim.stdout.readline().strip() == "archived"
        victim.send_signal(signal.SIGKILL)
        victim.wait(60)

        jam.at = datetime.now(UTC) + timedelta(seconds=1)
        assert not jobs.run_one(job_id), "the dead one's lease still holds"
        jam.lewat(seconds=job_rows.LEASE.total_seconds() + 1)
        assert jobs.run_one(job_id)
        assert "arsipkan" in open_steps(case_id)
        steps = store.session.scalars(select(Event).where(Event.stream == f"kasus:{case_id}")).all()
        assert sum(event.payload.get("langkah") == "susun_arsip" for event in steps) == 1


def test_gangguan_dibaca_halaman_demi_halaman(app: Flask) -> None:
    with jam_uji() as jam:
        people = cast()
        made = [new_id() for _ in range(2 * incidents.PAGE + 3)]
        with unit_of_work() as session:
            for number, job_id in enumerate(made):
                failed = jam.at - timedelta(minutes=number // 2)
                row = {"id": job_id, "key": job_id, "kind": "surat", "payload": {}, "due_at": failed}
                session.add(Job(**row, failed_at=failed, created_at=failed))
        seen: list[str] = []
        before = None
        for _ in range(3):
            page = incidents.page(people["pak_eko"], before)
            seen += [incident.job_id for incident in page.incidents]
            before = page.before
        assert before is None
        assert len(seen) == len(made)
        assert set(seen) == set(made)
