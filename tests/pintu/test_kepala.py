"""What every answer carries and every request must bring, from the table of doors: no route is left out."""

import re
from urllib.parse import urlsplit

import pytest
from werkzeug.test import TestResponse

from app import create_app
from app.extensions import db
from tests.pintu.dunia import ANON, OWNER, WHO, Dunia
from tests.pintu.rute import NOT_NOW, OK, RULES, SIGN_IN, TABLE
from tests.pintu.test_matriks import _knock, _version
from tests.support import databases

pytestmark = pytest.mark.xdist_group("pintu")

# Machines bring their own proof instead of a page's token: tests/web/test_kait.py.
POSTS = [route for route in TABLE if route.startswith("POST") and TABLE[route].rule != "mesin lain"]
GETS = [route for route in TABLE if route.startswith("GET")]
PATHS = sorted({route.partition(" ")[2] for route in TABLE})
FILES = tuple(f"GET /berkas/<upload_id>{tail}" for tail in ("", "/kecil", "/halaman/<nomor>"))
INLINE = re.compile(r"""<script(?![^>]*\bsrc=)|<style|\sstyle=["']|\son[a-z]+=["']|javascript:""", re.IGNORECASE)
EVIL = (
    "https://jahat.contoh",
    "//jahat.contoh",
    "/\\jahat.contoh",
    "\\\\jahat.contoh",
    "/\t/jahat.contoh",
    "http:jahat",
)
FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def insider(route: str) -> str:
    """Somebody whom this route lets in, be it not now; a person who is signed in, if it makes no difference."""
    said = RULES[TABLE[route].rule]
    let_in = (who for word in (OK, NOT_NOW) for who in (OWNER, *WHO) if said[who] == word and who != ANON)
    return next(let_in, OWNER)


@pytest.mark.parametrize("route", TABLE)
def test_setiap_jawaban_membawa_kepala_pengaman(utuh: Dunia, route: str) -> None:
    """Whoever knocks: let in, sent to sign in, or refused."""
    for who in (insider(route), ANON, "admin"):
        answer = _knock(utuh, who, route)
        assert {name: answer.headers.get(name) for name in FIXED} == FIXED, who
        assert "geolocation=()" in answer.headers["Permissions-Policy"]
        _check_policy(route, answer)
        _check_cache(route, who, answer)
        if answer.mimetype == "text/html":
            assert "charset=utf-8" in answer.content_type
            assert INLINE.findall(answer.text) == []


def _check_policy(route: str, answer: TestResponse) -> None:
    rules = dict(part.strip().partition(" ")[::2] for part in answer.headers["Content-Security-Policy"].split(";"))
    assert rules["frame-ancestors"] == "'self'"
    assert rules.get("object-src", rules["default-src"]) in ("'none'", "'self'")
    scripts = rules.get("script-src", rules["default-src"])
    assert scripts in ("'none'", "'self'")
    if route in FILES and answer.status_code == 200:
        assert rules["default-src"] == "'none'"
        assert "sandbox" in rules or answer.mimetype == "application/pdf"
    else:
        assert "unsafe" not in str(rules)
        assert (rules["base-uri"], rules["form-action"]) == ("'none'", "'self'")


def _check_cache(route: str, who: str, answer: TestResponse) -> None:
    kept = answer.headers["Cache-Control"]
    if route == "GET /aset/<name>" and answer.status_code == 200:
        assert kept == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
    elif who == ANON and route in GETS and answer.status_code == 200:
        assert kept in ("private, no-cache", "no-store")
    else:
        assert kept == "no-store", (who, kept)


def test_aset_yang_tidak_ada_tidak_disimpan_peramban(dunia: Dunia) -> None:
    for name in (
        "tidak-ada.css",
        "manifest.json",
        "..%2f..%2fauth.py",
        "%2e%2e%2fassets.py",
        "..",
        "icons.svg.gz",
        "\\..\\x",
    ):
        answer = dunia.knock(ANON, "GET", f"/aset/{name}")
        assert answer.status_code == 404, name
        assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("route", POSTS)
def test_kiriman_tanpa_token_sendiri_ditolak_dan_tidak_mengubah_apa_pun(utuh: Dunia, route: str) -> None:
    before, who = utuh.state(), insider(route)
    row, rule = TABLE[route], route.partition(" ")[2]
    address = utuh.address(rule, who, **row.things)
    sent = {name: _version(utuh, value) for name, value in row.sent.items()} | {"catatan": "yang sudah diketik"}
    ours, theirs = {"Origin": "http://localhost"}, {"Origin": "https://jahat.contoh"}
    strangers_token = utuh.cookies[ANON][1]
    answers = {
        "tanpa": utuh.knock(who, "POST", address, sent, csrf=False, headers=ours),
        "kosong": utuh.knock(who, "POST", address, {**sent, "csrf_token": ""}, csrf=False, headers=ours),
        "orang lain": utuh.knock(
            who, "POST", address, {**sent, "csrf_token": strangers_token}, csrf=False, headers=ours
        ),
        "situs lain": utuh.knock(who, "POST", address, sent, csrf=False, headers=theirs),
        "tanpa asal": utuh.knock(who, "POST", address, sent, csrf=False),
    }
    assert {name: answer.status_code for name, answer in answers.items()} == dict.fromkeys(answers, 400)
    assert utuh.state() == before
    kept = {name for name, answer in answers.items() if "yang sudah diketik" in answer.text}
    assert kept == (set() if route == "POST /masuk" else {"tanpa", "kosong", "orang lain"})


@pytest.mark.parametrize("path", PATHS)
def test_cara_lain_tidak_ada(utuh: Dunia, path: str) -> None:
    """No PUT, DELETE, PATCH, TRACE; OPTIONS tells the methods and nothing else; HEAD is GET without its body."""
    route = next(route for route in TABLE if route.partition(" ")[2] == path)
    who, row = insider(route), TABLE[route]
    address, before = utuh.address(path, who, **row.things), utuh.state()
    for method in ("PUT", "DELETE", "PATCH", "TRACE", "PROPFIND", "MENGARANG"):
        for person in (who, ANON):
            assert utuh.knock(person, method, address).status_code == 405, method
    pattern = {each: re.sub("<[a-z_]+>", "[^/]+", path_of(each)) for each in TABLE}
    methods = {each.partition(" ")[0] for each in TABLE if re.fullmatch(pattern[each], address)}
    told = utuh.knock(ANON, "OPTIONS", address)
    assert told.status_code == 200 and told.data == b""
    assert set(told.allow or ()) == methods | {"OPTIONS"} | ({"HEAD"} if "GET" in methods else set())
    head, get = utuh.knock(who, "HEAD", address), utuh.knock(who, "GET", address)
    assert (head.status_code, head.data) == (get.status_code, b"")
    assert utuh.state() == before


@pytest.mark.parametrize("route", TABLE)
def test_tidak_ada_jalan_ke_situs_lain(utuh: Dunia, route: str) -> None:
    """Whatever a link or a form says about where to go next, and whatever host is named."""
    row, (method, _, rule) = TABLE[route], route.partition(" ")
    for who in (insider(route), ANON):
        address = utuh.address(rule, who, **row.things)
        for target in EVIL[:3]:
            asked = dict.fromkeys(("lanjut", "next", "kembali", "dari", "url", "tujuan"), target)
            client_headers = {
                "Host": "jahat.contoh",
                "X-Forwarded-Host": "jahat.contoh",
                "Referer": "http://jahat.contoh/x",
            }
            query = "&".join(f"{name}={_quoted(value)}" for name, value in asked.items())
            answer = utuh.knock(who, method, f"{address}?{query}", {**row.sent, **asked}, headers=client_headers)
            place = answer.headers.get("Location", "/")
            assert place.startswith("/") and not place.startswith(("//", "/\\")), place
            inside = urlsplit(place).query if place.startswith("/masuk") else ""
            assert "jahat" not in place.replace(inside, ""), place
    utuh.restore()


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02x}" for byte in text.encode())


@pytest.mark.parametrize("target", EVIL)
def test_masuk_tidak_meneruskan_ke_situs_lain(utuh: Dunia, target: str) -> None:
    data = {"email": "sari@contoh.id", "password": "kata-sandi-uji-2026"}
    answer = utuh.knock(ANON, "POST", f"/masuk?lanjut={_quoted(target)}", data)
    assert (answer.status_code, answer.location) == (302, "/permohonan")
    assert utuh.knock(OWNER, "GET", f"/masuk?lanjut={_quoted(target)}").location == "/"


@pytest.fixture(scope="module")
def https(dunia: Dunia) -> Dunia:
    """The same office in production, behind one trusted proxy."""
    changes = {"mode": "production", "base_url": "https://alur.contoh.id", "proxies": 1}
    url = f"sqlite:///{dunia.folder / 'alur.db'}"
    site = create_app(databases.config_for(url, dunia.folder / "var", **changes))
    yield Dunia(site, dunia.folder, dunia.cookies, dunia.sari, dunia.ningsih)
    with site.app_context():
        db.engine.dispose()


PROXIED = {"Host": "alur.contoh.id", "X-Forwarded-Proto": "https", "X-Forwarded-For": "192.0.2.1"}


@pytest.mark.parametrize("route", TABLE)
def test_https_hanya_untuk_nama_sendiri(https: Dunia, route: str) -> None:
    method, _, rule = route.partition(" ")
    address = https.address(rule, **TABLE[route].things)
    answer = https.site.test_client().open(address, method=method, headers=PROXIED)
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000"
    for cookie in answer.headers.getlist("Set-Cookie"):
        assert "Secure" in cookie and "HttpOnly" in cookie and "SameSite=Lax" in cookie
        assert not cookie.startswith("__Host-") or ("Path=/" in cookie and "Domain" not in cookie)
    elsewhere = https.site.test_client().open(address, method=method, headers={**PROXIED, "Host": "10.0.0.7:8000"})
    is_probe = path_of(route) in ("/healthz", "/readyz", "/statusz", "/metrics")
    assert (elsewhere.status_code == 400) is not is_probe
    if not is_probe:
        forwarded = {**PROXIED, "X-Forwarded-Host": "jahat.contoh"}
        assert https.site.test_client().open(address, method=method, headers=forwarded).status_code == 400


def path_of(route: str) -> str:
    return route.partition(" ")[2]


def test_kuki_sesi_di_https_tidak_dapat_ditimpa_subdomain(https: Dunia) -> None:
    page = https.site.test_client().get("/masuk", headers=PROXIED)
    assert any(cookie.startswith("__Host-alur=") for cookie in page.headers.getlist("Set-Cookie"))


@pytest.mark.parametrize("route", [*FILES, "GET /permohonan/<case_id>/bukti.pdf"])
def test_berkas_tidak_ditebak_jenisnya_dan_bernama_dari_kita(utuh: Dunia, route: str) -> None:
    for suffix in ("", "?unduh=1"):
        answer = utuh.knock(OWNER, "GET", utuh.address(path_of(route), **TABLE[route].things) + suffix)
        assert answer.mimetype in ("image/jpeg", "image/png", "application/pdf")
        place = answer.headers["Content-Disposition"]
        assert re.fullmatch(
            r'(inline|attachment); filename="([A-Z]+-\d{4}-\w+-[a-z0-9_]+-\d+(-kecil|-halaman-\d+)?|bukti-permohonan)'
            r'\.(jpg|png|pdf)"',
            place,
        )
        if suffix and not route.endswith(("kecil", "<nomor>")):
            assert place.startswith("attachment")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_yang_ditutup_memang_menutup(dunia: Dunia) -> None:
    """The generated tests above rest on this: the insiders are let in, the strangers are not."""
    elsewhere = {"mesin lain", "dokumen yang tidak menunggu", "tanda tangan orang lain"}  # have tests of their own
    ours = [route for route in TABLE if TABLE[route].rule not in elsewhere]
    assert {RULES[TABLE[route].rule][insider(route)] for route in ours} == {OK, NOT_NOW}
    assert sum(RULES[TABLE[route].rule][ANON] == SIGN_IN for route in TABLE) > len(TABLE) / 2
