"""The administration in the browser: one change of the calendar by keyboard, from the form to its history; nothing for
axe on the rooms that look least alike, light and dark, on a phone and a desk."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from sqlalchemy import update

from app.models import Job
from app.services import clock
from app.services.background import job_rows
from app.services.work import unit_of_work
from tests.e2e.conftest import Jendela
from tests.e2e.layar import Penilai
from tests.e2e.situs import Situs, inside

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-ruang"), pytest.mark.timeout(1200)]
ROOMS = {
    "ringkasan": "/admin",
    "kalender": "/admin/kalender",
    "kantor": "/admin/kantor",
    "surat": "/admin/pemberitahuan/surat/sandi_lupa",
    "kode": "/admin/daftar-kode/agama",
    "sistem": "/admin/sistem",
}


@pytest.fixture
def surat_gagal(situs: Situs) -> Iterator[None]:
    """One letter that was given up; afterwards it is dealt with, for the tests that count what waits."""
    with inside(situs), unit_of_work() as session:
        at = clock.now()
        payload = {"user": "", "to": "warga@contoh.id", "title": "Kode konfirmasi", "body": "Isi.", "path": "/"}
        job_rows.add(session, "surat:uji-admin", "surat", payload, at, at=at)
        error = "MailRejected: server surat menolak (550)"
        given_up = update(Job).where(Job.key == "surat:uji-admin")
        session.execute(given_up.values(failed_at=at, attempts=6, error=error))
        session.info.clear()  # nothing of this is to be rung for
    yield
    with inside(situs), unit_of_work() as session:
        session.execute(update(Job).where(Job.key == "surat:uji-admin").values(failed_at=None, done_at=clock.now()))


def test_ruang_admin_dan_libur_yang_dilihat_akibatnya_dulu(jendela: Jendela, surat_gagal: None) -> None:
    page, penilai = jendela("pak_eko"), Penilai()
    for name, path in ROOMS.items():
        page.goto(path)
        penilai.nilai(page, f"admin-{name}")
    page.goto("/admin/kalender/ubah?hal=libur")
    page.get_by_label("Tanggal").fill("2030-05-06")
    page.get_by_label("Nama libur").fill("Libur setempat")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Akibat perubahan ini")
    penilai.nilai(page, "admin-pratinjau")
    page.get_by_label("Mengapa diubah").fill("Uji peramban.")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Kalender disimpan")
    expect(page.locator(".admin-versi")).to_contain_text("Uji peramban.")
    phone = jendela("pak_eko", lebar=360)
    for path in ("/admin/sistem", "/admin/cuti"):
        phone.goto(path)
        expect(phone.locator(".admin-tab [aria-current]")).to_be_in_viewport(ratio=1)
    penilai.bersih()
