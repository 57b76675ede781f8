"""What is held about a person, as that person sees and takes it."""

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.domain.actors import ROLES
from app.models import Access, Event
from app.services import clock, store
from app.services.privacy import own_data, readers, requests
from app.services.records import reads
from app.services.work import unit_of_work
from tests import factories
from tests.support import pdf
from tests.support.draf import fill_perubahan
from tests.support.kantor import Kantor
from tests.support.kasus import Jam
from tests.support.peramban import isi, sign_in

NIK = factories.CAST["bu_sari"].nik or ""


@pytest.fixture
def situs(site: Flask) -> Iterator[tuple[Flask, str]]:
    """With a permohonan of Bu Sari that an officer works on; its id."""
    with clock.using(Jam()):
        with site.app_context():
            kantor = Kantor.open()
            case_id = kantor.case()
            kantor.walk(case_id, "periksa_berkas")
            fill_perubahan(kantor.people["bu_sari"])
            requests.ask(kantor.people["bu_sari"], requests.HOLD, "Jangan dulu.")
            for purpose in (reads.TASK, reads.INBOX):
                reads.note(kantor.people["pak_budi"], [reads.Reading(case_id, purpose)], "GET /uji", 200)
        yield site, case_id


def test_unduhan_json_berbentuk_seperti_didokumentasikan(situs: tuple[Flask, str]) -> None:
    site, _ = situs
    answer = sign_in(site, "bu_sari").post("/pengaturan/data/unduh", data={"bentuk": "json"})
    assert answer.headers["Content-Disposition"] == 'attachment; filename="data-saya.json"'
    assert "no-store" in answer.headers["Cache-Control"]
    held = json.loads(isi(answer))
    described = (Path(__file__).parents[2] / "docs" / "data-saya.md").read_text("utf-8")
    keys = set(re.findall(r"^\| `([a-z_]+)` \|", described, re.MULTILINE))
    assert set(held) == keys == {"keterangan", "akun", *own_data.SECTIONS}
    assert held["akun"]["nik"] == NIK
    (case,) = held["permohonan"]
    assert case["jawaban"][0]["isian"]["jenis"]
    assert [one["oleh"] for one in held["yang_membuka"]] == [ROLES["petugas_layanan"]] * 2
    assert held["draf"][0]["isian"] and held["pemberitahuan"] is not None
    for name in ("draf", "perangkat", "yang_membuka", "permintaan_data", "riwayat_akun"):
        row = re.search(rf"^\| `{name}` \| (.+) \|$", described, re.MULTILINE)
        assert row and set(held[name][0]) == set(re.findall(r"`([a-z_]+)`", row[1]))


def test_unduhan_pdf_dapat_dibaca_dan_menyamarkan_nik(situs: tuple[Flask, str]) -> None:
    answer = sign_in(situs[0], "bu_sari").post("/pengaturan/data/unduh", data={"bentuk": "pdf"})
    text = pdf.text(answer.data)
    assert "DATA SAYA" in text and "sari@contoh.id" in text and "Mengerjakan permohonan ini" in text
    assert NIK not in text and "************0001" in text


def test_mengunduh_tercatat_dan_melihat_tidak_menulis(situs: tuple[Flask, str]) -> None:
    site, _ = situs
    browser = sign_in(site, "bu_sari")
    for path in ("/pengaturan/data", "/pengaturan/data/dilihat"):
        assert browser.get(path).status_code == 200
    browser.post("/pengaturan/data/unduh", data={"bentuk": "pdf"})
    with site.app_context():
        taken = store.session.query(Event).filter_by(stream="akun:uji-bu-sari", verb="data_diunduh").all()
        assert [one.payload for one in taken] == [{"bentuk": "pdf"}]


def test_unduhan_berulang_kali_ditahan_sebentar(situs: tuple[Flask, str]) -> None:
    browser = sign_in(situs[0], "bu_sari")
    codes = [browser.post("/pengaturan/data/unduh").status_code for _ in range(own_data.MOST_DOWNLOADS + 1)]
    assert codes == [200] * own_data.MOST_DOWNLOADS + [429]


def test_halaman_data_menyebut_semuanya_dengan_samaran(situs: tuple[Flask, str]) -> None:
    page = isi(sign_in(situs[0], "bu_sari").get("/pengaturan/data"))
    assert "************0001" in page and NIK not in page
    assert "Draf yang belum dikirim: 1" in page
    assert "Siapa melihat data saya" in page


def test_yang_membuka_disebut_jabatan_waktu_dan_keperluannya_bukan_namanya(situs: tuple[Flask, str]) -> None:
    site, case_id = situs
    sari = sign_in(site, "bu_sari")
    page = isi(sari.get("/pengaturan/data/dilihat"))
    assert "Petugas Unit Layanan &amp; Entri" in page and "Mengerjakan permohonan ini" in page
    assert "Budi" not in page
    assert isi(sari.get(f"/pengaturan/data/dilihat?permohonan={case_id}")).count("(tanda ") == 2
    assert f"/pengaturan/data/dilihat?permohonan={case_id}" in isi(sari.get(f"/permohonan/{case_id}"))
    other = sign_in(site, "pak_joko")
    assert other.get(f"/pengaturan/data/dilihat?permohonan={case_id}").status_code == 404
    assert "Belum ada petugas" in isi(other.get("/pengaturan/data/dilihat"))


def test_yang_membuka_dibaca_halaman_demi_halaman_di_kedua_basis_data(app: Flask) -> None:
    jam = Jam()
    with clock.using(jam):
        kantor = Kantor.open()
        case_id = kantor.case()
        with unit_of_work() as session:
            for number in range(readers.PAGE * 2 + 1):
                seen = {"kind": reads.READ, "purpose": reads.FILE, "object_id": "", "route": "", "status": 200}
                at = jam.at + timedelta(minutes=number // 3)
                session.add(Access(at=at, actor="uji-pak-budi", case_id=case_id, **seen))
        sari, seen_at, cursor = kantor.people["bu_sari"], [], None
        for size in (readers.PAGE, readers.PAGE, 1):
            page = readers.mine(sari, after=cursor)
            assert len(page.lines) == size
            seen_at += [line.at for line in page.lines]
            cursor = page.next
        assert cursor is None and seen_at == sorted(seen_at, reverse=True)


def test_setiap_keperluan_di_catatan_punya_kalimat_untuk_warga() -> None:
    assert set(reads.PURPOSES) <= set(readers.WHY)
