"""Asking and answering about personal data, in the browser."""

import re
from collections.abc import Iterator

import pytest
from flask import Flask

from app.services import clock
from tests import factories
from tests.support.kasus import Jam, cast
from tests.support.peramban import isi, sign_in


@pytest.fixture
def situs(site: Flask) -> Iterator[Flask]:
    with clock.using(Jam()):
        with site.app_context():
            cast()
        yield site


def test_perbaikan_diminta_warga_dan_dijawab_petugas(situs: Flask) -> None:
    sari, eko = sign_in(situs, "bu_sari"), sign_in(situs, "pak_eko")
    assert "Ajukan perbaikan" in isi(sari.get("/pengaturan/profil"))
    assert 'name="sandi"' not in isi(sari.get("/pengaturan/data/minta?jenis=koreksi"))
    empty = sari.post("/pengaturan/data/minta", data={"jenis": "koreksi"})
    assert empty.status_code == 422 and 'href="#permintaan"' in isi(empty)
    sent = {"jenis": "koreksi", "permintaan": "Nama saya kurang satu huruf."}
    page = isi(sari.post("/pengaturan/data/minta", data=sent, follow_redirects=True))
    assert "DP-2026-000001" in page and "paling lambat Kamis, 26 November 2026 pukul 08.00" in page
    found = re.search(r'href="(/data-warga/[^"?]+)"', isi(eko.get("/data-warga")))
    assert found
    shown = isi(eko.get(found[1]))
    assert "kurang satu huruf" in shown and "************0001" in shown
    assert factories.CAST["bu_sari"].nik not in shown
    wrong = eko.post(found[1], data={"nik": "12", "keputusan": "dikabulkan", "jawaban": "Diperbaiki."})
    assert wrong.status_code == 422 and "Diperbaiki." in isi(wrong)
    done = {"nama": "Sari Puspita Rini", "keputusan": "dikabulkan", "jawaban": "Diperbaiki."}
    assert "sudah dijawab" in isi(eko.post(found[1], data=done, follow_redirects=True))
    assert "Dikabulkan" in isi(eko.get("/data-warga?tampil=dijawab"))
    assert "Diperbaiki." in isi(sari.get("/pengaturan/data/minta"))
    assert "Sari Puspita Rini" in isi(sari.get("/pengaturan/profil"))


def test_hapus_akun_memperingatkan_meminta_kata_sandi_lalu_mengeluarkan(situs: Flask) -> None:
    sari, eko = sign_in(situs, "bu_sari"), sign_in(situs, "pak_eko")
    form = isi(sari.get("/pengaturan/data/minta?jenis=hapus"))
    assert "Tidak dapat" in isi(sari.get("/pengaturan/data/minta")) and 'name="sandi"' in form
    assert sari.post("/pengaturan/data/minta", data={"jenis": "hapus", "sandi": "salah"}).status_code == 422
    sent = {"jenis": "hapus", "sandi": factories.PASSWORD}
    assert sari.post("/pengaturan/data/minta", data=sent).status_code == 302
    found = re.search(r'href="(/data-warga/[^"?]+)"', isi(eko.get("/data-warga")))
    assert found
    eko.post(found[1], data={"keputusan": "dikabulkan", "jawaban": "Sesuai permintaan."})
    assert sari.get("/pengaturan").status_code == 302
    again = {"email": "sari@contoh.id", "password": factories.PASSWORD}
    assert situs.test_client().post("/masuk", data=again).status_code == 401
    assert "Akun dihapus" in isi(eko.get("/data-warga?tampil=dijawab"))
