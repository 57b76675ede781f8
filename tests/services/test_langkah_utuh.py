"""A step is whole or not at all; who gets what back; four eyes; clocks that were due first."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.domain.errors import (
    EngineFault,
    Forbidden,
    FourEyes,
    InvalidInput,
    StaleForm,
    TaskAlreadyClaimed,
    TaskClosed,
    TaskNotYours,
)
from app.models import Case, Task, Timer, User, new_id
from app.services import store
from app.services.accounts import rights
from app.services.flow import case_run as case_run_module
from app.services.flow import cases, opening, pauses, tasks
from app.services.messages import notices
from app.services.work import unit_of_work
from tests.factories import SENIN_PAGI
from tests.support.kantor import Kantor, snapshot
from tests.support.kasus import Jam


@pytest.fixture
def office(app: Flask, jam: Jam) -> Kantor:
    return Kantor.open()


def held_by_kasi(office: Kantor) -> tuple[str, str, dict[str, object]]:
    """A case whose draft Bu Wulan is about to verify: case id, task id, good answers."""
    case_id = office.case()
    task = office.walk(case_id, "verifikasi_draft")
    kasi = office.people["bu_wulan"]
    tasks.claim(kasi, task.id)
    return case_id, task.id, office.raw(kasi, task.id, keputusan="valid")


class Broken(RuntimeError):
    """Something that nobody foresaw."""


@pytest.mark.parametrize(
    ("place", "name"),
    [
        (case_run_module, "advance"),
        (notices, "write"),
        (opening, "task_row"),
        (case_run_module.CaseRun, "save"),
        (case_run_module, "ring_after_commit"),
        (case_run_module.Chain, "save"),
    ],
)
def test_galat_di_tengah_langkah_meninggalkan_kasus_seperti_semula(
    office: Kantor, monkeypatch: pytest.MonkeyPatch, place: object, name: str
) -> None:
    case_id = office.case()
    task = office.walk(case_id, "periksa_berkas")  # returning it writes notices, mail, tasks and timers
    who, task_id, version = office.people["pak_budi"], task.id, task.version
    raw = office.raw(who, task_id, keputusan="kurang")
    before, key = snapshot(), new_id()

    def break_down(*args: object, **kwargs: object) -> None:
        raise Broken

    with monkeypatch.context() as patch:
        patch.setattr(place, name, break_down)
        with pytest.raises(Broken):
            tasks.complete(who, task_id, version, key, raw)
    assert snapshot() == before

    tasks.complete(who, task_id, version, key, raw)  # the same form goes through once it is mended
    assert snapshot() != before


def test_mesin_yang_menolak_meninggalkan_kasus_seperti_semula(office: Kantor) -> None:
    case_id, task_id, raw = held_by_kasi(office)
    with unit_of_work() as session:
        session.execute(update(Case).where(Case.id == case_id).values(state=b"rusak"))
    before = snapshot()
    with pytest.raises(EngineFault) as fault:
        tasks.complete(office.people["bu_wulan"], task_id, 2, new_id(), raw)
    assert "tetap tersimpan" in fault.value.pesan
    assert snapshot() == before


def test_isian_salah_tidak_mengubah_apa_pun(office: Kantor) -> None:
    _, task_id, raw = held_by_kasi(office)
    before = snapshot()
    with pytest.raises(InvalidInput) as refused:
        tasks.complete(office.people["bu_wulan"], task_id, 2, new_id(), {**raw, "keputusan": "entahlah"})
    assert list(refused.value.errors) == ["keputusan"]
    assert snapshot() == before


def test_formulir_basi_ditolak_tanpa_perubahan(office: Kantor) -> None:
    _, task_id, raw = held_by_kasi(office)
    kasi = office.people["bu_wulan"]
    tasks.release(kasi, task_id, 2, "Salah ambil.")
    tasks.claim(kasi, task_id)
    before = snapshot()
    with pytest.raises(StaleForm):
        tasks.complete(kasi, task_id, 2, new_id(), raw)
    assert snapshot() == before
    assert tasks.complete(kasi, task_id, 4, new_id(), raw)


def test_tugas_yang_tidak_dipegang_tidak_dapat_diselesaikan(office: Kantor) -> None:
    _, task_id, raw = held_by_kasi(office)
    before = snapshot()
    with pytest.raises(TaskNotYours):
        tasks.complete(office.people["pak_heru"], task_id, 2, new_id(), raw)
    assert snapshot() == before


def test_formulir_terkirim_ulang_tidak_mengubah_apa_pun(office: Kantor) -> None:
    _, task_id, raw = held_by_kasi(office)
    kasi, key = office.people["bu_wulan"], new_id()
    first = tasks.complete(kasi, task_id, 2, key, raw)
    before = snapshot()
    assert tasks.complete(kasi, task_id, 2, key, raw) == first
    assert snapshot() == before
    with pytest.raises(TaskClosed):
        tasks.complete(kasi, task_id, 2, new_id(), raw)
    assert snapshot() == before


_DIE_INSIDE = """
import os, signal, sys
from pathlib import Path
from sqlalchemy import update
from app import create_app
from app.models import Case, Task
from app.services.work import unit_of_work
from tests.support.databases import config_for

url, folder, case_id = sys.argv[1:]
with create_app(config_for(url, Path(folder))).app_context():
    with unit_of_work() as session:
        session.execute(update(Task).values(version=99))
        session.execute(update(Case).where(Case.id == case_id).values(status="setengah jalan"))
        os.kill(os.getpid(), signal.SIGKILL)
"""


def test_proses_yang_terbunuh_di_tengah_tidak_meninggalkan_apa_pun(app: Flask, office: Kantor, tmp_path: Path) -> None:
    case_id, task_id, raw = held_by_kasi(office)
    before = snapshot()
    url = app.config["ALUR"].database_url
    command = [sys.executable, "-c", _DIE_INSIDE, url, str(tmp_path / "var"), case_id]
    killed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert killed.returncode == -9, killed.stderr
    assert snapshot() == before
    # Neither the file lock nor a row lock outlives the process.
    assert tasks.complete(office.people["bu_wulan"], task_id, 2, new_id(), raw)


def returned(office: Kantor) -> Task:
    """A case that Pak Budi returned and Bu Sari has completed."""
    case_id = office.case()
    office.do(office.walk(case_id, "periksa_berkas"), keputusan="kurang")
    office.do(office.walk(case_id, "lengkapi_berkas"))
    (task,) = office.open_tasks(case_id)
    return task


def test_yang_dikembalikan_disimpan_sehari_untuk_petugasnya(office: Kantor, jam: Jam) -> None:
    task = returned(office)
    budi, rini = office.people["pak_budi"], office.people["bu_rini"]
    task_id = task.id
    assert (task.step, task.claimed_by, task.reserved_for) == ("periksa_berkas", None, budi.id)
    assert task.reserved_until == SENIN_PAGI + timedelta(days=1)
    with pytest.raises(TaskAlreadyClaimed) as kept:
        tasks.claim(rini, task_id)
    assert budi.name in kept.value.pesan
    assert "Disimpan untuk" in kept.value.pesan
    jam.lewat(days=1, minutes=1)
    assert tasks.claim(rini, task_id).task_id == task_id


def test_petugas_yang_mengembalikan_dapat_mengambil_lagi(office: Kantor) -> None:
    task_id = returned(office).id
    assert tasks.claim(office.people["pak_budi"], task_id).task_id == task_id


def test_petugas_yang_tidak_aktif_lagi_tidak_disimpankan_tugas(office: Kantor) -> None:
    case_id = office.case()
    office.do(office.walk(case_id, "periksa_berkas"), keputusan="kurang")
    with unit_of_work() as session:
        session.execute(update(User).where(User.id == office.people["pak_budi"].id).values(active=False))
    office.do(office.walk(case_id, "lengkapi_berkas"))
    (task,) = office.open_tasks(case_id)
    assert (task.claimed_by, task.reserved_for) == (None, None)
    assert tasks.claim(office.people["bu_rini"], task.id)


@pytest.mark.parametrize("paused", [False, True])
def test_tugas_petugas_yang_dinonaktifkan_kembali_ke_antrean(office: Kantor, jam: Jam, paused: bool) -> None:
    case_id = office.case(jenis="perubahan", kk_lama="ada")
    task_id, budi = office.walk(case_id, "entri_siak").id, office.people["pak_budi"]
    if paused:
        pauses.pause(budi, task_id)
    rights.switch_off(office.people["pak_eko"], budi.id)
    assert office.find(case_id, "entri_siak").claimed_by == budi.id, "a click of that moment is awaited"
    jam.lewat(minutes=1)
    office.run_jobs()
    task = office.find(case_id, "entri_siak")
    assert (task.claimed_by, task.paused_at, task.closed_at) == (None, None, None)
    assert tasks.claim(office.people["bu_rini"], task_id).task_id == task_id


def test_tugas_dari_peran_yang_diambil_kembali_ke_antrean_dan_yang_lain_tetap(office: Kantor, jam: Jam) -> None:
    budi = office.people["pak_budi"]
    mine, kept = office.case(), office.case()
    office.walk(mine, "periksa_berkas")
    office.walk(kept, "verifikasi_draft")
    verification = office.find(kept, "verifikasi_draft").id
    rights.set_roles(office.people["pak_eko"], office.people["bu_rini"].id, [("petugas_layanan", ""), ("kasi", "")])
    tasks.claim(both_roles(office, "bu_rini"), verification)
    rights.set_roles(office.people["pak_eko"], office.people["bu_rini"].id, [("kasi", "")])
    rights.set_roles(office.people["pak_eko"], budi.id, [("petugas_cetak", "")])
    jam.lewat(minutes=1)
    office.run_jobs()
    assert office.find(mine, "periksa_berkas").claimed_by is None
    assert office.find(kept, "verifikasi_draft").claimed_by == office.people["bu_rini"].id


def both_roles(office: Kantor, key: str) -> object:
    """Somebody of the cast who is kasi beside their own role."""
    actor = office.people[key]
    return type(actor)(actor.id, actor.name, actor.roles | {"kasi", "petugas_layanan"}, actor.posts)


def test_yang_mengajukan_tidak_boleh_memverifikasi(office: Kantor) -> None:
    task = office.walk(office.case(), "verifikasi_draft")
    before = snapshot()
    with pytest.raises(FourEyes):
        tasks.claim(both_roles(office, "pak_budi"), task.id)
    assert snapshot() == before


def test_yang_sudah_memegang_pun_tidak_boleh_memverifikasi_entrinya_sendiri(office: Kantor) -> None:
    """Whoever entered it cannot complete the verification either, however it came into their hands."""
    task = office.walk(office.case(), "verifikasi_draft")
    budi, task_id = both_roles(office, "pak_budi"), task.id
    with unit_of_work() as session:
        session.execute(update(Task).where(Task.id == task_id).values(claimed_by=budi.id, claimed_at=SENIN_PAGI))
    raw = office.raw(office.people["bu_wulan"], task_id, keputusan="valid")
    before = snapshot()
    with pytest.raises(FourEyes):
        tasks.complete(budi, task_id, 1, new_id(), raw)
    assert snapshot() == before


def test_langkah_yang_tidak_boleh_massal_ditolak_walau_dikirim_sekaligus(office: Kantor) -> None:
    case_id, task_id, raw = held_by_kasi(office)
    before = snapshot()
    [(_, outcome)] = tasks.complete_many(office.people["bu_wulan"], [(task_id, 2)], new_id(), raw)
    assert isinstance(outcome, Forbidden) and "satu per satu" in outcome.pesan
    assert (snapshot(), office.find(case_id, "verifikasi_draft") is not None) == (before, True)


def test_yang_pernah_mengentri_tetap_dilarang_sesudah_dikembalikan(office: Kantor) -> None:
    """Pak Budi entered it the first time and Bu Rini the second: neither may verify."""
    case_id = office.case()
    office.do(office.walk(case_id, "verifikasi_draft"), keputusan="tidak_valid")
    office.do(office.walk(case_id, "lengkapi_berkas"))
    with unit_of_work() as session:
        session.execute(update(Task).where(Task.case_id == case_id).values(reserved_for=None, reserved_until=None))
    rini = dict.fromkeys(("periksa_berkas", "entri_siak", "ajukan_cetak"), "bu_rini")
    task = office.walk(case_id, "verifikasi_draft", **rini)
    for key in ("pak_budi", "bu_rini"):
        with pytest.raises(FourEyes):
            tasks.claim(both_roles(office, key), task.id)
    assert tasks.claim(office.people["bu_wulan"], task.id)


def test_terlambat_menyelesaikan_sesudah_batas_menutup_tugas_dengan_jelas(office: Kantor, jam: Jam) -> None:
    """The boundary timer was due before the click, though no sweeper came: the timer comes first."""
    case_id = office.case()
    terima = office.walk(case_id, "terima_kk")
    sari, task_id = office.people["bu_sari"], terima.id
    timer = store.session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.kind == "bpmn")).one()
    jam.at = timer.due_at + timedelta(seconds=1)
    with pytest.raises(TaskClosed) as closed:
        tasks.complete(sari, task_id, 1, "kunci-klik-ganda", {"hasil": "baik"})
    assert "sudah lewat" in closed.value.pesan
    with pytest.raises(TaskClosed):
        tasks.complete(sari, task_id, 1, "kunci-klik-ganda", {"hasil": "baik"})  # a second click is not told "done"
    view = cases.load(sari, case_id)
    assert [(task.step, task.closed_how) for task in view.tasks if task.id == task_id] == [("terima_kk", "batal")]
    assert "terima_kk" not in view.answers


def test_menyelesaikan_tepat_sebelum_batas_diterima(office: Kantor, jam: Jam) -> None:
    case_id = office.case()
    terima = office.walk(case_id, "terima_kk")
    timer = store.session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.kind == "bpmn")).one()
    jam.at = timer.due_at - timedelta(seconds=1)
    assert tasks.complete(office.people["bu_sari"], terima.id, 1, new_id(), {"hasil": "baik"})
    assert not store.session.scalars(select(Timer).where(Timer.case_id == case_id, Timer.kind == "bpmn")).all()
