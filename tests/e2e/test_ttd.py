"""Signing many on a phone: seen one by one, one passphrase, a broken line that comes back, and without script."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.models import User
from app.services import clock, store
from app.services.accounts import people
from app.services.flow import published
from app.services.rehearsal import demo
from tests.e2e.conftest import Jendela
from tests.e2e.langkah import ORANG
from tests.e2e.layar import Penilai
from tests.e2e.situs import Situs, inside
from tests.support.surat import SLUG, STEP, Surat

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-ruang"), pytest.mark.timeout(900)]
LIST = f"/tanda-tangan/{STEP}"


@pytest.fixture
def tiga_surat(situs: Situs) -> None:
    """Three letters that wait for their signature."""
    with inside(situs):
        emails = {ORANG[who]: who for who in ("bu_sari", "pak_budi", "bu_wulan", "bu_kartika")}
        users = store.session.scalars(select(User).where(User.email.in_(emails)))
        cast = {emails[user.email]: people.as_actor(user) for user in users}
        office = Surat(published.in_force(SLUG, clock.today()).id, cast)
        for _ in range(3):
            office.verified(office.checked(office.case()))


def test_kepala_dinas_menandatangani_banyak_di_ponsel(jendela: Jendela, tiga_surat: None) -> None:
    page, penilai = jendela("bu_kartika", lebar=360), Penilai()
    title = page.get_by_role("heading", level=1)
    page.goto(LIST)
    expect(title).to_have_text("3 surat menunggu tanda tangan")
    expect(page.locator("#frasa")).to_have_count(0)
    page.get_by_role("link", name="Lihat 3 yang belum dilihat").click()
    for left in ("2 yang belum", "1 yang belum"):
        expect(page.get_by_role("heading", name="Draf", exact=True)).to_be_visible()
        number = title.inner_text()
        if left.startswith("2"):
            penilai.nilai(page, "ttd-satu")
        page.wait_for_load_state()  # before, nothing of the draft may have been there
        page.get_by_role("button", name="Sudah dilihat, berikutnya").click()
        expect(title).not_to_have_text(number)
    page.goto(LIST)
    penilai.nilai(page, "ttd-daftar")
    page.get_by_role("link", name="Pilih semua yang sudah dilihat (2)").click()
    sign = page.get_by_role("button", name="Tandatangani 2 dokumen yang dipilih")
    page.locator("#frasa").fill("bukan frasanya")
    sign.click()
    expect(page.locator("[data-kemajuan-kata]")).to_have_text("Frasa sandi salah. Belum ada yang ditandatangani.")
    penilai.nilai(page, "ttd-salah")

    # The line breaks after the first letter, and comes back.
    page.route("**/tanda-tangan/hasil/**", lambda route: route.abort())
    page.locator("#frasa").fill(demo.PASSPHRASE)
    sign.click()
    words = "Terhenti di 1. 1 sudah sah, 1 belum; tidak ada yang ditandatangani dua kali."
    expect(page.locator("[data-kemajuan-kata]")).to_have_text(words)
    page.unroute("**/tanda-tangan/hasil/**")
    page.get_by_role("button", name="Lanjutkan").click()
    expect(title).to_have_text("2 ditandatangani")
    penilai.nilai(page, "ttd-hasil")
    penilai.bersih()

    plain = jendela("bu_kartika", lebar=360, js=False)
    plain.goto(LIST)
    plain.get_by_role("link", name="Lihat 1 yang belum dilihat").click()
    expect(plain.get_by_role("heading", name="Draf", exact=True)).to_be_visible()
    plain.wait_for_load_state("networkidle")  # the draft, in a frame
    plain.get_by_role("button", name="Sudah dilihat, berikutnya").click()
    expect(plain.get_by_role("checkbox")).to_be_checked()
    plain.locator("#frasa").fill(demo.PASSPHRASE)
    plain.get_by_role("button", name="Tandatangani").click()
    expect(plain.get_by_role("heading", level=1)).to_have_text("1 ditandatangani")
    plain.goto(LIST)
    expect(plain.get_by_text("Tidak ada surat yang menunggu tanda tangan.")).to_be_visible()
