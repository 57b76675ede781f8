"""The pemohon's pages through HTTP, as a browser without JavaScript uses them."""

import io
import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.models import Case, Draft
from app.services import clock, store
from app.services.portal import drafts, submissions
from tests import factories
from tests.support.draf import fill_hilang
from tests.support.kasus import SLUG, Jam, cast, finish, go_to_archive, go_to_signed, publish, return_to_applicant
from tests.support.peramban import isi, sign_in, versi

LAIN = "pak_joko"


class Kantor:
    """A site with its people and one published procedure, seen through browsers."""

    def __init__(self, site: Flask, jam: Jam) -> None:
        self.site, self.jam = site, jam
        with site.app_context():
            self.people = cast()
            publish()

    def browser(self, person: str = "bu_sari") -> FlaskClient:
        return sign_in(self.site, person)

    def filled_draft(self) -> str:
        with self.site.app_context():
            return fill_hilang(self.people["bu_sari"])

    def submitted(self) -> str:
        with self.site.app_context():
            sari = self.people["bu_sari"]
            draft_id = fill_hilang(sari)
            return submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version).case_id

    def returned(self) -> str:
        case_id = self.submitted()
        with self.site.app_context():
            finish(case_id, "buka_permohonan", self.people["pak_budi"])
            self.jam.lewat(minutes=5)
            return_to_applicant(case_id, self.people)
        return case_id


@pytest.fixture
def kantor(site: Flask) -> Iterator[Kantor]:
    jam = Jam()
    with clock.using(jam):
        yield Kantor(site, jam)


def mulai(browser: FlaskClient) -> str:
    """A new draft; its address."""
    answer = browser.post(f"/permohonan/baru/{SLUG}")
    return answer.headers["Location"]


def kirim_bagian(browser: FlaskClient, url: str, **typed: object) -> TestResponse:
    page = isi(browser.get(url))
    return browser.post(url, data={"versi": versi(page), "aksi": "lanjut", **typed})


def test_tanpa_masuk_diarahkan_ke_halaman_masuk(kantor: Kantor) -> None:
    answer = kantor.site.test_client().get("/permohonan")
    assert answer.status_code == 302
    assert "/masuk" in answer.headers["Location"]


def test_petugas_tidak_masuk_ke_ruang_pemohon(kantor: Kantor) -> None:
    case_id = kantor.submitted()
    petugas = kantor.browser("pak_budi")
    assert petugas.get("/permohonan").status_code == 403
    assert petugas.get(f"/permohonan/{case_id}").status_code == 403


def test_kosong_menawarkan_ajukan_permohonan(kantor: Kantor) -> None:
    page = isi(kantor.browser().get("/permohonan"))
    assert "Anda belum punya permohonan" in page
    assert "Ajukan permohonan" in page


def test_yang_perlu_disiapkan_disebut_per_jenis(kantor: Kantor) -> None:
    page = isi(kantor.browser().get(f"/permohonan/baru/{SLUG}"))
    assert "KK hilang" in page
    assert "Surat Keterangan Hilang dari Kepolisian" in page


def test_bagian_kosong_memberi_ringkasan_galat_bertautan(kantor: Kantor) -> None:
    browser = kantor.browser()
    answer = kirim_bagian(browser, f"{mulai(browser)}/jenis")
    assert answer.status_code == 422
    assert "Ada 1 isian yang perlu diperbaiki" in isi(answer)
    assert 'href="#i-jenis"' in isi(answer)
    assert 'id="i-jenis"' in isi(answer)


def test_yang_diketik_tetap_ada_sesudah_galat_dan_sesudah_dibuka_lagi(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    kirim_bagian(browser, f"{draf}/jenis", jenis="hilang")
    answer = kirim_bagian(browser, f"{draf}/pemohon", alamat="Padukuhan Tetap Ada", rt="bukan angka")
    assert answer.status_code == 422
    assert "Padukuhan Tetap Ada" in isi(answer)
    assert "bukan angka" in isi(browser.get(f"{draf}/pemohon"))


def test_jawaban_menentukan_halaman_berikutnya(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    assert kirim_bagian(browser, f"{draf}/jenis", jenis="hilang").headers["Location"] == f"{draf}/pemohon"
    assert kirim_bagian(browser, f"{draf}/jenis", jenis="perubahan").headers["Location"] == f"{draf}/jenis_kk_lama"


def test_simpan_dan_keluar_menyimpan_tanpa_menilai(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    kirim_bagian(browser, f"{draf}/jenis", jenis="hilang")
    answer = kirim_bagian(browser, f"{draf}/pemohon", alamat="Setengah jadi", aksi="simpan")
    assert answer.headers["Location"] == "/permohonan"
    assert "Lanjutkan mengisi" in isi(browser.get("/permohonan"))
    assert "Setengah jadi" in isi(browser.get(f"{draf}/pemohon"))


def test_yang_sedang_diketik_disimpan_tanpa_menghalangi_tombol(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    kirim_bagian(browser, f"{draf}/jenis", jenis="hilang")
    shown = versi(isi(browser.get(f"{draf}/pemohon")))
    kept = browser.post(f"{draf}/pemohon/ketikan", data={"versi": shown, "alamat": "Baru sete"})
    assert (kept.status_code, isi(kept)) == (200, "Tersimpan 08.00")
    page = isi(browser.get(f"{draf}/pemohon"))
    assert "Baru sete" in page and versi(page) == shown
    pressed = browser.post(f"{draf}/pemohon", data={"versi": shown, "aksi": "simpan", "alamat": "Sudah selesai"})
    assert pressed.status_code == 302
    late = browser.post(f"{draf}/pemohon/ketikan", data={"versi": shown, "alamat": "Baru sete"})
    assert late.status_code == 409
    assert "Sudah selesai" in isi(browser.get(f"{draf}/pemohon"))


def test_ketikan_orang_lain_tidak_dapat_disentuh(kantor: Kantor) -> None:
    draf = mulai(kantor.browser())
    answer = kantor.browser(LAIN).post(f"{draf}/jenis/ketikan", data={"versi": "1", "jenis": "hilang"})
    assert answer.status_code == 404


def test_tab_lama_tidak_menimpa_isian_baru(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    old = versi(isi(browser.get(f"{draf}/jenis")))
    kirim_bagian(browser, f"{draf}/jenis", jenis="hilang")
    answer = browser.post(f"{draf}/jenis", data={"versi": old, "aksi": "lanjut", "jenis": "rusak"})
    assert answer.status_code == 422
    assert "tab lain" in isi(answer)


def test_baris_menanyakan_kolom_lanjutan_lalu_tersimpan(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    kirim_bagian(browser, f"{draf}/jenis", jenis="perubahan")
    kirim_bagian(browser, f"{draf}/jenis_kk_lama", kk_lama="ada")
    baris = f"{draf}/keluarga/anggota/0"
    data = {"anggota.0.nama": "Sari Puspitarini", "anggota.0.nik": "3402995207900001", "anggota.0.shdk": "1"}
    kirim_bagian(browser, baris, **data, ditanya="nama nik shdk keterangan")
    kirim_bagian(browser, f"{draf}/keluarga")
    perubahan = f"{draf}/perubahan/perubahan/0"
    typed = {"perubahan.0.anggota": "Sari Puspitarini", "perubahan.0.elemen": "pekerjaan"}
    first = kirim_bagian(browser, perubahan, **typed, ditanya="anggota elemen")
    assert 'name="perubahan.0.menjadi"' in isi(first)
    assert "perlu diperbaiki" not in isi(first)
    asked = re.search(r'name="ditanya" value="([^"]+)"', isi(first))
    assert asked
    second = browser.post(perubahan, data={"versi": versi(isi(first)), "ditanya": asked[1], **typed})
    assert second.status_code == 422
    assert "Seharusnya" in isi(second)


def test_pilihan_data_menampilkan_isian_berikutnya_tanpa_menyimpan(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    kirim_bagian(browser, f"{draf}/jenis", jenis="perubahan")
    address = f"{draf}/perubahan/perubahan/baru"
    before = isi(browser.get(address))
    assert re.search(r"<noscript><button [^>]*value=\"tampil\"", before)
    assert 'name="perubahan.0.semula"' not in before
    sent = {"versi": versi(before), "ditanya": "anggota elemen", "perubahan.0.elemen": "pendidikan_terakhir"}
    for _ in range(2):
        after = browser.post(address, data={**sent, "aksi": "tampil"})
        assert after.status_code == 200
        assert 'name="perubahan.0.semula"' in isi(after) and 'name="perubahan.0.menjadi"' in isi(after)
        assert versi(isi(after)) == sent["versi"], "neither request may stand in the way of the next"
    assert 'class="kartu-judul"' not in isi(browser.get(f"{draf}/perubahan"))


def test_buang_baris_dan_kirim_dua_kali_tetap_satu_baris(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    kirim_bagian(browser, f"{draf}/jenis", jenis="perubahan")
    baris = f"{draf}/keluarga/anggota/0"
    data = {"anggota.0.nama": "Nama Rekaan", "ditanya": "nama nik shdk keterangan"}
    for _ in range(2):
        kirim_bagian(browser, baris, **data)
    page = isi(browser.get(f"{draf}/keluarga"))
    assert page.count('class="kartu-judul"') == 1
    kirim_bagian(browser, f"{draf}/keluarga", aksi="buang:anggota:0")
    assert 'class="kartu-judul"' not in isi(browser.get(f"{draf}/keluarga"))


def test_unggah_lalu_hapus_tanpa_javascript(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    kirim_bagian(browser, f"{draf}/jenis", jenis="hilang")
    foto = (io.BytesIO(factories.photo()), "kk.jpg")
    kirim_bagian(browser, f"{draf}/berkas", **{"unggah:ktp": foto, "aksi": "unggah:ktp"})
    page = isi(browser.get(f"{draf}/berkas"))
    upload = re.search(r'name="ktp" type="hidden" value="([a-z0-9]+)"', page)
    assert upload
    assert "Halaman 1 dari 1" in page
    shown = browser.get(f"/berkas/{upload[1]}")
    assert shown.status_code == 200
    assert shown.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in shown.headers["Content-Security-Policy"]
    assert kantor.browser(LAIN).get(f"/berkas/{upload[1]}").status_code == 404
    kirim_bagian(browser, f"{draf}/berkas", ktp=upload[1], aksi=f"lepas:ktp:{upload[1]}")
    assert "Halaman 1 dari 1" not in isi(browser.get(f"{draf}/berkas"))


def test_berkas_yang_bukan_foto_ditolak_dengan_kalimat(kantor: Kantor) -> None:
    browser = kantor.browser()
    draf = mulai(browser)
    kirim_bagian(browser, f"{draf}/jenis", jenis="hilang")
    bukan = (io.BytesIO(b"bukan gambar"), "kk.jpg")
    answer = kirim_bagian(browser, f"{draf}/berkas", **{"unggah:ktp": bukan, "aksi": "unggah:ktp"})
    assert answer.status_code == 422
    assert "Berkas ini bukan foto atau PDF" in isi(answer)


def test_draf_orang_lain_tidak_ditemukan(kantor: Kantor) -> None:
    draf = mulai(kantor.browser())
    lain = kantor.browser(LAIN)
    for url in (draf, f"{draf}/jenis", f"{draf}/periksa"):
        assert lain.get(url).status_code == 404
    assert lain.post(f"{draf}/buang").status_code == 404


def test_periksa_jawaban_punya_tautan_ubah_dan_tanpa_nik_utuh(kantor: Kantor) -> None:
    browser = kantor.browser()
    page = isi(browser.get(f"/permohonan/draf/{kantor.filled_draft()}/periksa"))
    assert "Ubah" in page
    assert "************0001" in page
    assert factories.CAST["bu_sari"].nik not in page
    assert factories.CAST["bu_sari"].nomor_kk not in page


def test_kirim_dua_kali_hanya_satu_permohonan(kantor: Kantor) -> None:
    browser = kantor.browser()
    url = f"/permohonan/draf/{kantor.filled_draft()}/periksa"
    data = {"versi": versi(isi(browser.get(url)))}
    first = browser.post(url, data=data)
    second = browser.post(url, data=data)
    assert "Permohonan terkirim" in isi(first)
    assert second.status_code == 302
    assert "sudah terkirim" in isi(browser.get(second.headers["Location"]))
    typing = browser.post(url.replace("/periksa", "/pemohon/ketikan"), data=data)
    assert (typing.status_code, typing.mimetype) == (409, "text/plain"), "not a page in place of a sentence"
    assert "sudah terkirim" not in isi(browser.get("/permohonan")), "and no notice where nobody asked"
    with kantor.site.app_context():
        assert store.session.query(Case).count() == 1
        assert store.session.query(Draft).filter(Draft.case_id.is_not(None)).count() == 1


def test_yang_sama_diajukan_lagi_ditanya_dulu(kantor: Kantor) -> None:
    kantor.submitted()
    browser = kantor.browser()
    url = f"/permohonan/draf/{kantor.filled_draft()}/periksa"
    data = {"versi": versi(isi(browser.get(url)))}
    answer = browser.post(url, data=data)
    assert answer.status_code == 409
    assert "Tetap ajukan" in isi(answer)
    assert "Permohonan terkirim" in isi(browser.post(url, data={**data, "aksi": "tetap"}))


def test_halaman_permohonan_menyebut_yang_ditunggu_dan_tanpa_nik_utuh(kantor: Kantor) -> None:
    case_id = kantor.submitted()
    page = isi(kantor.browser().get(f"/permohonan/{case_id}"))
    assert "Menunggu diperiksa" in page
    assert "Petugas Unit Layanan &amp; Entri" in page
    assert "Tidak ada yang perlu Anda lakukan sekarang." in page
    assert factories.CAST["bu_sari"].nik not in page
    assert page.count('scope="row"') == 10


def test_permohonan_orang_lain_tidak_ditemukan(kantor: Kantor) -> None:
    case_id = kantor.returned()
    lain = kantor.browser(LAIN)
    assert lain.get(f"/permohonan/{case_id}").status_code == 404
    assert lain.get(f"/permohonan/{case_id}/diagram.bpmn").status_code == 404
    page = isi(kantor.browser().get(f"/permohonan/{case_id}"))
    langkah = re.search(rf"/permohonan/{case_id}/langkah/[a-z0-9]+", page)
    assert langkah
    assert lain.get(langkah[0]).status_code == 404
    assert lain.post(langkah[0], data={"aksi": "lanjut"}).status_code == 404


def test_dikembalikan_lalu_dilengkapi_terlihat_jujur(kantor: Kantor) -> None:
    case_id = kantor.returned()
    browser = kantor.browser()
    rumah = isi(browser.get("/permohonan"))
    assert "Perlu Anda lakukan" in rumah
    url = re.search(rf"/permohonan/{case_id}/langkah/[a-z0-9]+", rumah)
    assert url
    page = isi(browser.get(url[0]))
    assert "Foto KTP buram." in page
    assert "unggah:berkas.ktp" in page
    assert "unggah:berkas.surat_hilang" not in page
    hidden = dict(re.findall(r'type="hidden" name="(kunci|versi)" value="([^"]+)"', page))
    assert browser.post(url[0], data={**hidden, "aksi": "lanjut"}).status_code == 422
    kantor.jam.lewat(minutes=10)
    foto = (io.BytesIO(factories.photo()), "ktp.jpg")
    baru = browser.post(url[0], data={**hidden, "unggah:berkas.ktp": foto, "aksi": "unggah:berkas.ktp"})
    upload = re.search(r'name="berkas.ktp" type="hidden" value="([a-z0-9]+)"', isi(baru))
    assert upload
    data = {**hidden, "berkas.ktp": upload[1], "aksi": "lanjut"}
    assert browser.post(url[0], data=data).status_code == 302
    assert browser.post(url[0], data=data).status_code == 302
    kasus = isi(browser.get(f"/permohonan/{case_id}"))
    assert "Dikembalikan" in kasus
    assert "dilengkapi" in kasus
    assert "Akan diulang" not in kasus


def test_sesudah_ditandatangani_tidak_lagi_menunggu_tanda_tangan(kantor: Kantor) -> None:
    case_id = kantor.submitted()
    with kantor.site.app_context():
        kantor.jam.lewat(minutes=1)
        go_to_signed(case_id, kantor.people)
    page = isi(kantor.browser().get(f"/permohonan/{case_id}"))
    assert "Sudah ditandatangani." in page
    assert "Menunggu tanda tangan elektronik" not in page


def test_terima_kk_menyebut_batasnya(kantor: Kantor) -> None:
    case_id = kantor.submitted()
    with kantor.site.app_context():
        go_to_archive(case_id, kantor.people)
    page = isi(kantor.browser().get(f"/permohonan/{case_id}"))
    assert "KK siap diunduh" in page
    assert "Batas untuk Anda: Kamis, 26 November 2026" in page


def test_akun_disamarkan(kantor: Kantor) -> None:
    browser = kantor.browser()
    page = "".join(isi(browser.get(f"/pengaturan/{room}")) for room in ("profil", "email", "ponsel"))
    assert "s***@contoh.id" in page and "************0001" in page and "0811****0001" in page
    assert factories.CAST["bu_sari"].nik not in page


def test_status_umum_hanya_dengan_nomor_dan_pin_yang_cocok(kantor: Kantor) -> None:
    with kantor.site.app_context():
        sari = kantor.people["bu_sari"]
        draft_id = fill_hilang(sari)
        sent = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version)
    siapa_saja = kantor.site.test_client()
    found = isi(siapa_saja.post("/cek-status", data={"nomor": sent.number.lower(), "pin": sent.pin}))
    assert "Menunggu diperiksa" in found
    assert "Sari" not in found
    said = [
        re.findall(r'id="galat-cek">([^<]+)<', isi(siapa_saja.post("/cek-status", data=data)))
        for data in ({"nomor": sent.number, "pin": "x"}, {"nomor": "KK-2026-999999", "pin": sent.pin})
    ]
    assert said[0] == said[1] != []
    assert "Berikutnya:" in found and 'href="/masuk">masuk</a> dulu' in found
    spaced = f"{sent.pin[:3]} {sent.pin[3:]}"
    for typed, pin in (
        (sent.number.lower().replace("-", " "), spaced),
        (sent.number.lower().replace("-", ""), ".".join(sent.pin)),
        (f" {sent.number.replace('-', '.')} ", spaced.replace(" ", "-")),
    ):
        assert "Menunggu diperiksa" in isi(siapa_saja.post("/cek-status", data={"nomor": typed, "pin": pin}))


def test_pin_yang_lupa_diganti_pemiliknya_dan_yang_lama_tidak_berlaku(kantor: Kantor) -> None:
    with kantor.site.app_context():
        sari = kantor.people["bu_sari"]
        draft_id = fill_hilang(sari)
        sent = submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version)
    address = f"/permohonan/{sent.case_id}/pin"
    assert kantor.browser(LAIN).post(address).status_code == 404
    owner = kantor.browser()
    assert f'action="{address}"' in isi(owner.get(f"/permohonan/{sent.case_id}"))
    answer = owner.post(address)
    (pin,) = re.findall(r'class="pin">([0-9]{6})<', isi(answer))
    assert answer.headers["Cache-Control"] == "no-store"
    anyone = kantor.site.test_client()
    found = [anyone.post("/cek-status", data={"nomor": sent.number, "pin": each}) for each in (sent.pin, pin)]
    assert [each.status_code for each in found] == [422, 200]
    assert "PIN cek status diganti." in isi(owner.get(f"/permohonan/{sent.case_id}"))


def test_menebak_pin_dihentikan(kantor: Kantor) -> None:
    browser = kantor.site.test_client()
    answers = [browser.post("/cek-status", data={"nomor": "KK-2026-000001", "pin": f"{n}"}) for n in range(11)]
    assert [answer.status_code for answer in answers] == [422] * 10 + [429]
