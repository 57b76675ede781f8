import io
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pikepdf
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import pkcs12
from fpdf import FPDF
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import find_unique_cms_attribute

from app.adapters import signer_local, timestamps
from app.adapters.signature_look import HEIGHT, WIDTH, Look
from app.adapters.signature_proof import is_intact
from app.adapters.signer import (
    READY,
    AnswerUnusable,
    Box,
    CertificateUnusable,
    DocumentRefused,
    Order,
    Signatory,
    Signer,
    SignerAway,
    SigningFailed,
    TimeAway,
    WrongPassphrase,
)
from app.adapters.signer_bsre import Account, BsreSigner
from app.adapters.signer_local import LocalSigner
from app.adapters.timestamps import Authority
from tests.support import bsre
from tests.support.bsre import Server, bsre_server
from tests.support.penerbit import DOWN, GOOD, NONSENSE, SLOW, issuer

WHO = Signatory("uji-bu-kartika", "Kartika Hapsara", "kartika@contoh.id")
PASSPHRASE = "frasa-sandi-uji"


def letter(words: str = "Surat keterangan nomor 1") -> bytes:
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=14)
    page.cell(text=words)
    return bytes(page.output())


def order(pdf: bytes | None = None) -> Order:
    look = Look("Kartika Hapsara", "Plh. Kepala Dinas", "Senin, 23 November 2026 pukul 08.00", "Catatan.")
    return Order(pdf or letter(), Box(1, 300, 100, WIDTH, HEIGHT), look.png(), "Surat keterangan", "Bantul")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ttd")


@pytest.fixture
def lokal(folder: Path) -> LocalSigner:
    found = LocalSigner(folder)
    found.create(WHO, PASSPHRASE, "Kantor uji")
    return found


@pytest.fixture
def server(folder: Path) -> Iterator[Server]:
    with bsre_server(folder) as server:
        yield server


def refusal(signer: Signer, passphrase: str = bsre.PASSPHRASE) -> SigningFailed:
    with pytest.raises(SigningFailed) as caught:
        signer.sign(order(), WHO, passphrase)
    return caught.value


def test_sertifikat_setempat_menandatangani_dengan_pades_dan_gambar_yang_terlihat(lokal: LocalSigner) -> None:
    draft = order()
    signed = lokal.sign(draft, WHO, PASSPHRASE)
    assert signed.startswith(draft.pdf)  # what was shown is still there, byte for byte
    assert is_intact(signed)
    with pikepdf.open(io.BytesIO(signed)) as pdf:
        field = pdf.Root.AcroForm.Fields[0]
        assert (str(field.V.SubFilter), str(field.V.Reason)) == ("/ETSI.CAdES.detached", "Surat keterangan")
        assert [round(float(x)) for x in field.Rect] == [300, 100, 535, 192]
        assert "/AP" in field


def test_stempel_waktu_ikut_tanda_tangan_setempat(lokal: LocalSigner) -> None:
    with issuer() as penerbit:
        stamping = LocalSigner(lokal.folder, authority=Authority(f"{penerbit.url}/tsa"))
        for _ in range(2):
            signed = stamping.sign(order(), WHO, PASSPHRASE)
            assert is_intact(signed)
            (signature,) = PdfFileReader(io.BytesIO(signed)).embedded_signatures
            assert find_unique_cms_attribute(signature.signer_info["unsigned_attrs"], "signature_time_stamp_token")
        assert penerbit.asked == ["/tsa"] * 3  # the first one also to learn how long a timestamp is


@pytest.mark.parametrize("how", [DOWN, NONSENSE, SLOW])
def test_tanpa_stempel_waktu_tidak_ada_yang_ditandatangani(
    lokal: LocalSigner, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(timestamps, "READ_SECONDS", 0.3)
    with issuer() as penerbit:
        stamping = LocalSigner(lokal.folder, authority=Authority(f"{penerbit.url}/tsa"))
        stamping.sign(order(), WHO, PASSPHRASE)
        penerbit.tsa = how
        problem = refusal(stamping, PASSPHRASE)
        assert isinstance(problem, TimeAway) and not problem.stops and "belum ditandatangani" in problem.pesan
        penerbit.tsa = GOOD
        if how == SLOW:  # not asked again at once
            asked = len(penerbit.asked)
            assert isinstance(refusal(stamping, PASSPHRASE), TimeAway) and len(penerbit.asked) == asked
        else:
            assert is_intact(stamping.sign(order(), WHO, PASSPHRASE))


def test_satu_byte_diubah_tidak_utuh_lagi(lokal: LocalSigner) -> None:
    signed = bytearray(lokal.sign(order(), WHO, PASSPHRASE))
    signed[200] ^= 1
    assert not is_intact(bytes(signed))
    assert not is_intact(letter())
    assert not is_intact(b"bukan PDF")


def test_frasa_salah_tanpa_sertifikat_dan_sertifikat_habis_disebut(lokal: LocalSigner, folder: Path) -> None:
    assert isinstance(refusal(lokal, "bukan itu"), WrongPassphrase)
    stranger = Signatory("uji-lain", "Lain", "lain@contoh.id")
    with pytest.raises(CertificateUnusable, match="Tidak ada sertifikatnya di mesin ini"):
        lokal.sign(order(), stranger, PASSPHRASE)
    assert lokal.status(stranger) == "NO_CERTIFICATE"


def test_sertifikat_setempat_yang_habis_tidak_menandatangani(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Past(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            return datetime(2020, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(signer_local, "datetime", Past)
    old = LocalSigner(tmp_path)
    old.create(WHO, PASSPHRASE, "Kantor uji")
    monkeypatch.undo()
    assert old.status(WHO) == "EXPIRED"
    assert refusal(old, PASSPHRASE).cause == "sertifikat habis"
    assert old.create(WHO, PASSPHRASE, "Kantor uji")  # an expired one is made anew
    assert old.status(WHO) == READY


def test_berkas_sertifikat_terkunci_frasa_dan_hanya_untuk_akun_ini(lokal: LocalSigner, folder: Path) -> None:
    path = folder / f"{WHO.id}.p12"
    assert path.stat().st_mode & 0o077 == 0
    for passphrase in (None, b"", b"lain"):
        with pytest.raises((ValueError, TypeError)):
            pkcs12.load_key_and_certificates(path.read_bytes(), passphrase)
    assert not lokal.create(WHO, "frasa lain lagi", "Kantor uji")  # a valid one is never replaced
    certificate = x509.load_pem_x509_certificate((folder / f"{WHO.id}.pem").read_bytes())
    assert certificate.not_valid_after_utc < datetime.now(UTC) + timedelta(days=366 * signer_local.YEARS)


def test_bsre_menandatangani_dan_hanya_bila_statusnya_issue(server: Server) -> None:
    signer = BsreSigner(server.account)
    signed = signer.sign(order(), WHO, bsre.PASSPHRASE)
    assert is_intact(signed)
    assert [path for path, _ in server.seen] == ["/api/v2/user/check/status", "/api/v2/sign/pdf"]
    sent = server.bodies[-1]
    assert (sent["email"], sent["signatureProperties"][0]["tampilan"], len(sent["file"])) == (WHO.email, "VISIBLE", 1)
    assert signer.verify(signed) == "NO_SIGNATURE"
    for status, words in (
        ("EXPIRED", "sertifikat habis"),
        ("SUSPEND", "sertifikat ditangguhkan"),
        ("?", "tidak dapat"),
    ):
        server.status = status
        assert words in refusal(signer).cause
    assert len(server.documents) == 1  # nothing was sent for a certificate that may not sign


def test_kesalahan_bsre_menjadi_galat_yang_bernama(server: Server) -> None:
    signer = BsreSigner(server.account)
    assert isinstance(refusal(signer, "salah"), WrongPassphrase)
    server.refuse = lambda _: (400, {"error": "x", "status_code": 2099})
    assert isinstance(refusal(signer), DocumentRefused)
    server.refuse = lambda _: (503, {"error": "x"})
    assert isinstance(refusal(signer), SignerAway)
    wrong_account = BsreSigner(Account(server.account.url, "alur", "salah"))
    assert isinstance(refusal(wrong_account), SignerAway)


@pytest.mark.parametrize("raw", [b"bukan JSON", b"[]", b"{}", b'{"file": []}', b'{"file": ["%%%"]}', b'{"file": [7]}'])
def test_jawaban_bsre_yang_bukan_bentuknya_ditolak(server: Server, raw: bytes) -> None:
    server.raw = raw
    assert isinstance(refusal(BsreSigner(server.account)), AnswerUnusable)


def test_dokumen_lain_atau_tanpa_tanda_tangan_dari_bsre_ditolak(server: Server, lokal: LocalSigner) -> None:
    signer = BsreSigner(server.account)
    server.twist = lambda _: letter()
    assert isinstance(refusal(signer), AnswerUnusable)
    other = lokal.sign(order(letter("Surat orang lain")), WHO, PASSPHRASE)
    server.twist = lambda _: other
    assert isinstance(refusal(signer), AnswerUnusable)
    server.twist = lambda signed: signed + b"tambahan"
    assert isinstance(refusal(signer), AnswerUnusable)


def test_bsre_yang_diam_atau_mati_ditinggalkan_pada_waktunya(server: Server) -> None:
    server.silent = True
    assert isinstance(refusal(BsreSigner(server.account, timeout=0.3)), SignerAway)
    dead = Account("http://127.0.0.1:9", "alur", "x")
    assert isinstance(refusal(BsreSigner(dead, timeout=0.3)), SignerAway)


def test_frasa_sandi_dan_sandi_aplikasi_tidak_tercetak(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        signer = BsreSigner(server.account)
        refusal(signer, "frasa-rahasia-itu")
        said = caplog.text + repr(server.account) + repr(signer.account) + repr(order())
    assert "frasa-rahasia-itu" not in said
    assert bsre.PASSWORD not in said


def test_sertifikat_server_bsre_selalu_diperiksa(folder: Path) -> None:
    with bsre_server(folder, tls=True) as server:
        assert isinstance(refusal(BsreSigner(server.account)), SignerAway)  # vouched for by nobody
        assert server.bodies == []  # so nothing was sent
        known = replace(server.account, ca=str(folder / "tls.pem"))
        assert BsreSigner(known).status(WHO) == READY
