"""Logs: JSON lines with a request id, and never a NIK."""

import json
import logging

import pytest
from flask.testing import FlaskClient

from app.logs import JsonFormatter, scrub


@pytest.mark.parametrize(
    "text",
    [
        "NIK 3402990101900001 ganda",
        "3402 9901 0190 0001",
        "3402.9901.0190.0001",
        "kk=3402990101900001&x",
        "n3402990101900001n",
    ],
)
def test_angka_enam_belas_tidak_sampai_ke_catatan(text: str) -> None:
    assert "0001" not in scrub(text)


@pytest.mark.parametrize("text", ["KK-2026-000123", "2026-11-23T08:00:00.123456", "12345678901234567890"])
def test_angka_lain_tetap_terbaca(text: str) -> None:
    assert scrub(text) == text


def test_satu_baris_adalah_satu_objek_json() -> None:
    record = logging.LogRecord("alur", logging.INFO, "", 0, "ganda %s\nbaris dua", ("3402990101900001",), None)
    record.case = "k1"
    line = JsonFormatter().format(record)
    assert "\n" not in line
    assert json.loads(line) | {"time": ""} == {
        "time": "",
        "level": "INFO",
        "logger": "alur",
        "message": "ganda [16 angka]\nbaris dua",
        "case": "k1",
    }


def test_nomor_permintaan_yang_wajar_dipakai_lagi(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": "abc-12345678"}).headers["X-Request-ID"] == "abc-12345678"


@pytest.mark.parametrize("given", ["", "x", "<script>alert(1)</script>", "a" * 65, "3402990101900001"])
def test_nomor_permintaan_yang_aneh_diganti(client: FlaskClient, given: str) -> None:
    answer = client.get("/healthz", headers={"X-Request-ID": given})
    assert answer.headers["X-Request-ID"] != given
    assert len(answer.headers["X-Request-ID"]) == 32


def test_catatan_menyebut_rute_bukan_alamat_yang_diketik(client: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "alur.http"):
        client.get("/cari-saja?nik=3402990101900001")
    (record,) = [r for r in caplog.records if r.name == "alur.http"]
    assert vars(record)["route"] == "(tidak dikenal)"
    assert "nik" not in JsonFormatter().format(record)
