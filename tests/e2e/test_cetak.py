"""Many signed KK in a real browser: matched, sent by the worker with progress; one of them was somebody else's."""

import time

import pytest
from playwright.sync_api import FilePayload, expect
from sqlalchemy import select

from app.models import Case, Task, User
from app.services import store
from app.services.accounts import people
from app.services.portal import drafts, submissions
from tests.e2e.conftest import Jendela
from tests.e2e.langkah import ORANG
from tests.e2e.layar import Penilai
from tests.e2e.situs import Situs, inside
from tests.support import tanda
from tests.support.cetak import renumber
from tests.support.draf import fill_hilang
from tests.support.kasus import finish

pytestmark = [pytest.mark.e2e, pytest.mark.xdist_group("e2e-ruang"), pytest.mark.timeout(900)]
NUMBERS = ("3402990101770001", "3402990101770002")
WORKER_SECONDS = 60


def test_banyak_kk_dikirim_sekaligus_dan_satu_ternyata_salah_orang(situs: Situs, jendela: Jendela) -> None:
    with inside(situs):
        numbers = [_signed(number) for number in NUMBERS]
    page, penilai = jendela("pak_agus"), Penilai()
    page.goto("/cetak/unggah")
    page.locator("#pdf").set_input_files([_pdf(number) for number in (*NUMBERS, "3402990909990123")])
    page.get_by_role("button", name="Unggah dan cocokkan").click()
    expect(page.get_by_text("Selesai: 3 berkas diperiksa.")).to_be_visible()
    expect(page.get_by_text("nomor KK …0123. PDF tidak disimpan.")).to_be_visible()
    penilai.nilai(page, "cetak-temuan")
    page.get_by_role("link", name="Lihat yang cocok").click()
    for number in numbers:
        expect(page.get_by_label(number)).to_be_checked()
    penilai.nilai(page, "cetak-cocok")
    page.get_by_role("button", name="Lampirkan").click()
    expect(page.get_by_role("button", name="Kirim 2 yang dipilih")).to_be_visible()
    page.get_by_role("button", name="Kirim 2 yang dipilih").click()
    expect(page.get_by_role("heading", name="2 dari 2: semua berhasil")).to_be_visible()
    penilai.nilai(page, "cetak-proses")
    page.goto(f"/tugas/{_newest(situs, numbers[0])}")
    page.get_by_text("Yang dikirim kepada pemohon").click()
    page.get_by_text("KK salah orang").click()
    page.get_by_label("Apa yang Anda temukan").fill("PDF milik tetangga pemohon.")
    penilai.nilai(page, "cetak-salah-orang")
    page.get_by_role("button", name="Matikan unduhan sekarang").click()
    expect(page.get_by_text("Unduhan dimatikan dan insiden dibuka")).to_be_visible()
    page.goto("/cetak")
    expect(page.get_by_text("insiden, lapor sebelum")).to_be_visible()
    penilai.nilai(page, "cetak")
    page.goto(f"/kk-lama?nomor={numbers[1]}")
    page.get_by_role("button", name="Cari").click()
    expect(page.get_by_role("button", name="Catat KK lama diterima")).to_be_visible()
    penilai.nilai(page, "kk-lama")
    watcher = jendela("pak_dwi")
    watcher.goto("/insiden-data")
    expect(watcher.get_by_role("heading", name=numbers[0])).to_be_visible()
    penilai.nilai(watcher, "insiden-data")
    penilai.bersih()


def _signed(number: str) -> str:
    """A permohonan of Bu Lestari's for the KK of this number, signed and waiting for its PDF; its own number."""
    actors = {key: people.as_actor(_user(key)) for key in ("bu_lestari", "pak_budi", "bu_wulan", "bu_kartika")}
    lestari = actors["bu_lestari"]
    draft_id = fill_hilang(lestari)
    sent = submissions.submit(lestari, draft_id, drafts.load(lestari, draft_id).version, confirmed=True)
    finish(sent.case_id, "buka_permohonan", actors["pak_budi"])
    complete = {"keputusan": "lengkap", "jenis_ditetapkan": "hilang"}
    finish(sent.case_id, "periksa_berkas", actors["pak_budi"], complete)
    finish(sent.case_id, "ajukan_cetak", actors["pak_budi"])
    finish(sent.case_id, "verifikasi_draft", actors["bu_wulan"], {"keputusan": "valid"})
    finish(sent.case_id, "tanda_tangan_kk", actors["bu_kartika"], {"keputusan": "ditandatangani"})
    _await_open(sent.case_id, "kirim_kk")
    renumber(sent.case_id, number)
    return sent.number


def _user(key: str) -> User:
    return store.session.scalars(select(User).where(User.email == ORANG[key])).one()


def _await_open(case_id: str, step: str) -> None:
    """The running worker does the service task in between."""
    deadline = time.monotonic() + WORKER_SECONDS
    while time.monotonic() < deadline:
        store.session.rollback()
        query = select(Task.id).where(Task.case_id == case_id, Task.step == step, Task.closed_at.is_(None))
        if store.session.scalar(query):
            return
        time.sleep(0.1)
    raise AssertionError(f"{step} never opened")


def _newest(situs: Situs, number: str) -> str:

    with inside(situs):
        query = select(Task.id).join(Case, Case.id == Task.case_id).where(Case.number == number)
        return store.session.scalars(query.order_by(Task.opened_at.desc())).first() or ""


def _pdf(number: str) -> FilePayload:
    return {"name": f"KK {number}.pdf", "mimeType": "application/pdf", "buffer": tanda.signed_kk(number)}
