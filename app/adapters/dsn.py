"""Mail that says what became of mail: delivery status notifications (RFC 3464), read with the standard library."""

from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message

MOST_BYTES = 5 * 1024 * 1024
MOST_RECIPIENTS = 50
_ORIGINAL = ("message/rfc822", "text/rfc822-headers")


@dataclass(frozen=True)
class Notification:
    """What one server says of one recipient. `message_id`: of the mail in question, as it stands there.

    `action`: failed | delayed | delivered | relayed | expanded; `status`: `5.1.1`, "" where it names none.
    """

    message_id: str
    action: str
    status: str

    @property
    def did_not_arrive(self) -> bool:
        """Nobody tries any more. A mail that only waits is `delayed`."""
        return self.action == "failed"


def read(raw: bytes) -> list[Notification]:
    """Every recipient's status in a report; [] for any other mail, and for one that nobody can read."""
    try:
        message = message_from_bytes(raw[:MOST_BYTES], policy=policy.compat32)
        if message.get_content_type() != "multipart/report":
            return []
        message_id = _message_id(message)
        return [Notification(message_id, *said) for said in _statuses(message)] if message_id else []
    except (MessageError, LookupError, ValueError, RecursionError):
        return []


def _statuses(message: Message) -> Iterator[tuple[str, str]]:
    """Action and status of each recipient: the blocks after the first, which is about the whole message."""
    for part in message.walk():
        blocks = part.get_payload() if part.get_content_type() == "message/delivery-status" else None
        for block in blocks[:MOST_RECIPIENTS] if isinstance(blocks, list) else ():
            if isinstance(block, Message) and block["Action"]:
                yield _word(block["Action"]), _word(block["Status"] or "")


def _message_id(message: Message) -> str:
    """Of the mail that the report gives back, whole or its head only."""
    for part in message.walk():
        if part.get_content_type() not in _ORIGINAL:
            continue
        if part.get_content_type() == "message/rfc822":
            inner = part.get_payload()
            original = inner[0] if isinstance(inner, list) and inner else None
        else:
            text = part.get_payload(decode=True)
            original = message_from_bytes(text if isinstance(text, bytes) else b"", policy=policy.compat32)
        if isinstance(original, Message) and original["Message-ID"]:
            return str(original["Message-ID"]).strip()[:300]
    return ""


def _word(text: object) -> str:
    """The first word, without the comment that some servers put behind it."""
    return (str(text).split() or [""])[0].strip().casefold()[:20]
