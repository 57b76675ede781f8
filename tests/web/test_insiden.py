"""Gangguan: what failed, why and what to do, in words; tried again with one button; counted in the menu."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.extensions import db
from app.models import Delivery, Event, Job, UserRole
from app.services import clock, store
from app.services.background import job_rows, jobs
from app.services.work import unit_of_work
from app.web.admin.incidents import KINDS
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
    page = browser(site, who).get("/admin/insiden").text
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
    page = browser(site, "pak_eko").get("/admin/insiden").text
    assert said in page
    assert not unsaid or unsaid not in page


def test_ulangi_menjalankannya_lagi_dari_awal_dan_tercatat(site: Flask) -> None:
    case_id = office(site)
    job_id = given_up(site, "surat", "MailDeferred: server surat menunda (451)", case_id)
    eko = browser(site, "pak_eko")
    answer = eko.post(f"/admin/insiden/{job_id}/ulangi", follow_redirects=True)
    assert "Sedang dicoba lagi" in answer.text
    assert "Tidak ada gangguan." in answer.text
    assert "menunggu</span>" not in answer.text
    with site.app_context():
        job = store.session.get_one(Job, job_id)
        assert (job.failed_at, job.attempts, job.error) == (None, 0, "")
        told = select(Event).where(Event.verb == "insiden_diulang", Event.stream == f"kasus:{case_id}")
        assert store.session.scalars(told).one().actor == factories.actor("pak_eko").id
    again = eko.post(f"/admin/insiden/{job_id}/ulangi", follow_redirects=True)
    assert (again.status_code, "sudah diulang" in again.text) == (200, True), "a second click is no refusal"
    assert eko.post("/admin/insiden/bukan-gangguan/ulangi").status_code == 404


def test_supervisor_satu_unit_hanya_melihat_dan_mengulang_gangguan_unitnya(site: Flask) -> None:
    case_id = office(site)  # of unit 340299
    here = given_up(site, "surat", "MailDeferred: menunda (451)", case_id)
    offices = given_up(site, "keterlambatan", "MailDeferred: menunda (452)")
    with site.app_context(), unit_of_work() as session:
        session.add(UserRole(user_id=factories.actor("pak_tarno").id, role="supervisor", unit="340210"))
        session.add(UserRole(user_id=factories.actor("bu_rini").id, role="supervisor", unit="340299"))
    other, same = browser(site, "pak_tarno"), browser(site, "bu_rini")
    assert "Tidak ada gangguan." in other.get("/admin/insiden").text
    assert [other.post(f"/admin/insiden/{one}/ulangi").status_code for one in (here, offices)] == [404, 404]
    assert "menunda (451)" in same.get("/admin/insiden").text and "menunda (452)" not in same.get("/admin/insiden").text
    assert [same.post(f"/admin/insiden/{one}/ulangi").status_code for one in (here, offices)] == [302, 404]


def test_orang_lain_tidak_melihat_gangguan_dan_jumlahnya(site: Flask) -> None:
    office(site)
    job_id = given_up(site, "surat", "MailDeferred: menunda")
    budi = browser(site, "pak_budi")
    assert budi.get("/admin/insiden").status_code == 403
    assert budi.post(f"/admin/insiden/{job_id}/ulangi").status_code == 403
    assert "Gangguan" not in budi.get("/inbox").text


def test_setiap_jenis_pekerjaan_punya_nama() -> None:
    assert set(jobs.HANDLERS) <= set(KINDS)


def test_melewati_butuh_alasan_dan_orang_kedua(site: Flask) -> None:
    case_id = office(site)
    job_id = given_up(site, "surat", "MailRejected: ditolak (550)", case_id, user="", title="Kabar", body="isi")
    eko, dwi = browser(site, "pak_eko"), browser(site, "pak_dwi")
    assert eko.post(f"/admin/insiden/{job_id}/usul-lewati", data={"alasan": "x"}).status_code == 422
    said = {"alasan": "Orangnya sudah datang sendiri."}
    for _ in range(2):
        assert eko.post(f"/admin/insiden/{job_id}/usul-lewati", data=said).status_code == 302
    own = eko.post(f"/admin/insiden/{job_id}/putuskan", data={"keputusan": "lewati"})
    assert own.status_code == 403 and "orang lain yang memutuskan" in own.text
    assert "Orangnya sudah datang sendiri." in dwi.get("/admin/insiden").text
    done = dwi.post(f"/admin/insiden/{job_id}/putuskan", data={"keputusan": "lewati"}, follow_redirects=True)
    assert "Pekerjaan ini dilewati." in done.text and "Tidak ada gangguan." in done.text
    with site.app_context():
        job = store.session.get_one(Job, job_id)
        assert (job.failed_at, job.done_at is not None, job.payload) == (None, True, {"user": "", "title": "Kabar"})
        assert store.session.get_one(Delivery, job_id).state == "batal"
        left = store.session.scalars(select(Event).where(Event.verb == "insiden_dilewati")).one()
        assert (left.stream, left.actor) == (f"kasus:{case_id}", factories.actor("pak_dwi").id)
        assert left.payload["pengusul"] == factories.actor("pak_eko").id
    again = dwi.post(f"/admin/insiden/{job_id}/putuskan", data={"keputusan": "lewati"}, follow_redirects=True)
    assert "sudah ditangani" in again.text


def test_langkah_otomatis_yang_boleh_dilewati_melanjutkan_alurnya(site: Flask) -> None:
    with site.app_context():
        kantor = Kantor.open()
        case_id = kantor.case()
        kantor.do(kantor.walk(case_id, "tanda_tangan_kk"))
        with unit_of_work() as session:
            told = select(Job).where(Job.case_id == case_id, Job.kind == "otomatis", Job.done_at.is_(None))
            job = session.scalars(told).one()
            job_id, step, job.failed_at, job.error = job.id, job.payload["step"], clock.now(), "ValueError: salah"
    eko, dwi = browser(site, "pak_eko"), browser(site, "pak_dwi")
    eko.post(f"/admin/insiden/{job_id}/usul-lewati", data={"alasan": "Sudah diberi tahu langsung."})
    dwi.post(f"/admin/insiden/{job_id}/putuskan", data={"keputusan": "lewati"})
    with site.app_context():
        done = select(Event.payload).where(Event.verb == "langkah_selesai", Event.stream == f"kasus:{case_id}")
        assert step in [what["langkah"] for what in store.session.scalars(done)]


@pytest.mark.parametrize("kind", ["tugas_kembali", "insiden_data", "otomatis"])
def test_yang_tidak_boleh_dilewati_ditolak(site: Flask, kind: str) -> None:
    case_id = office(site)
    job_id = given_up(site, kind, "ValueError: salah", case_id, step="susun_arsip")
    eko = browser(site, "pak_eko")
    assert "Tidak dapat dilewati" in eko.get("/admin/insiden").text
    answer = eko.post(f"/admin/insiden/{job_id}/usul-lewati", data={"alasan": "Supaya cepat selesai."})
    assert answer.status_code == 403


def test_beberapa_gangguan_diulang_sekaligus(site: Flask) -> None:
    office(site)
    chosen = [given_up(site, "surat", f"MailDeferred: menunda ({n})") for n in range(3)]
    eko = browser(site, "pak_eko")
    answer = eko.post("/admin/insiden/ulangi", data={"pilih": [*chosen[:2], "bukan"]}, follow_redirects=True)
    assert "2 gangguan sedang dicoba lagi" in answer.text and "menunda (2)" in answer.text
    assert "Pilih dulu" in eko.post("/admin/insiden/ulangi", follow_redirects=True).text
