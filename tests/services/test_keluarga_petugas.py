"""An officer whose NIK or nomor KK a case names never works on it; and no such case is left hanging."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.errors import Forbidden, InvalidInput, OwnHousehold, ReceiverRefused
from app.models import Case, CaseKk, CaseNik, Event, Task
from app.services import store
from app.services.accounts import identities
from app.services.counter import filing
from app.services.desk import nobody, sharing
from app.services.flow import handing_over, kin, tasks
from tests import factories
from tests.support.kantor import Kantor
from tests.support.kasus import Jam, jam_uji, run_all

OWN = "3402994101800077"
SARI = factories.CAST["bu_sari"]


@pytest.fixture
def jam() -> Iterator[Jam]:
    with jam_uji() as jam:
        yield jam


@pytest.fixture
def kantor(app: Flask, jam: Jam) -> Kantor:
    return Kantor.open()


def record(kantor: Kantor, who: str, nik: str, nomor_kk: str = "") -> None:
    assert identities.record(kantor.people["pak_eko"], kantor.people[who].id, nik=nik, nomor_kk=nomor_kk)
    store.session.rollback()


def test_petugas_tidak_mengambil_permohonan_yang_menyebut_nik_atau_kk_nya(kantor: Kantor) -> None:
    case_id, budi = kantor.case(untuk="luar_kk"), kantor.people["pak_budi"]
    task = kantor.walk(case_id, "buka_permohonan")
    record(kantor, "pak_budi", OWN)
    assert tasks.load(budi, task.id).claimable
    said = store.session.get_one(Case, case_id).data["answers"]["isi_permohonan"]
    others = {str(said["diwakili_nik"])}  # filed for this officer by somebody else, and every member of the family
    others |= set(store.session.scalars(select(CaseNik.nik).where(CaseNik.case_id == case_id)))
    for nik, card in (*((one, "") for one in sorted(others)), (OWN, str(SARI.nomor_kk))):
        record(kantor, "pak_budi", nik, card)
        view = tasks.load(budi, task.id)
        assert view.own_household and not view.claimable
        with pytest.raises(OwnHousehold):
            tasks.claim(budi, task.id)
        with pytest.raises(ReceiverRefused, match="NIK atau nomor KK Budi Prakosa"):
            handing_over.assign(kantor.people["pak_dwi"], task.id, task.version, budi.id, "")
        store.session.rollback()
    assert tasks.claim(kantor.people["bu_rini"], task.id)


def test_kk_di_akun_pemohon_dan_di_isian_sama_sama_dikenali(kantor: Kantor) -> None:
    case_id = kantor.case()
    assert set(store.session.scalars(select(CaseKk.nomor_kk).where(CaseKk.case_id == case_id))) == {SARI.nomor_kk}
    record(kantor, "bu_wulan", OWN, str(SARI.nomor_kk))
    assert kin.of_case(store.session(), case_id) == {"uji-bu-wulan"}
    with pytest.raises(OwnHousehold):
        kantor.do(kantor.walk(case_id, "verifikasi_draft"), "bu_wulan")
    kantor.do(kantor.walk(case_id, "verifikasi_draft"), "pak_heru")


def test_tugas_yang_sudah_di_tangannya_kembali_ke_antrean_dan_dapat_dilepas(kantor: Kantor, jam: Jam) -> None:
    task = kantor.walk(kantor.case(), "periksa_berkas")
    other = kantor.walk(kantor.case(), "periksa_berkas")
    task_id, other_id, version = task.id, other.id, other.version
    assert task.claimed_by == "uji-pak-budi"
    raw = kantor.raw(kantor.people["pak_budi"], task_id, keputusan="lengkap")
    record(kantor, "pak_budi", OWN, str(SARI.nomor_kk))
    with pytest.raises(OwnHousehold):
        tasks.complete(kantor.people["pak_budi"], task_id, version, "k" * 16, raw)
    tasks.release(kantor.people["pak_budi"], other_id, version, "Keluarga saya")
    jam.lewat(minutes=2)
    run_all("tugas_kembali")
    store.session.rollback()
    assert [store.session.get_one(Task, one).claimed_by for one in (task_id, other_id)] == [None, None]


def test_supervisor_melihat_perlu_petugas_lain_dan_yang_buntu(kantor: Kantor) -> None:
    case_id, dwi = kantor.case(), kantor.people["pak_dwi"]
    task = kantor.walk(case_id, "buka_permohonan")
    record(kantor, "pak_budi", OWN, str(SARI.nomor_kk))
    (row,) = sharing.load(dwi, "buka_permohonan").tasks
    assert row.left_out == ("Budi Prakosa",) and nobody.waiting_for(dwi) == []
    record(kantor, "bu_rini", "3402994101800078", str(SARI.nomor_kk))
    (stuck,) = nobody.waiting_for(dwi)
    assert (stuck.task_id, stuck.left_out) == (task.id, ("Budi Prakosa", "Rini Astuwati"))
    record(kantor, "pak_dwi", "3402994101800079", str(SARI.nomor_kk))
    assert nobody.waiting_for(dwi) == [] and sharing.load(dwi, "buka_permohonan").tasks == ()
    with pytest.raises(Forbidden):
        handing_over.assign(dwi, task.id, task.version, "uji-bu-rini", "")


def test_di_loket_pun_tidak_melayani_diri_sendiri(kantor: Kantor) -> None:
    record(kantor, "pak_budi", OWN)
    with pytest.raises(Forbidden, match="keluarga serumah"):
        filing.find(kantor.people["pak_budi"], OWN)


def test_nik_satu_petugas_saja_dan_tak_satu_angka_pun_di_jejak(kantor: Kantor) -> None:
    record(kantor, "pak_budi", OWN, str(SARI.nomor_kk))
    eko = kantor.people["pak_eko"]
    for typed, field in (({"nik": OWN, "nomor_kk": ""}, "nik"), ({"nik": "", "nomor_kk": str(SARI.nomor_kk)}, "nik")):
        with pytest.raises(InvalidInput) as refused:
            identities.record(eko, "uji-bu-rini", **typed)
        assert list(refused.value.errors) == [field]
    assert not identities.record(eko, "uji-pak-budi", nik=OWN, nomor_kk=str(SARI.nomor_kk))
    assert identities.of(eko, "uji-pak-budi") == identities.Known("************0077", "************0001")
    record(kantor, "pak_budi", "")
    written = repr([one.payload for one in store.session.scalars(select(Event))])
    assert OWN not in written and "nomor_kk" in written
