"""The rooms of an account, as a browser without JavaScript uses them."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Job, User
from app.services import clock, store
from tests import factories
from tests.support.kasus import Jam, cast
from tests.support.peramban import isi, sign_in


@pytest.fixture
def situs(site: Flask) -> Iterator[Flask]:
    with clock.using(Jam()):
        with site.app_context():
            cast()
        yield site


def test_setiap_ruang_di_daftar_akun_dapat_dibuka(situs: Flask) -> None:
    browser = sign_in(situs, "bu_sari")
    rooms = re.findall(r'class="kartu-tautan baris-ruang" href="([^"]+)"', isi(browser.get("/pengaturan")))
    assert {"/pengaturan/profil", "/pengaturan/ponsel", "/pengaturan/email", "/pengaturan/saluran"} <= set(rooms)
    for room in rooms:
        answer = browser.get(room)
        assert answer.status_code == 200
        assert factories.CAST["bu_sari"].nik not in isi(answer)


def test_email_diganti_lewat_tombol_bukan_lewat_membuka_tautan(situs: Flask) -> None:
    browser = sign_in(situs, "bu_sari")
    sent = {"email": "baru@contoh.id", "sandi": factories.PASSWORD}
    assert "Menunggu dibuktikan: baru@contoh.id" in isi(
        browser.post("/pengaturan/email", data=sent, follow_redirects=True)
    )
    with situs.app_context():
        jobs = store.session.scalars(select(Job).where(Job.kind == "surat")).all()
        path = next(job.payload["path"] for job in jobs if job.payload["to"] == "baru@contoh.id")
    reader = situs.test_client()
    assert "Ya, pakai email ini" in isi(reader.get(path))
    with situs.app_context():
        assert store.session.get_one(User, "uji-bu-sari").email == "sari@contoh.id"
    answer = reader.post("/email/konfirmasi", data={"t": path.partition("t=")[2]})
    assert answer.headers["Location"] == "/masuk"
    assert reader.get(path).status_code == 410
    assert reader.post("/masuk", data={**sent, "password": factories.PASSWORD}).status_code == 302


def test_yang_salah_diketik_tetap_ada_kecuali_kata_sandi(situs: Flask) -> None:
    browser = sign_in(situs, "bu_sari")
    for room, field in (("ponsel", "ponsel"), ("email", "email")):
        answer = browser.post(f"/pengaturan/{room}", data={field: "bukan isian", "sandi": "rahasia-sekali"})
        assert answer.status_code == 422
        page = isi(answer)
        assert "bukan isian" in page and "rahasia-sekali" not in page
        assert f'href="#{field}"' in page


def test_saluran_menyebut_kapan_dan_naskah_mana_yang_disetujui(situs: Flask) -> None:
    browser = sign_in(situs, "bu_sari")
    answer = browser.post("/pengaturan/saluran", data={"email": "ya", "whatsapp": "ya"}, follow_redirects=True)
    assert "menyetujui WhatsApp pada Senin, 23 November 2026 pukul 08.00, naskah whatsapp-2026-2" in isi(answer)
    answer = browser.post("/pengaturan/saluran", data={"email": "ya"}, follow_redirects=True)
    assert "menarik persetujuan WhatsApp" in isi(answer)
    budi = sign_in(situs, "pak_budi")
    assert budi.post("/pengaturan/saluran", data={"whatsapp": "ya"}).status_code == 422
