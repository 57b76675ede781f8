"""Notices in the application, what became of the messages that left it, what people wish to be sent, and the mailbox
that stands in for SMTP in a demonstration."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, new_id

_UNREAD = text("read_at IS NULL")


class Notice(Base):
    """One in-app notice to one person. `key` makes it exactly once; `path`: where on the site it leads, "": nowhere."""

    __tablename__ = "notices"
    __table_args__ = (
        Index("ix_notices_user", "user_id", "created_at", "id"),
        Index("ix_notices_unread", "user_id", sqlite_where=_UNREAD, postgresql_where=_UNREAD),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    case_id: Mapped[str | None] = mapped_column(String(22))
    title: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    path: Mapped[str] = mapped_column(String(200), default="", server_default="")
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]


class NoticePreference(Base):
    """Whether somebody wants the notices that are not compulsory over a channel too; no row: as the channel begins.

    WhatsApp is not here: it needs a consent, which stands in `users.whatsapp_consent`.
    """

    __tablename__ = "notice_preferences"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    channel: Mapped[str] = mapped_column(String(10), primary_key=True)
    on: Mapped[bool]
    changed_at: Mapped[datetime]


class Delivery(Base):
    """What became of one mail or WhatsApp message (a row of `jobs`) once its job was over.

    `state`: terkirim | sampai | dibaca | gagal | pantul | batal (its reader did not want it any more). `round`: which
    sending the state is of; an officer may have it sent once more. `to`: the masked address or number.
    `remote_id`: WhatsApp's own name for it. `reason`: what the other side said, naming nobody.
    """

    __tablename__ = "deliveries"

    job_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    state: Mapped[str] = mapped_column(String(10))
    round: Mapped[int] = mapped_column(default=1)
    to: Mapped[str] = mapped_column(String(254), default="")
    remote_id: Mapped[str | None] = mapped_column(String(200), unique=True)
    reason: Mapped[str] = mapped_column(String(200), default="")
    sent_at: Mapped[datetime | None]
    state_at: Mapped[datetime]


class Mail(Base):
    """A message of the demo mailbox: what would have been sent."""

    __tablename__ = "mailbox"
    __table_args__ = (Index("ix_mailbox_sent", "sent_at", "message_id"),)

    message_id: Mapped[str] = mapped_column(String(120), primary_key=True)
    to: Mapped[str] = mapped_column(String(254), index=True)
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    sent_at: Mapped[datetime]
