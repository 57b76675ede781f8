"""The admin's start page, deliveries, announcements and the state of the system, as a browser sees them."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.models import Delivery, Event, Job, Operation
from app.services import clock, store
from app.services.background import job_rows
from app.services.operations import records, state
from app.services.operations.manifest import Manifest
from app.services.work import unit_of_work
from tests import factories
from tests.support.kantor import Kantor
from tests.support.peramban import isi, sign_in


@pytest.fixture
def kantor(site: Flask) -> Flask:
    with site.app_context():
        Kantor.open()
        with unit_of_work() as session:
            session.execute(update(Job).values(done_at=clock.now()))
    return site


def failed_letter(site: Flask, key: str = "uji", address: str = "warga@contoh.id") -> str:
    """A letter that was given up; its job's id."""
    with site.app_context():
        at = clock.now()
        payload = {"user": "", "to": address, "title": "Kode konfirmasi", "body": "isi", "path": "/"}
        with unit_of_work() as session:
            job_rows.add(session, f"surat:{key}", "surat", payload, at, at=at)
            error = "MailRejected: server surat menolak (550)"
            session.execute(update(Job).where(Job.key == f"surat:{key}").values(failed_at=at, attempts=6, error=error))
        return store.session.scalars(select(Job.id).where(Job.key == f"surat:{key}")).one()


def backup_made(site: Flask, ago: timedelta, missing: tuple[str, ...] = ()) -> None:
    made = Manifest("2026-11-22T00:00:00+00:00", "1", "1", "sqlite", {"operations": 0, "cases": 3}, {"a": 5}, missing)
    with site.app_context():
        records.note_backup(made, clock.now() - ago)


def test_admin_yang_masuk_sampai_di_ringkasan(kantor: Flask) -> None:
    eko = {"email": factories.CAST["pak_eko"].email, "password": factories.PASSWORD}
    assert kantor.test_client().post("/masuk", data=eko).location == "/admin"


def test_ringkasan_menyebut_yang_perlu_ditangani_dan_ke_mana(kantor: Flask) -> None:
    failed_letter(kantor)
    page = isi(sign_in(kantor, "pak_eko").get("/admin"))
    assert "1 gangguan menunggu" in page and 'href="/admin/insiden"' in page
    assert "1 kiriman tidak sampai" in page and 'href="/admin/kiriman"' in page
    assert "Tidak ada worker yang hidup" in page
    assert "Belum ada cadangan yang tercatat" in page


@pytest.mark.parametrize(
    ("ago", "missing", "said"),
    [(timedelta(hours=3), (), ""), (timedelta(days=3), (), "3 hari yang lalu"), (timedelta(0), ("x",), "kehilangan 1")],
)
def test_cadangan_lama_atau_berkurang_disebut(
    kantor: Flask, ago: timedelta, missing: tuple[str, ...], said: str
) -> None:
    backup_made(kantor, ago, missing)
    with kantor.app_context():
        found = state.backup(clock.now())
    assert (said in found.advice) if said else (found.state == "baik")


def test_keadaan_sistem_menyebut_versi_segel_cadangan_dan_pekerjaan(kantor: Flask) -> None:
    failed_letter(kantor)
    backup_made(kantor, timedelta(hours=1))
    with kantor.app_context():
        records.note_restore(Manifest("2026-11-22T00:00:00+00:00", "1", "1", "sqlite", {}, {}), clock.now())
        assert store.session.query(Operation).count() == 2
    page = isi(sign_in(kantor, "pak_eko").get("/admin/sistem"))
    for said in ("SQLite", "Segel terakhir", "Pemulihan", "Cadangan terakhir", "Email", "Sisa ruang", "kotak surat"):
        assert said in page


def test_kiriman_gagal_tampil_tanpa_nama_dan_alamatnya_tertutup(kantor: Flask) -> None:
    failed_letter(kantor)
    page = isi(sign_in(kantor, "pak_eko").get("/admin/kiriman"))
    assert "Kode konfirmasi" in page and "w***@contoh.id" in page and "warga@contoh.id" not in page
    assert "Semua kiriman sampai" in isi(sign_in(kantor, "pak_eko").get("/admin/kiriman?saluran=whatsapp"))


def test_kiriman_dicatat_disampaikan_lain_sekali_saja(kantor: Flask) -> None:
    job_id = failed_letter(kantor)
    eko = sign_in(kantor, "pak_eko")
    without = eko.post(f"/admin/kiriman/{job_id}/disampaikan", data={"catatan": " "})
    assert without.status_code == 422 and "Tulis bagaimana disampaikan" in isi(without)
    sent = {"catatan": "Ditelepon pukul 10."}
    assert "Dicatat" in isi(eko.post(f"/admin/kiriman/{job_id}/disampaikan", data=sent, follow_redirects=True))
    again = eko.post(f"/admin/kiriman/{job_id}/disampaikan", data=sent, follow_redirects=True)
    assert "sudah ditangani" in isi(again)
    with kantor.app_context():
        job = store.session.get_one(Job, job_id)
        assert (job.failed_at, "body" in job.payload) == (None, False)
        assert store.session.get_one(Delivery, job_id).reason == "Ditelepon pukul 10."
        told = store.session.scalars(select(Event).where(Event.verb == "kiriman_disampaikan")).one()
        assert (told.stream, told.actor) == ("kantor", factories.actor("pak_eko").id)


def test_kiriman_diulang_dari_awal(kantor: Flask) -> None:
    job_id = failed_letter(kantor)
    answer = sign_in(kantor, "pak_eko").post(f"/admin/kiriman/{job_id}/ulangi", follow_redirects=True)
    assert "Dikirim lagi" in isi(answer) and "Semua kiriman sampai" in isi(answer)


def test_pengumuman_dipasang_dari_peramban_lalu_diturunkan(kantor: Flask) -> None:
    eko, today = sign_in(kantor, "pak_eko"), None
    with kantor.app_context():
        today = clock.today().isoformat()
    sent = {"judul": "Libur Natal", "isi": "Kantor tutup dua hari.", "mulai": today, "sampai": today}
    for _ in range(2):
        assert eko.post("/admin/pengumuman", data=sent).status_code == 302
    page = isi(eko.get("/admin/pengumuman"))
    assert page.count("Kantor tutup dua hari.") == 1, "a double click puts up one"
    assert "Libur Natal" in isi(sign_in(kantor, "bu_sari").get("/permohonan"))
    where = page.split('action="/admin/pengumuman/')[1].split('"')[0]
    assert "Diturunkan" in isi(eko.post(f"/admin/pengumuman/{where}", follow_redirects=True))
    refused = eko.post("/admin/pengumuman", data={"judul": "", "isi": "x", "mulai": today, "sampai": ""})
    assert refused.status_code == 422 and "Isi hari terakhirnya" in isi(refused)
