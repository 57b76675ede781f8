"""Officers, leave and dealing out in a real browser: pages fit for everybody; a substitute sees as whom she acts."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect

from app.services import clock
from tests.e2e.conftest import Jendela
from tests.e2e.layar import Penilai

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-ruang"), pytest.mark.timeout(900)]


def test_admin_mencatat_plh_dan_kasi_membagi_tugas(jendela: Jendela, kk_hilang: str) -> None:
    page, penilai = jendela("pak_eko"), Penilai()
    page.goto("/admin/petugas")
    page.get_by_role("link", name="Tambah petugas").click()
    page.get_by_label("Nama", exact=True).fill("Wening Sulistya")
    page.get_by_role("button", name="Buat akun").click()
    expect(page.locator("#kotak-galat")).to_be_visible()
    page.get_by_label("Email kantor").fill("wening@contoh.id")
    page.get_by_label("Petugas Cetak, seluruh kantor").check()
    page.get_by_role("button", name="Buat akun").click()
    expect(page.get_by_text("Akun dibuat.")).to_be_visible()
    penilai.nilai(page, "petugas-satu")
    page.goto("/admin/petugas?cari=kartika")
    page.get_by_role("link", name=re.compile("Kartika")).click()
    page.get_by_role("link", name="Catat cuti dan pengganti").click()
    tomorrow = clock.today() + timedelta(days=1)
    page.get_by_label("Hari terakhir").fill(tomorrow.isoformat())
    wulan = page.locator("#pengganti_kepala_dinas option", has_text="Wulan").get_attribute("value")
    page.locator("#pengganti_kepala_dinas").select_option(wulan)
    penilai.nilai(page, "cuti-baru")
    page.get_by_role("button", name="Catat", exact=True).click()
    kartika = page.locator("li.card", has_text="Kartika")
    expect(kartika).to_contain_text("Plh. Kepala Dinas: Wulan")
    penilai.nilai(page, "cuti")

    kasi = jendela("bu_wulan")
    kasi.goto("/inbox")
    kasi.get_by_role("link", name="Bagi tugas").click()
    expect(kasi.get_by_text("menandatangani sebagai Plh. Kepala Dinas")).to_be_visible()
    kasi.get_by_label("Langkah").select_option("buka_permohonan")
    kasi.get_by_role("button", name="Tampilkan").click()
    penilai.nilai(kasi, "bagi")
    kasi.get_by_label(re.compile(kk_hilang)).check()
    kasi.get_by_label(re.compile("Rini")).check()
    kasi.get_by_role("button", name=re.compile("Serahkan 1 tugas")).click()
    expect(kasi.get_by_role("heading", name=re.compile("^1 diserahkan kepada"))).to_be_visible()

    kartika.locator("summary").click()
    kartika.get_by_label("Alasan").fill("Kembali lebih awal.")
    kartika.get_by_role("button", name="Ya, akhiri sekarang").click()
    expect(page.get_by_text("Hak penggantinya berakhir sekarang.")).to_be_visible()
    kasi.goto("/inbox")
    expect(kasi.get_by_text("menandatangani sebagai")).to_have_count(0)

    rini = jendela("bu_rini", js=False)
    rini.goto("/inbox?tampil=tugas-saya")
    rini.get_by_role("link", name=kk_hilang, exact=True).click()
    rini.get_by_role("link", name="Serahkan").click()
    rini.get_by_label(re.compile("Budi")).check()
    rini.get_by_label("Alasan").fill("Ke loket.")
    rini.get_by_role("button", name="Serahkan").click()
    expect(rini.get_by_text("Penerimanya diberi tahu.")).to_be_visible()
    penilai.bersih()
