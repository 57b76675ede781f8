"""Built files: kept by browsers for good, sent small, and never anything else of the folder."""

import gzip

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.web.assets import DIST, asset_url, icon

BUDGET_KB = {"tabler.css": 25, "alur.css": 12, "htmx.js": 20, "icons.svg": 12}


@pytest.fixture
def address(site: Flask) -> str:
    with site.test_request_context():
        return asset_url("alur.css")


def test_berkas_boleh_disimpan_peramban_selamanya(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.content_type == "text/css; charset=utf-8"
    assert "Content-Encoding" not in answer.headers


def test_yang_menerima_gzip_mendapat_yang_kecil_dan_isinya_sama(client: FlaskClient, address: str) -> None:
    plain = client.get(address).data
    packed = client.get(address, headers={"Accept-Encoding": "br, gzip"})
    assert packed.headers["Content-Encoding"] == "gzip"
    assert packed.headers["Vary"] == "Accept-Encoding"
    assert gzip.decompress(packed.data) == plain


@pytest.mark.parametrize("name", ["manifest.json", "../src/alur.css", "tidak-ada.css", "..%2Fsrc%2Falur.css"])
def test_hanya_berkas_yang_dibangun_yang_dikirim(client: FlaskClient, name: str) -> None:
    assert client.get(f"/aset/{name}").status_code == 404


@pytest.mark.parametrize("name", BUDGET_KB)
def test_ukuran_yang_diunduh_tetap_kecil(site: Flask, name: str) -> None:
    with site.test_request_context():
        built = asset_url(name).rpartition("/")[2]
    assert (DIST / f"{built}.gz").stat().st_size <= BUDGET_KB[name] * 1024


def test_gaya_terang_dan_gelap_tidak_ikut_terpangkas(site: Flask) -> None:
    with site.test_request_context():
        built = asset_url("tabler.css").rpartition("/")[2]
    assert "[data-bs-theme=dark]" in (DIST / built).read_text(encoding="utf-8")


def test_ikon_yang_tidak_ada_di_lembaran_ketahuan(site: Flask) -> None:
    with site.test_request_context(), pytest.raises(LookupError, match="ikon-yang-tidak-ada"):
        icon("ikon-yang-tidak-ada")
