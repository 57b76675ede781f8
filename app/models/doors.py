"""Who is signed in where, which secrets were sent out, and who looked at what or was turned away."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, Integer, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict, new_id

_OF_PERSON = text("case_id IS NULL")
_REFUSED = text("kind = 'ditolak'")


class UserSession(Base):
    """One signed-in browser. The browser keeps the ticket, this row only its sha256.

    `rights`: a digest of the person's roles when it began; other roles end it. `remembered`: it lasts for weeks, and
    the browser keeps it when it is closed. `second_step`: a code was shown too. `ended_because`: "" while it is open.
    """

    __tablename__ = "sessions"
    __table_args__ = (Index("ix_sessions_user", "user_id", "ended_at"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    ticket_hash: Mapped[str] = mapped_column(String(64), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    rights: Mapped[str] = mapped_column(String(64))
    device: Mapped[str] = mapped_column(String(60))
    remembered: Mapped[bool] = mapped_column(default=False, server_default=false())
    second_step: Mapped[bool] = mapped_column(default=False, server_default=false())
    begun_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_because: Mapped[str] = mapped_column(String(20), default="")


class MailToken(Base):
    """A secret that was sent to an address, to be used once. The letter holds the secret, this row only its sha256.

    `kind`: what it is for (daftar, sandi, email, …); `user_id`: the account's id, or the registration's where
    there is none yet. `data`: what its use will need, never a number of a person.
    """

    __tablename__ = "mail_tokens"
    __table_args__ = (Index("ix_mail_tokens_user", "user_id", "kind"),)

    secret_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    user_id: Mapped[str] = mapped_column(String(22))
    data: Mapped[JsonDict] = mapped_column(JSON)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime] = mapped_column(index=True)
    used_at: Mapped[datetime | None]


class Access(Base):
    """One reading of a case by somebody of the office, or one refusal. No personal data: opaque ids only.

    `kind`: dibaca | ditolak. `purpose`: why it was read (services.records.reads.PURPOSES), "" for a refusal.
    `object_id`: the file, task, draft, … that the address named; "" where it named none of ours.
    `page`: of a PDF, from 1; 0 = all of the file, or no file. None: written before pages were counted.
    """

    __tablename__ = "access_log"
    __table_args__ = (
        Index("ix_access_log_at", "at"),
        Index("ix_access_log_case", "case_id", "at"),
        Index("ix_access_log_actor", "actor", "at"),
        Index("ix_access_log_person", "object_id", "at", sqlite_where=_OF_PERSON, postgresql_where=_OF_PERSON),
        Index("ix_access_log_refused", "at", "id", sqlite_where=_REFUSED, postgresql_where=_REFUSED),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(22))
    kind: Mapped[str] = mapped_column(String(10))
    purpose: Mapped[str] = mapped_column(String(20))
    case_id: Mapped[str | None] = mapped_column(String(22))
    object_id: Mapped[str] = mapped_column(String(22))
    page: Mapped[int | None]
    route: Mapped[str] = mapped_column(String(120))
    status: Mapped[int]
