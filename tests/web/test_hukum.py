"""The plain texts say what the office's settings and the calendar say."""

import re
from datetime import UTC, datetime
from pathlib import Path

from flask.testing import FlaskClient

from app import create_app
from app.domain import consents
from app.extensions import db
from app.services import clock
from app.settings.kantor import Kantor
from app.settings.retention import Retention
from app.web import lisensi
from tests.support import databases
from tests.support.peramban import isi

SABTU = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)


def test_halaman_privasi_mencetak_masa_simpan_dari_setelan(sqlite_url: str, tmp_path: Path) -> None:
    kept = Retention(draft=41, unfinished=42, finished=43, selfie=44, access=4500)
    kantor = Kantor(nama="Disdukcapil Uji", pelindung_data="pdp@contoh.id")
    site = create_app(databases.config_for(sqlite_url, tmp_path / "var", retention=kept, kantor=kantor))
    page = isi(site.test_client().get("/privasi"))
    for days in (41, 42, 43, 44, 4500):
        assert f"{days} hari" in page
    assert "Disdukcapil Uji" in page and "pdp@contoh.id" in page and consents.PRIVACY.version in page
    with site.app_context():
        db.engine.dispose()


def test_ketentuan_menyebut_versinya_dan_ancaman_identitas_palsu(client: FlaskClient) -> None:
    page = isi(client.get("/ketentuan"))
    assert consents.TERMS.version in page
    assert "6 tahun dan/atau denda" in page.replace("\n", " ")


def test_kontak_menyebut_jam_sepekan_dari_kalender(client: FlaskClient) -> None:
    with clock.using(lambda: SABTU):
        page = isi(client.get("/kontak"))
    assert "Tutup. Buka lagi Senin 07.30" in page
    assert "07.30–12.00 dan 12.30–16.00" in page
    assert page.count("Tutup</dd>") == 2


def test_kantor_tanpa_setelan_tidak_menampilkan_baris_kosong(sqlite_url: str, tmp_path: Path) -> None:
    site = create_app(databases.config_for(sqlite_url, tmp_path / "var", kantor=Kantor()))
    visitor = site.test_client()
    page = isi(visitor.get("/kontak"))
    assert "mailto:" not in page and "<dt>Telepon</dt>" not in page
    assert visitor.get("/.well-known/security.txt").status_code == 404
    with site.app_context():
        db.engine.dispose()


def test_security_txt_berlaku_di_masa_depan_dan_menyebut_kontaknya(sqlite_url: str, tmp_path: Path) -> None:
    kantor = Kantor(keamanan="mailto:celah@contoh.id")
    site = create_app(databases.config_for(sqlite_url, tmp_path / "var", kantor=kantor))
    with clock.using(lambda: SABTU):
        answer = site.test_client().get("/.well-known/security.txt")
    assert answer.mimetype == "text/plain"
    lines = dict(line.split(": ", 1) for line in isi(answer).splitlines())
    assert lines["Contact"] == "mailto:celah@contoh.id"
    assert lines["Expires"] == "2027-02-19T03:00:00Z"
    assert lines["Canonical"] == "http://localhost/.well-known/security.txt"
    with site.app_context():
        db.engine.dispose()


def test_atribusi_menyebut_setiap_pustaka_yang_dikirim(client: FlaskClient) -> None:
    page = isi(client.get("/atribusi"))
    pinned = re.findall(r"^([A-Za-z0-9][^=\[ ]*)==", lisensi.REQUIREMENTS.read_text("utf-8"), re.MULTILINE)
    plain = {re.sub("[_.]", "-", name.casefold()) for name in pinned}
    named = {re.sub("[_.]", "-", part.name.casefold()) for part in lisensi.server_parts()}
    assert {"flask", "sqlalchemy", "spiffworkflow"} <= named <= plain
    assert {"bpmn-js", "diagram-js", "htmx.org", "@tabler/core"} <= {part.name for part in lisensi.browser_parts()}
    assert all(part.license for part in (*lisensi.browser_parts(), *lisensi.server_parts()))
    text = re.search(r'href="([^"]*licenses[^"]*)"', page)
    assert text and "bpmn.io" in isi(client.get(text[1]))


def test_kaki_halaman_menuju_semua_naskah(client: FlaskClient) -> None:
    page = isi(client.get("/"))
    for path in ("/privasi", "/ketentuan", "/tentang", "/kontak", "/atribusi"):
        assert f'href="{path}"' in page
        assert client.get(path).status_code == 200
