"""Sessions through HTTP: a copied cookie dies with its session, and so does a remember-me cookie."""

from collections.abc import Iterator

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_login.utils import encode_cookie

from app.services import clock
from app.services.accounts import passwords, rights, sessions
from tests import factories
from tests.support.kantor import snapshot
from tests.support.kasus import Jam, cast

NAME = "alur"


@pytest.fixture
def situs(site: Flask) -> Iterator[Flask]:
    with clock.using(Jam()):
        with site.app_context():
            cast()
        yield site


def masuk(site: Flask, who: str = "bu_sari") -> FlaskClient:
    client = site.test_client()
    data = {"email": factories.CAST[who].email, "password": factories.PASSWORD}
    assert client.post("/masuk", data=data).status_code == 302
    return client


def cookie(client: FlaskClient) -> str:
    kept = client.get_cookie(NAME)
    assert kept is not None
    return kept.value


def ticket(client: FlaskClient) -> str:
    with client.session_transaction() as kept:
        return str(kept["_user_id"])


def is_in(site: Flask, value: str, name: str = NAME) -> bool:
    thief = site.test_client()
    thief.set_cookie(name, value)
    return thief.get("/pengaturan").status_code == 200


def test_kuki_yang_disalin_mati_saat_pemiliknya_keluar(situs: Flask) -> None:
    sari = masuk(situs)
    copied = cookie(sari)
    assert is_in(situs, copied)
    assert sari.post("/keluar").status_code == 302
    assert sari.get("/pengaturan").status_code == 302
    assert not is_in(situs, copied)


def test_kuki_yang_disalin_mati_saat_orang_lain_masuk_di_peramban_itu(situs: Flask) -> None:
    shared = masuk(situs)
    copied = cookie(shared)
    data = {"email": "budi@contoh.id", "password": factories.PASSWORD}
    assert shared.post("/masuk", data=data).status_code == 302
    assert "Budi" in shared.get("/pengaturan").text
    assert not is_in(situs, copied)


def test_kuki_ingat_saya_mati_bersama_sesinya(situs: Flask) -> None:
    sari = masuk(situs)
    with situs.app_context():
        remembered = encode_cookie(ticket(sari))
    assert is_in(situs, remembered, "remember_token")
    sari.set_cookie("remember_token", remembered)
    gone = sari.post("/keluar")
    assert any(one.startswith("remember_token=;") for one in gone.headers.getlist("Set-Cookie"))
    assert not is_in(situs, remembered, "remember_token")


def test_kuki_ingat_saya_yang_dikarang_tidak_membuka_apa_pun(situs: Flask) -> None:
    with situs.app_context():
        for made_up in (factories.CAST["bu_sari"].id, f"{factories.CAST['bu_sari'].id}.1", "a" * 43):
            assert not is_in(situs, encode_cookie(made_up), "remember_token")


def test_peran_sandi_dan_akun_yang_berubah_berlaku_pada_permintaan_berikutnya(situs: Flask) -> None:
    eko = factories.actor("pak_eko")
    budi, rini, sari, other = (masuk(situs, who) for who in ("pak_budi", "bu_rini", "bu_sari", "bu_sari"))
    with situs.app_context():
        rights.set_roles(eko, factories.actor("pak_budi").id, [("petugas_cetak", "")])
        rights.switch_off(eko, factories.actor("bu_rini").id)
        passwords.change(factories.actor("bu_sari"), factories.PASSWORD, "kalimat sandi baru", ticket(sari))
    assert [one.get("/pengaturan").status_code for one in (budi, rini, sari, other)] == [302, 302, 200, 302]


def test_masuk_memberi_sesi_baru_dan_membuang_isi_yang_lama(situs: Flask) -> None:
    """Session fixation: whatever was planted before is gone, and the ticket is new each time."""
    victim = situs.test_client()
    with victim.session_transaction() as planted:
        planted["_user_id"], planted["kejutan"] = "a" * 43, "1"
    data = {"email": "sari@contoh.id", "password": factories.PASSWORD}
    with victim:
        victim.post("/masuk", data=data)
        assert "kejutan" not in session
    first, second = ticket(victim), ticket(masuk(situs))
    assert len({first, second, "a" * 43}) == 3


def test_get_tidak_menulis_sesi_dan_kiriman_menandai_terakhir_dipakai(situs: Flask) -> None:
    jam = Jam()
    with clock.using(jam):
        sari = masuk(situs)
        with situs.app_context():
            before = snapshot()
        jam.lewat(hours=1)
        for address in ("/pengaturan", "/permohonan", "/notifikasi", "/"):
            assert sari.get(address).status_code == 200
        with situs.app_context():
            assert snapshot() == before
        assert sari.post("/tema", data={"tema": "dark"}).status_code == 302
        with situs.app_context():
            assert sessions.mine(factories.actor("bu_sari"))[0].seen_at == jam.at


def test_yang_ditahan_mendapat_429_dan_jamnya(situs: Flask) -> None:
    visitor = situs.test_client()
    wrong = {"email": "sari@contoh.id", "password": "salah"}
    assert {visitor.post("/masuk", data=wrong).status_code for _ in range(10)} == {401}
    answer = visitor.post("/masuk", data={**wrong, "password": factories.PASSWORD})
    assert answer.status_code == 429
    assert "Coba lagi pukul 08.15." in answer.text
