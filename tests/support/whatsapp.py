"""A WhatsApp of our own: a real HTTP server that answers as the Cloud API does, and signs reports as Meta does."""

import hmac
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from app.adapters.whatsapp_cloud import Account

TOKEN, SECRET, VERIFY = "EAAG-token-uji-0001", "rahasia-aplikasi-uji-0001", "kata-verifikasi-uji-1"
PHONE_ID = "106540352242922"


@dataclass
class Server:
    """`answer`: status and body to give instead of taking a message; `silent`: take it and never answer.

    `taken`: what to do when a message was taken and before the sender hears of it.
    """

    port: int = 0
    messages: list[dict[str, Any]] = field(default_factory=list)
    seen: list[tuple[str, Mapping[str, str]]] = field(default_factory=list)
    answer: tuple[int, str] | None = None
    silent: bool = False
    taken: Callable[[dict[str, Any]], None] = lambda _: None
    over: threading.Event = field(default_factory=threading.Event)

    @property
    def account(self) -> Account:
        return Account(TOKEN, PHONE_ID, "kabar_permohonan", SECRET, VERIFY, api=f"http://127.0.0.1:{self.port}")

    def refuse(self, code: int, status: int = 400) -> None:
        self.answer = (status, json.dumps({"error": {"message": f"(#{code})", "code": code}}))


@contextmanager
def whatsapp_server() -> Iterator[Server]:
    server = Server()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            server.seen.append((self.path, dict(self.headers)))
            if server.silent:
                server.over.wait(20)
                return
            status, said = server.answer or (200, _take(server, json.loads(body)))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    house = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.port = house.server_address[1]
    threading.Thread(target=house.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.over.set()
        house.shutdown()
        house.server_close()


def _take(server: Server, message: dict[str, Any]) -> str:
    server.messages.append(message)
    server.taken(message)
    return json.dumps({"messaging_product": "whatsapp", "messages": [{"id": f"wamid.{len(server.messages)}"}]})


def report(
    status: str, remote_id: str, reference: str = "", *, code: int = 0, phone_id: str = PHONE_ID, timestamp: str = ""
) -> bytes:
    """The body of a webhook call about one message."""
    one: dict[str, Any] = {"id": remote_id, "status": status, "timestamp": timestamp or "1795395600"}
    if reference:
        one["biz_opaque_callback_data"] = reference
    if code:
        one["errors"] = [{"code": code, "title": "x"}]
    value = {"messaging_product": "whatsapp", "metadata": {"phone_number_id": phone_id}, "statuses": [one]}
    changes = [{"field": "messages", "value": value}]
    return json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "1", "changes": changes}]}).encode()


def signature(body: bytes, secret: str = SECRET) -> str:
    return "sha256=" + hmac.new(secret.encode(), body, "sha256").hexdigest()
