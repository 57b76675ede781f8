"""Somebody registers on a cheap phone: three short pages, the letter, the button, and what happens next."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.berkas import foto
from tests.e2e.conftest import Jendela
from tests.e2e.langkah import until
from tests.e2e.layar import Penilai
from tests.support.tantangan import answer

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e"), pytest.mark.timeout(1200)]


def test_mendaftar_di_ponsel_sampai_halaman_status_akun(jendela: Jendela) -> None:
    page, penilai = jendela(lebar=360), Penilai()
    page.goto("/masuk")
    page.get_by_role("main").get_by_role("link", name="Daftar", exact=True).click()
    for label, value in (
        ("Nama lengkap", "Ratih Wulandari"),
        ("NIK", "3174995207900088"),
        ("Nomor KK", "3402990101200088"),
        ("Email", "ratih.daftar@contoh.id"),
        ("Nomor WhatsApp", "0812 3456 7890"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    _lanjut(page)
    penilai.nilai(page, "daftar-data-ragu")
    page.get_by_label("Sudah saya periksa, NIK ini benar").check()
    _lanjut(page)
    page.locator("#swafoto-baru").set_input_files(foto("swafoto"))
    expect(page.get_by_alt_text("Swafoto yang Anda pilih")).to_be_visible()
    penilai.nilai(page, "daftar-swafoto")
    page.go_back()
    expect(page.get_by_label("NIK", exact=True)).to_have_value("3174995207900088")
    page.go_forward()
    expect(page.get_by_alt_text("Swafoto yang Anda pilih")).to_be_visible()
    _lanjut(page)
    page.get_by_label("Buat kata sandi").fill("kalimat sandi Ratih")
    page.get_by_role("button", name="Daftar", exact=True).click()
    expect(page.locator("#kotak-galat")).to_be_visible()
    penilai.nilai(page, "daftar-akun-galat")
    page.get_by_label("Buat kata sandi").fill("kalimat sandi Ratih")
    page.get_by_label("Saya sudah membaca").check()
    page.get_by_label("Saya setuju menerima").check()
    page.locator("#jawaban").fill(answer(page.locator("label[for=jawaban]").inner_text()))
    page.get_by_role("button", name="Daftar", exact=True).click()
    expect(page.get_by_role("heading", name="Periksa email Anda")).to_be_visible()
    penilai.nilai(page, "daftar-terkirim")
    page.get_by_role("link", name="Baca surat peragaan Anda").click()
    link = page.locator(".surat-isi a").filter(has_text="/daftar/konfirmasi")

    def arrived() -> bool:
        page.reload()
        return link.count() > 0

    until(arrived, "the letter did not come")
    link.click()
    page.get_by_role("button", name="Ya, ini email saya").click()
    expect(page.get_by_text("sedang divalidasi").first).to_be_visible()
    assert page.url.endswith("/akun")
    penilai.bersih()


def _lanjut(page: Page) -> None:
    page.get_by_role("button", name="Lanjut", exact=True).click()
    page.wait_for_load_state()  # what is chosen before the page's scripts run, they do not see
