"""Mail over a real SMTP server on loopback: taken, refused for good, refused for now, silent, away."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask

from app import create_app
from app.adapters.mailer import MailDeferred, MailRejected
from app.mailing import SmtpMailer
from app.settings.mail import Mail
from tests.support.databases import config_for
from tests.support.servers import Mailbox

LETTER = (
    "<abc123@alur.contoh.id>",
    "sari@contoh.id",
    "Permohonan KK-2026-000001 perlu dilengkapi",
    "Isi: é\n\nbaris dua",
)


@pytest.fixture
def mailer_to(sqlite_url: str, tmp_path: Path):
    def make(port: int, timeout: float = 5.0) -> SmtpMailer:
        mail = Mail(server="127.0.0.1", port=port, security="none", sender="alur@contoh.id")
        app: Flask = create_app(config_for(sqlite_url, tmp_path / "surat", mail=mail))
        return SmtpMailer(app, timeout)

    return make


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes the connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        held = []
        thread = threading.Thread(target=lambda: held.append(server.accept()), daemon=True)
        thread.start()
        yield server.getsockname()[1]
        for connection, _ in held:
            connection.close()


def test_surat_sampai_dengan_message_id_kita(smtp: Mailbox, mailer_to) -> None:
    mailer_to(smtp.port).send(*LETTER)
    (message,) = smtp.messages
    assert message["Message-ID"] == LETTER[0]
    assert message["To"] == LETTER[1]
    assert message["From"] == "alur@contoh.id"
    assert message["Subject"] == LETTER[2]
    assert message.get_content().replace("\r\n", "\n").strip() == LETTER[3]


@pytest.mark.parametrize(
    "subject",
    ["Perlu dilengkapi " * 80, "é" * 1200, "Beres 😀👍", "Kantor\r\nBcc: lain@contoh.id"],
)
def test_surat_satu_paragraf_panjang_dan_judul_apa_pun_sampai_utuh(smtp: Mailbox, mailer_to, subject: str) -> None:
    """A line over 998 bytes is refused for good by a server that keeps to RFC 5321."""
    body = "Satu paragraf tanpa ganti baris, é dan 😀. " * 60
    mailer_to(smtp.port).send(LETTER[0], LETTER[1], subject, f"{body}\n.\nFrom sini")
    (message,) = smtp.messages
    assert message["Subject"].split() == subject.split() and message["Bcc"] is None
    assert message.get_content().replace("\r\n", "\n").strip() == f"{body}\n.\nFrom sini"


def test_tolakan_tetap_tidak_dicoba_lagi(smtp: Mailbox, mailer_to) -> None:
    smtp.refuse = "550 kotak surat sari@contoh.id tidak ada"
    with pytest.raises(MailRejected) as problem:
        mailer_to(smtp.port).send(*LETTER)
    assert "550" in str(problem.value)
    assert "sari@" not in str(problem.value)


def test_tolakan_sementara_dicoba_lagi_lalu_terkirim(smtp: Mailbox, mailer_to) -> None:
    mailer = mailer_to(smtp.port)
    smtp.refuse = "451 sedang sibuk"
    with pytest.raises(MailDeferred):
        mailer.send(*LETTER)
    smtp.refuse = ""
    mailer.send(*LETTER)
    assert [message["Message-ID"] for message in smtp.messages] == [LETTER[0]]


def test_server_yang_diam_tidak_ditunggu_selamanya(mailer_to) -> None:
    begun = time.monotonic()
    with silent_server() as port, pytest.raises(MailDeferred):
        mailer_to(port, timeout=0.3).send(*LETTER)
    assert time.monotonic() - begun < 30


def test_server_yang_tidak_ada_dicoba_lagi(mailer_to) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(MailDeferred, match="dihubungi"):
        mailer_to(port).send(*LETTER)


def test_penerima_yang_ditolak_server_adalah_tolakan_tetap(smtp: Mailbox, mailer_to) -> None:
    async def handle_RCPT(server, session, envelope, address, options) -> str:
        return "553 alamat tidak dikenal"

    smtp.handle_RCPT = handle_RCPT  # type: ignore[attr-defined]
    with pytest.raises(MailRejected):
        mailer_to(smtp.port).send(*LETTER)


def test_kata_sandi_server_yang_salah_menunggu_operator(smtp: Mailbox, mailer_to) -> None:
    """Log-in refused (or not offered) is the office's setting: letters must not be lost over it."""
    mailer = mailer_to(smtp.port)
    state = mailer.app.extensions["mail"]
    state.username, state.password = "alur", "salah"
    with pytest.raises(MailDeferred):
        mailer.send(*LETTER)
