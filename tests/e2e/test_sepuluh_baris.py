"""IKMT-PP-01-07 in the browser: the ten rows through every role, and both ways back."""

import re
from collections.abc import Sequence
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request, expect

from tests.e2e.berkas import foto, kk_bertanda_tangan
from tests.e2e.conftest import Jendela
from tests.e2e.langkah import ORANG, Keadaan, Pemohon, Petugas, galat, kabar, masuk, surat
from tests.e2e.layar import potret

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(1200)]

PONSEL = 360


def sampai_di(keadaan: Keadaan, status: str, ditunggu: str, kini: Sequence[int]) -> None:
    """Status word, who is waited for, and the ten rows: all before `kini` done, all after it still to come."""
    assert (keadaan.status, keadaan.ditunggu) == (status, ditunggu)
    for number, said in keadaan.baris.items():
        wanted = "Sedang berjalan" if number in kini else "Selesai" if number < min(kini) else "Belum"
        assert said.startswith(wanted), f"row {number} says {said!r}, not {wanted!r}"
    assert len(keadaan.baris) == 10


def test_perubahan_data_lewat_semua_peran_sampai_diarsip(jendela: Jendela) -> None:
    sari = Pemohon(jendela(lebar=PONSEL, js=False))
    masuk(sari.page, ORANG["bu_sari"])
    sari.isi_perubahan()
    potret(sari.page, "periksa-360")
    nomor = sari.kirim()
    potret(sari.page, "terkirim-360")
    sampai_di(sari.buka(nomor), "Menunggu diperiksa", "Petugas Unit Layanan & Entri", [2])
    pin = re.search(r"PIN cek status: (\S+)", surat(sari.page, f"Permohonan {nomor} sudah kami terima"))
    assert pin is not None

    budi = Petugas(jendela("pak_budi"))
    budi.ambil(nomor)
    budi.langkah("Meneliti berkas")
    potret(budi.page, "tugas-periksa-1280")
    sampai_di(sari.buka(nomor), "Sedang diperiksa", "Petugas Unit Layanan & Entri", [3])
    budi.nyatakan_lengkap(nomor)
    sampai_di(sari.buka(nomor), "Sedang diproses", "Petugas Unit Layanan & Entri", [3])
    budi.entri(nomor)
    sampai_di(sari.buka(nomor), "Sedang diproses", "Petugas Unit Layanan & Entri", [4])
    budi.ajukan_cetak(nomor, "SIAK-0001")
    sampai_di(sari.buka(nomor), "Menunggu verifikasi", "Kasi/Kabid", [5, 6])

    wulan = Petugas(jendela("bu_wulan"))
    wulan.ambil(nomor)
    potret(wulan.page, "tugas-verifikasi-1280")
    wulan.nyatakan_valid(nomor)
    sampai_di(sari.buka(nomor), "Menunggu tanda tangan", "Kepala Dinas", [7])

    kartika = Petugas(jendela("bu_kartika"))
    kartika.ambil(nomor)
    kartika.tandai_ditandatangani(nomor)
    agus = Petugas(jendela("pak_agus"))
    agus.ada_di_antrean(nomor)
    sampai_di(sari.buka(nomor), "Menunggu tanda tangan", "Petugas Cetak", [8])

    kk = kk_bertanda_tangan()
    agus.ambil(nomor)
    agus.kirim_kk(nomor, kk)
    siap = sari.buka(nomor)
    potret(sari.page, "kk-siap-360")
    assert (siap.status, siap.ditunggu.split(" dan ")[0]) == ("KK siap diunduh", "Anda")
    assert siap.baris[9].startswith("Sedang berjalan")
    assert "KK lama" in surat(sari.page, f"KK Anda siap diunduh (permohonan {nomor})")
    sari.buka(nomor)
    assert sari.unduh_kk() == kk
    agus.arsipkan(nomor)
    assert sari.buka(nomor).baris[10].startswith("Selesai")
    sari.terima(nomor)

    selesai = sari.tunggu_status(nomor, "Selesai")
    assert selesai.ditunggu == "" and all(said.startswith("Selesai") for said in selesai.baris.values())
    assert sari.unduh_kk() == kk
    potret(sari.page, "selesai-360")


def test_berkas_kurang_pada_baris_3_hanya_diganti_yang_ditandai(jendela: Jendela) -> None:
    joko = Pemohon(jendela("pak_joko", lebar=PONSEL, js=False))
    joko.isi_perubahan("Joko Wirasana")
    nomor = joko.kirim()
    budi = Petugas(jendela("pak_budi"))
    budi.ambil(nomor)
    budi.kembalikan(nomor, {"f106": "Tanda tangan terpotong."})

    keadaan = joko.buka(nomor)
    potret(joko.page, "perlu-dilengkapi-360")
    assert (keadaan.status, keadaan.ditunggu, keadaan.tahap) == ("Perlu dilengkapi", "Anda", "Diperiksa")
    assert "Lengkapi 1 berkas" in keadaan.kalimat
    expect(joko.page.locator(".perjalanan")).to_contain_text("Dikembalikan")
    assert "Tanda tangan terpotong." in surat(joko.page, f"Permohonan {nomor} perlu dilengkapi")

    joko.lengkapi(nomor)
    assert joko.yang_diminta() == ["f106"]
    potret(joko.page, "lengkapi-360")
    joko.lanjut()
    assert galat(joko.page), "without a new photo it must not go on"
    joko.unggah("berkas.f106", foto("F-1.06 UTUH"))
    joko.lanjut()
    sampai_di_lagi = joko.baca()
    assert (sampai_di_lagi.status, sampai_di_lagi.ditunggu) == ("Menunggu diperiksa", "Petugas Unit Layanan & Entri")

    rini = Petugas(jendela("bu_rini"))
    rini.antrean()
    expect(rini.baris(nomor)).to_have_count(0)
    budi.ambil(nomor)
    budi.nyatakan_lengkap(nomor)
    budi.entri(nomor)
    budi.ajukan_cetak(nomor, "SIAK-0002")
    tuntaskan(jendela, joko, nomor)


def test_tidak_valid_pada_baris_6_kembali_lewat_pemohon_dan_entri_lagi(jendela: Jendela) -> None:
    sari = Pemohon(jendela("bu_sari", lebar=PONSEL, js=False))
    sari.isi_perubahan()
    nomor = sari.kirim()
    budi = Petugas(jendela("pak_budi"))
    budi.ambil(nomor)
    budi.nyatakan_lengkap(nomor)
    budi.entri(nomor)
    budi.ajukan_cetak(nomor, "SIAK-0003")

    wulan = Petugas(jendela("bu_wulan"))
    wulan.ambil(nomor)
    wulan.nyatakan_tidak_valid(nomor, {"bukti": "Surat keterangan kerja bukan milik pemohon."})
    keadaan = sari.buka(nomor)
    assert (keadaan.status, keadaan.ditunggu) == ("Perlu dilengkapi", "Anda")
    assert keadaan.baris[6].startswith("Akan diulang")

    sari.lengkapi(nomor)
    assert sari.yang_diminta() == ["bukti"]
    sari.unggah("berkas.bukti", foto("SURAT KETERANGAN KERJA"))
    sari.lanjut()
    budi.ambil(nomor)
    budi.nyatakan_lengkap(nomor)
    budi.entri(nomor)
    budi.ajukan_cetak(nomor, "SIAK-0004")
    assert sari.buka(nomor).baris[3].endswith("2 kali")
    tuntaskan(jendela, sari, nomor)


def test_kk_hilang_tanpa_entri_siak(jendela: Jendela) -> None:
    lestari = Pemohon(jendela("bu_lestari", lebar=PONSEL, js=False))
    lestari.isi_hilang()
    nomor = lestari.kirim()
    budi = Petugas(jendela("pak_budi"))
    budi.ambil(nomor)
    assert budi.berkas_dinilai() == ["surat_hilang", "ktp"]
    budi.nyatakan_lengkap(nomor)
    budi.ajukan_cetak(nomor, "SIAK-0005")
    sampai_di(lestari.buka(nomor), "Menunggu verifikasi", "Kasi/Kabid", [5, 6])
    tuntaskan(jendela, lestari, nomor)
    assert "Serahkan KK lama" not in surat(lestari.page, f"KK Anda siap diunduh (permohonan {nomor})")


def tuntaskan(jendela: Jendela, pemohon: Pemohon, nomor: str) -> None:
    """Rows 5 to 10; the signature by the page for many."""
    wulan = Petugas(jendela("bu_wulan"))
    wulan.ambil(nomor)
    wulan.nyatakan_valid(nomor)
    kartika = Petugas(jendela("bu_kartika"))
    kartika.tandai_banyak([nomor])
    agus = Petugas(jendela("pak_agus"))
    agus.ambil(nomor)
    kk = kk_bertanda_tangan()
    agus.kirim_kk(nomor, kk)
    pemohon.buka(nomor)
    assert pemohon.unduh_kk() == kk
    pemohon.terima(nomor)
    agus.arsipkan(nomor)
    pemohon.tunggu_status(nomor, "Selesai")


def test_yang_mengajukan_cetak_tidak_memverifikasi_sendiri(jendela: Jendela, bu_anis: str, kk_hilang: str) -> None:
    nomor = kk_hilang
    anis, wulan = Petugas(jendela(bu_anis)), Petugas(jendela("bu_wulan"))
    anis.ambil(nomor)
    anis.nyatakan_lengkap(nomor)
    anis.ajukan_cetak(nomor, "SIAK-0006")
    wulan.lihat_saja(nomor)
    wulan.langkah("Memverifikasi draft KK")
    task = urlsplit(wulan.page.url).path

    anis.antrean()
    expect(anis.baris(nomor)).to_have_count(0)
    anis.page.goto(task)
    expect(anis.page.get_by_role("button", name="Ambil & periksa")).to_have_count(0)
    token = anis.page.locator('input[name="csrf_token"]').first.input_value()
    forced = anis.page.request.post(f"{task}/ambil", form={"csrf_token": token, "kunci": "x"}, headers=dari(anis.page))
    assert "orang lain yang memverifikasi" in forced.text()
    wulan.page.reload()
    wulan.page.get_by_role("button", name="Ambil & periksa").click()
    wulan.nyatakan_valid(nomor)


def dari(page: Page) -> dict[str, str]:
    """A request that says, as browsers do, from which page it came."""
    return {"Referer": page.url}


def test_dua_kali_kirim_tetap_satu_permohonan(jendela: Jendela) -> None:
    sari = Pemohon(jendela("bu_sari", lebar=PONSEL, js=False))
    sari.isi_hilang()
    tab_lain = Pemohon(sari.page.context.new_page())
    tab_lain.page.goto(sari.page.url)
    nomor = sari.kirim()
    before = sari.daftar()
    tab_lain.lanjut()
    kabar(tab_lain.page, "sudah terkirim")
    expect(tab_lain.page.locator(".kepala-halaman")).to_contain_text(nomor)
    assert sari.daftar() == before


def test_yang_keduluan_diberi_tahu_siapa_yang_mengambil(jendela: Jendela, kk_hilang: str) -> None:
    nomor = kk_hilang
    budi, rini = Petugas(jendela("pak_budi")), Petugas(jendela("bu_rini"))
    rini.ada_di_antrean(nomor)
    budi.ambil(nomor)
    rini.baris(nomor).get_by_role("button", name="Ambil & periksa").click()
    kabar(rini.page, re.compile(r"Sudah diambil Budi Prakosa pukul \d\d\.\d\d"))
    expect(rini.page.locator(".alert").get_by_role("button", name="Ambil berikutnya")).to_be_visible()
    expect(rini.baris(nomor)).to_have_count(0)


def test_pos_yang_diulang_tidak_mengubah_apa_pun(jendela: Jendela, kk_hilang: str) -> None:
    nomor = kk_hilang
    budi = Petugas(jendela("pak_budi"))
    budi.ambil(nomor)
    with budi.page.expect_request(is_completion) as sent:
        budi.nyatakan_lengkap(nomor)
    budi.langkah("Mengajukan cetak KK")
    after = riwayat(budi.page)
    for _ in range(2):
        again = budi.page.request.fetch(sent.value, max_redirects=0)
        assert again.status == 302 and again.headers["location"] == urlsplit(budi.page.url).path
    budi.page.reload()
    assert riwayat(budi.page) == after


def is_completion(request: Request) -> bool:
    return request.method == "POST" and bool(re.search(r"/tugas/[^/]+$", request.url))


def riwayat(page: Page) -> list[str]:
    return [one.text_content() or "" for one in page.locator(".riwayat li").all()]


def test_orang_lain_tidak_menemukan_permohonan_dan_berkasnya(jendela: Jendela) -> None:
    sari = Pemohon(jendela("bu_sari", lebar=PONSEL, js=False))
    sari.isi_hilang()
    sari.buka(sari.kirim())
    secret = [sari.page.url, *(one.get_attribute("href") or "" for one in sari.page.locator(".daftar-berkas a").all())]
    assert len(secret) == 3
    joko = jendela("pak_joko", lebar=PONSEL)
    nobody = jendela("", lebar=PONSEL)
    for address in secret:
        assert sari.page.request.get(address).ok
        assert joko.request.get(address).status == 404
        assert "/masuk" in nobody.request.get(address).url
    joko.goto(sari.page.url)
    expect(joko.locator("main")).to_contain_text("tidak ditemukan")


def test_lihat_saja_tidak_mengambil(jendela: Jendela, kk_hilang: str) -> None:
    nomor = kk_hilang
    budi, rini = Petugas(jendela("pak_budi")), Petugas(jendela("bu_rini"))
    budi.lihat_saja(nomor)
    expect(budi.page.locator("main")).to_contain_text("Anda hanya melihat")
    expect(budi.page.locator(".formulir-tugas")).to_have_count(0)
    budi.page.goto("/inbox?tampil=tugas-saya")
    expect(budi.baris(nomor)).to_have_count(0)
    rini.ambil(nomor)
    rini.langkah("Meneliti berkas")
