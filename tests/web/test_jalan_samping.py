"""What leaves the straight way, through HTTP and without JavaScript: withdrawal, complaint, help, held tasks."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Case, CaseLink
from app.services import clock, store
from tests import factories
from tests.support.kasus import Jam
from tests.support.peramban import field, isi
from tests.support.situs import Situs


@pytest.fixture
def situs(site: Flask) -> Iterator[Situs]:
    jam = Jam()
    with clock.using(jam):
        yield Situs(site, jam)


def test_menarik_lewat_halaman_tanya(situs: Situs) -> None:
    case_id = situs.case("periksa_berkas")
    sari = situs.browser("bu_sari")
    assert f"/permohonan/{case_id}/tarik" in isi(sari.get(f"/permohonan/{case_id}"))
    page = isi(sari.get(f"/permohonan/{case_id}/tarik"))
    assert "Petugas berhenti memproses. Isian tetap tersimpan untuk diajukan lagi." in page
    assert "SIAK" not in page
    sent = {"kunci": field(page, "kunci"), "alasan": "Salah pilih."}
    for _ in range(2):
        assert sari.post(f"/permohonan/{case_id}/tarik", data=sent).status_code == 302
    assert situs.status(case_id) == "Ditarik"
    assert "Anda menarik permohonan ini" in isi(sari.get(f"/permohonan/{case_id}"))
    assert situs.browser("pak_joko").get(f"/permohonan/{case_id}/tarik").status_code == 404


def test_tarik_sesudah_entri_menyebut_siak_dan_tugas_lain_tampil_ditahan(situs: Situs) -> None:
    case_id = situs.case("verifikasi_draft", jenis="perubahan", kk_lama="ada")
    held = situs.task(case_id, "verifikasi_draft")
    sari, wulan = situs.browser("bu_sari"), situs.browser("bu_wulan")
    page = isi(sari.get(f"/permohonan/{case_id}/tarik"))
    assert "Data Anda sudah diubah di SIAK. Petugas akan mengembalikannya dulu." in page
    sari.post(f"/permohonan/{case_id}/tarik", data={"kunci": field(page, "kunci")})
    assert "Penarikan Anda sedang dikerjakan petugas." in isi(sari.get(f"/permohonan/{case_id}"))
    page = isi(wulan.get(f"/tugas/{held}"))
    assert "Ditahan sejak" in page
    assert "Ambil &amp; periksa" not in page
    refused = wulan.post(f"/tugas/{held}/ambil", data={"kunci": "kunci-ambil-1"})
    assert "ditahan" in isi(refused)
    assert held not in isi(wulan.get("/inbox"))


def test_sesudah_ditandatangani_tidak_ada_tombol_tarik_dan_kiriman_ditolak(situs: Situs) -> None:
    case_id = situs.case("kirim_kk")
    sari = situs.browser("bu_sari")
    page = isi(sari.get(f"/permohonan/{case_id}"))
    assert "Sudah ditandatangani, tidak dapat ditarik." in page
    assert f"/permohonan/{case_id}/tarik" not in page
    sari.post(f"/permohonan/{case_id}/tarik", data={"kunci": "kunci-tarik-1"})
    assert situs.status(case_id) == "Menunggu tanda tangan"


def test_ada_masalah_dari_halaman_permohonan(situs: Situs) -> None:
    case_id = situs.case("terima_kk")
    task = situs.task(case_id, "terima_kk")
    sari = situs.browser("bu_sari")
    assert "Ada masalah" in isi(sari.get(f"/permohonan/{case_id}"))
    url = f"/permohonan/{case_id}/langkah/{task}"
    page = isi(sari.get(f"{url}?hasil=bermasalah"))
    assert "Ini bukan KK saya" in page
    sent = {"versi": field(page, "versi"), "kunci": field(page, "kunci"), "aksi": "lanjut"}
    plain = sari.post(url, data={**sent, "hasil": "bermasalah", "ditampilkan": "hasil"})
    assert "ada isian lagi di bawah" in isi(plain), "without JavaScript the new questions are shown, not scolded for"
    situs.jam.lewat(minutes=3)
    sent |= {"hasil": "bermasalah", "masalah": "bukan_kk_saya", "ditampilkan": field(page, "ditampilkan")}
    assert sari.post(url, data=sent).status_code == 302
    page = isi(sari.get(f"/permohonan/{case_id}"))
    assert "Petugas sedang menangani masalah" in page
    assert "Unduh KK" not in page


def test_petugas_mengunggah_atas_nama_pemohon(situs: Situs) -> None:
    case_id = situs.case("periksa_berkas")
    bad = {"ktp": {"nilai": "tidak_terbaca", "catatan": "buram"}, "surat_hilang": {"nilai": "sesuai", "catatan": ""}}
    situs.do(case_id, "periksa_berkas", keputusan="kurang", berkas=bad)
    task = situs.task(case_id, "lengkapi_berkas")
    rini = situs.browser("bu_rini")
    page = isi(rini.get(f"/tugas/{task}"))
    assert "atas nama pemohon" in page
    sent = {name: field(page, name) for name in ("versi", "kunci", "ditampilkan")}
    sent |= {"aksi": "unggah:berkas.ktp", "asal": "whatsapp"}
    photo = (io.BytesIO(factories.photo()), "wa.jpg")
    page = isi(rini.post(f"/tugas/{task}", data={**sent, "unggah:berkas.ktp": photo}))
    sent |= {"aksi": "lanjut", "berkas.ktp": field(page, "berkas.ktp")}
    assert rini.post(f"/tugas/{task}", data=sent).status_code == 302
    assert situs.status(case_id) == "Menunggu diperiksa"
    with situs.site.app_context():
        data = store.session.get_one(Case, case_id).data
    assert data["answers"]["lengkapi_berkas"]["asal"] == "whatsapp"
    assert data["actors"]["lengkapi_berkas"] == [factories.actor("bu_rini").id]


def test_permohonan_koreksi_dan_asalnya_saling_menunjuk_di_kedua_halaman(situs: Situs) -> None:
    old = situs.case("terima_kk", jenis="perubahan", kk_lama="ada")
    situs.do(old, "terima_kk", hasil="bermasalah", masalah="data_salah")
    situs.do(old, "tangani_keluhan", keputusan="buka_koreksi", pesan_pemohon="Kami betulkan.")
    with situs.site.app_context():
        new = store.session.scalars(select(CaseLink.to_case).where(CaseLink.from_case == old)).one()
    sari, budi = situs.browser("bu_sari"), situs.browser("pak_budi")
    assert f'/permohonan/{new}"' in isi(sari.get(f"/permohonan/{old}"))
    page = isi(sari.get(f"/permohonan/{new}"))
    assert f'/permohonan/{old}"' in page
    assert "Isian dan berkas Anda sudah terbawa." in page
    assert "prioritas</span>" in isi(budi.get("/inbox"))
    task = situs.task(new, "buka_permohonan")
    page = isi(budi.get(f"/tugas/{task}"))
    assert "Mengoreksi permohonan" in page
    (address,) = re.findall(r'Mengoreksi permohonan <a href="([^"]+)"', page)
    assert f'Dikoreksi dalam permohonan <a href="/tugas/{task}">' in isi(budi.get(address))


def test_pemohon_memperbaiki_isian_yang_dibuka_kasi(situs: Situs) -> None:
    case_id = situs.case("verifikasi_draft", jenis="perubahan", kk_lama="ada")
    good = {code: {"nilai": "sesuai", "catatan": ""} for code in ("f106", "bukti", "kk_lama")}
    opened = {"isian_dibuka": ["alamat", "perubahan.0"], "pesan_pemohon": "Alamat belum benar."}
    situs.do(case_id, "verifikasi_draft", keputusan="tidak_valid", berkas_diragukan=good, **opened)
    with situs.site.app_context():
        before = store.session.get_one(Case, case_id).data["answers"]["isi_permohonan"]
    sari, task = situs.browser("bu_sari"), situs.task(case_id, "lengkapi_berkas")
    address = f"/permohonan/{case_id}/langkah/{task}"
    page = isi(sari.get(address))
    assert f'value="{before["alamat"]}"' in page
    assert 'name="perbaikan.nomor_hp"' not in page, "what was not opened is not there"
    names = set(re.findall(r'name="(perbaikan[^"]+)"', page))
    assert {"perbaikan.alamat", "perbaikan.perubahan.0.dasar"} <= names
    row = {
        f"perbaikan.perubahan.0.{key}": str(value) for key, value in before["perubahan"][0].items() if key != "bukti"
    }
    form = {"versi": field(page, "versi"), "kunci": field(page, "kunci"), "aksi": "lanjut", **row}
    form["ditampilkan"] = field(page, "ditampilkan")
    wrong = sari.post(address, data={**form, "perbaikan.alamat": "Dusun Betul", "perbaikan.perubahan.0.dasar": ""})
    assert wrong.status_code == 422
    assert 'value="Dusun Betul"' in isi(wrong), "what was typed stays"
    assert sari.post(address, data={**form, "perbaikan.alamat": "Dusun Betul"}).status_code == 302
    with situs.site.app_context():
        answers = store.session.get_one(Case, case_id).data["answers"]
    assert answers["isi_permohonan"] == {**before, "alamat": "Dusun Betul"}
    assert "Dusun Betul" in isi(situs.browser("pak_budi").get(f"/tugas/{situs.task(case_id, 'periksa_berkas')}"))


def test_pengarsip_membaca_di_mana_arsip_disimpan_sidiknya_dan_hasil_baca_ulang(situs: Situs) -> None:
    case_id = situs.case("arsipkan", jenis="hilang")
    page = isi(situs.browser("pak_agus").get(f"/tugas/{situs.task(case_id, 'arsipkan')}"))
    with situs.site.app_context():
        digest = store.session.get_one(Case, case_id).data["answers"]["susun_arsip"]["sidik"]
    for told in (digest, "Sama dengan yang ditulis", "Salinan lepas yang diminta", "Harddisk, Flashdisk"):
        assert told in page
