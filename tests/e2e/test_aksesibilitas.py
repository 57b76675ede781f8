"""Every page as people meet it: axe finds nothing, in light and dark, at 360 and 1280 px; and none is heavy."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.berkas import foto, kk_bertanda_tangan, pdf
from tests.e2e.conftest import Jendela
from tests.e2e.langkah import LAYANAN, Pemohon, Petugas, galat, kabar
from tests.e2e.layar import Penilai, bobot

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-layar"), pytest.mark.timeout(1200)]

PUBLIC = (
    "/",
    "/layanan",
    f"/layanan/{LAYANAN}",
    "/kontak",
    "/privasi",
    "/ketentuan",
    "/tentang",
    "/masuk",
    "/lupa-sandi",
    "/atribusi",
    "/aduan",
    "/kepuasan",
)
FIRST_VIEW_BYTES = 100 * 1024


def test_halaman_umum(jendela: Jendela) -> None:
    page, penilai = jendela(), Penilai()
    for path in (*PUBLIC, "/layanan?cari=tidakada", "/tidak-ada"):
        page.goto(path)
        penilai.nilai(page, "umum" + path.replace("/", "-").partition("?")[0])
    page.goto(f"/layanan/{LAYANAN}")
    page.locator(".diagram").scroll_into_view_if_needed()
    expect(page.locator(".diagram svg").first).to_be_visible()
    penilai.nilai(page, "umum-layanan-diagram")
    page.goto("/masuk")
    page.get_by_role("button", name="Masuk", exact=True).click()
    kabar(page, "Email atau kata sandi salah")
    penilai.nilai(page, "umum-masuk-galat")
    penilai.bersih()


def test_halaman_umum_tanpa_javascript(jendela: Jendela) -> None:
    page = jendela(lebar=360, js=False)
    for path in PUBLIC:
        page.goto(path)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        expect(page.get_by_role("link", name="Langsung ke isi")).to_have_attribute("href", "#isi")


def test_formulir_pemohon_tiap_bagian_dan_galatnya(jendela: Jendela) -> None:
    page, penilai = jendela("pak_joko"), Penilai()
    joko = Pemohon(page)

    def galat(name: str) -> None:
        joko.lanjut()
        expect(page.locator("#kotak-galat")).to_be_visible()
        penilai.nilai(page, f"formulir-{name}-galat")

    page.goto("/permohonan")
    penilai.nilai(page, "permohonan")
    page.goto(f"/permohonan/baru/{LAYANAN}")
    penilai.nilai(page, "formulir-baru")
    joko.mulai()
    penilai.nilai(page, "formulir-jenis")
    galat("jenis")
    joko.pilih("jenis", "perubahan")
    joko.lanjut()
    penilai.nilai(page, "formulir-kk-lama")
    joko.pilih("kk_lama", "ada")
    joko.lanjut()
    joko.di("Data pemohon")
    penilai.nilai(page, "formulir-pemohon")
    page.locator('[name="rt"]').fill("tiga")
    page.locator('[name="email"]').fill("bukan email")
    galat("pemohon")
    page.locator('[name="rt"]').fill("03")
    page.locator('[name="email"]').fill("joko@contoh.id")
    joko.lanjut()
    joko.di("Permohonan ini untuk siapa?")
    penilai.nilai(page, "formulir-untuk")
    joko.untuk("diri_sendiri")
    joko.di("Anggota keluarga di KK ini")
    penilai.nilai(page, "formulir-keluarga")
    page.locator('button[value="baris:anggota:0"]').click()
    penilai.nilai(page, "formulir-keluarga-baris")
    page.locator('[name="anggota.0.nama"]').fill("")
    galat("keluarga-baris")
    page.locator('[name="anggota.0.nama"]').fill("Joko Wirasana")
    joko.lanjut()
    joko.di("Anggota keluarga di KK ini")
    joko.lanjut()
    joko.di("Data yang berubah")
    penilai.nilai(page, "formulir-perubahan-kosong")
    galat("perubahan")
    joko.tambah_perubahan("Joko Wirasana")
    penilai.nilai(page, "formulir-perubahan")
    page.locator('button[value="baris:perubahan:0"]').click()
    penilai.nilai(page, "formulir-perubahan-baris")
    page.locator("main .tombol-baris a").click()
    joko.lanjut()
    joko.di("Foto berkas")
    galat("berkas")
    joko.unggah("f106", foto("F-1.06"), pdf())
    joko.unggah("kk_lama_foto", foto("KK LAMA"))
    penilai.nilai(page, "formulir-berkas")
    joko.lanjut()
    joko.di("Cara menerima KK")
    penilai.nilai(page, "formulir-kirim")
    joko.pilih("bisa_cetak", "tidak")
    joko.lanjut()
    joko.di("Pernyataan")
    penilai.nilai(page, "formulir-pernyataan")
    galat("pernyataan")
    page.locator('input[name="benar"]').check()
    page.locator('input[name="untuk_keluarga"]').check()
    joko.lanjut()
    joko.di("Periksa sebelum dikirim")
    penilai.nilai(page, "formulir-periksa")
    joko.kirim()
    penilai.nilai(page, "terkirim")
    penilai.bersih()


def test_layar_tiap_langkah(jendela: Jendela) -> None:
    """A case through every step; each screen judged where it first shows, the officer's and the resident's."""
    penilai = Penilai()
    warga, budi, rini, wulan, kartika, agus = (
        jendela(orang) for orang in ("bu_sari", "pak_budi", "bu_rini", "bu_wulan", "bu_kartika", "pak_agus")
    )
    sari = Pemohon(warga)
    sari.isi_perubahan()
    nomor = sari.kirim()

    _periksa(penilai, budi, rini, nomor)
    sari.buka(nomor)
    _berdiskusi(penilai, warga, budi)
    sari.buka(nomor)
    expect(warga.get_by_role("link", name="1 pesan baru dari petugas")).to_be_visible()
    _buka_semua(warga)
    penilai.nilai(warga, "permohonan-perlu-dilengkapi")
    warga.locator("#pesan-akhir").scroll_into_view_if_needed()
    expect(warga.get_by_text("Sudah dibaca.")).to_be_visible()
    sari.lengkapi(nomor)
    penilai.nilai(warga, "langkah-lengkapi")
    sari.lanjut()
    expect(warga.locator("#kotak-galat")).to_be_visible()
    penilai.nilai(warga, "langkah-lengkapi-galat")
    sari.unggah("berkas.f106", foto("F-1.06 UTUH"))
    sari.lanjut()
    sari.baca()

    _entri_dan_ajukan(penilai, Petugas(budi), nomor)
    petugas = Petugas(wulan)
    petugas.ambil(nomor)
    penilai.nilai(wulan, "tugas-verifikasi")
    petugas.putuskan("tidak_valid")
    expect(wulan.locator("[data-penilaian]").first).to_be_visible()
    penilai.nilai(wulan, "tugas-verifikasi-tidak-valid")
    wulan.reload()
    petugas.nyatakan_valid(nomor)

    Petugas(kartika).ada_di_antrean(nomor)
    kartika.goto("/tanda-tangan/tanda_tangan_kk")
    penilai.nilai(kartika, "tanda-tangan")
    kartika.locator(".massal-butir").filter(has_text=nomor).locator(".ttd-lihat").click()
    penilai.nilai(kartika, "tanda-tangan-satu")
    kartika.locator('button[value="dilihat"]').click()
    kartika.wait_for_url("**/tanda-tangan/tanda_tangan_kk?*")
    kartika.locator('button[value="tandai"]').click()
    penilai.nilai(kartika, "tanda-tangan-galat")
    Petugas(kartika).ambil(nomor)
    penilai.nilai(kartika, "tugas-tanda-tangan")
    Petugas(kartika).tandai_ditandatangani(nomor)
    kartika.goto("/tanda-tangan/tanda_tangan_kk")

    petugas = Petugas(agus)
    petugas.ambil(nomor)
    penilai.nilai(agus, "tugas-kirim-kk")
    petugas.kirim_kk(nomor, kk_bertanda_tangan())
    sari.buka(nomor)
    _buka_semua(warga)
    _diagram_menyala(warga)
    penilai.nilai(warga, "permohonan-siap")
    sari.lengkapi(nomor)
    penilai.nilai(warga, "langkah-terima")
    petugas.buka_arsip(nomor)
    penilai.nilai(agus, "tugas-arsip")
    _ruang_lain(penilai, jendela, warga)
    penilai.bersih()


def _periksa(penilai: Penilai, budi: Page, rini: Page, nomor: str) -> None:
    """Row 3, sent back: the queue, only looking, working, a mistake, being too late."""
    petugas = Petugas(budi)
    petugas.ada_di_antrean(nomor)
    penilai.nilai(budi, "inbox")
    petugas.lihat_saja(nomor)
    penilai.nilai(budi, "tugas-lihat-saja")
    Petugas(rini).ada_di_antrean(nomor)
    petugas.ambil(nomor)
    _buka_semua(budi)
    _diagram_menyala(budi)
    penilai.nilai(budi, "tugas-periksa")
    Petugas(rini).baris(nomor).get_by_role("button", name="Ambil & periksa").click()
    kabar(rini, "Sudah diambil")
    penilai.nilai(rini, "inbox-keduluan")
    petugas.putuskan("usul_tolak")
    petugas.putuskan("usul_tolak")
    expect(budi.locator("#kotak-galat")).to_be_visible()
    penilai.nilai(budi, "tugas-periksa-galat")
    budi.goto("/inbox?tampil=tugas-saya")
    penilai.nilai(budi, "inbox-tugas-saya")
    petugas.baris(nomor).get_by_role("link", name="Kerjakan").click()
    petugas.kembalikan(nomor, {"f106": "Tanda tangan terpotong."})
    budi.goto("/inbox?tampil=menunggu-pemohon")
    penilai.nilai(budi, "inbox-menunggu-pemohon")


def _berdiskusi(penilai: Penilai, warga: Page, budi: Page) -> None:
    """Bu Sari asks with a photo, after a file that is none; Pak Budi answers from a ready answer."""
    warga.get_by_label("Tulis pesan untuk petugas").fill("Apakah ini sudah benar?")
    warga.get_by_label("Lampirkan foto atau PDF").set_input_files(
        [foto("F-1.06"), FilePayload(name="lagu.mp3", mimeType="audio/mpeg", buffer=b"ID3")]
    )
    warga.locator("#diskusi").get_by_role("button", name="Kirim", exact=True).click()
    assert galat(warga) == ["Berkas ini bukan foto atau PDF. Pilih JPG, PNG, HEIC, WebP, atau PDF."]
    penilai.nilai(warga, "diskusi-galat")
    warga.locator("#diskusi").get_by_role("button", name="Kirim", exact=True).click()
    kabar(warga, "Pesan terkirim.")
    budi.reload()
    expect(budi.locator(".tanda", has_text="diskusi baru")).to_be_visible()
    budi.locator("tr", has_text="diskusi baru").get_by_role("link", name="Lihat").click()
    budi.wait_for_load_state()
    budi.get_by_label("Jawaban siap pakai").select_option(label="Terima kasih")
    budi.get_by_role("button", name="Isikan").click()
    expect(budi.get_by_label("Tulis pesan untuk pemohon")).to_have_value(re.compile("Bapak/Ibu Sari Puspitarini"))
    budi.locator("#diskusi").get_by_role("button", name="Kirim", exact=True).click()
    kabar(budi, "Pesan terkirim.")
    budi.goto("/jawaban-siap")
    penilai.nilai(budi, "jawaban-siap")


def _entri_dan_ajukan(penilai: Penilai, petugas: Petugas, nomor: str) -> None:
    petugas.ambil(nomor)
    expect(petugas.page.locator(".berdampingan .lembar-kini")).to_have_attribute("data-terbuka", "")
    expect(petugas.page.locator(".lembar-pasangan")).to_contain_text("kiriman lama, sudah diganti")
    penilai.nilai(petugas.page, "tugas-lama-dan-baru")
    petugas.nyatakan_lengkap(nomor)
    petugas.langkah("Mengentri perubahan di SIAK")
    penilai.nilai(petugas.page, "tugas-entri")
    petugas.entri(nomor)
    petugas.langkah("Mengajukan cetak KK")
    penilai.nilai(petugas.page, "tugas-ajukan-cetak")
    petugas.ajukan_cetak(nomor, "SIAK-0100")


def _ruang_lain(penilai: Penilai, jendela: Jendela, warga: Page) -> None:
    safety = ("/pengaturan/sesi", "/pengaturan/kata-sandi")
    own = ("/pengaturan/email", "/pengaturan/saluran", "/pengaturan/data", "/pengaturan/data/dilihat")
    theirs = ("/permohonan", "/permohonan/riwayat", "/konsultasi", "/konsultasi/baru", "/notifikasi", "/pengaturan")
    for path in (*theirs, *safety, *own, "/peragaan/surat"):
        warga.goto(path)
        _buka_semua(warga)
        penilai.nilai(warga, "warga" + path.replace("/", "-"))
    warga.goto("/pengaturan/data/minta?jenis=hapus")
    warga.get_by_role("button", name="Kirim permintaan").click()
    expect(warga.locator("#kotak-galat")).to_be_visible()
    penilai.nilai(warga, "warga-minta-galat")
    eko = jendela("pak_eko")
    for path in ("/inbox", "/admin/insiden", "/pengaturan/dua-langkah", "/data-warga"):
        eko.goto(path)
        penilai.nilai(eko, "admin" + path.replace("/", "-"))


def _buka_semua(page: Page) -> None:
    """Whatever is folded is part of the page too."""
    page.evaluate("document.querySelectorAll('main details').forEach(one => { one.open = true })")
    page.wait_for_load_state("networkidle")


def _diagram_menyala(page: Page) -> None:
    """The diagram is drawn, with the present step lit."""
    page.locator(".diagram").scroll_into_view_if_needed()
    expect(page.locator(".diagram .djs-element.kini").first).to_be_visible()


@pytest.mark.parametrize(
    "path", ["/", "/masuk", "/daftar", "/permohonan", f"/permohonan/baru/{LAYANAN}", "/notifikasi"]
)
def test_tampilan_pertama_paling_berat_100_kb(jendela: Jendela, path: str) -> None:
    page = jendela("" if path in ("/", "/masuk", "/daftar") else "bu_sari", lebar=360)
    weights = bobot(page, path)
    assert 0 < sum(weights.values()) <= FIRST_VIEW_BYTES, weights


def test_halaman_permohonan_dan_formulir_paling_berat_100_kb(jendela: Jendela) -> None:
    lestari = Pemohon(jendela("bu_lestari", lebar=360, js=False))
    lestari.mulai()
    form = lestari.page.url
    lestari.isi_hilang()
    lestari.buka(lestari.kirim())
    for path in (form, lestari.page.url):
        weights = bobot(jendela("bu_lestari", lebar=360), path)
        assert 0 < sum(weights.values()) <= FIRST_VIEW_BYTES, weights
