"""Requests larger than any page of ours sends: refused early, with a page in Indonesian that says what to do."""

import io
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app
from werkzeug.wrappers import Request

from app.models import Upload
from app.services import clock, store
from app.services.portal import drafts
from tests.support.kasus import SLUG, Jam, cast, publish
from tests.support.peramban import sign_in

MB = 1024 * 1024
LIMIT = b"--batas\r\n"


class Rumah:
    def __init__(self, site: Flask) -> None:
        self.site = site
        with site.app_context():
            people = cast()
            publish()
            self.url = f"/permohonan/draf/{drafts.start(people['bu_sari'], SLUG)}/jenis"

    def browser(self) -> FlaskClient:
        return sign_in(self.site, "bu_sari")


@pytest.fixture
def rumah(site: Flask) -> Iterator[Rumah]:
    with clock.using(Jam()):
        yield Rumah(site)


def _part(name: str, value: bytes, file: str = "") -> bytes:
    named = f'Content-Disposition: form-data; name="{name}"' + (f'; filename="{file}"' if file else "")
    return LIMIT + named.encode() + b"\r\n\r\n" + value + b"\r\n"


def _send(rumah: Rumah, body: bytes, length: int = 0) -> TestResponse:
    return rumah.browser().post(
        rumah.url,
        input_stream=io.BytesIO(body),
        content_type="multipart/form-data; boundary=batas",
        environ_overrides={"CONTENT_LENGTH": str(length or len(body))},
    )


def _is_refused_kindly(answer: TestResponse) -> None:
    text = answer.get_data(as_text=True)
    assert answer.status_code == 413
    assert "Kiriman terlalu besar" in text
    assert "isian Anda masih ada di sana" in text


def test_sepuluh_ribu_bagian_ditolak_dengan_cepat(rumah: Rumah) -> None:
    body = b"".join(_part(f"a{number}", b"x") for number in range(10_000)) + b"--batas--\r\n"
    began = time.thread_time()
    _is_refused_kindly(_send(rumah, body))
    assert time.thread_time() - began < 5


def test_sepuluh_ribu_berkas_kosong_ditolak_dan_tidak_ada_yang_tersimpan(rumah: Rumah) -> None:
    body = b"".join(_part("unggah:ktp", b"x", f"{number}.jpg") for number in range(10_000)) + b"--batas--\r\n"
    _is_refused_kindly(_send(rumah, body))
    with rumah.site.app_context():
        assert store.session.query(Upload).count() == 0


def test_badan_65_mb_ditolak_sebelum_dibaca(rumah: Rumah) -> None:
    _is_refused_kindly(_send(rumah, b"", 65 * MB))


def test_teks_tiga_megabita_ditolak_dengan_saran(rumah: Rumah) -> None:
    _is_refused_kindly(_send(rumah, _part("jenis", b"x" * 3 * MB) + b"--batas--\r\n"))
    answer = rumah.browser().post(rumah.url, data={"jenis": "x" * 3 * MB})
    _is_refused_kindly(answer)


def test_kiriman_tanpa_panjang_dibatasi_juga(rumah: Rumah) -> None:
    """Chunked, as a server hands it on: no Content-Length, and an end that only reading finds."""

    class Endless(io.RawIOBase):
        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            start = _part("unggah:ktp", b"", "a.jpg")[:-2] if not self.given else b""
            block = (start + b"x" * len(buffer))[: len(buffer)]
            buffer[:] = block
            self.given += len(block)
            return len(block)

    endless, browser = Endless(), rumah.browser()
    given = EnvironBuilder(rumah.url, method="POST", content_type="multipart/form-data; boundary=batas").get_environ()
    cookies = "; ".join(f"{one.key}={one.value}" for one in browser._cookies.values())
    given |= {"wsgi.input": io.BufferedReader(endless), "wsgi.input_terminated": True, "HTTP_COOKIE": cookies}
    given.pop("CONTENT_LENGTH", None)
    _is_refused_kindly(TestResponse(*run_wsgi_app(rumah.site, given), request=Request(given)))
    assert endless.given < 66 * MB


@pytest.mark.parametrize(
    "body",
    [
        *(b"", b"--", b"--batas", b"--batas\r\n\r\n", b"\0" * 500),
        LIMIT + b"Content-Disposition: form-data\r\n\r\nx\r\n--batas--",
        LIMIT + b'Content-Disposition: form-data; filename="a.jpg"\r\n\r\nx\r\n--batas--',
    ],
)
def test_badan_yang_cacat_bukan_gangguan(rumah: Rumah, body: bytes) -> None:
    assert _send(rumah, body).status_code < 500


def test_isian_ganda_dan_kunci_aneh_tidak_mengganggu(rumah: Rumah) -> None:
    data = {"versi": ["1", "x", "-1"], "aksi": ["simpan", "lanjut"], "jenis": ["hilang", "rusak"], "a" * 5000: "b"}
    assert rumah.browser().post(rumah.url, data=data).status_code == 302
