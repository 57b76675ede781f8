"""Real servers for tests: Redis, and an SMTP server that keeps what it gets."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session
from redis import Redis
from redis.exceptions import RedisError

from app.adapters import redis_child


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Address of a fresh Redis on a socket; gone afterwards."""
    program = redis_child.find_server()
    assert program is not None, "no redis-server: install one (Debian: apt-get install redis-server)"
    path = redis_child.socket_path(folder)
    process = subprocess.Popen(redis_child.command(program, path))
    url = redis_child.url_of(path)
    try:
        _await(url)
        yield url
    finally:
        process.terminate()
        process.wait(60)


def _await(url: str) -> None:
    client = Redis.from_url(url)
    deadline = time.monotonic() + 60
    while True:
        try:
            client.ping()
            return
        except RedisError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@dataclass
class Mailbox:
    """`refuse`: an SMTP answer to give instead of taking the next messages, e.g. "451 sibuk".

    `taken`: what to do when a message was taken and before the sender hears of it.
    """

    host: str = "127.0.0.1"
    port: int = 0
    messages: list[EmailMessage] = field(default_factory=list)
    refuse: str = ""
    taken: Callable[[EmailMessage], None] = lambda _: None

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.refuse:
            return self.refuse
        message = message_from_bytes(envelope.original_content or b"", policy=policy.default)
        self.messages.append(message)
        self.taken(message)
        return "250 diterima"


class _Controller(Controller):
    """Takes any free port."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def smtp_server() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    controller = _Controller(mailbox, hostname=mailbox.host, port=0)
    controller.start()
    mailbox.port = controller.port
    try:
        yield mailbox
    finally:
        controller.stop()
