"""Signing in with a code from the phone, and an office that demands it of everybody who works there."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.services.signin import sessions
from app.web.access import PUBLIC
from tests import factories
from tests.pintu import rute
from tests.support import ponsel
from tests.support.kasus import Jam
from tests.support.peramban import isi, sign_in

PAGE = "/pengaturan/dua-langkah"


@pytest.fixture
def wajib(situs: Flask) -> Flask:
    """The same office, where a second factor is demanded as in production."""
    situs.config["ALUR"] = replace(situs.config["ALUR"], second_factor="required")
    return situs


def _password(client: FlaskClient, who: str = "pak_budi") -> TestResponse:
    return client.post("/masuk", data={"email": factories.CAST[who].email, "password": factories.PASSWORD})


def _enrol(client: FlaskClient) -> tuple[str, list[str]]:
    assert client.post(f"{PAGE}/mulai", data={"sandi_lama": factories.PASSWORD}).location == PAGE
    secret = ponsel.secret_on(isi(client.get(PAGE)))
    answer = client.post(PAGE, data={"kode": ponsel.code(secret)})
    assert answer.status_code == 200
    return secret, ponsel.recovery_codes_on(isi(answer))


def _put_on(site: Flask, jam: Jam) -> tuple[str, list[str]]:
    with site.app_context():
        made = ponsel.put_on(factories.actor("pak_budi"))
    jam.lewat(minutes=1)
    return made


def test_memasang_dari_halaman_akun_lalu_masuk_dengan_kode(situs: Flask, jam: Jam) -> None:
    budi = sign_in(situs, "pak_budi")
    assert "Mulai memasang" in isi(budi.get(PAGE))
    secret, codes = _enrol(budi)
    assert len(codes) == 10
    page = isi(budi.get(PAGE))
    assert "Menyala sejak" in page and secret not in page and not ponsel.recovery_codes_on(page)
    jam.lewat(minutes=1)
    client = situs.test_client()
    answer = _password(client)
    assert answer.location == "/masuk/kode"
    assert client.get("/inbox").location.startswith("/masuk"), "half signed in is not signed in"
    done = client.post("/masuk/kode", data={"kode": ponsel.code(secret)})
    assert (done.location, client.get("/inbox").status_code) == ("/inbox", 200)


def test_kode_salah_lalu_kode_pemulihan(situs: Flask, jam: Jam) -> None:
    secret, codes = _put_on(situs, jam)
    client = situs.test_client()
    _password(client)
    wrong = client.post("/masuk/kode", data={"kode": ponsel.another(ponsel.code(secret))})
    assert (wrong.status_code, "Kode tidak cocok" in isi(wrong)) == (401, True)
    not_ours = client.post("/masuk/kode", data={"pemulihan": "abcd-efgh-jkmn-pqrs"})
    assert (not_ours.status_code, "Kode pemulihan tidak cocok" in isi(not_ours)) == (401, True)
    done = client.post("/masuk/kode", data={"pemulihan": codes[3]}, follow_redirects=True)
    assert "Sisa 9 kode" in isi(done)


def test_kembali_ke_halaman_yang_dituju_dan_tidak_ke_situs_lain(situs: Flask, jam: Jam) -> None:
    secret, _ = _put_on(situs, jam)
    for wanted, reached in (("/notifikasi", "/notifikasi"), ("https://jahat.contoh", "/inbox")):
        client = situs.test_client()
        data = {"email": "budi@contoh.id", "password": factories.PASSWORD}
        step = client.post("/masuk", data=data, query_string={"lanjut": wanted})
        assert client.post(step.location, data={"kode": ponsel.code(secret)}).location == reached
        jam.lewat(seconds=30)


def test_langkah_kedua_tanpa_langkah_pertama_mulai_dari_awal(situs: Flask, jam: Jam) -> None:
    secret, _ = _put_on(situs, jam)
    visitor = situs.test_client()
    assert visitor.get("/masuk/kode").location == "/masuk"
    assert visitor.post("/masuk/kode", data={"kode": ponsel.code(secret)}).location == "/masuk"
    late = situs.test_client()
    _password(late)
    jam.lewat(minutes=11)
    assert late.post("/masuk/kode", data={"kode": ponsel.code(secret)}).location == "/masuk"
    assert "Masuk lagi dari awal" in isi(late.get("/masuk"))


def test_setengah_masuk_membuang_siapa_pun_yang_sebelumnya_masuk_di_peramban_itu(situs: Flask, jam: Jam) -> None:
    _put_on(situs, jam)
    client = sign_in(situs, "bu_sari")
    _password(client)
    assert client.get("/pengaturan").status_code == 302


def test_kantor_yang_mewajibkan_hanya_membuka_halaman_pemasangan(wajib: Flask) -> None:
    budi = sign_in(wajib, "pak_budi")
    stays_open = {f"{method} {PAGE}{rest}" for method, rest in (("GET", ""), ("POST", ""))}
    stays_open |= {f"POST {PAGE}/mulai", f"POST {PAGE}/batal", "POST /keluar"}
    views = {rule.rule: wajib.view_functions[rule.endpoint] for rule in wajib.url_map.iter_rules()}
    known = [route for route in rute.TABLE if views[route.partition(" ")[2]].access != PUBLIC]
    closed = [route for route in known if route not in stays_open]
    assert len(closed) > 40
    reached = {}
    for route in closed:
        method, _, path = route.partition(" ")
        answer = budi.open(path.replace("<", "").replace(">", ""), method=method, data=None if method == "GET" else {})
        reached[route] = (answer.status_code, answer.location)
    assert {route: where for route, where in reached.items() if where != (302, PAGE)} == {}
    assert budi.get("/inbox", headers={"HX-Request": "true"}).headers["HX-Redirect"] == PAGE
    assert "mewajibkannya bagi petugas" in isi(budi.get(PAGE))


def test_sesudah_memasang_semua_terbuka_dan_tidak_dapat_dimatikan(wajib: Flask, jam: Jam) -> None:
    budi = sign_in(wajib, "pak_budi")
    secret, _ = _enrol(budi)
    assert budi.get("/inbox").status_code == 200
    assert "Matikan" not in isi(budi.get(PAGE))
    refused = budi.post(f"{PAGE}/matikan", data={"sandi_lama": factories.PASSWORD})
    assert (refused.status_code, "mewajibkan" in isi(refused)) == (422, True)
    jam.lewat(minutes=1)
    client = wajib.test_client()
    _password(client)
    client.post("/masuk/kode", data={"kode": ponsel.code(secret)})
    assert client.get("/inbox").status_code == 200


def test_yang_wajib_hanya_petugas_dan_sesi_lama_pun_diarahkan(wajib: Flask) -> None:
    assert sign_in(wajib, "bu_sari").get("/permohonan").status_code == 200
    with wajib.app_context():
        old = sessions.begin(factories.actor("bu_rini"))
    client = wajib.test_client()
    with client.session_transaction() as kept:
        kept["_user_id"] = old
    assert client.get("/inbox").location == PAGE


def test_kode_baru_dan_mematikan_meminta_kata_sandi(situs: Flask, jam: Jam) -> None:
    budi = sign_in(situs, "pak_budi")
    _enrol(budi)
    for path in ("kode-pemulihan", "mulai", "matikan"):
        wrong = budi.post(f"{PAGE}/{path}", data={"sandi_lama": "salah"})
        assert (wrong.status_code, "Kata sandi sekarang tidak cocok" in isi(wrong)) == (422, True)
    right = {"sandi_lama": factories.PASSWORD}
    assert len(ponsel.recovery_codes_on(isi(budi.post(f"{PAGE}/kode-pemulihan", data=right)))) == 10
    budi.post(f"{PAGE}/mulai", data=right)
    assert ponsel.secret_on(isi(budi.get(PAGE)))
    assert "Menyala sejak" in isi(budi.post(f"{PAGE}/batal", follow_redirects=True))
    assert "Masuk dua langkah dimatikan" in isi(budi.post(f"{PAGE}/matikan", data=right, follow_redirects=True))
    assert _password(situs.test_client()).location == "/inbox"


def test_membuka_halamannya_tidak_menulis_dan_rahasianya_tidak_tersimpan_di_mana_mana(situs: Flask) -> None:
    budi = sign_in(situs, "pak_budi")
    budi.post(f"{PAGE}/mulai", data={"sandi_lama": factories.PASSWORD})
    answers = [budi.get(PAGE) for _ in range(2)]
    assert len({ponsel.secret_on(isi(answer)) for answer in answers}) == 1
    assert all(answer.headers["Cache-Control"] == "no-store" for answer in answers)
