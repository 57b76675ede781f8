"""`lokal`: PAdES with a certificate of this office, one PKCS#12 for every signatory, locked by their passphrase.

The certificate is signed by itself: it proves that the document was not changed and who signed in this office, but no
certification authority vouches for it.
"""

import contextlib
import io
import os
import secrets
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PrivateFormat, pkcs12
from cryptography.x509.oid import NameOID
from PIL import Image
from pyhanko.keys.internal import (
    translate_pyca_cryptography_cert_to_asn1,
    translate_pyca_cryptography_key_to_asn1,
)
from pyhanko.pdf_utils.images import PdfImage
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.layout import AxisAlignment, Margins, SimpleBoxLayoutRule
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.sign import signers
from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
from pyhanko.sign.general import SigningError
from pyhanko.sign.timestamps import TimestampRequestError
from pyhanko.stamp import StaticStampStyle
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.adapters import private
from app.adapters.signature_proof import is_intact
from app.adapters.signer import (
    READY,
    AnswerUnusable,
    CertificateUnusable,
    DocumentRefused,
    Order,
    Signatory,
    TimeAway,
    WrongPassphrase,
)
from app.adapters.timestamps import Authority

YEARS = 2
SHORTEST = 8
"""Of a passphrase."""
ROUNDS = 100_000
_FILLED = SimpleBoxLayoutRule(AxisAlignment.ALIGN_MID, AxisAlignment.ALIGN_MID, margins=Margins(0, 0, 0, 0))


class LocalSigner:
    """Signs with the certificates in `folder`: `<account id>.p12`, its public half beside it as `.pem`."""

    def __init__(self, folder: Path, rounds: int = ROUNDS, authority: Authority | None = None) -> None:
        """`rounds`: how dear a guess at the passphrase of a new certificate is. `authority`: puts a trusted time in
        every signature (PAdES B-T); None: the time is the signer's own word."""
        self.folder, self.rounds, self.authority = folder, rounds, authority

    def status(self, who: Signatory) -> str:
        try:
            certificate = x509.load_pem_x509_certificate(self._path(who.id, "pem").read_bytes())
        except (FileNotFoundError, ValueError):
            return "NO_CERTIFICATE"
        return READY if certificate.not_valid_after_utc > datetime.now(UTC) else "EXPIRED"

    def sign(self, order: Order, who: Signatory, passphrase: str) -> bytes:
        status = self.status(who)
        if status == "NO_CERTIFICATE":
            raise CertificateUnusable("NOT_HERE")
        if status != READY:
            raise CertificateUnusable(status)
        signer = self._open(who, passphrase)
        meta = signers.PdfSignatureMetadata(
            field_name=f"TandaTangan_{secrets.token_hex(4)}",
            md_algorithm="sha256",
            subfilter=SigSeedSubFilter.PADES,
            reason=order.reason,
            location=order.location,
            name=who.name,
        )
        box = order.box
        corners = (round(box.x), round(box.y), round(box.x + box.width), round(box.y + box.height))
        spec = SigFieldSpec(meta.field_name or "", on_page=box.page - 1, box=corners)
        style = StaticStampStyle(
            background=PdfImage(Image.open(io.BytesIO(order.look))),
            background_opacity=1.0,
            border_width=0,
            background_layout=_FILLED,
        )
        pdf_signer = signers.PdfSigner(meta, signer, timestamper=self.authority, stamp_style=style, new_field_spec=spec)
        out = io.BytesIO()
        try:
            # The library begins an event loop, of which there may be none yet in its thread: so it gets one of its own.
            with ThreadPoolExecutor(1) as apart:
                apart.submit(pdf_signer.sign_pdf, IncrementalPdfFileWriter(io.BytesIO(order.pdf)), output=out).result()
        except TimestampRequestError as problem:
            raise TimeAway from problem
        except (PdfError, SigningError) as problem:
            raise DocumentRefused from problem
        signed = out.getvalue()
        if not (signed.startswith(order.pdf) and is_intact(signed)):
            raise AnswerUnusable
        return signed

    def create(self, who: Signatory, passphrase: str, office: str) -> bool:
        """A new certificate; False where there is a valid one already, which stays. Raises OSError."""
        if self.status(who) == READY:
            return False
        private.folder(self.folder)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(who, office, key)
        locked = (
            PrivateFormat.PKCS12.encryption_builder().kdf_rounds(self.rounds).build(passphrase.encode())
        )  # AES-256, the library's own choice
        bundle = pkcs12.serialize_key_and_certificates(who.name.encode(), key, certificate, None, locked)
        _write(self._path(who.id, "p12"), bundle)
        _write(self._path(who.id, "pem"), certificate.public_bytes(Encoding.PEM))
        return True

    def _open(self, who: Signatory, passphrase: str) -> signers.SimpleSigner:
        try:
            bundle = self._path(who.id, "p12").read_bytes()
        except FileNotFoundError as problem:
            raise CertificateUnusable("NOT_HERE") from problem
        try:
            key, certificate, _ = pkcs12.load_key_and_certificates(bundle, passphrase.encode())
        except ValueError as problem:
            raise WrongPassphrase from problem
        if key is None or certificate is None:
            raise CertificateUnusable("NO_CERTIFICATE")
        return signers.SimpleSigner(
            signing_cert=translate_pyca_cryptography_cert_to_asn1(certificate),
            signing_key=translate_pyca_cryptography_key_to_asn1(key),
            cert_registry=SimpleCertificateStore(),
        )

    def _path(self, user_id: str, kind: str) -> Path:
        return self.folder / f"{user_id}.{kind}"


def _certificate(who: Signatory, office: str, key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    """Of the person, by the person; without NIK: it travels in every document."""
    now = datetime.now(UTC)
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "ID"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, office[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, who.name[:64]),
        ]
    )
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    )
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=365 * YEARS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=True, content_commitment=True, encipher_only=False, decipher_only=False, **usage
            ),
            critical=True,
        )
        .sign(key, hashes.SHA256())
    )


def _write(path: Path, content: bytes) -> None:
    """Whole or not at all, for our account only."""
    draft = path.with_name(f".{path.name}-{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(path)
    finally:
        with contextlib.suppress(FileNotFoundError):
            draft.unlink()
