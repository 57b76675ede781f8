"""Sessions through HTTP: a copied cookie dies with its session, and so does a remember-me cookie."""

from dataclasses import replace

from flask import Flask, session
from flask.testing import FlaskClient
from flask_login.utils import encode_cookie
from werkzeug.test import TestResponse

from app.services.accounts import people, rights
from app.services.signin import passwords, sessions
from app.services.work import unit_of_work
from tests import factories
from tests.support.kantor import snapshot
from tests.support.kasus import Jam
from tests.support.tantangan import answered, has_question

NAME = "alur"


def masuk(site: Flask, who: str = "bu_sari", **more: str) -> FlaskClient:
    client = site.test_client()
    data = {"email": factories.CAST[who].email, "password": factories.PASSWORD, **more}
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


def test_get_tidak_menulis_sesi_dan_kiriman_menandai_terakhir_dipakai(situs: Flask, jam: Jam) -> None:
    sari = masuk(situs)
    with situs.app_context():
        before = snapshot()
    jam.lewat(hours=1)
    for address in ("/pengaturan", "/pengaturan/sesi", "/permohonan", "/notifikasi", "/"):
        assert sari.get(address).status_code == 200
    with situs.app_context():
        assert snapshot() == before
    assert sari.post("/tema", data={"tema": "dark"}).status_code == 302
    with situs.app_context():
        assert sessions.mine(factories.actor("bu_sari"))[0].seen_at == jam.at


def test_yang_ditahan_mendapat_429_dan_jamnya(situs: Flask, jam: Jam) -> None:
    visitor, page = situs.test_client(), ""
    for _ in range(10):
        answer = _knock(visitor, jam, page, "salah")
        assert answer.status_code == 401
        page = answer.text
    answer = _knock(visitor, jam, page, factories.PASSWORD)
    assert answer.status_code == 429
    assert "Coba lagi pukul 08.15." in answer.text


def test_sesudah_tiga_kali_gagal_masuk_harus_menjawab_pertanyaan(situs: Flask, jam: Jam) -> None:
    visitor = situs.test_client()
    pages = [_knock(visitor, jam, "", "salah").text for _ in range(3)]
    assert [has_question(page) for page in pages] == [False, False, True]
    right = {"email": "sari@contoh.id", "password": factories.PASSWORD}
    without = visitor.post("/masuk", data=right)
    assert (without.status_code, has_question(without.text)) == (422, True)
    assert "Sudah beberapa kali gagal masuk" in without.text
    jam.lewat(seconds=3)
    wrong = visitor.post("/masuk", data={**right, **answered(without.text), "jawaban": "entah"})
    assert (wrong.status_code, has_question(wrong.text)) == (422, True)
    assert "Jawaban pertanyaan belum cocok" in wrong.text
    assert _knock(visitor, jam, wrong.text, factories.PASSWORD).status_code == 302


def test_pertanyaannya_sama_bagi_akun_yang_tidak_ada(situs: Flask, jam: Jam) -> None:
    seen = []
    for email in ("sari@contoh.id", "tidak-ada@contoh.id"):
        visitor = situs.test_client()
        data = {"email": email, "password": "salah"}
        answers = [visitor.post("/masuk", data=data) for _ in range(4)]
        seen.append([(answer.status_code, has_question(answer.text)) for answer in answers])
        jam.lewat(minutes=15)
    assert seen == [[(401, False), (401, False), (401, True), (422, True)]] * 2


def test_orang_peragaan_tidak_pernah_ditanyai(situs: Flask, jam: Jam) -> None:
    with situs.app_context(), unit_of_work() as session:
        hashed, roles = factories.password_hash(), [("pemohon", "")]
        people.add(session, email="lestari@contoh.id", name="Lestari", password_hash=hashed, roles=roles, demo=True)
    visitor = situs.test_client()
    data = {"email": "lestari@contoh.id", "password": "salah"}
    assert not [1 for _ in range(6) if has_question(visitor.post("/masuk", data=data).text)]
    assert not has_question(visitor.get("/masuk").text)
    assert visitor.post("/masuk", data={**data, "password": factories.PASSWORD}).status_code == 302


def test_orang_peragaan_tidak_masuk_ke_kantor_sungguhan(situs: Flask, jam: Jam) -> None:
    """A database in which a demonstration ran becomes an office's: their password is known to everybody."""
    with situs.app_context(), unit_of_work() as session:
        hashed, roles = factories.password_hash(), [("admin", "")]
        people.add(session, email="ratna@contoh.id", name="Ratna", password_hash=hashed, roles=roles, demo=True)
    right = {"email": "ratna@contoh.id", "password": factories.PASSWORD}
    inside = situs.test_client()
    assert inside.post("/masuk", data=right).status_code == 302
    assert inside.get("/admin").status_code == 200
    situs.config["ALUR"] = replace(situs.config["ALUR"], mode="production", base_url="http://localhost")
    assert inside.get("/admin").location.startswith("/masuk"), "the session of before is over too"
    answer = situs.test_client().post("/masuk", data=right)
    assert (answer.status_code, "Email atau kata sandi salah." in answer.text) == (401, True)


def test_ingat_saya_bertahan_sebulan_dan_kuki_biasa_hilang_bersama_peramban(situs: Flask, jam: Jam) -> None:
    short, long = masuk(situs), masuk(situs, ingat="ya")
    kept = [client.get_cookie(NAME) for client in (short, long)]
    assert [one.expires is None for one in kept if one] == [True, False]
    assert situs.permanent_session_lifetime == sessions.REMEMBERED
    jam.lewat(hours=13)
    assert [client.get("/pengaturan").status_code for client in (short, long)] == [302, 200]
    jam.lewat(days=29, hours=10)
    assert long.get("/pengaturan").status_code == 200
    jam.lewat(hours=2)
    assert long.get("/pengaturan").status_code == 302


def test_petugas_tidak_diingat(situs: Flask, jam: Jam) -> None:
    budi = masuk(situs, "pak_budi", ingat="ya")
    kept = budi.get_cookie(NAME)
    assert kept is not None and kept.expires is None
    jam.lewat(hours=12)
    assert budi.get("/pengaturan").status_code == 302


def _knock(visitor: FlaskClient, jam: Jam, page: str, password: str) -> TestResponse:
    """Signing in as Sari, with the answer to the question of `page` if there is one."""
    jam.lewat(seconds=3)
    asked = answered(page) if has_question(page) else {}
    return visitor.post("/masuk", data={"email": "sari@contoh.id", "password": password, **asked})
