"""Many PDFs in, matched by the number in them; many sent and archived by a worker, once each, whatever happens."""

import io
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.errors import Forbidden
from app.models import BulkItem, Event, Job, StagedResult, Task, TaskDraft, Upload, User
from app.services import clock, store
from app.services.accounts import absences, acting, people
from app.services.accounts.absences import Post
from app.services.background import job_rows, timers
from app.services.delivery import attaching, ready, run_work, runs, staging
from app.services.desk import outages
from app.services.flow import cases, tasks
from app.services.work import unit_of_work
from tests import factories
from tests.support import tanda
from tests.support.cetak import Antre, renumber, waiting
from tests.support.kantor import Kantor
from tests.support.kasus import jam_uji

KEY = "kunci-kirim-sekaligus"


def _queue(count: int) -> Iterator[Antre]:
    with jam_uji() as jam:
        yield waiting(Kantor.open(), jam, count)


@pytest.fixture
def antre(sqlite_app: Flask) -> Iterator[Antre]:
    yield from _queue(3)


@pytest.fixture
def antre_di_keduanya(app: Flask) -> Iterator[Antre]:
    yield from _queue(2)


def count(table: type[StagedResult] | type[Upload]) -> int:
    return store.session.scalar(select(func.count()).select_from(table)) or 0


def test_tiap_pdf_dicocokkan_dengan_kasusnya_lalu_dilampirkan(antre_di_keduanya: Antre) -> None:
    antre = antre_di_keduanya
    uploads = count(Upload)
    for case_id, number in antre.numbers.items():
        found = antre.take(tanda.signed_kk(number))
        assert (found.fits, found.number) == (True, antre.number(case_id))
    assert count(Upload) == uploads, "nothing belongs to a case before it is confirmed"
    assert ready.listed(antre.agus) == ()
    listed = staging.listed(antre.agus)
    assert all("Tanda tangan utuh" in one.told for one in listed)
    ids = [one.id for one in listed]
    assert [one.problem for one in attaching.attach(antre.agus, ids)] == ["", ""]
    assert attaching.attach(antre.agus, ids) == [], "a second click finds nothing left"
    assert count(Upload) == uploads + 2
    assert {one.number for one in ready.listed(antre.agus)} == {antre.number(case) for case in antre.numbers}
    for task in store.session.scalars(select(Task).where(Task.step == "kirim_kk")):
        assert task.claimed_by == antre.agus.id
        draft = store.session.get_one(TaskDraft, (task.id, antre.agus.id))
        upload = store.session.get_one(Upload, draft.raw["kk_pdf"][0])
        assert upload.case_id == task.case_id


def test_yang_tidak_cocok_disebut_sebabnya_dan_tidak_disimpan_di_mana_pun(antre: Antre) -> None:
    first, second, third = antre.numbers
    renumber(third, antre.numbers[second])
    files = store.session.scalar(select(func.count()).select_from(Upload))
    said = {
        "tak ada": antre.take(tanda.signed_kk("3402990909090123")).problem,
        "ganda": antre.take(tanda.signed_kk(antre.numbers[second])).problem,
        "rusak": antre.take(tanda.broken_kk(antre.numbers[first])).problem,
        "berubah": antre.take(tanda.changed_kk(antre.numbers[first])).problem,
        "foto": antre.take(factories.photo()).problem,
        "bukan": antre.take(b"halo").problem,
        "kosong": antre.take(factories.pdf()).problem,
    }
    assert "nomor KK …0123. PDF tidak disimpan." in said["tak ada"]
    assert all(antre.number(case) in said["ganda"] for case in (second, third))
    assert "rusak atau tidak dapat dibaca" in said["rusak"]
    assert "berubah sesudah ditandatangani" in said["berubah"]
    assert "bukan PDF" in said["foto"] and "bukan foto atau PDF" in said["bukan"]
    assert "tidak terbaca" in said["kosong"]
    assert count(StagedResult) == 0 and store.session.scalar(select(func.count()).select_from(Upload)) == files
    assert antre.take(b"", "KK 3402990101000001.pdf").name == "KK ************0001.pdf"


def test_nik_anggota_di_dalam_pdf_tidak_dianggap_nomor_kk(antre: Antre) -> None:
    """Every KK lists sixteen-digit NIK too; only the number under its title says whose it is."""
    first, second, _ = antre.numbers
    renumber(second, "3402994505850001")  # the NIK that stands in every test KK
    found = antre.take(tanda.signed_kk(antre.numbers[first]))
    assert found.number == antre.number(first)


def test_pdf_keluarga_lain_yang_menyebut_nomor_kk_kami_tidak_dianggap_cocok(antre: Antre) -> None:
    own = next(iter(antre.numbers.values()))
    for title in ("No. 3402 9905 0318 0002", "Nomor Kartu Keluarga : 3402990503180002"):
        assert "0002" in antre.take(tanda.signed_page(title, f"Pindah dari {own}")).problem
    assert antre.take(tanda.signed_page("KARTU KELUARGA", f"KK asal {own}")).fits
    assert attaching.attach(antre.agus, [one.id for one in staging.listed(antre.agus)])[0].problem == ""
    (waits,) = ready.listed(antre.agus)
    assert "cocokkan" in waits.blocked  # nobody said whose it is, so an officer must


def test_yang_sudah_dilampirkan_atau_dipegang_orang_lain_ditolak(antre: Antre) -> None:
    first, second, _ = antre.numbers
    assert antre.take(tanda.signed_kk(antre.numbers[first])).fits
    assert "sudah ada di daftar" in antre.take(tanda.signed_kk(antre.numbers[first])).problem
    attaching.attach(antre.agus, [one.id for one in staging.listed(antre.agus)])
    assert "sudah punya PDF" in antre.take(tanda.signed_kk(antre.numbers[first])).problem
    task = antre.kantor.find(second, "kirim_kk")
    assert task is not None
    with unit_of_work() as session:
        other = people.add(
            session, email="cici@contoh.id", name="Cici", password_hash="!", roles=[("petugas_cetak", "")]
        )
        colleague = people.as_actor(other)
    tasks.claim(colleague, task.id)
    assert "sedang dikerjakan" in antre.take(tanda.signed_kk(antre.numbers[second])).problem


def test_hanya_yang_mengirim_hasil_boleh_mengunggah(antre: Antre) -> None:
    with pytest.raises(Forbidden):
        staging.take(antre.kantor.people["pak_budi"], "kk.pdf", io.BytesIO(b""))


def test_siak_mati_menghentikan_jam_semua_tugas_cetak_sekali_klik(antre: Antre) -> None:
    assert antre.attach_all() == []
    (outage,) = outages.offers(antre.agus)
    assert (outage.cause, outage.running, outage.paused) == ("SIAK tidak dapat diakses", 3, 0)
    assert outages.pause_all(antre.agus, outage.cause) == 3
    assert outages.pause_all(antre.agus, outage.cause) == 0, "a second click"
    antre.jam.lewat(days=3)
    timers.sweep(clock.now())
    assert not store.session.scalar(select(func.count()).select_from(Task).where(Task.late_at.is_not(None)))
    assert outages.resume_all(antre.agus, outage.cause) == 3
    assert outages.offers(antre.agus)[0].running == 3


def test_yang_tidak_dikonfirmasi_sehari_dibuang(antre: Antre) -> None:
    assert antre.take(tanda.signed_kk(next(iter(antre.numbers.values())))).fits
    assert staging.forget_old(clock.now()) == 0
    antre.jam.lewat(hours=25)
    assert staging.forget_old(clock.now()) == 1
    assert staging.listed(antre.agus) == ()


def test_banyak_dikirim_sekali_saja_walau_diklik_dua_kali_dan_pekerjanya_mati(antre_di_keduanya: Antre) -> None:
    antre = antre_di_keduanya
    assert antre.attach_all() == []
    chosen = [one.task_id for one in ready.listed(antre.agus)]
    run_id = runs.start(antre.agus, "kirim_kk", "Mengirim KK", chosen, KEY, {})
    assert runs.start(antre.agus, "kirim_kk", "Mengirim KK", chosen, KEY, {}) == run_id
    assert runs.load(antre.agus, run_id)[0].handled == 0
    _die_after_one(run_id)
    antre.jam.lewat(minutes=6)
    antre.kantor.run_jobs()
    run, items = runs.load(antre.agus, run_id)
    assert (run.done, run.failed, run.total, run.is_over) == (2, 0, 2, True), items
    for case_id in antre.numbers:
        assert cases.load(antre.agus, case_id).status == "KK siap diunduh"
        assert cases.load(antre.agus, case_id).visits["kirim_kk"] == 1
        verbs = select(Event.payload).where(Event.stream == f"kasus:{case_id}", Event.verb == "langkah_selesai")
        assert sum(what["langkah"] == "kirim_kk" for what in store.session.scalars(verbs)) == 1


def _die_after_one(run_id: str) -> None:
    """A worker took the job, completed the first task, and was killed before it could write that down."""
    job_id = store.session.scalars(select(Job.id).where(Job.kind == runs.KIND)).one()
    assert job_rows.lease(job_id, clock.now()) is not None
    item = store.session.scalars(select(BulkItem).where(BulkItem.run_id == run_id, BulkItem.position == 1)).one()
    assert run_work.do_one(factories.actor("pak_agus"), run_id, item.task_id, {}) == ""


def test_yang_gagal_disebut_sebabnya_lalu_diulang_tanpa_menyentuh_yang_berhasil(antre: Antre) -> None:
    assert antre.attach_all() == []
    listed = ready.listed(antre.agus)
    hurt = store.session.get_one(TaskDraft, (listed[1].task_id, antre.agus.id))
    good = dict(hurt.raw)
    _put(hurt.task_id, antre.agus.id, {**good, "kanal": []})
    run_id = runs.start(antre.agus, "kirim_kk", "Mengirim KK", [one.task_id for one in listed], KEY, {})
    antre.kantor.run_jobs()
    run, items = runs.load(antre.agus, run_id)
    assert (run.done, run.failed) == (2, 1)
    assert items[1].problem
    _put(hurt.task_id, antre.agus.id, good)
    assert runs.retry(antre.agus, run_id) == 1
    assert runs.retry(antre.agus, run_id) == 0, "a second click"
    antre.kantor.run_jobs()
    assert runs.load(antre.agus, run_id)[0].done == 3


def test_gangguan_pada_satu_tidak_menahan_yang_lain_dan_dapat_diulang(
    antre: Antre, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert antre.attach_all() == []
    chosen = [one.task_id for one in ready.listed(antre.agus)]
    real, broken = tasks.complete_many, {chosen[0]}

    def breaks(actor: Any, some: Any, *rest: Any) -> Any:
        if some[0][0] in broken:
            raise RuntimeError("cakram penuh")
        return real(actor, some, *rest)

    monkeypatch.setattr(tasks, "complete_many", breaks)
    run_id = runs.start(antre.agus, "kirim_kk", "Mengirim KK", chosen, KEY, {})
    antre.kantor.run_jobs()
    run, _ = runs.load(antre.agus, run_id)
    assert (run.handled, run.is_stuck) == (0, False) and run.resumes_at is not None
    for _ in range(2):
        antre.jam.lewat(minutes=2)
        antre.kantor.run_jobs()
    run, items = runs.load(antre.agus, run_id)
    assert (run.done, run.failed, run.is_over) == (2, 1, True) and items[0].problem == run_work.INTERRUPTED
    broken.clear()
    assert runs.retry(antre.agus, run_id) == 1
    antre.kantor.run_jobs()
    assert runs.load(antre.agus, run_id)[0].done == 3


def test_yang_ditinggalkan_pekerjanya_untuk_seterusnya_dapat_diulang(antre: Antre) -> None:
    assert antre.attach_all() == []
    chosen = [one.task_id for one in ready.listed(antre.agus)]
    run_id = runs.start(antre.agus, "kirim_kk", "Mengirim KK", chosen, KEY, {})
    lease = job_rows.lease(store.session.scalars(select(Job.id).where(Job.kind == runs.KIND)).one(), clock.now())
    assert lease is not None
    job_rows.give_up(lease, "RuntimeError: cakram penuh")
    assert runs.load(antre.agus, run_id)[0].is_stuck
    assert (runs.retry(antre.agus, run_id), runs.retry(antre.agus, run_id)) == (3, 0)
    antre.kantor.run_jobs()
    assert runs.load(antre.agus, run_id)[0].done == 3


def test_pengganti_petugas_cetak_juga_dapat_mengirim_banyak(antre: Antre) -> None:
    cast, senin = antre.kantor.people, clock.today()
    rini = cast["bu_rini"]
    absences.record(cast["pak_eko"], antre.agus.id, senin, senin, "cuti", "", [Post("petugas_cetak", rini.id)])
    rini = acting.actor_of(store.session(), store.session.get_one(User, rini.id))
    for number in antre.numbers.values():
        assert staging.take(rini, "kk.pdf", io.BytesIO(tanda.signed_kk(number))).fits
    attaching.attach(rini, [one.id for one in staging.listed(rini)])
    chosen = [one.task_id for one in ready.listed(rini)]
    run_id = runs.start(rini, "kirim_kk", "Mengirim KK", chosen, KEY, {})
    antre.kantor.run_jobs()
    run, items = runs.load(rini, run_id)
    assert (run.done, run.failed) == (3, 0), items


def _put(task_id: str, owner: str, raw: dict[str, object]) -> None:
    with unit_of_work() as session:
        session.get_one(TaskDraft, (task_id, owner)).raw = raw
