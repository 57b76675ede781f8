"""Gangguan in the browser: readable on a phone and a desk, nothing for axe, one button that works without script."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select, update

from app.models import Job, User
from app.services import clock
from app.services.background import job_rows
from app.services.work import unit_of_work
from tests.e2e.conftest import Jendela
from tests.e2e.layar import Penilai
from tests.e2e.situs import Situs, inside

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-layar"), pytest.mark.timeout(1200)]
WHY = {
    "surat": "MailDeferred: server surat tidak dapat dihubungi, terlalu lambat, atau salah diatur",
    "otomatis": f"ValueError: {'berkas_arsip_' * 20}",
    "insiden_data": "Pemohon menyatakan dokumen yang diterimanya milik orang lain. Unduhannya sudah dimatikan.",
}


@pytest.fixture
def gangguan(situs: Situs) -> None:
    with inside(situs), unit_of_work() as session:
        sari = session.scalars(select(User.id).where(User.email == "sari@contoh.id")).one()
        at = clock.now()
        for kind, error in WHY.items():
            payload = {
                "user": sari,
                "title": "Uji gangguan",
                "body": "Isi.",
                **({"step": "susun_arsip"} if kind == "otomatis" else {}),
            }
            job_rows.add(session, f"uji:{kind}", kind, payload, at, at=at)
            given_up = update(Job).where(Job.key == f"uji:{kind}")
            session.execute(given_up.values(failed_at=at, attempts=6, error=error))
        session.info.clear()  # nothing of this is to be rung for


def test_gangguan_terbaca_terhitung_dan_dapat_diulang(jendela: Jendela, gangguan: None) -> None:
    page, penilai = jendela("pak_eko"), Penilai()
    page.goto("/admin/insiden")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    penilai.nilai(page, "gangguan")
    penilai.bersih()
    expect(page.locator(".bilah-kiri")).to_contain_text("3 menunggu")

    polos = jendela("pak_eko", lebar=360, js=False)
    polos.goto("/admin/insiden")
    card = polos.locator("article", has_text="Server surat tidak dapat dihubungi")
    card.get_by_role("button", name="Ulangi", exact=True).click()
    expect(polos.locator("main")).to_contain_text("Sedang dicoba lagi")
    expect(card).to_have_count(0)
    expect(polos.locator(".menu-bawah")).to_contain_text("2 menunggu")
    for word in ("Ulangi", "Sudah ditangani"):
        polos.get_by_role("button", name=word, exact=True).click()
    expect(polos.locator("main")).to_contain_text("Tidak ada gangguan.")
