"""Tasks dealt out and passed on: only to who may do them, only by who may give them, with both told."""

from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.actors import SYSTEM, Actor
from app.domain.errors import (
    AlurError,
    Forbidden,
    InvalidInput,
    NotFound,
    ReceiverRefused,
    StaleForm,
    TaskClosed,
    TaskNotYours,
)
from app.models import Event, Notice, Task, TaskDraft, UserRole
from app.services import store
from app.services.accounts import absences, rights
from app.services.desk import keeping, sharing
from app.services.flow import cases, handing_over
from app.services.flow.handing_over import Given
from app.services.records import audit, riwayat
from app.services.work import unit_of_work
from tests.support.kantor import Kantor
from tests.support.kasus import jam_uji

SANA, SINI = "340210", "340299"


@pytest.fixture
def kantor(app: Flask) -> Iterator[Kantor]:
    with jam_uji():
        yield Kantor.open()


def waiting(kantor: Kantor, step: str = "periksa_berkas") -> Task:
    """A free task of the service desk."""
    case_id = kantor.case()
    task = kantor.walk(case_id, step, buka_permohonan="pak_budi")
    if task.claimed_by is not None:
        with unit_of_work() as session:
            session.get_one(Task, task.id).claimed_by = None
    return fresh(task.id)


def held(kantor: Kantor) -> Task:
    return kantor.walk(kantor.case(), "periksa_berkas", buka_permohonan="pak_budi")


def fresh(task_id: str) -> Task:
    store.session.rollback()
    return store.session.get_one(Task, task_id)


def post(kantor: Kantor, who: str, role: str, unit: str) -> Actor:
    """This person now has this role in that unit only."""
    person = kantor.people[who]
    with unit_of_work() as session:
        session.query(UserRole).filter_by(user_id=person.id).delete()
        session.add(UserRole(user_id=person.id, role=role, unit=unit))
    return Actor(person.id, person.name, frozenset({role}), frozenset({(role, unit)}))


def test_supervisor_memberi_tugas_bebas_tanpa_alasan_dan_penerimanya_diberi_tahu(kantor: Kantor) -> None:
    task, rini, dwi = waiting(kantor), kantor.people["bu_rini"], kantor.people["pak_dwi"]
    handing_over.assign(dwi, task.id, task.version, rini.id, "")
    assert fresh(task.id).claimed_by == rini.id
    told = store.session.scalars(select(Notice).where(Notice.title == "Tugas diserahkan kepada Anda")).one()
    assert told.user_id == rini.id and told.path == f"/tugas/{task.id}" and "Dwi Santika" in told.body
    [event] = store.session.scalars(select(Event).where(Event.verb == "tugas_dialihkan")).all()
    assert (event.actor, event.payload["kepada"], event.payload["dari"]) == (dwi.id, rini.id, "")
    assert list(audit.verify(SYSTEM).findings) == []


def test_mengambil_dari_tangan_orang_perlu_alasan_dan_keduanya_diberi_tahu(kantor: Kantor) -> None:
    task, rini, budi, dwi = held(kantor), *(kantor.people[key] for key in ("bu_rini", "pak_budi", "pak_dwi"))
    keeping.keep(budi, task.id, {"keputusan": "lengkap"})
    with pytest.raises(InvalidInput):
        handing_over.assign(dwi, task.id, task.version, rini.id, " ")
    since = task.claimed_at
    handing_over.assign(dwi, task.id, task.version, rini.id, "Pak Budi ke loket.")
    assert fresh(task.id).claimed_at == since, "it did not go back to waiting"
    assert fresh(task.id).claimed_by == rini.id and store.session.query(TaskDraft).count() == 0
    titles = {(row.user_id, row.title) for row in store.session.scalars(select(Notice))}
    assert {(rini.id, "Tugas diserahkan kepada Anda"), (budi.id, "Tugas Anda dialihkan")} <= titles
    entry = riwayat.timeline(dwi, cases.load(dwi, task.case_id)).entries[-1]
    assert entry.sentence.endswith("diserahkan kepada Rini Astuwati. Alasan: Pak Budi ke loket.")
    sari = kantor.people["bu_sari"]
    assert not any("Rini" in one.sentence for one in riwayat.timeline(sari, cases.load(sari, task.case_id)).entries)


def test_klik_kedua_tidak_mengubah_apa_apa_dan_yang_basi_ditolak(kantor: Kantor) -> None:
    task, rini, dwi = waiting(kantor), kantor.people["bu_rini"], kantor.people["pak_dwi"]
    version = task.version
    for _ in range(2):
        handing_over.assign(dwi, task.id, version, rini.id, "")
    assert fresh(task.id).version == version + 1
    assert len(store.session.scalars(select(Event).where(Event.verb == "tugas_dialihkan")).all()) == 1
    with pytest.raises(StaleForm):
        handing_over.assign(dwi, task.id, version, kantor.people["pak_budi"].id, "Kembali.")


def test_peran_di_satu_unit_tidak_menjangkau_tugas_unit_lain(kantor: Kantor) -> None:
    """Neither as the giver nor as the receiver."""
    task = waiting(kantor)
    assert task.unit == SINI
    for role in ("supervisor", "kasi"):
        elsewhere = post(kantor, "pak_dwi", role, SANA)
        with pytest.raises(NotFound):
            handing_over.assign(elsewhere, task.id, task.version, kantor.people["bu_rini"].id, "")
        assert task.id not in {one.task_id for one in sharing.load(elsewhere, "periksa_berkas").tasks}
        with pytest.raises(NotFound):
            sharing.load(elsewhere, "periksa_berkas", SINI)
        here = post(kantor, "pak_dwi", role, SINI)
        assert task.id in {one.task_id for one in sharing.load(here, "periksa_berkas").tasks}
    with pytest.raises(ReceiverRefused):
        handing_over.assign(kantor.people["bu_wulan"], task.id, task.version, kantor.people["pak_tarno"].id, "")
    assert fresh(task.id).claimed_by is None
    two = Actor("dua", "Dua", frozenset({"supervisor", "petugas_layanan"}), frozenset({("supervisor", SANA)}))
    with pytest.raises(Forbidden):  # sees the case in another role, and gives nothing of that unit away
        handing_over.assign(two, task.id, task.version, kantor.people["bu_rini"].id, "")


@pytest.mark.parametrize("who", ["pak_budi", "auditor", "pak_heru", "pak_eko"])
def test_selain_supervisor_dan_kasi_tidak_membagi(kantor: Kantor, who: str) -> None:
    task = waiting(kantor)
    actor = kantor.people.get(who) or kantor.people["bu_tuti"]
    with pytest.raises((Forbidden, NotFound)):
        handing_over.assign(actor, task.id, task.version, kantor.people["bu_rini"].id, "")


def test_empat_mata_yang_cuti_dan_yang_dimatikan_tidak_menerima(kantor: Kantor) -> None:
    dwi, eko = kantor.people["pak_dwi"], kantor.people["pak_eko"]
    task = kantor.walk(kantor.case(), "verifikasi_draft")
    with unit_of_work() as session:
        session.add(UserRole(user_id=kantor.people["pak_budi"].id, role="kasi", unit=""))
    with pytest.raises(ReceiverRefused, match="tidak boleh dikerjakan orang yang sama"):
        handing_over.assign(dwi, task.id, task.version, kantor.people["pak_budi"].id, "")

    other, rini = waiting(kantor), kantor.people["bu_rini"]
    absences.record(eko, rini.id, date(2026, 11, 23), date(2026, 11, 23), "sakit", "", [])
    with pytest.raises(ReceiverRefused, match="sedang tidak bertugas"):
        handing_over.assign(dwi, other.id, other.version, rini.id, "")
    assert rini.id not in {one.id for one in sharing.load(dwi, "periksa_berkas").people}
    rights.switch_off(eko, kantor.people["pak_budi"].id)
    with pytest.raises(ReceiverRefused):
        handing_over.assign(dwi, other.id, other.version, kantor.people["pak_budi"].id, "")


def test_pemohonnya_sendiri_tidak_memberi_dan_tidak_menerima(kantor: Kantor) -> None:
    sari = kantor.people["bu_sari"]
    with unit_of_work() as session:
        for role in ("petugas_layanan", "supervisor"):
            session.add(UserRole(user_id=sari.id, role=role, unit=""))
    task = waiting(kantor)
    with pytest.raises(ReceiverRefused):
        handing_over.assign(kantor.people["pak_dwi"], task.id, task.version, sari.id, "")
    with pytest.raises(Forbidden):
        own = Actor(sari.id, sari.name, frozenset({"pemohon", "petugas_layanan", "supervisor"}))
        handing_over.assign(own, task.id, task.version, kantor.people["bu_rini"].id, "")


def test_banyak_sekaligus_masing_masing_dengan_hasilnya_sendiri(kantor: Kantor) -> None:
    first, second, taken = waiting(kantor), waiting(kantor), held(kantor)
    dwi, rini = kantor.people["pak_dwi"], kantor.people["bu_rini"]
    chosen = [(first.id, first.version), (second.id, 99), (taken.id, taken.version), ("tidak-ada", 1)]
    outcome = handing_over.assign_many(dwi, chosen, rini.id, "")
    kinds = [type(result) for _, result in outcome]
    assert kinds == [Given, StaleForm, InvalidInput, NotFound]
    assert fresh(first.id).claimed_by == rini.id and fresh(second.id).claimed_by is None
    assert all(isinstance(result, Given | AlurError) for _, result in outcome)


def test_petugas_menyerahkan_tugasnya_sendiri_saja(kantor: Kantor) -> None:
    task, budi, rini = held(kantor), kantor.people["pak_budi"], kantor.people["bu_rini"]
    with pytest.raises(TaskNotYours):
        handing_over.pass_on(rini, task.id, task.version, kantor.people["pak_agus"].id, "Saya mau.")
    with pytest.raises(InvalidInput):
        handing_over.pass_on(budi, task.id, task.version, rini.id, "")
    with pytest.raises(ReceiverRefused):
        handing_over.pass_on(budi, task.id, task.version, kantor.people["pak_agus"].id, "Bukan perannya.")
    handing_over.pass_on(budi, task.id, task.version, rini.id, "Bu Rini kenal kasusnya.")
    assert fresh(task.id).claimed_by == rini.id
    handing_over.pass_on(budi, task.id, task.version, rini.id, "Bu Rini kenal kasusnya.")
    kantor.do(fresh(task.id), "bu_rini")
    with pytest.raises(TaskClosed):
        handing_over.pass_on(budi, task.id, task.version, rini.id, "Terlambat.")


def test_daftar_menyebut_beban_menurut_abjad_tanpa_peringkat(kantor: Kantor) -> None:
    held(kantor), waiting(kantor)
    found = sharing.load(kantor.people["pak_dwi"], "periksa_berkas")
    assert [(one.name, one.held) for one in found.people] == [
        ("Budi Prakosa", 1),
        ("Rini Astuwati", 0),
        ("Tarno Mulya", 0),
    ]
    assert sorted(one.holder for one in found.tasks) == ["", "Budi Prakosa"]
    assert "Tarno Mulya" not in {
        one.name for one in sharing.load(kantor.people["pak_dwi"], "periksa_berkas", SINI).people
    }
    with pytest.raises(NotFound):
        sharing.load(kantor.people["pak_dwi"], "tidak_ada")
    with pytest.raises(Forbidden):
        sharing.load(kantor.people["pak_budi"])
