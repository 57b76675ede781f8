"""Who is away from the office, and who stands in for them meanwhile."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, new_id


class Absence(Base):
    """Days on which an officer is away, both ends included. `kind`: one of services.accounts.absences.KINDS.

    `ended_at`: called off, or cut short; from that moment it counts no more.
    """

    __tablename__ = "absences"
    __table_args__ = (
        Index("ix_absences_user", "user_id", "until_day"),
        Index("ix_absences_until", "until_day", "id"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    from_day: Mapped[date]
    until_day: Mapped[date]
    kind: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str] = mapped_column(String(500), default="")
    made_by: Mapped[str] = mapped_column(String(22))
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None] = mapped_column(String(22))

    stand_ins: Mapped[list["StandIn"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class StandIn(Base):
    """Who holds one role of an absent officer meanwhile. `form`: "Plh." or "Plt." for heads, else ""."""

    __tablename__ = "stand_ins"
    __table_args__ = (Index("ix_stand_ins_substitute", "substitute_id"),)

    absence_id: Mapped[str] = mapped_column(ForeignKey("absences.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)
    substitute_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    form: Mapped[str] = mapped_column(String(5), default="")
