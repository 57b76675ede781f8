"""What a pemohon and the office write to each other about a case, how far each has read, and ready answers."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, new_id

_ASKED = text("asked_queue <> ''")


class Discussion(Base):
    """The discussion of one case, once something was written. All figures are numbers of messages, 0 = none.

    `last`: of all; `last_office`, `last_resident`: by either side. `answered`: the last one of the pemohon's that
    somebody of the office had before them when they wrote. `asked_queue`: tasks.queue of the roles that wait to be told
    because nobody holds the case, "" = nobody waits.
    """

    __tablename__ = "discussions"
    __table_args__ = (Index("ix_discussions_asked", "asked_queue", sqlite_where=_ASKED, postgresql_where=_ASKED),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    last: Mapped[int] = mapped_column(default=0)
    last_office: Mapped[int] = mapped_column(default=0)
    last_resident: Mapped[int] = mapped_column(default=0)
    answered: Mapped[int] = mapped_column(default=0)
    asked_queue: Mapped[str] = mapped_column(String(200), default="")


class DiscussionMessage(Base):
    """One message, never changed. Its files are uploads of step DISCUSSION whose `field` is its number."""

    __tablename__ = "discussion_messages"

    case_id: Mapped[str] = mapped_column(ForeignKey("discussions.case_id"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author: Mapped[str] = mapped_column(ForeignKey("users.id"))
    by_office: Mapped[bool]
    text: Mapped[str] = mapped_column(Text)
    # The trail holds a digest of text and files with this salt, so that erasing the row keeps the chain valid.
    salt: Mapped[str] = mapped_column(String(32))
    at: Mapped[datetime]


class DiscussionMark(Base):
    """How far one person has read (`seen`), and of which message they were told last: anywhere, and by mail, when."""

    __tablename__ = "discussion_marks"

    case_id: Mapped[str] = mapped_column(ForeignKey("discussions.case_id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    seen: Mapped[int] = mapped_column(default=0)
    told: Mapped[int] = mapped_column(default=0)
    mailed: Mapped[int] = mapped_column(default=0)
    mailed_at: Mapped[datetime | None]


class CannedAnswer(Base):
    """A text that officers start an answer from. `version` rises with every change and is the form's token."""

    __tablename__ = "canned_answers"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(80))
    text: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)
    changed_by: Mapped[str] = mapped_column(String(22), default="")
    changed_at: Mapped[datetime]
