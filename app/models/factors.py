"""What people of the office show besides their password."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class SecondFactor(Base):
    """The app on somebody's phone that shows a code every half minute.

    `secret`: encrypted, "" until the first one was confirmed; `candidate`: encrypted, shown since `candidate_at` and
    not yet confirmed, "" for none. `last_step`: of the newest code that was taken, in half minutes since 1970; no code
    of that step or an earlier one is taken again.
    """

    __tablename__ = "second_factors"

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[str] = mapped_column(String(255), default="")
    candidate: Mapped[str] = mapped_column(String(255), default="")
    candidate_at: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)


class RecoveryCode(Base):
    """One of ten codes on paper for a lost phone; this row has only its sha256."""

    __tablename__ = "recovery_codes"
    __table_args__ = (Index("ix_recovery_codes_user", "user_id"),)

    code_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class HalfLogin(Base):
    """Somebody whose password was right and whose code is awaited; no session. The browser keeps the ticket."""

    __tablename__ = "half_logins"
    __table_args__ = (Index("ix_half_logins_user", "user_id"),)

    ticket_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    begun_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
