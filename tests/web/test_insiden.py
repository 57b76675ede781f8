"""Gangguan: what failed, why and what to do, in words; tried again with one button; counted in the menu."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.extensions import db
from app.models import Event, Job, UserRole
from app.services import clock, store
from app.services.background import job_rows, jobs
from app.services.work import unit_of_work
from app.web.incidents import KINDS
from tests import factories
from tests.support.kantor import Kantor
from tests.support.peramban import sign_in


def given_up(site: Flask, kind: str, error: str, case_id: str | None = None, **payload: str) -> str:
    """A job that was given up after six attempts; its id."""
    with site.app_context():
        at = clock.now()
        with unit_of_work() as session:
            job_rows.add(session, f"uji:{kind}:{error}", kind, payload, at, case_id=case_id, at=at)
            job_id = session.scalars(select(Job.id).where(Job.key == f"uji:{kind}:{error}")).one()
            session.execute(update(Job).where(Job.id == job_id).values(failed_at=at, attempts=6, error=error))
    return job_id


def office(site: Flask) -> str:
    """People and a case; the case's id."""
    with site.app_context():
        case_id = Kantor.open().case()
        with unit_of_work() as session:
            session.execute(update(Job).values(done_at=clock.now()))
        db.session.remove()
    return case_id


def browser(site: Flask, who: str) -> FlaskClient:
    return sign_in(site, who)


@pytest.mark.parametrize("who", ["pak_eko", "pak_dwi"])
def test_gangguan_menyebut_apa_mengapa_kapan_dan_berapa_kali(site: Flask, who: str) -> None:
    case_id = office(site)
    given_up(site, "otomatis", "ValueError: salah baca", case_id, step="susun_arsip")
    page = browser(site, who).get("/insiden").text
    assert "Langkah otomatis: susun arsip" in page
    assert "Permohonan KK-2026-" in page
    assert "sesudah 6 kali dicoba" in page
    assert "Ada kesalahan yang belum dikenal." in page
    assert "Rincian teknis" in page and "ValueError: salah baca" in page
    assert page.count('1<span class="visually-hidden"> menunggu</span>') == 2, "in both menus"


@pytest.mark.parametrize(
    ("kind", "error", "said", "unsaid"),
    [
        ("surat", "MailRejected: server surat menolak (550)", "Server surat menolak surat ini", ""),
        ("surat", "MailDeferred: server surat menunda (451)", "terus menunda", ""),
        (
            "otomatis",
            "NotFound: Berkas ini tidak ada di penyimpanan.",
            "Berkas ini tidak ada di penyimpanan.",
            "NotFound",
        ),
        ("timer", "Pekerja berhenti mendadak pada setiap percobaan.", "Pekerja berhenti mendadak", "Rincian"),
        ("insiden_data", "Pemohon menyatakan: laporkan sebelum besok.", "Sudah ditangani", "Rincian"),
    ],
)
def test_sebabnya_ditulis_dalam_bahasa_orang(site: Flask, kind: str, error: str, said: str, unsaid: str) -> None:
    office(site)
    given_up(site, kind, error)
    page = browser(site, "pak_eko").get("/insiden").text
    assert said in page
    assert not unsaid or unsaid not in page


def test_ulangi_menjalankannya_lagi_dari_awal_dan_tercatat(site: Flask) -> None:
    case_id = office(site)
    job_id = given_up(site, "surat", "MailDeferred: server surat menunda (451)", case_id)
    eko = browser(site, "pak_eko")
    answer = eko.post(f"/insiden/{job_id}/ulangi", follow_redirects=True)
    assert "Sedang dicoba lagi" in answer.text
    assert "Tidak ada gangguan." in answer.text
    assert "menunggu</span>" not in answer.text
    with site.app_context():
        job = store.session.get_one(Job, job_id)
        assert (job.failed_at, job.attempts, job.error) == (None, 0, "")
        told = select(Event).where(Event.verb == "insiden_diulang", Event.stream == f"kasus:{case_id}")
        assert store.session.scalars(told).one().actor == factories.actor("pak_eko").id
    again = eko.post(f"/insiden/{job_id}/ulangi", follow_redirects=True)
    assert (again.status_code, "sudah diulang" in again.text) == (200, True), "a second click is no refusal"
    assert eko.post("/insiden/bukan-gangguan/ulangi").status_code == 404


def test_supervisor_satu_unit_hanya_melihat_dan_mengulang_gangguan_unitnya(site: Flask) -> None:
    case_id = office(site)  # of unit 340299
    here = given_up(site, "surat", "MailDeferred: menunda (451)", case_id)
    offices = given_up(site, "keterlambatan", "MailDeferred: menunda (452)")
    with site.app_context(), unit_of_work() as session:
        session.add(UserRole(user_id=factories.actor("pak_tarno").id, role="supervisor", unit="340210"))
        session.add(UserRole(user_id=factories.actor("bu_rini").id, role="supervisor", unit="340299"))
    other, same = browser(site, "pak_tarno"), browser(site, "bu_rini")
    assert "Tidak ada gangguan." in other.get("/insiden").text
    assert [other.post(f"/insiden/{one}/ulangi").status_code for one in (here, offices)] == [404, 404]
    assert "menunda (451)" in same.get("/insiden").text and "menunda (452)" not in same.get("/insiden").text
    assert [same.post(f"/insiden/{one}/ulangi").status_code for one in (here, offices)] == [302, 404]


def test_orang_lain_tidak_melihat_gangguan_dan_jumlahnya(site: Flask) -> None:
    office(site)
    job_id = given_up(site, "surat", "MailDeferred: menunda")
    budi = browser(site, "pak_budi")
    assert budi.get("/insiden").status_code == 403
    assert budi.post(f"/insiden/{job_id}/ulangi").status_code == 403
    assert "Gangguan" not in budi.get("/inbox").text


def test_setiap_jenis_pekerjaan_punya_nama() -> None:
    assert set(jobs.HANDLERS) <= set(KINDS)
