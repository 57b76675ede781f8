"""The supervisor's two clicks from the morning's figures to dealing out what piles up, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect

from app.services import clock
from app.services.oversight import gathering
from tests.e2e.conftest import Jendela
from tests.e2e.layar import Penilai
from tests.e2e.situs import Situs, inside

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-ruang"), pytest.mark.timeout(900)]


def test_dua_klik_dari_angka_ke_pembagian_tugas(jendela: Jendela, situs: Situs, kk_hilang: str) -> None:
    with inside(situs):
        gathering.gather(clock.now(), 60)
    page, penilai = jendela("pak_dwi"), Penilai()
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.goto("/pantau?rentang=7hari")
    _pictures_are_drawn(page)
    penilai.nilai(page, "pantau")
    first = page.get_by_role("link", name=re.compile("^Lihat \\d+ permohonan$"))
    number = re.findall(r"\d+", first.inner_text())[0]
    first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Menunggu diambil: Membuka permohonan")
    expect(page.get_by_text(f"{number} permohonan · ")).to_be_visible()
    expect(page.get_by_role("link", name=kk_hilang)).to_be_visible()
    penilai.nilai(page, "pantau-daftar")
    page.get_by_role("link", name="Bagi ke petugas").click()
    expect(page).to_have_url(re.compile("/inbox/bagi"))
    expect(page.get_by_text(kk_hilang).first).to_be_visible()
    assert not troubles
    penilai.bersih()


def _pictures_are_drawn(page: Page) -> None:
    diagram = page.locator("[data-panas]")
    diagram.scroll_into_view_if_needed()
    expect(diagram).to_have_attribute("data-siap", "ya")
    expect(diagram.locator(".panas-angka").first).to_have_text(re.compile(r"^\d+( !)?$"))
    expect(page.locator("canvas[role=img]").first).to_be_visible()
