"""An issuer of certificates of our own: a real HTTP server with a list of the revoked, OCSP, and timestamps."""

import io
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from asn1crypto import crl, keys, tsp
from asn1crypto import ocsp as asn1_ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509 import ocsp
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID, NameOID
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper
from pyhanko.sign.validation.dss import DocumentSecurityStore
from pyhanko_certvalidator.registry import SimpleCertificateStore

Key = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey
GOOD, REVOKED, STALE, NONSENSE, SLOW, DOWN = "baik", "dicabut", "basi", "ngawur", "lambat", "mati"
NAME = "Kartika Hapsara"


@dataclass
class Issuer:
    """How it answers now: `listed` (the revoked), `asked_one` (OCSP), `tsa`: one of the words above.

    `asked`: paths, in order. `fails_at`: the question, from 1, that it does not answer.
    """

    listed: str = GOOD
    asked_one: str = DOWN
    tsa: str = GOOD
    revoked_at: datetime = field(default_factory=lambda: datetime.now(UTC) - timedelta(hours=1))
    asked: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)
    url: str = ""
    fails_at: int = 0

    def __post_init__(self) -> None:
        self._number = 0
        self._key, self._own = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
        self._time = rsa.generate_private_key(65537, 2048)
        self.root = self._issued("Akar Uji", self._key, is_root=True)

    @property
    def roots(self) -> tuple[bytes, ...]:
        return (self.root.public_bytes(Encoding.DER),)

    def renew(self) -> None:
        """Another certificate for the same person, asked about at addresses of its own."""
        self._number += 1
        self.own = self._issued(NAME, self._own)

    def certify(self) -> None:
        """Once `url` is known, which stands in the certificate."""
        self.renew()
        self.time = self._issued("Waktu Uji", self._time, is_time=True)

    def signed(self, pdf: bytes, *, brings: bytes = b"", answer: bytes = b"", stamped: bool = False) -> bytes:
        """`brings`: a list of the revoked, `answer`: of OCSP, put into the document. `stamped`: with a trusted time."""
        meta = PdfSignatureMetadata(field_name="Tanda", subfilter=SigSeedSubFilter.PADES)
        signer = SimpleSigner(_asn1(self.own), _private(self._own), SimpleCertificateStore())
        stamper = self.stamper() if stamped else None
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        with ThreadPoolExecutor(1) as apart:
            out = apart.submit(sign_pdf, writer, meta, signer=signer, timestamper=stamper).result()
        if brings or answer:
            contents = PdfFileReader(out).embedded_signatures[-1].pkcs7_content
            crls = [crl.CertificateList.load(brings)] if brings else []
            answers = [asn1_ocsp.OCSPResponse.load(answer)] if answer else []
            DocumentSecurityStore.add_dss(out, contents, crls=crls, ocsps=answers)
        return bytes(out.getvalue())

    def stamper(self) -> TimeStamper:
        return DummyTimeStamper(_asn1(self.time), _private(self._time))

    def crl_bytes(self, how: str, at: datetime | None = None) -> bytes:
        """`at`: when it was issued; holds for a week, a STALE one ended yesterday."""
        since = at or datetime.now(UTC) - timedelta(days=9 if how == STALE else 0, minutes=2)
        builder = x509.CertificateRevocationListBuilder(self.root.subject, since, since + timedelta(days=7))
        if how == REVOKED:
            one = x509.RevokedCertificateBuilder(self.own.serial_number, self.revoked_at).build()
            builder = builder.add_revoked_certificate(one)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(Encoding.DER)

    def ocsp_bytes(self, how: str) -> bytes:
        now = datetime.now(UTC)
        is_revoked = how == REVOKED
        return (
            ocsp.OCSPResponseBuilder()
            .add_response(
                cert=self.own,
                issuer=self.root,
                algorithm=hashes.SHA1(),
                cert_status=ocsp.OCSPCertStatus.REVOKED if is_revoked else ocsp.OCSPCertStatus.GOOD,
                this_update=now - timedelta(minutes=2),
                next_update=now + timedelta(hours=1),
                revocation_time=self.revoked_at if is_revoked else None,
                revocation_reason=None,
            )
            .responder_id(ocsp.OCSPResponderEncoding.HASH, self.root)
            .sign(self._key, hashes.SHA256())
            .public_bytes(Encoding.DER)
        )

    def answer(self, path: str, body: bytes) -> bytes | None:
        """None: it is down."""
        path, _, _ = path.partition("?")
        self.asked.append(path)
        if len(self.asked) == self.fails_at:
            return None
        how = {"/crl": self.listed, "/ocsp": self.asked_one, "/tsa": self.tsa}[path]
        if how == SLOW:
            self.over.wait(20)
        if how in (DOWN, SLOW):
            return None
        if how == NONSENSE:
            return b"<html>Halaman login</html>"
        if path == "/crl":
            return self.crl_bytes(how)
        if path == "/ocsp":
            return self.ocsp_bytes(how)
        return bytes(self.stamper().request_tsa_response(tsp.TimeStampReq.load(body)).dump())

    def _issued(self, name: str, key: Key, *, is_root: bool = False, is_time: bool = False) -> x509.Certificate:
        now = datetime.now(UTC)
        unused = dict.fromkeys(
            ("key_encipherment", "data_encipherment", "key_agreement", "encipher_only", "decipher_only"), False
        )
        usage = x509.KeyUsage(
            digital_signature=not is_root,
            content_commitment=not is_root,
            key_cert_sign=is_root,
            crl_sign=is_root,
            **unused,
        )
        builder = (
            x509.CertificateBuilder(_name("Akar Uji"), _name(name), key.public_key(), x509.random_serial_number())
            .not_valid_before(now - timedelta(days=30))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=is_root, path_length=None), critical=True)
            .add_extension(usage, critical=True)
        )
        if is_time:
            purpose = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(purpose, critical=True)
        elif not is_root:
            place = [x509.UniformResourceIdentifier(f"{self.url}/crl?{self._number}")]
            builder = builder.add_extension(
                x509.CRLDistributionPoints([x509.DistributionPoint(place, None, None, None)]), critical=False
            )
            asked = x509.AccessDescription(
                AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier(f"{self.url}/ocsp")
            )
            builder = builder.add_extension(x509.AuthorityInformationAccess([asked]), critical=False)
        return builder.sign(self._key, hashes.SHA256())


@contextmanager
def issuer() -> Iterator[Issuer]:
    found = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._reply(b"")

        def do_POST(self) -> None:
            self._reply(self.rfile.read(int(self.headers["Content-Length"])))

        def _reply(self, body: bytes) -> None:
            said = found.answer(self.path, body)
            self.send_response(503 if said is None else 200)
            self.send_header("Content-Length", str(len(said or b"")))
            self.end_headers()
            self.wfile.write(said or b"")

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    house = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    found.url = f"http://127.0.0.1:{house.server_address[1]}"
    found.certify()
    threading.Thread(target=house.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield found
    finally:
        found.over.set()
        house.shutdown()
        house.server_close()


def _asn1(certificate: x509.Certificate) -> asn1_x509.Certificate:
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def _private(key: Key) -> keys.PrivateKeyInfo:
    return keys.PrivateKeyInfo.load(key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()))


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
