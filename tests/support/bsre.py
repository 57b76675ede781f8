"""An e-Sign service of our own: a real HTTP server that answers as BSrE's does, and really signs what it is sent."""

import base64
import ipaddress
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from app.adapters.signer import Box, Order, Signatory
from app.adapters.signer_bsre import Account
from app.adapters.signer_local import LocalSigner

USER, PASSWORD, PASSPHRASE = "alur", "sandi-aplikasi-uji", "frasa-sandi-bsre-uji"
_PERSON = Signatory("bsre", "Penanda Tangan Uji", "ttd@contoh.id")

Answer = tuple[int, Any]


@dataclass
class Server:
    """`status`: of everybody's certificate. `refuse`: asked for each document (its number, from 1), a fault to answer
    with instead. `silent`: take a document and never answer. `twist`: what becomes of the signed bytes."""

    port: int = 0
    scheme: str = "http"
    status: str = "ISSUE"
    refuse: Callable[[int], Answer | None] = lambda _: None
    silent: bool = False
    raw: bytes | None = None
    twist: Callable[[bytes], bytes] = lambda signed: signed
    taken: Callable[[int], None] = lambda _: None
    documents: list[bytes] = field(default_factory=list)
    signed: list[bytes] = field(default_factory=list)
    seen: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def account(self) -> Account:
        return Account(f"{self.scheme}://127.0.0.1:{self.port}", USER, PASSWORD)


@contextmanager
def bsre_server(folder: Path, *, tls: bool = False) -> Iterator[Server]:
    """`folder`: where its certificates are; `tls`: https, vouched for by nobody but `folder`/tls.pem."""
    server = Server()
    own = LocalSigner(folder / "bsre", rounds=1000)
    own.create(_PERSON, PASSPHRASE, "BSrE uji")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            server.seen.append((self.path, dict(self.headers)))
            server.bodies.append(body)
            expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            if self.headers.get("Authorization") != expected:
                return self._say(401, {"error": "Unauthorized"})
            if self.path == "/api/v2/user/check/status":
                return self._say(200, {"status": server.status, "message": ""})
            if self.path == "/api/v2/verify/pdf":
                return self._say(200, {"conclusion": "NO_SIGNATURE", "description": ""})
            if server.silent:
                server.over.wait(20)
                return None
            if server.raw is not None:
                return self._say(200, server.raw)
            return self._say(*_sign(server, own, body))

        def _say(self, status: int, said: Any) -> None:
            content = said if isinstance(said, bytes) else json.dumps(said).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    house = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(_own_certificate(folder / "tls.pem"))
        house.socket = context.wrap_socket(house.socket, server_side=True)
        server.scheme = "https"
    server.port = house.server_address[1]
    threading.Thread(target=house.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        house.shutdown()
        house.server_close()


def _sign(server: Server, own: LocalSigner, body: dict[str, Any]) -> Answer:
    data = base64.b64decode(body["file"][0])
    server.documents.append(data)
    if body["passphrase"] != PASSPHRASE:
        return 400, {"error": "Passphrase anda salah", "status_code": 2031}
    refusal = server.refuse(len(server.documents))
    if refusal is not None:
        return refusal
    seen = body["signatureProperties"][0]
    box = Box(seen["page"], seen["originX"], seen["originY"], seen["width"], seen["height"])
    order = Order(data, box, base64.b64decode(seen["imageBase64"]), seen["reason"], seen["location"])
    signed = server.twist(own.sign(order, _PERSON, PASSPHRASE))
    server.signed.append(signed)
    server.taken(len(server.documents))
    return 200, {"time": 12, "file": [base64.b64encode(signed).decode()]}


def _own_certificate(path: Path) -> Path:
    """Key and certificate of 127.0.0.1, signed by itself."""
    key, now = ec.generate_private_key(ec.SECP256R1()), datetime.now(UTC)
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(secret + certificate.public_bytes(Encoding.PEM))
    return path
