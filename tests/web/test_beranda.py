"""A resident's front page and the list of all their permohonan."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.actors import SYSTEM
from app.services import clock
from app.services.portal import announcements
from tests.support.kasus import Jam, cast, finish, jam_uji, open_kk, publish, return_to_applicant
from tests.support.peramban import isi, sign_in


class Kantor:
    """Two permohonan of Bu Sari: one runs, one waits for her."""

    def __init__(self, site: Flask, jam: Jam) -> None:
        self.site = site
        with site.app_context():
            people = cast()
            version = publish()
            self.runs = open_kk(people, version)
            self.waits = open_kk(people, version)
            finish(self.waits, "buka_permohonan", people["pak_budi"])
            return_to_applicant(self.waits, people)

    def announce(self, title: str, day: int = 0, days: int = 3) -> None:
        first = clock.today() + timedelta(days=day)
        with self.site.app_context():
            announcements.put_up(
                SYSTEM, title=title, body="Isinya.", shown_from=first, shown_until=first + timedelta(days=days)
            )


@pytest.fixture
def kantor(site: Flask) -> Iterator[Kantor]:
    with jam_uji() as jam:
        yield Kantor(site, jam)


def _list(browser: FlaskClient, **asked: str) -> str:
    return isi(browser.get("/permohonan/riwayat", query_string=asked))


def test_yang_menunggu_saya_lebih_dulu_lalu_yang_berjalan_lalu_ringkasan_lalu_pengumuman(kantor: Kantor) -> None:
    kantor.announce("Loket pindah")
    page = isi(sign_in(kantor.site, "bu_sari").get("/permohonan"))
    order = ["Perlu Anda lakukan", "Lengkapi 1 berkas", "Lengkapi sekarang", "Permohonan berjalan"]
    order += ["Perkiraan selesai Selasa, 24 November 2026", "Ajukan permohonan", "<b>2</b>Berjalan"]
    order += ["<b>1</b>Perlu dilengkapi", "<b>0</b>Selesai", "Loket pindah"]
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "sisa 10 hari kerja" in page


def test_pengumuman_tampak_dua_yang_terbaru_pada_harinya_saja(kantor: Kantor) -> None:
    for title, day in (("Lama", 0), ("Kemarin lusa", 0), ("Hari ini", 0), ("Besok", 1)):
        kantor.announce(title, day)
    browser = sign_in(kantor.site, "bu_sari")
    page = isi(browser.get("/permohonan"))
    assert page.count('<h3 class="kartu-judul">') == announcements.SHOWN
    assert "Besok" not in page
    with kantor.site.app_context():
        for one in announcements.every(SYSTEM):
            announcements.take_down(SYSTEM, one.id)
    assert "Pengumuman" not in isi(browser.get("/permohonan"))


def test_riwayat_permohonan_dicari_menurut_nomor_layanan_dan_status(kantor: Kantor) -> None:
    browser = sign_in(kantor.site, "bu_sari")
    runs, waits = (f'href="/permohonan/{case_id}"' for case_id in (kantor.runs, kantor.waits))
    with_both = _list(browser, cari="kartu KELUARGA")
    assert runs in with_both and waits in with_both
    by_number = _list(browser, cari=kantor.runs[:6])
    assert runs in by_number and waits not in by_number
    by_status = _list(browser, status="Perlu dilengkapi")
    assert waits in by_status and runs not in by_status
    assert "Tidak ada permohonan yang cocok" in _list(browser, cari="50%")


def test_draf_ada_di_riwayat_permohonan(kantor: Kantor) -> None:
    browser = sign_in(kantor.site, "bu_sari")
    browser.post("/permohonan/baru/kk-perubahan-data")
    assert "Lanjutkan mengisi" in _list(browser)
    assert "Lanjutkan mengisi" in _list(browser, status="Draf")
    assert "Lanjutkan mengisi" not in _list(browser, status="Perlu dilengkapi")


def test_yang_belum_punya_permohonan_diajak_mengajukan(kantor: Kantor) -> None:
    browser = sign_in(kantor.site, "pak_joko")
    for url in ("/permohonan", "/permohonan/riwayat"):
        page = isi(browser.get(url))
        assert "Anda belum punya permohonan" in page
        assert kantor.runs not in page


def test_menu_menyebut_ruang_yang_sedang_dibuka(kantor: Kantor) -> None:
    browser = sign_in(kantor.site, "bu_sari")
    for url, here in (("/permohonan", "/permohonan"), (f"/permohonan/{kantor.runs}", "/permohonan/riwayat")):
        page = isi(browser.get(url))
        assert f'href="{here}" aria-current="page"' in page
        assert page.count('aria-current="page"') == 2, "once in each of the two menus"
