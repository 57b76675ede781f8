"""WhatsApp over real HTTP on loopback: taken, refused for good, refused for now, silent, away; reports read safely."""

import json
import time

import pytest

from app.adapters.whatsapp import WhatsAppDeferred, WhatsAppRejected, chat_link
from app.adapters.whatsapp_cloud import CloudApi, is_signed, reports
from tests.support.servers import free_port
from tests.support.whatsapp import TOKEN, Server, report, signature, whatsapp_server

MESSAGE = ("pekerjaan.1", "6281100000001", "Permohonan KK-2026-000001 perlu dilengkapi", "https://alur.contoh.id/p/1")


def test_pesan_dikirim_sebagai_templat_dengan_nomor_kita() -> None:
    with whatsapp_server() as server:
        assert CloudApi(server.account).send(*MESSAGE) == "wamid.1"
        (message,) = server.messages
        ((path, headers),) = server.seen
    assert path == "/v25.0/106540352242922/messages"
    assert headers["Authorization"] == f"Bearer {TOKEN}"
    assert (message["to"], message["type"], message["biz_opaque_callback_data"]) == (MESSAGE[1], "template", MESSAGE[0])
    template = message["template"]
    assert (template["name"], template["language"]) == ("kabar_permohonan", {"code": "id"})
    assert [word["text"] for word in template["components"][0]["parameters"]] == [MESSAGE[2], MESSAGE[3]]


@pytest.mark.parametrize("code", [131026, 131030, 100])
def test_tolakan_tentang_nomornya_tidak_dicoba_lagi(code: int) -> None:
    with whatsapp_server() as server:
        server.refuse(code)
        with pytest.raises(WhatsAppRejected, match=str(code)):
            CloudApi(server.account).send(*MESSAGE)


@pytest.mark.parametrize(
    ("code", "status"),
    [(130429, 429), (131056, 400), (190, 401), (10, 403), (132001, 404), (131000, 500), (132015, 400), (131026, 503)],
)
def test_yang_lewat_sendiri_atau_dibetulkan_kantor_dicoba_lagi(code: int, status: int) -> None:
    with whatsapp_server() as server:
        server.refuse(code, status)
        with pytest.raises(WhatsAppDeferred, match=str(code)):
            CloudApi(server.account).send(*MESSAGE)


@pytest.mark.parametrize(
    "answer", [(200, "ya"), (200, "[]"), (200, '{"messages": []}'), (502, "<html>"), (302, "{}"), (400, "{}")]
)
def test_jawaban_yang_tidak_dikenal_dicoba_lagi(answer: tuple[int, str]) -> None:
    with whatsapp_server() as server:
        server.answer = answer
        with pytest.raises(WhatsAppDeferred):
            CloudApi(server.account).send(*MESSAGE)


def test_server_yang_diam_atau_pergi_ditinggalkan() -> None:
    with whatsapp_server() as server:
        server.silent = True
        began = time.monotonic()
        with pytest.raises(WhatsAppDeferred, match="terlalu lambat"):
            CloudApi(server.account, timeout=0.3).send(*MESSAGE)
        assert time.monotonic() - began < 30
    with pytest.raises(WhatsAppDeferred, match="tidak dapat dihubungi"):
        CloudApi(Server(port=free_port()).account, timeout=1).send(*MESSAGE)


def test_laporan_dibaca_hanya_tentang_nomor_kita() -> None:
    account = Server().account
    (one,) = reports(account, report("failed", "wamid.7", "pekerjaan.1", code=131026))
    assert (one.remote_id, one.reference, one.status, one.code) == ("wamid.7", "pekerjaan.1", "failed", 131026)
    assert one.at.year == 2026
    assert reports(account, report("read", "wamid.7", phone_id="1")) == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"entry": 1}',
        b'{"entry": [1, {"changes": {}}]}',
        json.dumps({"entry": [{"changes": [{"field": "messages", "value": {"statuses": [3]}}]}]}).encode(),
        report("sent", "x").replace(b'"id": "x"', b'"id": {}'),
        b"[" * 100_000,
    ],
)
def test_laporan_dengan_bentuk_aneh_dilewati(body: bytes) -> None:
    assert reports(Server().account, body) == []


def test_tanda_tangan_laporan_diperiksa() -> None:
    account, body = Server().account, report("sent", "wamid.1")
    assert is_signed(account, body, signature(body))
    for wrong in (signature(body, "lain"), signature(body + b" "), "", "sha256=", "sha1=é"):
        assert not is_signed(account, body, wrong)


def test_tautan_membuka_whatsapp_dengan_teks_siap() -> None:
    assert (
        chat_link("6281100000001", "Halo & apa\nkabar?")
        == "https://wa.me/6281100000001?text=Halo%20%26%20apa%0Akabar%3F"
    )
