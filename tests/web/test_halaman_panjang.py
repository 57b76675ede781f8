"""Long lists, as people leaf through them: each row once, and a page that stays short."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.models import Case, Notice, Task
from app.services import store
from app.services.paging import Cursor
from app.services.portal import portal_views
from app.services.work import unit_of_work
from tests import factories
from tests.support.kasus import cast, finish, jam_uji, open_kk, open_steps, publish, return_to_applicant
from tests.support.peramban import sign_in

CARD = re.compile(r'class="kartu-tautan" href="(/permohonan/[0-9a-z]+)"')


class Kantor:
    def __init__(self, site: Flask) -> None:
        self.site = site
        with site.app_context():
            self.people = cast()
            self.version = publish()

    def browser(self, person: str) -> FlaskClient:
        return sign_in(self.site, person)


@pytest.fixture
def kantor(site: Flask) -> Iterator[Kantor]:
    with jam_uji():
        yield Kantor(site)


def leaf(browser: FlaskClient, url: str, older: str) -> Iterator[str]:
    """Each page from `url` on, as text; `older`: what the link to the next one says."""
    while url:
        page = browser.get(url).text
        yield page
        found = re.search(r'href="([^"]+)"[^>]*>' + older, page)
        url = found.group(1).replace("&amp;", "&") if found else ""


def test_permohonan_saya_tidak_pernah_lebih_panjang_dari_satu_halaman(kantor: Kantor) -> None:
    with kantor.site.app_context(), jam_uji() as jam:
        made = []
        for number in range(portal_views.PAGE + 5):
            jam.lewat(minutes=number % 2)
            made.append(open_kk(kantor.people, kantor.version))
        with unit_of_work() as session:
            ended = made[:3]
            session.execute(update(Case).where(Case.id.in_(ended)).values(ended_at=jam.at))
        waits = made[3]
        finish(waits, "buka_permohonan", kantor.people["pak_budi"])
        return_to_applicant(waits, kantor.people)
    browser = kantor.browser("bu_sari")
    home = browser.get("/permohonan").text
    assert home.count('class="kartu-tautan"') == portal_views.NEWEST
    assert f'kartu-perlu" href="/permohonan/{waits}/langkah' in home, "the oldest that waits is on the first page"
    assert "<b>22</b>Berjalan" in home
    assert "<b>1</b>Perlu dilengkapi" in home
    assert "<b>3</b>Selesai" in home
    everything = [CARD.findall(page) for page in leaf(browser, "/permohonan/riwayat", "Lebih lama")]
    assert [len(page) for page in everything] == [portal_views.PAGE, 5]
    assert {url for page in everything for url in page} == {f"/permohonan/{case_id}" for case_id in made}
    assert set(everything[1][-3:]) == {f"/permohonan/{case_id}" for case_id in ended}, "what ended comes last"
    perlu = "/permohonan/riwayat?status=Perlu+dilengkapi"
    assert CARD.findall(browser.get(perlu).text) == [f"/permohonan/{waits}"]
    assert browser.get("/permohonan/riwayat?sesudah=karangan").status_code == 404
    strange = Cursor("karangan", jam.at, waits)
    assert browser.get(f"/permohonan/riwayat?sesudah={strange}").status_code == 404


def test_kasus_yang_berputar_tiga_puluh_kali_tetap_satu_halaman(kantor: Kantor) -> None:
    with kantor.site.app_context(), jam_uji() as jam:
        case_id = open_kk(kantor.people, kantor.version)
        finish(case_id, "buka_permohonan", kantor.people["pak_budi"])
        for number in range(30):
            jam.lewat(minutes=1)
            return_to_applicant(case_id, kantor.people, f"Pesan ke-{number}.")
            finish(case_id, "lengkapi_berkas", kantor.people["bu_sari"])
        assert open_steps(case_id) == ["periksa_berkas"]
    browser = kantor.browser("bu_sari")
    page = browser.get(f"/permohonan/{case_id}").text
    assert page.count('class="tahap-kejadian"') == portal_views.RETURNS_SHOWN
    assert "Pesan ke-29." in page
    assert "Pesan ke-0." not in page
    older = list(leaf(browser, f"/permohonan/{case_id}", "(?:Yang lebih lama|Lebih lama)"))
    assert "Pesan ke-0." in older[-1]
    assert browser.get(f"/permohonan/{case_id}/riwayat?sebelum=kemarin").status_code == 404
    assert kantor.browser("pak_joko").get(f"/permohonan/{case_id}/riwayat").status_code == 404


def test_riwayat_di_layar_petugas_punya_halaman_lama(kantor: Kantor) -> None:
    with kantor.site.app_context(), jam_uji() as jam:
        case_id = open_kk(kantor.people, kantor.version)
        finish(case_id, "buka_permohonan", kantor.people["pak_budi"])
        for number in range(30):
            jam.lewat(minutes=1)
            return_to_applicant(case_id, kantor.people, f"Pesan ke-{number}.")
            finish(case_id, "lengkapi_berkas", kantor.people["bu_sari"])
        task_id = _open_task(case_id)
    pages = list(leaf(kantor.browser("bu_rini"), f"/tugas/{task_id}", "(?:Riwayat yang lebih lama|Lebih lama)"))
    assert len(pages) == 2
    assert "Pesan ke-29." in pages[0]
    assert "Pesan ke-0." not in pages[0]
    assert "Pesan ke-0." in pages[1]
    assert kantor.browser("bu_kartika").get(f"/tugas/{task_id}/riwayat").status_code == 200
    assert kantor.browser("bu_tuti").get("/tugas/tidakada/riwayat").status_code == 404


def test_pemberitahuan_yang_belum_dibaca_dihitung_sampai_99(kantor: Kantor) -> None:
    with kantor.site.app_context(), unit_of_work() as session:
        for number in range(120):
            person = kantor.people["bu_sari"].id
            session.add(
                Notice(key=f"n{number}", user_id=person, title="Kabar", body="", created_at=factories.SENIN_PAGI)
            )
    page = kantor.browser("bu_sari").get("/notifikasi").text
    assert "99+" in page
    assert "120" not in page


def _open_task(case_id: str) -> str:
    return store.session.scalars(select(Task.id).where(Task.case_id == case_id, Task.closed_at.is_(None))).one()
