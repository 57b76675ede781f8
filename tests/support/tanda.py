"""Signed PDFs for tests: by an office's certificate under a root, by one that vouches for itself, and broken ones."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from functools import lru_cache

from asn1crypto import keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from fpdf import FPDF
from pyhanko.pdf_utils.generic import NameObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from app.adapters.signature_helper import sample_signer, sign
from tests import factories
from tests.support.jalur import kk_pdf

KADIS = "Kartika Hapsara"


def _signed(data: bytes, signer: SimpleSigner) -> bytes:
    """In a thread of its own: signing runs an event loop, and so does a browser in the thread of its tests."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(sign, data, signer).result()


def signed_kk(nomor: str, signer: SimpleSigner | None = None) -> bytes:
    """A KK with that number, signed by KADIS with a certificate that only vouches for itself."""
    return _signed(kk_pdf(nomor), signer or _self_made())


def changed_kk(nomor: str) -> bytes:
    """Signed, then given another entry that keeps the file in order."""
    writer = IncrementalPdfFileWriter(io.BytesIO(signed_kk(nomor)))
    writer.root["/Lang"] = NameObject("/id")
    writer.update_root()
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def broken_kk(nomor: str) -> bytes:
    """Signed, and then some of the signature's own bytes were lost."""
    data = bytearray(signed_kk(nomor))
    at = data.index(b"/Contents <") + 12
    data[at : at + 40] = b"00" * 20
    return bytes(data)


@lru_cache(maxsize=1)
def _self_made() -> SimpleSigner:
    return sample_signer(KADIS)


@lru_cache(maxsize=1)
def office() -> tuple[SimpleSigner, bytes]:
    """A signer whose certificate a root issued, and the root as PEM."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    root = _certificate("Akar Uji", "Akar Uji", root_key, root_key, is_root=True)
    own = _certificate(KADIS, "Akar Uji", key, root_key, is_root=False)
    store = SimpleCertificateStore()
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(own.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())),
        cert_registry=store,
    )
    return signer, root.public_bytes(Encoding.PEM)


def _certificate(
    name: str, issuer: str, key: ec.EllipticCurvePrivateKey, by: ec.EllipticCurvePrivateKey, *, is_root: bool
) -> x509.Certificate:
    now = datetime.now(UTC)
    usage = dict.fromkeys(
        ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only", "crl_sign"), False
    )
    return (
        x509.CertificateBuilder(_name(issuer), _name(name), key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
        .add_extension(
            x509.KeyUsage(
                digital_signature=not is_root, content_commitment=not is_root, key_cert_sign=is_root, **usage
            ),
            critical=True,
        )
        .sign(by, hashes.SHA256())
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def signed_page(*lines: str) -> bytes:
    """A PDF of these lines, signed."""
    page = FPDF()
    page.add_page()
    page.set_font("helvetica", size=14)
    for line in lines:
        page.cell(text=line, new_x="LMARGIN", new_y="NEXT")
    return _signed(bytes(page.output()), _self_made())


def signed_blank() -> bytes:
    """A PDF without a number that can be read, signed."""
    return _signed(factories.pdf(), _self_made())
