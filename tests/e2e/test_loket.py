"""The counter in a real browser: from the NIK to number and PIN, each page fit for everybody."""

import pytest
from playwright.sync_api import expect
from sqlalchemy import select

from app.models import User
from app.services import store
from app.services.accounts import people
from tests.e2e.conftest import Jendela
from tests.e2e.langkah import ORANG
from tests.e2e.layar import Penilai
from tests.e2e.situs import Situs, inside
from tests.support.draf import APPLICANT, REGION, save, upload

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-ruang"), pytest.mark.timeout(900)]
NIK = "3402990101450044"


def test_membantu_orang_tanpa_akun_di_loket(situs: Situs, jendela: Jendela) -> None:
    page, penilai = jendela("pak_budi"), Penilai()
    page.goto("/loket")
    page.get_by_label("NIK di KTP-el aslinya").fill(NIK)
    page.get_by_role("button", name="Cari orangnya").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Orang ini belum dikenal")
    page.get_by_role("button", name="Mulai mengisi").click()
    expect(page.get_by_text("Cocokkan dulu KTP-el")).to_have_count(2)
    penilai.nilai(page, "loket-orang-galat")
    page.get_by_label("Nama lengkap").fill("Mbah Karso Utomo")
    page.get_by_label("Nomor KK").fill("3402990101200044")
    page.get_by_label("Saya sudah mencocokkan").check()
    page.get_by_role("button", name="Mulai mengisi").click()
    expect(page.get_by_text("Untuk Mbah Karso Utomo")).to_be_visible()
    draft_id = page.url.split("/draf/")[1].split("/")[0]
    _fill(situs, draft_id)
    page.goto(f"/permohonan/draf/{draft_id}/periksa")
    penilai.nilai(page, "loket-periksa")
    page.get_by_label("hadir di loket").check()
    page.get_by_role("button", name="Kirim permohonan").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Permohonan Mbah Karso Utomo terkirim")
    penilai.nilai(page, "loket-terkirim")
    number = page.locator(".nomor-besar").inner_text()
    page.get_by_role("link", name="Layani orang berikutnya").click()
    expect(page.get_by_text(f"{number} · Mbah Karso Utomo")).to_be_visible()
    penilai.nilai(page, "loket")
    page.get_by_label("NIK di KTP-el aslinya").fill(NIK)
    page.get_by_role("button", name="Cari orangnya").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Mbah Karso Utomo")
    penilai.nilai(page, "loket-orang")
    page.get_by_role("link", name="Lihat").click()
    expect(page.get_by_text("Dibantu petugas: diajukan")).to_be_visible()
    penilai.bersih()


def _fill(situs: Situs, draft_id: str) -> None:
    with inside(situs):
        officer = people.as_actor(store.session.scalars(select(User).where(User.email == ORANG["pak_budi"])).one())
        save(officer, draft_id, "jenis", {"jenis": "hilang"})
        save(officer, draft_id, "pemohon", {"alamat": APPLICANT["alamat"], "rt": APPLICANT["rt"], "wilayah": REGION})
        save(officer, draft_id, "untuk", {"untuk": "diri_sendiri"})
        save(officer, draft_id, "berkas", {one: [upload(officer, draft_id, one)] for one in ("surat_hilang", "ktp")})
        save(officer, draft_id, "kirim", {"bisa_cetak": "tidak"})
        save(officer, draft_id, "pernyataan", {"benar": "ya", "untuk_keluarga": "ya"})
