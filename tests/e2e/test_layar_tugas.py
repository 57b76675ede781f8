"""The task screen by keyboard alone: eight keys for a clean case, and no paper approved that was never shown."""

import re
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests import factories
from tests.e2e.berkas import pdf
from tests.e2e.conftest import Jendela
from tests.e2e.langkah import Petugas
from tests.e2e.layar import Penilai

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-ruang"), pytest.mark.timeout(900)]

PALING_BANYAK = 8
# What a browser would send of the form as it stands, every paper approved: the buttons' rules are left out.
SETUJUI_SEMUA = """() => {
  const sent = {};
  const form = document.querySelector(".formulir-tugas");
  for (const [name, value] of new FormData(form)) if (typeof value === "string") sent[name] = value;
  document.querySelectorAll("[data-penilaian] input[value=sesuai]").forEach(one => { sent[one.name] = "sesuai"; });
  return {...sent, aksi: "putus:keputusan:lengkap"};
}"""


@dataclass
class Papan:
    """A keyboard that counts."""

    page: Page
    ketukan: int = 0

    def tekan(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.ketukan += 1

    def lembar_tampil(self, nama: str) -> None:
        """A paper of this name is on the screen, and has arrived."""
        now = self.page.locator(".lembar-kini")
        expect(now).to_have_attribute("data-nama", nama)
        expect(now).to_have_attribute("data-terbuka", "")


F106 = "Foto Formulir Surat Pernyataan Perubahan Elemen Data Kependudukan (F-1.06)"
BUKTI = "Foto Dokumen/Bukti Pendukung Perubahan"
KK_LAMA = "Foto KK lama"


def test_kasus_bersih_diteruskan_dengan_delapan_ketukan(jendela: Jendela, kk_perubahan: str) -> None:
    penilai, nomor = Penilai(), kk_perubahan
    page = jendela("pak_budi")
    budi, papan = Petugas(page), Papan(page)
    budi.ada_di_antrean(nomor)
    budi.baris(nomor).locator(".kol-nomor a").focus()
    papan.tekan("a")
    budi.langkah("Meneliti berkas")
    papan.lembar_tampil(F106)
    forced = page.request.post(page.url, form=page.evaluate(SETUJUI_SEMUA), headers={"Referer": page.url})
    assert forced.status == 422
    assert f"Buka dulu {KK_LAMA}." in forced.text()
    assert f"Buka dulu {BUKTI}." in forced.text()
    assert f"Buka dulu {F106}." not in forced.text()
    expect(page.locator("#ganda")).to_contain_text("Isiannya sama persis.")
    penilai.nilai(page, "layar-periksa")
    teruskan = page.get_by_role("button", name="Teruskan")
    expect(teruskan).to_be_disabled()

    papan.tekan("1")
    papan.lembar_tampil(BUKTI)
    papan.tekan("1")
    papan.lembar_tampil(KK_LAMA)
    papan.tekan("1")
    for kotak in page.locator("[data-centang-semua] input").all():
        expect(kotak).to_be_in_viewport()
        papan.tekan("v")
        expect(kotak).to_be_checked()
        expect(page.locator(".centang-kini input:checked")).to_be_in_viewport()
    expect(teruskan).to_be_enabled()
    penilai.nilai(page, "layar-siap-diteruskan")
    papan.tekan("t")
    budi.diteruskan(nomor)
    budi.langkah("Mengentri perubahan di SIAK")
    assert papan.ketukan <= PALING_BANYAK

    salin = page.locator(".tombol-salin")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for nomor_salin in range(2):
        page.keyboard.press("c")
        expect(salin.nth(nomor_salin)).to_have_attribute("data-tersalin", "")
        assert page.evaluate("navigator.clipboard.readText()") == salin.nth(nomor_salin).get_attribute("data-salin")
    budi.entri(nomor)
    budi.ajukan_cetak(nomor, "SIAK-0200", pdf(factories.pdf(3)))
    page = jendela("bu_wulan")
    wulan, papan = Petugas(page), Papan(page)
    wulan.ambil(nomor)
    told = page.locator(".lembar-kini [data-halaman-kabar]")
    for count in ("1", "2", "3"):
        expect(told).to_have_text(f"{count} dari 3 halaman sudah dibuka")
        if count != "3":
            papan.tekan("h")
    papan.lembar_tampil("Draft KK dari SIAK")
    _lihat_dekat(page)
    papan.lembar_tampil("Draft KK dari SIAK")
    expect(page.locator(".berkas-alat [data-halaman-lanjut]")).to_be_hidden()
    expect(page.get_by_role("button", name="Valid, teruskan ke Kepala Dinas")).to_be_disabled()
    papan.tekan("v")
    penilai.nilai(page, "layar-verifikasi")
    papan.tekan("t")
    wulan.diteruskan(nomor)
    penilai.bersih()


def _lihat_dekat(page: Page) -> None:
    """Larger, turned, to the next paper and back, without the mouse."""
    kini = page.locator(".lembar-kini")
    gambar = kini.locator("img").first
    lebar = gambar.evaluate("one => one.getBoundingClientRect().width")
    page.keyboard.press("+")
    assert gambar.evaluate("one => one.getBoundingClientRect().width") > lebar * 1.3
    page.keyboard.press("-")
    page.keyboard.press("r")
    expect(gambar).to_have_attribute("style", re.compile(r"rotate\(90deg\)"))
    page.keyboard.press("0")
    page.keyboard.press("ArrowRight")
    expect(kini).not_to_have_attribute("data-nama", "Draft KK dari SIAK")
    page.keyboard.press("ArrowLeft")
