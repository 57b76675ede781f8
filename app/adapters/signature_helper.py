"""The helper process for signatures: checks one, or makes a small signed PDF for rehearsals.

Apart from the other helpers because what it needs takes half a second to load, and few files are signed.
"""

import io
from base64 import b64decode
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.adapters.helper_main import Answer, serve
from app.adapters.revocation_fetch import Issuers
from app.adapters.signature_check import check_signature

SAMPLE_SIGNER = "Kepala Dinas (contoh)"
_YEARS = timedelta(days=3650)
_issuers = Issuers()


def sample_signer(name: str = SAMPLE_SIGNER) -> SimpleSigner:
    """A key and a certificate that vouches for itself, thrown away with the process: nothing trusts it."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign"), False
    ) | dict.fromkeys(("encipher_only", "decipher_only"), False)
    certificate = (
        x509.CertificateBuilder(subject, subject, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _YEARS)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    return SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=SimpleCertificateStore(),
    )


def sign(data: bytes, signer: SimpleSigner) -> bytes:
    """The PDF with one invisible signature over all of it."""
    writer = IncrementalPdfFileWriter(io.BytesIO(data))
    return bytes(sign_pdf(writer, PdfSignatureMetadata(field_name="Tanda"), signer=signer).getvalue())


def _check(data: bytes, head: dict[str, object]) -> Answer:
    roots = head.get("roots")
    trusted = [b64decode(str(root)) for root in roots] if isinstance(roots, list) else ()
    return asdict(check_signature(data, trusted, _issuers.ask if head.get("fetch") else None)), b""


def _sign_sample(data: bytes, head: dict[str, object]) -> Answer:
    return {}, sign(data, sample_signer())


def main() -> None:
    """Until whoever asks is gone."""
    serve({"signature": _check, "sign_sample": _sign_sample})
