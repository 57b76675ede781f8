"""For whom a permohonan is: the family picked by name, nobody typing or showing a NIK."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.adapters.registry import DEMO_CSV, TableRegistry, read_csv
from app.services import clock
from app.services.work import unit_of_work
from tests.support.draf import APPLICANT
from tests.support.kasus import SLUG, cast, jam_uji, publish
from tests.support.peramban import isi, sign_in, versi

KIRANA = "3402996109190004"
REGION = {"wilayah": "3402992001"}
TYPED = {key: value for key, value in APPLICANT.items() if isinstance(value, str)} | REGION


@pytest.fixture
def sari(site: Flask) -> Iterator[FlaskClient]:
    with jam_uji():
        with site.app_context():
            cast()
            publish()
            with unit_of_work() as session:
                TableRegistry(session).put(read_csv(DEMO_CSV, clock.today()))
        yield sign_in(site, "bu_sari")


def lanjut(browser: FlaskClient, url: str, **typed: str) -> str:
    """Send one page; where it leads."""
    sent = {"versi": versi(isi(browser.get(url))), "aksi": "lanjut", **typed}
    answer = browser.post(url, data=sent)
    assert answer.status_code == 302
    return answer.headers["Location"]


def sampai_untuk(browser: FlaskClient, jenis: str) -> str:
    draf = browser.post(f"/permohonan/baru/{SLUG}").headers["Location"]
    lanjut(browser, f"{draf}/jenis", jenis=jenis)
    if jenis == "perubahan":
        lanjut(browser, f"{draf}/jenis_kk_lama", kk_lama="ada")
    assert lanjut(browser, f"{draf}/pemohon", **TYPED) == f"{draf}/untuk"
    return draf


def test_anggota_keluarga_ditawarkan_menurut_namanya_tanpa_nik(sari: FlaskClient) -> None:
    draf = sampai_untuk(sari, "hilang")
    assert lanjut(sari, f"{draf}/untuk", untuk="anggota_kk") == f"{draf}/untuk_anggota_dituju"
    page = isi(sari.get(f"{draf}/untuk_anggota_dituju"))
    assert "Kirana Wicaksana" in page and "Danang Wicaksana" in page
    assert 'value="Sari Puspitarini"' not in page, "the applicant herself is the other answer"
    assert "340299" not in page
    assert lanjut(sari, f"{draf}/untuk_anggota_dituju", anggota_dituju="Kirana Wicaksana") == f"{draf}/berkas"


def test_baris_keluarga_dari_registri_tidak_memperlihatkan_nik_dan_tetap_menyimpannya(sari: FlaskClient) -> None:
    draf = sampai_untuk(sari, "perubahan")
    assert lanjut(sari, f"{draf}/untuk", untuk="diri_sendiri") == f"{draf}/keluarga"
    row = isi(sari.get(f"{draf}/keluarga/anggota/3"))
    assert "Kirana Wicaksana" in row and "************0004" in row
    assert KIRANA not in row and KIRANA not in isi(sari.get(f"{draf}/keluarga"))
    changed = {"anggota.3.nama": "Kirana Wicaksana", "anggota.3.shdk": "4", "anggota.3.keterangan": "Pelajar"}
    lanjut(sari, f"{draf}/keluarga/anggota/3", **changed, ditanya="nama nik shdk keterangan")
    family = isi(sari.get(f"{draf}/keluarga"))
    assert "Pelajar" in family and "************0004" in family
    assert lanjut(sari, f"{draf}/keluarga") == f"{draf}/perubahan"


def test_untuk_orang_di_luar_kk_keluarga_sendiri_tidak_terbawa(sari: FlaskClient) -> None:
    draf = sampai_untuk(sari, "perubahan")
    assert lanjut(sari, f"{draf}/untuk", untuk="luar_kk") == f"{draf}/diwakili"
    whom = {"diwakili_nama": "Wagiman", "diwakili_nik": "3402990107500001", "diwakili_nomor_kk": "3402990101050009"}
    lanjut(sari, f"{draf}/diwakili", **whom, hubungan="orang_tua", dasar_mewakili="surat_kuasa")
    assert "Kirana Wicaksana" not in isi(sari.get(f"{draf}/keluarga"))
    papers = isi(sari.get(f"{draf}/berkas"))
    assert "Surat kuasa (F-1.07)" in papers and "Bukti hubungan" not in papers
