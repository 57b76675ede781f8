"""The inbox through HTTP: news beside the rows, saved filters, tasks set aside, notes and tags."""

import re

import pytest
from flask import Flask

from app.models import SavedFilter, Task
from app.services import store
from app.services.flow import tasks
from tests import factories
from tests.support.kasus import Jam, open_kk, publish
from tests.support.peramban import isi, sign_in

KEY = {"kunci": "k" * 16}


@pytest.fixture
def tugas(situs: Flask) -> list[str]:
    """Two free tasks, of Bu Sari's and Pak Joko's."""
    with situs.app_context():
        people = {key: factories.actor(key) for key in factories.CAST}
        version = publish()
        made = [open_kk(people, version, subject=subject) for subject in ("bu_sari", "pak_joko")]
        waiting = store.session.query(Task.id).filter(Task.closed_at.is_(None))
        return [str(waiting.filter(Task.case_id == case_id).one().id) for case_id in made]


def _news(page: str, shown: str = "0") -> str:
    address = re.search(r'hx-get="([^"]*)"', page)
    assert address is not None
    ids = re.findall(r'name="t" value="([^"]*)"', page)
    return address[1].replace("&amp;", "&") + "".join(f"&t={one}" for one in ids) + f"&baru={shown}"


def test_kabar_menyebut_yang_baru_dan_yang_diambil_tanpa_baris(situs: Flask, jam: Jam, tugas: list[str]) -> None:
    browser = sign_in(situs, "pak_budi")
    page = isi(browser.get("/inbox"))
    still = isi(browser.get(_news(page)))
    assert 'id="jumlah-antrean" hx-swap-oob="true">2</span>' in still
    assert "permohonan baru" not in still and "Sudah diambil" not in still
    jam.lewat(minutes=15)
    with situs.app_context():
        tasks.claim(factories.actor("bu_rini"), tugas[0])
        open_kk({key: factories.actor(key) for key in factories.CAST}, publish(), subject="pak_joko")
    said = isi(browser.get(_news(page)))
    assert "1 permohonan baru." in said and "Terakhir diperbarui 08.15." in said
    assert f'id="aksi-{tugas[0]}"' in said and "Sudah diambil Rini Astuwati pukul 08.15." in said
    assert "Sari Puspitarini" not in said and "baris-" not in said, "neither people nor rows"
    assert "permohonan baru" not in isi(browser.get(_news(page, shown="1"))), "said once to whoever listens"


def test_kabar_halaman_kedua_hanya_hitungan(situs: Flask, tugas: list[str]) -> None:
    said = isi(sign_in(situs, "pak_budi").get("/inbox/kabar?tampil=tugas-saya"))
    assert "jumlah-tugas-saya" in said and "inbox-baru" not in said


def test_saringan_disimpan_ditampilkan_dengan_hitungan_dan_dihapus(situs: Flask, tugas: list[str]) -> None:
    browser = sign_in(situs, "pak_budi")
    assert "Simpan saringan ini" not in isi(browser.get("/inbox"))
    assert "Simpan saringan ini" in isi(browser.get("/inbox?jenis=hilang"))
    sent = {"nama": "KK hilang", "tampil": "antrean", "jenis": "hilang", "bagikan": "petugas_layanan"}
    answer = browser.post("/inbox/saringan", data=sent)
    assert answer.location == "/inbox?tampil=antrean&jenis=hilang"
    page = isi(sign_in(situs, "bu_rini").get("/inbox"))
    assert "KK hilang" in page and "Hapus saringan KK hilang" not in page
    with situs.app_context():
        own = store.session.query(SavedFilter.id).scalar()
    assert f'id="jumlah-{own}">' in page
    assert f"jumlah-{own}" in isi(browser.get(f"/inbox/kabar?awal=1&s={own}"))
    assert f"jumlah-{own}" not in isi(browser.get("/inbox/kabar?awal=1")), "a page that has no place for it"
    browser.post(f"/inbox/saringan/{own}/hapus")
    assert "KK hilang</a>" not in isi(browser.get("/inbox"))
    assert browser.post("/inbox/saringan", data={**sent, "nama": ""}).status_code == 302


def test_tahan_catatan_dan_tanda_lewat_layar_tugas(situs: Flask, tugas: list[str]) -> None:
    browser = sign_in(situs, "pak_budi")
    here = browser.post(f"/tugas/{tugas[0]}/ambil", data=KEY).location
    browser.post(f"{here}/catatan", data={"catatan": "Datang Rabu.", **KEY})
    browser.post(f"{here}/tanda", data={"tanda": "perlu ditelepon"})
    browser.post(f"{here}/prioritas", data={"prioritas": "ya", "alasan": "Sakit"})
    page = isi(browser.get(here))
    assert "Datang Rabu." in page and "Lepas “perlu ditelepon”" in page and "Cabut prioritas" in page
    resting = {"sampai": "2026-11-25", "alasan": "Datang Rabu"}
    page = isi(browser.post(f"{here}/tahan", data=resting, follow_redirects=True))
    assert "Jamnya tetap berjalan." in page and "Tidak ada tugas lain; yang Anda tahan ada di bawah." in page
    assert "tugas ini akan lewat batas selagi ditahan" in page
    assert "Ditahan (1)" in page and "sampai Rabu, 25 November 2026: Datang Rabu" in page
    assert "Anda menahan tugas ini" in isi(browser.get(here))
    browser.post(f"{here}/tahan/akhiri")
    assert "Ditahan (1)" not in isi(browser.get("/inbox?tampil=tugas-saya"))
    browser.post(f"{here}/tanda", data={"lepas": "perlu ditelepon"})
    assert "Lepas “perlu ditelepon”" not in isi(browser.get(here))
    page = isi(browser.post(f"{here}/tahan", data={"sampai": "kemarin", "alasan": "x"}, follow_redirects=True))
    assert "Pilih tanggalnya." in page
