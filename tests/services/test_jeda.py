"""A step that is not done yet stays open; a clock that stands still; where working time went, to the microsecond."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import SYSTEM
from app.domain.clocks import Stop, due_after_stops
from app.domain.errors import Forbidden, TaskNotYours
from app.models import Answer, Task, TaskStop, Timer, new_id
from app.services import clock, store
from app.services.background import timers
from app.services.desk import inbox, outages, task_clock
from app.services.desk.inbox_views import TUGAS_SAYA, Filters
from app.services.flow import pauses, tasks
from app.services.records import audit, riwayat
from tests.support.jalur import Jalur
from tests.support.kantor import Kantor
from tests.support.kasus import jam_uji

SIAK = "SIAK tidak dapat diakses"
MATI = {"status_entri": "gagal", "sebab_gagal": "siak_mati"}
Buat = Callable[[], Jalur]


@pytest.fixture
def buat(app: Flask) -> Iterator[Buat]:
    """Makes a case of Bu Sari's about changed data, up to its entry in SIAK by Pak Budi."""
    with jam_uji() as jam:
        kantor = Kantor.open()

        def make() -> Jalur:
            kasus = Jalur(kantor, jam, kantor.case(jenis="perubahan", kk_lama="ada"))
            kasus.to("entri_siak")
            return kasus

        yield make


def fail(kasus: Jalur, **answers: str) -> tasks.Completed:
    task = kasus.task("entri_siak")
    return tasks.complete(kasus.kantor.people["pak_budi"], task.id, task.version, new_id(), answers)


def due(kasus: Jalur) -> tuple[object, object]:
    task = kasus.task("entri_siak")
    timer = store.session.scalars(select(Timer).where(Timer.token == task.token, Timer.kind == "norma")).one_or_none()
    return task.due_at, timer and timer.due_at


def test_gagal_karena_siak_mati_tugas_tetap_terbuka_dan_jamnya_berhenti(buat: Buat) -> None:
    kasus = buat()
    before = due(kasus)
    assert before[0] == before[1]
    done = fail(kasus, **MATI)
    assert done.is_open
    assert kasus.open() == {"entri_siak": "pak_budi"}
    assert "entri_siak" not in kasus.view().answers, "SIAK was not changed, and no condition may think so"
    assert store.session.scalars(select(Answer.data).where(Answer.step == "entri_siak")).all() == [MATI]
    kasus.sweep(days=2)
    assert kasus.task("entri_siak").late_at is None, "nobody is late while SIAK is down"
    budi = kasus.kantor.people["pak_budi"]
    (row,) = inbox.page(budi, TUGAS_SAYA, Filters()).rows
    assert (row.remaining.words, row.stopped_for) == ("Jam berhenti", SIAK)
    stop = store.session.scalars(select(TaskStop)).one()
    assert (stop.cause, stop.ended_at) == (SIAK, None)
    assert pauses.resume(budi, row.task_id)
    assert not pauses.resume(budi, row.task_id), "twice is once"
    stopped = clock.calendar().between(stop.started_at, kasus.jam.at)
    assert stopped > timedelta(hours=7)
    assert due(kasus) == tuple(clock.calendar().shift(at, stopped) for at in before)  # type: ignore[type-var, arg-type]
    sentences = [entry.sentence for entry in riwayat.timeline(budi, kasus.view()).entries][-3:]
    assert sentences == [
        f"Mengentri perubahan di SIAK: belum berhasil ({SIAK}).",
        f"Mengentri perubahan di SIAK: jam dihentikan. Sebab: {SIAK}.",
        "Mengentri perubahan di SIAK: jam dilanjutkan.",
    ]
    told = riwayat.timeline(kasus.kantor.people["bu_sari"], kasus.view()).entries
    assert not any("SIAK tidak" in entry.sentence for entry in told)
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_gagal_karena_sebab_lain_tugas_tetap_terbuka_dan_jamnya_berjalan(buat: Buat) -> None:
    kasus = buat()
    before = due(kasus)
    fail(kasus, status_entri="gagal", sebab_gagal="ditolak_siak", uraian_gagal="NIK anak belum aktif.")
    assert kasus.open() == {"entri_siak": "pak_budi"}
    assert due(kasus) == before
    assert store.session.scalars(select(TaskStop)).all() == []
    last = riwayat.timeline(kasus.kantor.people["pak_budi"], kasus.view()).entries[-1].sentence
    assert last == "Mengentri perubahan di SIAK: belum berhasil (SIAK menolak datanya; NIK anak belum aktif.)."


def test_formulir_gagal_yang_sama_dikirim_dua_kali_dicatat_sekali(buat: Buat) -> None:
    kasus = buat()
    task, budi = kasus.task("entri_siak"), kasus.kantor.people["pak_budi"]
    version, key = task.version, new_id()
    first = tasks.complete(budi, task.id, version, key, MATI)
    assert tasks.complete(budi, task.id, version, key, MATI) == first
    assert kasus.verbs().count("langkah_belum_selesai") == 1


def test_menyelesaikan_mengakhiri_jeda(buat: Buat) -> None:
    kasus = buat()
    fail(kasus, **MATI)
    kasus.jam.lewat(minutes=40)
    kasus.do("entri_siak")
    stop = store.session.scalars(select(TaskStop)).one()
    assert stop.ended_at is not None and stop.ended_at - stop.started_at == timedelta(minutes=40)
    assert store.session.scalars(select(Task.paused_at).where(Task.step == "entri_siak")).one() is None
    kasus.finish()
    kasus.ends("selesai", "Selesai")


def test_melepas_mengakhiri_jeda(buat: Buat) -> None:
    kasus = buat()
    fail(kasus, **MATI)
    task, budi = kasus.task("entri_siak"), kasus.kantor.people["pak_budi"]
    kasus.jam.lewat(minutes=10)
    tasks.release(budi, task.id, task.version, "Pulang.")
    assert kasus.task("entri_siak").paused_at is None
    assert store.session.scalars(select(TaskStop.ended_at)).one() == kasus.jam.at


def test_siak_mati_menghentikan_jam_semua_tugas_saya_sekali_tekan(buat: Buat) -> None:
    first, second = buat(), buat()
    budi = first.kantor.people["pak_budi"]
    assert outages.offers(budi) == (outages.Outage(SIAK, running=2, paused=0),)
    assert outages.pause_all(budi, SIAK) == 2
    assert outages.pause_all(budi, SIAK) == 0
    assert outages.offers(budi) == (outages.Outage(SIAK, running=0, paused=2),)
    assert outages.offers(first.kantor.people["bu_rini"]) == ()
    first.jam.lewat(minutes=30)
    assert outages.resume_all(budi, SIAK) == 2
    assert [stop.ended_at for stop in store.session.scalars(select(TaskStop))] == [first.jam.at] * 2
    for kasus in (first, second):
        assert kasus.verbs()[-2:] == ["jam_dihentikan", "jam_dilanjutkan"]
    assert list(audit.verify(SYSTEM).findings) == []


def test_hanya_yang_memegang_dan_hanya_langkah_yang_mengenalnya(buat: Buat) -> None:
    kasus = buat()
    task = kasus.task("entri_siak").id
    with pytest.raises(TaskNotYours):
        pauses.pause(kasus.kantor.people["bu_rini"], task)
    kasus.to("arsipkan")
    agus, other = kasus.kantor.people["pak_agus"], kasus.task("arsipkan").id
    tasks.claim(agus, other)
    with pytest.raises(Forbidden):
        pauses.pause(agus, other)


def test_ditarik_saat_jeda_waktu_berhenti_dihitung_sekali(buat: Buat) -> None:
    """The second time round SIAK has been changed, so a withdrawal holds the task whose clock stands still already."""
    kasus = buat()
    kasus.to("verifikasi_draft")
    kasus.do("verifikasi_draft", keputusan="salah_entri", catatan_entri="Pekerjaan keliru.")
    budi = kasus.kantor.people["pak_budi"]
    tasks.claim(budi, kasus.task("entri_siak").id)
    fail(kasus, **MATI)
    kasus.jam.lewat(minutes=20)
    kasus.withdraw()
    kasus.jam.lewat(minutes=10)
    clock_ = task_clock.read(kasus.task("entri_siak"), kasus.jam.at)
    assert clock_.parts.stopped == timedelta(minutes=30)
    assert clock_.causes == (SIAK, "penarikan")


@pytest.mark.parametrize("seed", range(4))
def test_antre_dikerjakan_dan_terhenti_berjumlah_tepat_seluruh_waktu_kerja(buat: Buat, seed: int) -> None:
    """Whatever is done to a task and whenever: its parts sum to what went by, and its limit moves by what stopped."""
    chance, kasus = random.Random(seed), buat()
    budi, calendar = kasus.kantor.people["pak_budi"], clock.calendar()
    task = kasus.task("entri_siak")
    task_id, first_due = task.id, task.due_at
    assert first_due is not None
    for _ in range(12):
        kasus.jam.lewat(seconds=chance.choice([7.25, 900, 4000, 30_000]))
        timers.sweep(kasus.jam.at)
        task = kasus.task("entri_siak")
        if task.claimed_by is None:
            tasks.claim(budi, task_id)
        elif chance.random() < 0.2:
            tasks.release(budi, task_id, task.version, "Bergantian.")
        elif chance.random() < 0.5:
            pauses.pause(budi, task_id)
        else:
            pauses.resume(budi, task_id)
        task = kasus.task("entri_siak")
        parts = task_clock.read(task, kasus.jam.at).parts
        assert parts.queue + parts.handling + parts.stopped == parts.elapsed
        assert parts.elapsed == calendar.between(task.opened_at, kasus.jam.at)
        assert min(parts.queue, parts.handling, parts.stopped) >= timedelta(0)
        ended = select(TaskStop).where(TaskStop.task_id == task_id, TaskStop.ended_at.is_not(None))
        over = [Stop(row.started_at, row.ended_at, row.cause) for row in store.session.scalars(ended)]
        assert task.due_at == due_after_stops(calendar, first_due, kasus.jam.at, over)
