"""The counter as its officer sees it: search by POST, fill in for the person, print number and PIN."""

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.models import Access, Case
from app.services import store
from tests import factories
from tests.support import pdf
from tests.support.draf import APPLICANT, REGION, save, upload
from tests.support.kasus import publish
from tests.support.peramban import sign_in, versi

NIK = "3402990101450044"
BARU = {"nik": NIK, "nama": "Mbah Karso Utomo", "nomor_kk": "3402990101200044", "layanan": "kk-perubahan-data"}


@pytest.fixture
def budi(situs: Flask) -> FlaskClient:
    with situs.app_context():
        publish()
    return sign_in(situs, "pak_budi")


def _filled(situs: Flask, budi: FlaskClient) -> str:
    """The address of the check page of a draft that wants nothing more."""
    begun = budi.post("/loket/mulai", data={**BARU, "cocok": "ya"})
    draft_id = begun.location.rpartition("/")[2]
    officer = factories.actor("pak_budi")
    with situs.app_context():
        save(officer, draft_id, "jenis", {"jenis": "hilang"})
        here = {key: APPLICANT[key] for key in ("alamat", "rt")} | {"wilayah": REGION}
        save(officer, draft_id, "pemohon", here)
        save(officer, draft_id, "untuk", {"untuk": "diri_sendiri"})
        save(officer, draft_id, "berkas", {one: [upload(officer, draft_id, one)] for one in ("surat_hilang", "ktp")})
        save(officer, draft_id, "kirim", {"bisa_cetak": "tidak"})
        save(officer, draft_id, "pernyataan", {"benar": "ya", "untuk_keluarga": "ya"})
    return f"/permohonan/draf/{draft_id}/periksa"


def test_dicari_dengan_nik_di_badan_kiriman_saja(situs: Flask, budi: FlaskClient) -> None:
    assert "NIK di KTP-el" in budi.get("/loket").text
    assert budi.post("/loket", data={"nik": "123"}).status_code == 422
    found = budi.post("/loket", data={"nik": NIK})
    assert "belum dikenal" in found.text and "************0044" in found.text
    sari = budi.post("/loket", data={"nik": str(factories.CAST["bu_sari"].nik)}).text
    assert "Sari Puspitarini" in sari and "sari@contoh.id" not in sari and "Nama lengkap" not in sari
    with situs.app_context():
        logged = store.session.scalars(select(Access).where(Access.purpose == "loket")).all()
    assert len(logged) == 2 and all("?" not in one.route for one in logged)


def test_yang_kurang_dikatakan_dan_yang_diketik_tinggal(budi: FlaskClient) -> None:
    lacking = budi.post("/loket/mulai", data={**BARU, "nomor_kk": "12", "email": "karso"})
    assert lacking.status_code == 422 and "Cocokkan dulu KTP-el" in lacking.text
    assert 'value="Mbah Karso Utomo"' in lacking.text and 'value="karso"' in lacking.text


def test_diisi_untuk_orangnya_dikirim_dan_dicetak_dengan_pin(situs: Flask, budi: FlaskClient) -> None:
    check = _filled(situs, budi)
    page = budi.get(check).text
    assert "Untuk Mbah Karso Utomo" in page and "menyetujuinya secara lisan" in page
    refused = budi.post(check, data={"versi": versi(page)})
    assert refused.status_code == 422 and "Centang dulu bahwa Mbah Karso Utomo hadir" in refused.text
    sent = budi.post(check, data={"versi": versi(page), "hadir": "ya"})
    number, pin = re.search(r"KK-2026-[0-9]{6}", sent.text), re.search(r'class="pin">([0-9]{6})<', sent.text)
    assert sent.status_code == 200 and number is not None and pin is not None
    with situs.app_context():
        case_id = store.session.scalars(select(Case.id)).one()
    paper = budi.post(f"/loket/{case_id}/bukti.pdf", data={"pin": pin[1]})
    said = pdf.text(paper.data)
    assert paper.mimetype == "application/pdf" and "no-store" in paper.headers["Cache-Control"]
    assert number[0] in said and pin[1] in said and "Dibantu petugas" in said and "Saya hadir di loket" in said
    assert budi.post(f"/loket/{case_id}/bukti.pdf", data={"pin": "000000"}).status_code == 422
    again = budi.post(check, data={"versi": versi(page), "hadir": "ya"})
    assert again.location == "/loket" and "Mbah Karso Utomo" in budi.get("/loket").text
    followed = situs.test_client().post("/cek-status", data={"nomor": number[0], "pin": pin[1]}).text
    assert "Menunggu diperiksa" in followed and "Karso" not in followed
    assert "datang ke loket dengan bukti" in followed and "masuk</a> dulu" not in followed


def test_pin_baru_dari_halaman_orangnya(situs: Flask, budi: FlaskClient) -> None:
    check = _filled(situs, budi)
    budi.post(check, data={"versi": versi(budi.get(check).text), "hadir": "ya"})
    person = budi.post("/loket", data={"nik": NIK}).text
    assert "pernah dibantu di loket" in person and "KK-2026-" in person
    address = re.search(r'action="(/loket/[^"]+/pin)"', person)
    assert address is not None
    assert "PIN lama tidak berlaku lagi" in budi.post(address[1]).text
