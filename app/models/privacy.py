"""What people ask of the data held about them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, new_id

_OPEN, _ANSWERED = text("answered_at IS NULL"), text("answered_at IS NOT NULL")


class DataRequest(Base):
    """One request under the law on personal data.

    `kind`: koreksi | hapus | tarik_persetujuan | batasi. `due_at`: by law 72 hours after `at`, by the clock on the
    wall. `decision`: "" while it is open, then dikabulkan | sebagian | ditolak | dibatalkan.
    """

    __tablename__ = "data_requests"
    __table_args__ = (
        Index("ix_data_requests_open", "due_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_data_requests_answered", "answered_at", "id", sqlite_where=_ANSWERED, postgresql_where=_ANSWERED),
        Index("ix_data_requests_user", "user_id", "at"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[datetime]
    due_at: Mapped[datetime]
    decision: Mapped[str] = mapped_column(String(12), default="")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by: Mapped[str | None] = mapped_column(String(22))
    answered_at: Mapped[datetime | None]
    # The trail holds digests of both texts with this salt, so that erasing them keeps the chain valid.
    salt: Mapped[str] = mapped_column(String(32))
