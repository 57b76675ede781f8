"""Reports about mail that did not arrive, as servers write them, and everything that is none."""

import pytest

from app.adapters.dsn import Notification, read
from tests.support.pantulan import dsn


@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_laporan_menyebut_surat_dan_sebabnya(kind: str) -> None:
    (one,) = read(dsn("<abc.2@alur.contoh.id>", kind=kind))
    assert one == Notification("<abc.2@alur.contoh.id>", "failed", "5.1.1")
    assert one.did_not_arrive


@pytest.mark.parametrize("action", ["delayed", "delivered", "relayed", "expanded"])
def test_yang_tertunda_atau_sampai_bukan_pantulan(action: str) -> None:
    (one,) = read(dsn("<a@b>", action=action, status="4.4.1"))
    assert not one.did_not_arrive


def test_yang_menyerah_sesudah_berhari_hari_tidak_sampai() -> None:
    (one,) = read(dsn("<a@b>", status="4.4.7 (delivery time expired)"))
    assert (one.did_not_arrive, one.status) == (True, "4.4.7")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00",
        b"Subject: Di luar kantor\r\n\r\nSaya cuti.",
        dsn("").replace(b"Message-ID: \r\n", b""),
        dsn("<a@b>").replace(b"multipart/report", b"multipart/mixed"),
        dsn("<a@b>").replace(b"message/delivery-status", b"text/plain"),
        dsn("<a@b>").split(b"--batas\r\nContent-Type: message/rfc822")[0],
        dsn("<a@b>").replace(b"Action: failed\r\n", b""),
        b"Content-Type: multipart/report; boundary=x\r\n\r\n" + b"--x\r\n" * 1000,
    ],
)
def test_surat_lain_dan_yang_rusak_tidak_mengatakan_apa_apa(raw: bytes) -> None:
    assert read(raw) == []
