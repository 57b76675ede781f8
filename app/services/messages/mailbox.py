"""The mailbox of a demonstration: what would have been sent, kept in a table instead of going out."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.domain.actors import Actor, Office, can
from app.domain.errors import Forbidden
from app.models import Mail
from app.services import clock, store
from app.services.work import unit_of_work

PAGE = 50


class MailboxMailer:
    """The embedded Mailer. A Message-ID that is already there is the same letter: exactly once."""

    def send(self, message_id: str, to: str, subject: str, body: str) -> None:
        at = clock.now()
        with unit_of_work() as session:
            if session.get(Mail, message_id) is None:
                session.add(Mail(message_id=message_id, to=to, subject=subject, body=body, sent_at=at))


def page(actor: Actor, before: datetime | None = None) -> Sequence[Mail]:
    """The newest PAGE letters, or those before a moment. Raises Forbidden."""
    if not can(actor, "watch_mailbox", Office()):
        raise Forbidden
    query = select(Mail).order_by(Mail.sent_at.desc(), Mail.message_id).limit(PAGE)
    if before is not None:
        query = query.where(Mail.sent_at < before)
    return store.session.scalars(query).all()
