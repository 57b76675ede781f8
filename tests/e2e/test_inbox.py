"""The inbox by keyboard, with a colleague at work beside it; and its pages judged on the way."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from app.models import User
from app.services import store
from app.services.accounts import people
from app.services.portal import drafts, submissions
from tests.e2e.conftest import Jendela
from tests.e2e.langkah import ORANG, kabar
from tests.e2e.layar import Penilai
from tests.e2e.situs import Situs, inside
from tests.support.draf import fill_hilang

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-ruang"), pytest.mark.timeout(1200)]

NIK = "3402995207900001"
# Buttons that stand outside the card or their row, were everybody called like this.
TOMBOL_DI_LUAR = """name => {
  document.querySelectorAll(".kol-nama span").forEach(one => { one.textContent = name; });
  const card = document.querySelector(".inbox-kartu").getBoundingClientRect();
  return [...document.querySelectorAll(".inbox tbody tr")].flatMap(row => {
    const { top, bottom } = row.getBoundingClientRect();
    const out = one => one.right > card.right || one.top < top || one.bottom > bottom;
    return [...row.querySelectorAll(".btn")].filter(one => out(one.getBoundingClientRect())).map(one => one.innerText);
  });
}"""


def _kirim(situs: Situs) -> str:
    with inside(situs):
        sari = people.as_actor(store.session.query(User).filter_by(email=ORANG["bu_sari"]).one())
        draft_id = fill_hilang(sari)
        return submissions.submit(sari, draft_id, drafts.load(sari, draft_id).version, confirmed=True).number


def _baris(page: Page, nomor: str) -> Locator:
    return page.locator(".inbox tbody tr").filter(has=page.get_by_role("link", name=nomor, exact=True))


def _dua_puluh_detik(page: Page) -> None:
    """The page asks by itself; until the answer is there."""
    with page.expect_response(re.compile("/inbox/kabar")):
        page.clock.fast_forward(20_000)


def test_inbox_dengan_papan_tik_di_samping_rekan(situs: Situs, jendela: Jendela) -> None:
    diambil_rini, milik_budi = _kirim(situs), _kirim(situs)
    budi, rini, penilai = jendela("pak_budi"), jendela("bu_rini"), Penilai()
    budi.clock.install()
    budi.goto("/inbox")
    assert budi.evaluate(TOMBOL_DI_LUAR, "Raden Roro Kusumaningtyas Puspitaningrum Hadiwijayaningsih") == []

    budi.keyboard.press("?")
    lembar = budi.get_by_role("dialog", name="Pintasan papan tik")
    expect(lembar).to_be_visible()
    budi.keyboard.press("n")  # not meant for the page below
    expect(lembar).to_be_visible()
    budi.keyboard.press("Escape")
    expect(lembar).to_be_hidden()

    rini.goto("/inbox")
    _baris(rini, diambil_rini).get_by_role("button", name="Ambil & periksa").click()
    expect(rini.get_by_role("heading", level=1)).to_have_text("Meneliti berkas")
    baru = _kirim(situs)
    di_mana = _baris(budi, milik_budi).bounding_box()
    banyak = budi.locator(".inbox tbody tr").count()
    _dua_puluh_detik(budi)
    expect(_baris(budi, diambil_rini)).to_contain_text("Sudah diambil Rini Astuwati pukul")
    expect(budi.locator("#inbox-baru")).to_contain_text("permohonan baru.")
    assert budi.locator(".inbox tbody tr").count() == banyak, "no row comes or goes by itself"
    assert _baris(budi, milik_budi).bounding_box() == di_mana, "and none moves"
    penilai.nilai(budi, "inbox-kabar")
    budi.get_by_role("link", name="Tampilkan").click()
    expect(_baris(budi, baru)).to_be_visible()

    pertama, kedua = (budi.locator(".inbox tbody tr .kol-nomor a").nth(place) for place in (0, 1))
    for tombol, di_sana in (("j", pertama), ("j", kedua), ("k", pertama), ("ArrowDown", kedua)):
        budi.keyboard.press(tombol)
        expect(di_sana).to_be_focused()
    _baris(budi, milik_budi).get_by_role("link", name=milik_budi, exact=True).focus()
    budi.keyboard.press("Enter")
    expect(budi.get_by_role("heading", level=1)).to_have_text("Membuka permohonan")
    expect(budi.locator(".tugas-kepala")).to_contain_text("belum diambil")
    budi.go_back()
    _baris(budi, milik_budi).get_by_role("link", name=milik_budi, exact=True).focus()
    budi.keyboard.press("a")
    expect(budi.get_by_role("heading", level=1)).to_have_text("Meneliti berkas")

    budi.locator("#catatan > summary").click()
    budi.get_by_label("Tambah catatan").fill("Datang lagi Rabu.")
    budi.get_by_role("button", name="Simpan catatan").click()
    kabar(budi, "Catatan disimpan.")
    penilai.nilai(budi, "tugas-catatan")

    budi.goto("/inbox?jenis=hilang")
    budi.get_by_text("Simpan saringan ini").click()
    budi.get_by_label("Namanya").fill("KK hilang")
    budi.get_by_role("button", name="Simpan", exact=True).click()
    expect(budi.get_by_role("navigation", name="Saringan tersimpan")).to_contain_text("KK hilang")

    budi.keyboard.press("/")
    expect(budi.locator("#cari")).to_be_focused()
    budi.keyboard.type(NIK)
    budi.keyboard.press("Enter")
    budi.get_by_role("button", name="Loket").click()
    expect(budi.get_by_role("heading", level=1)).to_have_text("Permohonan dengan NIK itu")
    expect(_baris(budi, milik_budi)).to_contain_text("Meneliti berkas: Budi Prakosa")
    assert NIK not in budi.url and NIK not in budi.content()
    penilai.nilai(budi, "cari-nik")
    penilai.bersih()

    budi.goto("/inbox")
    budi.keyboard.press("n")
    expect(budi.locator(".tugas-kepala")).to_contain_text("Dikerjakan Anda")
    budi.goto("/inbox")
    budi.keyboard.press("?")
    budi.get_by_role("button", name="Matikan pintasan").click()
    kabar(budi, "Pintasan papan tik dimatikan")
    budi.keyboard.press("?")
    budi.keyboard.press("n")
    expect(lembar).to_be_hidden()
    expect(budi.get_by_role("heading", level=1)).to_have_text("Antrean")
