"""The database goes away and comes back under a running site."""

import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import create_app
from app.adapters import postgresql
from app.extensions import db
from app.services.rehearsal import demo
from tests.support.databases import away, config_for

ORIGIN = {"Origin": "http://localhost"}


@pytest.fixture
def site_on_postgresql(postgresql_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(config_for(postgresql_url, tmp_path / "var"))
    with app.app_context():
        demo.seed()
    yield app
    with app.app_context():
        db.engine.dispose()


def log_in(client: FlaskClient) -> str:
    """Returns a CSRF token of the session."""
    page = client.get("/masuk").get_data(as_text=True)
    form = {"email": "sari@contoh.id", "password": demo.PASSWORD, "csrf_token": _token(page)}
    assert client.post("/masuk", data=form, headers=ORIGIN).status_code == 302
    return _token(client.get("/notifikasi").get_data(as_text=True))


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def test_basis_data_pergi_isian_disimpan_di_halaman_dan_situs_pulih_sendiri(
    site_on_postgresql: Flask, postgresql_url: str
) -> None:
    client = site_on_postgresql.test_client()
    typed = {"csrf_token": log_in(client), "id": "pemberitahuan-1", "catatan": "Yang <diketik> Bu Sari"}
    with away(postgresql_url):
        seen = client.get("/permohonan")
        assert seen.status_code == 503
        assert seen.headers["Retry-After"] == "5"
        assert seen.headers["Cache-Control"] == "no-store"
        assert 'http-equiv="refresh"' in seen.get_data(as_text=True)
        sent = client.post("/notifikasi", data=typed, headers=ORIGIN)
        page = sent.get_data(as_text=True)
        assert sent.status_code == 503
        assert 'action="/notifikasi"' in page
        assert 'name="catatan" value="Yang &lt;diketik&gt; Bu Sari"' in page
        assert 'http-equiv="refresh"' not in page
        typed["csrf_token"] = _token(page)
    assert client.get("/permohonan").status_code == 200
    assert client.post("/notifikasi", data=typed, headers=ORIGIN).status_code == 302


def test_kata_sandi_tidak_pernah_ditaruh_di_halaman_tunda(site_on_postgresql: Flask, postgresql_url: str) -> None:
    client = site_on_postgresql.test_client()
    form = {"email": "sari@contoh.id", "password": demo.PASSWORD}
    form["csrf_token"] = _token(client.get("/masuk").get_data(as_text=True))
    with away(postgresql_url):
        answer = client.post("/masuk", data=form, headers=ORIGIN)
    assert answer.status_code == 503
    assert demo.PASSWORD not in answer.get_data(as_text=True)
    assert "Kirim ulang" not in answer.get_data(as_text=True)


def test_formulir_dari_situs_lain_tidak_ditawarkan_untuk_dikirim_ulang(
    site_on_postgresql: Flask, postgresql_url: str
) -> None:
    client = site_on_postgresql.test_client()
    form = {"csrf_token": log_in(client), "id": "jebakan"}
    with away(postgresql_url):
        answer = client.post("/notifikasi", data=form, headers={"Origin": "https://jahat.contoh"})
    assert answer.status_code == 503
    assert "jebakan" not in answer.get_data(as_text=True)


def test_dengan_htmx_yang_diketik_tetap_di_tempatnya(site_on_postgresql: Flask, postgresql_url: str) -> None:
    client = site_on_postgresql.test_client()
    log_in(client)
    with away(postgresql_url):
        answer = client.get("/permohonan", headers={"HX-Request": "true"})
    assert answer.status_code == 503
    assert answer.headers["HX-Retarget"] == "#pemberitahuan"
    assert "<html" not in answer.get_data(as_text=True)


def test_basis_data_yang_segera_kembali_ditunggu_tanpa_terasa(
    site_on_postgresql: Flask, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = site_on_postgresql.test_client()
    log_in(client)
    with ExitStack() as absence:
        absence.enter_context(away(postgresql_url))
        monkeypatch.setattr(postgresql, "pause", absence.close)  # it is back when somebody has waited once
        assert client.get("/permohonan").status_code == 200
