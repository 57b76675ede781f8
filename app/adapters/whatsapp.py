"""WhatsApp: the interface of whoever sends by itself, and the link by which an officer writes by hand."""

from typing import Protocol
from urllib.parse import quote

from app.adapters.delivery import Deferred, Rejected

LONGEST_CHAT = 1500
"""Signs of a text in a link; longer addresses are cut off by some telephones."""


class WhatsApp(Protocol):
    """Sends one short message: what happened, and where to read on.

    `to`: `628…`; `reference`: ours, at most 500 signs, which reports about the message bring back. Returns the
    carrier's own id of it. Raises WhatsAppDeferred (try again later) or WhatsAppRejected (never will be taken).
    """

    def send(self, reference: str, to: str, text: str, link: str) -> str: ...


class WhatsAppDeferred(Deferred):
    """Not taken now: away, too slow, too many at once, or our own settings are wrong."""


class WhatsAppRejected(Rejected):
    """This number gets no message."""


def chat_link(to: str, text: str) -> str:
    """Opens WhatsApp with the text ready; whoever opens it sends it. `to`: `628…`, digits only."""
    return f"https://wa.me/{to}?text={quote(text[:LONGEST_CHAT], safe='')}"
