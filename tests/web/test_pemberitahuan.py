"""The notices page, what it says of the messages outside, and the officers' view of the same."""

import re

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.models import Delivery, Job, Task, User
from app.services import store
from app.services.messages import outgoing, reports
from app.services.work import unit_of_work
from tests.support.kasus import Jam, cast, finish, open_kk, publish, return_to_applicant, run_all
from tests.support.pantulan import dsn
from tests.support.peramban import field, isi, sign_in


def returned(site: Flask, jam: Jam, *, whatsapp: bool = False) -> str:
    """A case that waits for Bu Sari since yesterday; opened the day before."""
    with site.app_context():
        people = cast()
        with unit_of_work() as session:
            session.execute(update(User).where(User.id == people["bu_sari"].id).values(whatsapp_consent=whatsapp))
        case_id = open_kk(people, publish())
        run_all("surat")
        jam.lewat(days=1)
        finish(case_id, "buka_permohonan", people["pak_budi"])
        jam.lewat(minutes=1)
        return_to_applicant(case_id, people, "Foto KTP 3402995207900001 buram.")
        jam.lewat(days=1)
        store.session.remove()
    return case_id


def test_pemberitahuan_per_hari_belum_dibaca_bertanda_dan_tersaring(site: Flask, jam: Jam) -> None:
    case_id = returned(site, jam)
    browser = sign_in(site, "bu_sari")
    page = isi(browser.get("/notifikasi"))
    days = re.findall(r'pemberitahuan-hari">([^<]+)<', page)
    assert days == ["Kemarin, Selasa, 24 November 2026", "Senin, 23 November 2026"]
    assert page.count("Belum dibaca</span>") == 3
    assert "Email terkirim 08.00" in page
    assert "Email sedang dikirim" in page

    opened = browser.post("/notifikasi", data={"id": field(page, "id"), "buka": "1"})
    assert opened.headers["Location"] == f"/permohonan/{case_id}"
    unread = isi(browser.get("/notifikasi?tampil=belum"))
    assert unread.count("Belum dibaca</span>") == 2
    assert "Belum dibaca (2)" in unread
    kept = browser.post("/notifikasi", data={"id": field(unread, "id"), "tampil": "belum"})
    assert kept.headers["Location"] == "/notifikasi?tampil=belum"
    browser.post("/notifikasi")
    assert "Semua pemberitahuan sudah Anda baca." in isi(browser.get("/notifikasi?tampil=belum"))
    assert isi(browser.get("/notifikasi")).count("Belum dibaca</span>") == 0


def test_pemberitahuan_orang_lain_tidak_terbuka(site: Flask, jam: Jam) -> None:
    returned(site, jam)
    page = isi(sign_in(site, "bu_sari").get("/notifikasi"))
    other = sign_in(site, "pak_joko")
    answer = other.post("/notifikasi", data={"id": field(page, "id"), "buka": "1"})
    assert answer.headers["Location"] == "/notifikasi"
    assert "Belum ada pemberitahuan." in isi(other.get("/notifikasi"))
    assert isi(sign_in(site, "bu_sari").get("/notifikasi")).count("Belum dibaca</span>") == 3


def test_email_yang_kembali_disebut_pada_pemberitahuannya_dan_di_layar_petugas(site: Flask, jam: Jam) -> None:
    case_id = returned(site, jam)
    with site.app_context():
        run_all("surat")
        said = select(Delivery.job_id).join(Job, Job.id == Delivery.job_id).order_by(Job.created_at.desc())
        letter = store.session.scalars(said.where(Job.case_id == case_id)).first()
        assert letter is not None
        assert reports.from_mail(dsn(outgoing.message_id(letter))) == 1
        task_id = store.session.scalars(select(Task.id).where(Task.step == "lengkapi_berkas")).one()
        store.session.remove()
    page = isi(sign_in(site, "bu_sari").get("/notifikasi"))
    assert "Email tidak sampai: periksa alamat email Anda di Akun" in page
    assert "Email Anda tidak sampai" in page
    assert "Buka akun" in page
    desk = isi(sign_in(site, "pak_budi").get(f"/tugas/{task_id}"))
    assert "Kiriman kepada orang (3)" in desk
    assert "s***@contoh.id" in desk
    assert "sari@contoh.id" not in desk.replace("s***@contoh.id", "")
    assert "tidak dapat dicapai (5.1.1)" in desk


@pytest.mark.parametrize("agrees", [True, False])
def test_petugas_membuka_whatsapp_pemohon_dengan_teks_siap_bila_disetujui(site: Flask, jam: Jam, agrees: bool) -> None:
    case_id = returned(site, jam, whatsapp=agrees)
    with site.app_context():
        task_id = store.session.scalars(select(Task.id).where(Task.step == "lengkapi_berkas")).one()
        assert agrees or not store.session.scalars(select(Job.id).where(Job.kind == "whatsapp")).all()
        store.session.remove()
    browser = sign_in(site, "pak_budi")
    page, answer = isi(browser.get(f"/tugas/{task_id}")), browser.get(f"/tugas/{task_id}/whatsapp")
    if agrees:
        assert answer.headers["Location"].startswith("https://wa.me/6281100000001?text=")
        assert "Foto%20KTP%20%2A%2A%2A" in answer.headers["Location"]
        assert answer.headers["Location"].endswith(f"permohonan%2F{case_id}")
        assert "Buka WhatsApp pemohon" in page
    else:
        assert answer.headers["Location"] == f"/tugas/{task_id}"
        assert "Pemohon tidak menyetujui WhatsApp." in page
    assert "3402995207900001" not in answer.headers["Location"]
    assert sign_in(site, "bu_sari").get(f"/tugas/{task_id}/whatsapp").status_code == 403
