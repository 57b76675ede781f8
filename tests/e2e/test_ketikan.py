"""What a resident types survives a closed tab, without any button."""

import time

import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import Jendela
from tests.e2e.langkah import Pemohon

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-layar"), pytest.mark.timeout(1200)]


def test_ketikan_pemohon_tetap_ada_sesudah_tab_ditutup(jendela: Jendela) -> None:
    page = jendela("bu_sari")
    pemohon = Pemohon(page)
    pemohon.mulai()
    pemohon.pilih("jenis", "hilang")
    pemohon.lanjut()
    address, place = page.url, page.locator('[name="alamat"]')
    place.fill("Padukuhan Setengah Jadi")
    expect(page.locator("[data-kabar-simpan]")).to_contain_text("Tersimpan")
    place.fill("Padukuhan Lebih Jadi")
    page.goto("/permohonan")  # before the moment is over
    page.goto(address)
    patience = time.monotonic() + 90
    while place.input_value() != "Padukuhan Lebih Jadi":  # what leaving sent may arrive after the page was asked for
        assert time.monotonic() < patience, place.input_value()
        page.wait_for_timeout(200)
        page.goto(address)
    pemohon.lanjut()
    assert page.url != address or page.locator("#kotak-galat").is_visible()
    page.goto("/permohonan")
    page.get_by_role("button", name="Hapus draf").click()  # else the next form of Bu Sari's begins in the middle
