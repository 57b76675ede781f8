"""A form sent after its session has ended: nothing typed is lost, and no foreign page gets our token."""

import re
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from app.web.sesi import SECRET

TYPED = {"alamat": "Jalan Melati 7", "password": "rahasia-sekali", "pilih": ["a", "b"]}


def test_isian_yang_dikirim_sesudah_keluar_tetap_ada_untuk_dikirim_ulang(client: FlaskClient) -> None:
    answer = client.post("/permohonan/draf/apa-saja/jenis", data=TYPED)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 401
    assert 'action="/permohonan/draf/apa-saja/jenis"' in page
    assert 'name="alamat" value="Jalan Melati 7"' in page
    assert re.findall(r'name="pilih" value="(.)"', page) == ["a", "b"]
    assert "rahasia-sekali" not in page
    assert "Masuk lagi di tab baru" in page


def test_tanpa_token_isian_dari_halaman_sendiri_tetap_ada(site: Flask) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    here = {"Origin": "http://localhost"}
    answer = site.test_client().post("/permohonan/draf/apa-saja/jenis", data=TYPED, headers=here)
    assert answer.status_code == 400
    assert "Jalan Melati 7" in answer.get_data(as_text=True)


def test_isian_dari_situs_lain_tidak_pernah_ditawarkan_untuk_dikirim(site: Flask) -> None:
    site.config["WTF_CSRF_ENABLED"] = True
    for sender in ({"Origin": "https://jahat.contoh"}, {"Origin": "null"}, {}):
        answer = site.test_client().post("/permohonan/draf/apa-saja/jenis", data=TYPED, headers=sender)
        assert answer.status_code == 400
        assert "Jalan Melati 7" not in answer.get_data(as_text=True)


def test_kata_sandi_dari_formulir_mana_pun_tidak_ditulis_kembali_ke_halaman(client: FlaskClient) -> None:
    templates = Path(__file__, "../../../app/web/templates").resolve().rglob("*.html")
    asked = {name for page in templates for name in re.findall(r'kotak_sandi\("(\w+)"', page.read_text())}
    assert {"kata_sandi", "sandi", "sandi_lama"} <= asked <= set(SECRET)
    page = client.post("/pengaturan/email", data={"email": "baru@contoh.id", "sandi": "rahasia-sekali"}).text
    assert "baru@contoh.id" in page and "rahasia-sekali" not in page
