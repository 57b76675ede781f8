"""Upgrading an office at work: every case that ran under the first tables goes on to its end under the newest."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from app import create_app
from app.cli.database import upgrade
from app.domain.actors import SYSTEM
from app.domain.errors import EngineFault
from app.extensions import db
from app.models import CannedAnswer, Case, ProcedureVersion
from app.services import store
from app.services.operations import revision
from app.services.portal import drafts, submissions
from app.services.records import audit
from tests import factories
from tests.support import databases, kantor_lama
from tests.support.jalur import Jalur
from tests.support.kantor import Kantor
from tests.support.kantor_lama import KantorLama
from tests.support.kasus import Jam, jam_uji, publish

# Where each case of the old office stands: step -> what is open there.
OPEN = {
    "buka_permohonan": {"buka_permohonan"},
    "periksa_berkas": {"periksa_berkas"},
    "lengkapi_berkas": {"lengkapi_berkas"},
    "entri_siak": {"entri_siak"},
    "ajukan_cetak": {"ajukan_cetak"},
    "verifikasi_draft": {"verifikasi_draft"},
    "putuskan_penolakan": {"putuskan_penolakan"},
    "pulihkan_data": {"pulihkan_data", "verifikasi_draft"},
    "tanda_tangan_kk": {"tanda_tangan_kk"},
    "beri_tahu_unit": set(),
    "kirim_kk": {"kirim_kk"},
    "terima_kk": {"terima_kk", "arsipkan"},
    "susun_arsip": {"terima_kk"},
    "arsipkan": {"arsipkan"},
    "tangani_keluhan": {"tangani_keluhan", "arsipkan"},
    "selesai": set(),
}
ENDS = {"pulihkan_data": ("ditarik", "Ditarik"), "putuskan_penolakan": ("ditolak", "Ditolak")}


@pytest.fixture(params=["sqlite", "postgresql"])
def kosong(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The application on a database without tables."""
    if request.param == "sqlite":
        url, drop = f"sqlite:///{tmp_path / 'alur.db'}", None
    else:
        template = request.getfixturevalue("postgresql_template")
        url, drop = template.empty(), template.drop
    app = create_app(databases.config_for(url, tmp_path / "var"))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
    if drop is not None:
        drop(url)


def upgraded(app: Flask, old: str) -> KantorLama:
    data_dir = app.config["ALUR"].data_dir
    left = kantor_lama.put(db.engine, data_dir, old)
    assert revision.current() == old
    store.session.remove()
    upgrade(db.engine, data_dir)
    assert revision.current() == revision.head()
    assert len(store.session.scalars(select(CannedAnswer)).all()) >= 5, "officers do not start from nothing"
    store.session.remove()
    return left


def office(left: KantorLama) -> Kantor:
    return Kantor(left.version_id, {key: factories.actor(key) for key in factories.CAST})


@pytest.mark.parametrize("old", ["0001", "0002"])
def test_kasus_di_tiap_langkah_berlanjut_sampai_selesai_sesudah_pembaruan(kosong: Flask, old: str) -> None:
    left = upgraded(kosong, old)
    assert list(audit.verify(SYSTEM).findings) == []
    kantor = office(left)
    with jam_uji(left.at) as jam:
        running = {step: Jalur(kantor, jam, case_id) for step, case_id in left.cases.items()}
        assert {step: set(kasus.open()) for step, kasus in running.items()} == OPEN
        for step, kasus in running.items():
            finish(kasus, step)
            kasus.ends(*ENDS.get(step, ("selesai", "Selesai")))
        sari = kantor.people["bu_sari"]
        version = drafts.load(sari, left.draft_id).version
        kasus = Jalur(kantor, jam, submissions.submit(sari, left.draft_id, version, confirmed=True).case_id)
        kasus.finish()
        kasus.ends("selesai", "Selesai")
    assert store.session.scalars(select(Case).where(Case.ended_at.is_(None))).all() == []


def finish(kasus: Jalur, step: str) -> None:
    """What is particular of this step first; the rest follows."""
    if step == "pulihkan_data":
        kasus.do(step, keputusan="dipulihkan")
    if step == "putuskan_penolakan":
        kasus.do(step, keputusan="tolak", dasar="Perpres 96/2018", pesan_pemohon="Anda bukan anggota KK ini.")
    kasus.finish()


def test_setiap_langkah_prosedur_ada_di_kantor_lama(kosong: Flask) -> None:
    """The old office stands in every step that its procedure has, and each has an end here."""
    left = upgraded(kosong, "0002")
    procedure = store.session.get_one(ProcedureVersion, left.version_id)
    assert procedure.number == 1
    drawn = set(Jalur(office(left), Jam(), left.cases["selesai"]).view().procedure.steps)
    assert drawn - {"isi_permohonan"} <= set(left.cases)


def test_kasus_lama_tetap_pada_versi_prosedurnya_sesudah_versi_baru_terbit(kosong: Flask) -> None:
    left = upgraded(kosong, "0002")
    kantor = office(left)
    with jam_uji(left.at) as jam:
        newer = publish(lambda ikmt: ikmt.replace("menit", "jam", 1))
        assert newer != left.version_id
        kasus = Jalur(kantor, jam, left.cases["periksa_berkas"])
        kasus.finish()
        kasus.ends("selesai", "Selesai")
        store.session.expire_all()
        assert store.session.get_one(Case, kasus.id).version_id == left.version_id
        later = Jalur(Kantor(newer, kantor.people), jam, Kantor(newer, kantor.people).case())
        later.finish()
        later.ends("selesai", "Selesai")


def test_keadaan_kasus_berformat_lain_ditolak_dan_tidak_berubah(kosong: Flask) -> None:
    """State bytes of another format are refused by name, and the case stays as it was."""
    left = upgraded(kosong, "0002")
    with jam_uji(left.at) as jam:
        kasus = Jalur(office(left), jam, left.cases["buka_permohonan"])
        case = store.session.get_one(Case, kasus.id)
        known = case.state
        assert known[:1] == b"1"
        case.state = b"9" + known[1:]
        store.session.commit()
        with pytest.raises(EngineFault):
            kasus.do("buka_permohonan")
        store.session.rollback()
        assert store.session.get_one(Case, kasus.id).state == b"9" + known[1:]
