"""Pages for everyone, logging in and out, and the words of kata.yaml."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.services import clock
from app.web import kata
from tests import factories
from tests.support.kasus import SLUG, Jam, cast, publish


@pytest.fixture
def pengunjung(site: Flask) -> Iterator[FlaskClient]:
    with clock.using(Jam()):
        with site.app_context():
            cast()
            publish()
        yield site.test_client()


UMUM = ("/", "/layanan", f"/layanan/{SLUG}", "/masuk", "/cek-status", "/privasi", "/ketentuan", "/tentang", "/kontak")


@pytest.mark.parametrize("url", UMUM)
def test_halaman_umum_terbuka_tanpa_gaya_dan_skrip_sebaris(pengunjung: FlaskClient, url: str) -> None:
    answer = pengunjung.get(url)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert page.count("<h1") == 1
    assert not re.search(r"<script(?![^>]*src=)|<style| style=| on[a-z]+=\"", page)


def test_halaman_layanan_dibuat_dari_ikmt(pengunjung: FlaskClient) -> None:
    page = pengunjung.get(f"/layanan/{SLUG}").get_data(as_text=True)
    assert page.count('scope="row"') == 10
    assert "IKMT-PP-01-07" in page
    assert "1 hari kerja sejak berkas lengkap" in page
    assert "Peraturan Bupati Bantul No 38 Tahun 2014" in page
    diagram = pengunjung.get(f"/layanan/{SLUG}/diagram.bpmn")
    assert diagram.data.startswith(b"<?xml")


def test_persyaratan_menyebut_syarat_yang_tersisa(pengunjung: FlaskClient) -> None:
    page = pengunjung.get(f"/layanan/{SLUG}").get_data(as_text=True)
    assert "(bila KK lama hilang)" in page
    assert "Unduh yang sudah terisi di langkah Foto berkas" in page
    hilang = page.split("<h3>KK hilang</h3>")[1].split("</ul>")[0]
    lines = hilang.split("<li>")
    assert [("bila" in line) for line in lines if "Kepolisian" in line or "KTP" in line] == [False, False]
    assert "(bila mengurus untuk orang lain dengan surat kuasa)" in hilang


def test_layanan_yang_tidak_ada_404(pengunjung: FlaskClient) -> None:
    assert pengunjung.get("/layanan/tidak-ada").status_code == 404


@pytest.mark.parametrize(
    ("kata_cari", "ada"), [("KK hilang", True), ("ganti pekerjaan", True), ("lahir", False), ("pindah alamat", False)]
)
def test_cari_layanan(pengunjung: FlaskClient, kata_cari: str, ada: bool) -> None:
    page = pengunjung.get("/layanan", query_string={"cari": kata_cari}).get_data(as_text=True)
    assert (f'href="/layanan/{SLUG}"' in page) is ada
    assert ("Belum dilayani lewat situs ini" in page and "Jam sepekan dan kontak" in page) is not ada


def test_jam_layanan_saat_buka_dan_tutup(site: Flask) -> None:
    jam = Jam()
    with clock.using(jam):
        with site.app_context():
            publish()
        assert "Buka sampai" in site.test_client().get("/").get_data(as_text=True)
        jam.at = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
        assert "Tutup. Buka lagi Senin" in site.test_client().get("/").get_data(as_text=True)


def test_kata_sandi_salah_tidak_menyebut_apakah_akunnya_ada(pengunjung: FlaskClient) -> None:
    pages = [
        pengunjung.post("/masuk", data={"email": email, "password": "salah"})
        for email in (factories.CAST["bu_sari"].email, "tidak.ada@contoh.id")
    ]
    said = [re.findall(r'id="galat-masuk">([^<]+)<', page.get_data(as_text=True)) for page in pages]
    assert pages[0].status_code == 401
    assert said[0] == said[1] != []


def test_masuk_kembali_ke_halaman_yang_dituju_dan_tidak_ke_situs_lain(pengunjung: FlaskClient) -> None:
    data = {"email": factories.CAST["bu_sari"].email, "password": factories.PASSWORD}
    assert pengunjung.post("/masuk?lanjut=/notifikasi", data=data).headers["Location"] == "/notifikasi"
    pengunjung.post("/keluar")
    answer = pengunjung.post("/masuk?lanjut=//jahat.example", data=data)
    assert answer.headers["Location"] == "/permohonan"


def test_keluar_menutup_ruang_pemohon(pengunjung: FlaskClient) -> None:
    pengunjung.post("/masuk", data={"email": factories.CAST["bu_sari"].email, "password": factories.PASSWORD})
    assert pengunjung.get("/permohonan").status_code == 200
    pengunjung.post("/keluar")
    assert pengunjung.get("/permohonan").status_code == 302


def test_orang_peragaan_diisikan_tombol_tanpa_javascript(pengunjung: FlaskClient) -> None:
    data = {"aksi": "isi", "email": "sari@contoh.id", "password": "abc"}
    page = pengunjung.post("/masuk", data=data).get_data(as_text=True)
    assert 'value="sari@contoh.id"' in page
    assert 'value="abc"' in page


def test_tema_dipilih_tanpa_javascript(pengunjung: FlaskClient) -> None:
    answer = pengunjung.post("/tema", data={"tema": "dark", "kembali": "/kontak"})
    assert answer.headers["Location"] == "/kontak"
    assert 'data-bs-theme="dark"' in pengunjung.get("/kontak").get_data(as_text=True)
    pengunjung.post("/tema", data={"tema": "ikut", "kembali": "/"})
    assert "data-bs-theme" not in pengunjung.get("/").get_data(as_text=True)


@pytest.mark.parametrize("status", [*kata.KATA["status"], "Status yang belum dikenal"])
def test_kalimat_status_selalu_jadi_walau_tidak_ada_yang_diketahui(status: str) -> None:
    sentence = kata.sentence(status, {})
    assert sentence
    assert "{" not in sentence
