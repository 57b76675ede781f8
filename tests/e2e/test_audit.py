"""The auditor's room in a real browser, by its links and buttons only."""

import zipfile

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.e2e.conftest import Jendela
from tests.e2e.langkah import WAIT_SECONDS
from tests.e2e.layar import Penilai

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-ruang"), pytest.mark.timeout(900)]


def test_auditor_mencari_membaca_memeriksa_dan_membawa_ekspor(jendela: Jendela) -> None:
    page, penilai = jendela("bu_tuti"), Penilai()
    page.goto("/audit")
    page.get_by_role("button", name="Cari", exact=True).click()
    expect(page.locator("#kotak-galat")).to_be_visible()
    page.get_by_label("Nomor permohonan, NIK lengkap").fill("budi")
    page.get_by_label("Tujuan pemeriksaan").select_option(label="Pemeriksaan berkala")
    page.get_by_role("button", name="Cari", exact=True).click()
    page.get_by_role("link", name="Budi").first.wait_for()
    penilai.nilai(page, "audit-cari")
    page.get_by_role("link", name="Budi").first.click()
    page.get_by_role("link", name="Apa yang dibaca orang ini").click()
    expect(page.get_by_role("heading", level=1, name="Catatan akses")).to_be_visible()
    penilai.nilai(page, "audit-akses")
    page.goto("/audit/kantor")
    expect(page.get_by_text("utuh dan bersambung")).to_be_visible()
    page.locator("main details").first.locator("summary").click()
    penilai.nilai(page, "audit-kantor")
    page.goto("/audit")
    page.get_by_role("button", name="Periksa seluruh riwayat").click()
    _await(page.get_by_role("heading", name="Riwayat utuh"), page)
    penilai.nilai(page, "audit-hasil")
    page.get_by_role("link", name="Audit").last.click()
    page.get_by_role("button", name="Buat ekspor").click()
    button = page.get_by_role("button", name="Unduh ekspor (ZIP)")
    _await(button, page)
    with page.expect_download() as taken:
        button.click()
    assert "periksa_riwayat.py" in zipfile.ZipFile(taken.value.path()).namelist()
    penilai.bersih()


def _await(thing: Locator, page: Page) -> None:
    """Look again each second, as one would, until the worker is done."""
    for _ in range(WAIT_SECONDS):
        if thing.is_visible():
            return
        page.wait_for_timeout(1000)
        page.reload()
    expect(thing).to_be_visible()
