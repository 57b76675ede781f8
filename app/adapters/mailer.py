"""Sending mail: the interface, what can go wrong, and how SMTP says which of the two it is."""

import smtplib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from app.adapters.delivery import Deferred, Rejected


class Mailer(Protocol):
    """Hands one plain-text message to whoever delivers it.

    `message_id`: `<…@…>`, the same on every attempt, so that a repeat can be recognised.
    Raises MailDeferred (try again later) or MailRejected (never will be taken).
    """

    def send(self, message_id: str, to: str, subject: str, body: str) -> None: ...


class MailDeferred(Deferred):
    """Not taken now: server away, too slow, or it answered 4xx."""


class MailRejected(Rejected):
    """The server's final no (5xx): trying again changes nothing."""


@contextmanager
def smtp_errors() -> Iterator[None]:
    """Turns what smtplib raises into the two errors above. The server's words are dropped: they name people."""
    try:
        yield
    except smtplib.SMTPRecipientsRefused as problem:
        raise _by_code(min(code for code, _ in problem.recipients.values())) from problem
    except smtplib.SMTPResponseException as problem:
        raise _by_code(problem.smtp_code) from problem
    except OSError as problem:  # every other SMTPException too: no greeting, cut off, no such ability
        raise MailDeferred("server surat tidak dapat dihubungi, terlalu lambat, atau salah diatur") from problem


def _by_code(code: int) -> MailDeferred | MailRejected:
    """421, 450, … pass; 535 (log-in) is the office's own setting, which an operator will mend."""
    if 500 <= code < 600 and code not in (530, 534, 535):
        return MailRejected(f"server surat menolak ({code})")
    return MailDeferred(f"server surat menunda ({code})")
