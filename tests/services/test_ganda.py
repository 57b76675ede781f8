"""Possible duplicates: the same person and kind, running or lately ended, only for who may see them."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from app.models import Case, CaseNik
from app.services import store
from app.services.desk import duplicates
from app.services.flow import cases, withdrawal
from app.services.portal import drafts, submissions
from app.services.work import unit_of_work
from tests import factories
from tests.support.draf import fill_hilang, fill_perubahan_lengkap
from tests.support.kasus import Jam, cast, jam_uji, publish


class Meja:
    def __init__(self, jam: Jam) -> None:
        self.jam, self.people = jam, cast()
        publish()

    def kirim(self, who: str = "bu_sari", perubahan: bool = False) -> str:
        actor = self.people[who]
        draft_id = (fill_perubahan_lengkap if perubahan else fill_hilang)(actor)
        version = drafts.load(actor, draft_id).version
        case_id = submissions.submit(actor, draft_id, version, confirmed=True).case_id
        self.jam.lewat(minutes=3)
        return case_id

    def kembar(self, case_id: str, who: str = "pak_budi") -> list[str]:
        store.session.rollback()
        found = duplicates.of_case(self.people[who], cases.load(self.people[who], case_id))
        return [one.case_id for one in found]


@pytest.fixture
def meja(site: Flask) -> Iterator[Meja]:
    with jam_uji() as jam, site.app_context():
        yield Meja(jam)


def test_orang_dan_jenis_yang_sama_disandingkan(meja: Meja) -> None:
    first, second, other = meja.kirim(), meja.kirim(), meja.kirim(perubahan=True)
    assert meja.kembar(second) == [first]
    assert meja.kembar(first) == [second]
    assert meja.kembar(other) == []


def test_yang_berakhir_lebih_dari_30_hari_bukan_ganda_lagi(meja: Meja) -> None:
    first = meja.kirim()
    withdrawal.withdraw(meja.people["bu_sari"], first, "k" * 16, "")
    second = meja.kirim()
    assert meja.kembar(second) == [first]
    meja.jam.lewat(days=31)
    assert meja.kembar(second) == []


def test_permohonan_untuk_orang_lain_disandingkan_dengan_permohonan_orang_itu(meja: Meja) -> None:
    mine = meja.kirim()
    theirs = meja.kirim("pak_joko")
    assert meja.kembar(theirs) == []
    with unit_of_work() as session:
        case = session.get_one(Case, theirs)
        answers = {**case.data["answers"]}
        sari = cases.load(meja.people["bu_sari"], mine).answers["isi_permohonan"]["nik"]
        answers["isi_permohonan"] = {**answers["isi_permohonan"], "diwakili_nik": sari}
        case.data = {**case.data, "answers": answers}
    assert meja.kembar(theirs) == [mine]


def test_yang_diajukan_akun_lain_untuk_orang_itu_ditemukan_dari_kedua_sisi(meja: Meja) -> None:
    mine, theirs, third = meja.kirim(), meja.kirim("pak_joko"), meja.kirim("pak_joko", perubahan=True)
    assert meja.kembar(mine) == [], "to be named among the family is no doubling"
    sari = str(factories.CAST["bu_sari"].nik)
    for case_id in (theirs, third):
        with unit_of_work() as session:
            case = session.get_one(Case, case_id)
            own = {**case.data["answers"]["isi_permohonan"], "diwakili_nik": sari}
            case.data = {**case.data, "answers": {**case.data["answers"], "isi_permohonan": own}}
            session.merge(CaseNik(nik=sari, case_id=case_id))
    assert meja.kembar(mine) == [theirs]
    assert meja.kembar(theirs) == [mine]


def test_beda_isian_disebut_dan_nomor_pribadi_disamarkan(meja: Meja) -> None:
    first, second = meja.kirim(perubahan=True), meja.kirim(perubahan=True)
    with unit_of_work() as session:
        case = session.get_one(Case, first)
        own = case.data["answers"]["isi_permohonan"]
        row = {**own["perubahan"][0], "menjadi": "Petani"}
        changed = {**own, "perubahan": [row], "nomor_kk": "3402990101200099"}
        case.data = {**case.data, "answers": {**case.data["answers"], "isi_permohonan": changed}}
    view = cases.load(meja.people["pak_budi"], second)
    (twin,) = duplicates.of_case(meja.people["pak_budi"], view)
    said = {label: (here, there) for label, here, there in twin.differences}
    assert set(said) == {"Perubahan", "Nomor KK"}
    assert said["Perubahan"][0].endswith("→ Karyawan Swasta)") and said["Perubahan"][1].endswith("→ Petani)")
    assert said["Nomor KK"][1] == "************0099"


def test_yang_tidak_boleh_dilihat_tidak_disebut(meja: Meja) -> None:
    first, second = meja.kirim(), meja.kirim()
    budi = meja.people["pak_budi"]
    view = cases.load(budi, second)
    elsewhere = replace(budi, posts=frozenset({("petugas_layanan", "340298")}))
    assert [one.case_id for one in duplicates.of_case(budi, view)] == [first]
    assert duplicates.of_case(elsewhere, view) == ()
    assert duplicates.of_case(meja.people["bu_sari"], view) == ()
