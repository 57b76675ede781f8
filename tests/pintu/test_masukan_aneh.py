"""Whatever stands in an address, a query, a form or a header: an answer below 500, on both databases."""

import base64
import inspect
import json
import string
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import create_app
from app.extensions import db
from app.services import clock, store
from app.services.messages import outgoing
from app.services.signin import keyring, throttle
from tests import factories
from tests.pintu.dunia import ANON, OWNER, Dunia
from tests.pintu.rute import OK, RULES, TABLE
from tests.pintu.test_kepala import insider
from tests.support import databases
from tests.support.kasus import Jam, cast, publish

pytestmark = pytest.mark.xdist_group("pintu")

WITH_IDS = [route for route in TABLE if "<" in route]
NASTY = (
    "\0",
    "a\0b",
    "x" * 3000,
    "9" * 400,
    "-1",
    "²",
    "½",
    "..",
    "../../etc/passwd",
    "%00",
    "%2e%2e%2f",
    "'; DROP TABLE users; --",
    "{{7*7}}",
    "\u202e\ufeff😀",
    "\r\nSet-Cookie: a=b",
    "None",
)
ASKED = ("cari", "tampil", "layanan", "langkah", "jenis", "lewat", "sesudah", "sebelum", "t", "lanjut", "dari", "unduh")
TYPED = (
    *ASKED,
    "email", "password", "nomor", "pin", "versi", "kunci", "aksi", "pilih", "alasan", "id", "kasus", "tugas", "tema",
    "kembali", "ditampilkan", "ditanya", "sebab", "unggah:ktp", "keputusan", "berkas.ktp.nilai", "batas_melengkapi",
)  # fmt: skip


def address_with(rule: str, values: list[str]) -> str:
    parts = rule.split("/")
    left = iter(values)
    return "/".join(quote(next(left), safe="") if "<" in part else part for part in parts)


@pytest.mark.parametrize("route", WITH_IDS)
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], database=None)
@given(
    values=st.lists(
        st.one_of(st.text(max_size=40), st.text(alphabet=string.printable, min_size=1), st.sampled_from(NASTY)),
        min_size=4,
        max_size=4,
    )
)
def test_id_apa_pun_tidak_ditemukan_bukan_gangguan(dunia: Dunia, route: str, values: list[str]) -> None:
    method, _, rule = route.partition(" ")
    answer = dunia.knock(insider(route), method, address_with(rule, values), TABLE[route].sent)
    assert answer.status_code in (200, 302, 308, 400, 401, 403, 404, 405, 409, 422)
    if method == "GET" and all(value.strip() for value in values) and RULES[TABLE[route].rule][ANON] != OK:
        assert answer.status_code in (302, 308, 400, 403, 404)


def _leafed_through(site: Flask) -> list[str]:
    """Every page that begins where its address says: of the views whose module reads that."""
    rooms = {name: sys.modules[view.__module__] for name, view in site.view_functions.items() if name != "static"}
    sources = {name: inspect.getsource(room) for name, room in rooms.items()}
    reading = {
        name for name, text in sources.items() if any(word in text for word in ("lembar.", "sesudah", "sebelum"))
    }
    rules = {f"GET {rule.rule}" for rule in site.url_map.iter_rules() if rule.endpoint in reading}
    return [route for route in TABLE if route in rules]


def _cursor(year: int, row: str, zone: str = "+00:00") -> str:
    text = json.dumps(["p", f"{year:04}-01-01T00:00:00{zone}", row])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


FAR = (
    _cursor(2026, "9" * 22), _cursor(2026, "9" * 19), _cursor(1, "7", "+14:00"), _cursor(9999, "7", "-14:00"),
    _cursor(2026, "abc"), "2147483648", "9" * 12, "²",
)  # fmt: skip


def test_awal_halaman_yang_mustahil_tidak_mengganggu_satu_daftar_pun(dunia: Dunia) -> None:
    routes = _leafed_through(dunia.site)
    assert {"GET /audit/kantor", "GET /audit/kasus/<case_id>/pembaca", "GET /admin/cuti", "GET /inbox"} <= set(routes)
    broken = []
    for route in routes:
        who = insider(route)
        address = dunia.address(route.partition(" ")[2], who, **TABLE[route].things)
        for text in FAR:
            asked = f"{address}?sesudah={quote(text)}&sebelum={quote(text)}"
            if dunia.knock(who, "GET", asked).status_code >= 500:
                broken.append((route, text))
    assert broken == []


@pytest.fixture(params=["sqlite", "postgresql"])
def berdua(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """The site on each database in turn, with the cast and a published procedure. No CSRF field needed.

    Afterwards the module's own site is the one the services work with again.
    """
    before = [(module, dict(vars(module))) for module in (store, outgoing, keyring)]
    site = create_app(databases.config_for(request.getfixturevalue(f"{request.param}_url"), tmp_path / "var"))
    site.config["WTF_CSRF_ENABLED"] = False
    with clock.using(Jam()):
        with site.app_context():
            cast()
            publish()
        yield site
        with site.app_context():
            db.session.remove()
            db.engine.dispose()
    for module, names in before:
        vars(module).update(names)


def signed_in(site: Flask, who: str) -> FlaskClient:
    client = site.test_client()
    data = {"email": factories.CAST[who].email, "password": factories.PASSWORD}
    assert client.post("/masuk", data=data).status_code == 302
    return client


@pytest.mark.xdist_group("pintu-aneh")  # thousands of requests on a site of their own: beside the other doors
@pytest.mark.timeout(1200)
def test_alamat_pertanyaan_dan_formulir_aneh_di_kedua_basis_data(berdua: Flask) -> None:
    people = {"pemohon": signed_in(berdua, "bu_sari"), "petugas": signed_in(berdua, "pak_budi")}
    broken = []
    for route in TABLE:
        if route == "POST /keluar":
            continue
        method, _, rule = route.partition(" ")
        person = people["pemohon" if RULES[TABLE[route].rule][OWNER] == OK else "petugas"]
        for text in NASTY:
            sent = dict.fromkeys(TYPED, text) if method == "POST" else None
            answer = person.open(
                address_with(rule, [text] * 4), method=method, query_string=dict.fromkeys(ASKED, text), data=sent
            )
            if answer.status_code >= 500 and route != "GET /statusz":  # no worker runs here, and it says so
                broken.append((route, text))
            answer.close()  # a download that nobody reads to its end
    assert broken == []


def test_masuk_dan_cek_status_dengan_isian_aneh(berdua: Flask) -> None:
    """Fields one by one: the others are well-formed, so that they get as far as the database."""
    good = {
        "/masuk": {"email": "sari@contoh.id", "password": "x"},
        "/cek-status": {"nomor": "KK-2026-000001", "pin": "1"},
    }
    for path, fields in good.items():
        for name in fields:
            for number, text in enumerate(NASTY):
                place = {"REMOTE_ADDR": f"198.51.100.{number}"}
                answer = berdua.test_client().post(path, data={**fields, name: text}, environ_overrides=place)
                assert answer.status_code in (400, 401, 422, 429), (path, name, text)


def test_alamat_jaringan_aneh_tidak_mengganggu() -> None:
    assert throttle.place("2001:db8:1:2:3:4:5:6") == throttle.place("2001:db8:1:2::9") == "2001:db8:1:2::/64"
    assert throttle.place("::ffff:192.0.2.7") == throttle.place("192.0.2.7") == "192.0.2.7"
    assert throttle.place("bukan alamat") == "bukan alamat"
    assert throttle.place("") == ""


@pytest.mark.parametrize("name", ["alur", "remember_token", "tema", "session"])
def test_kuki_satu_megabita_atau_rusak(dunia: Dunia, name: str) -> None:
    for value in ("x" * 1_000_000, "eyJ" + "A" * 1000, ".eJ" + "A" * 5000, '"', "\\000", "%00"):
        for path in ("/", "/permohonan", "/aset/tidak-ada.css"):
            answer = dunia.site.test_client().get(path, headers={"Cookie": f"{name}={value}"})
            assert answer.status_code in (200, 302, 404)


def test_bom_zip_di_kuki_sesi_ditolak_karena_tanda_tangannya(dunia: Dunia) -> None:
    """A compressed cookie is only unpacked after its signature: a bomb needs our key."""
    cookie = {"Cookie": "alur=.eJzLyU9OzEkFAAYEAhM.aaaaaa.bbbbbbbbbbbb"}
    answer = dunia.site.test_client().get("/permohonan", headers=cookie)
    assert answer.status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Request-ID": "x" * 100_000},
        {"Accept-Language": "x" * 100_000},
        {"User-Agent": "\x7f" * 50_000},
        {"Host": ""},
        {"Host": "a" * 5000},
        {"Host": "[::1"},
        {"Referer": "http://[::1"},
        {"Origin": "http://[::1"},
        {"X-Forwarded-For": "x" * 10_000},
        {"X-Forwarded-Host": "jahat.contoh", "X-Forwarded-Proto": "javascript"},
        {"Range": "bytes=9999999999999999999999-"},
        {"If-None-Match": '"' * 1000},
        {"If-Modified-Since": "kemarin"},
        {"Accept-Encoding": "gzip;q=x"},
        {"Content-Length": "-1"},
        {"HX-Request": "true", "HX-Target": "\u00ff"},
    ],
    ids=lambda headers: next(iter(headers)),
)
def test_kepala_yang_aneh(dunia: Dunia, headers: dict[str, str]) -> None:
    for who, method, path in ((ANON, "GET", "/"), (OWNER, "POST", "/tema"), (ANON, "POST", "/keluar")):
        answer = dunia.knock(who, method, path, headers=headers)
        assert answer.status_code < 500
