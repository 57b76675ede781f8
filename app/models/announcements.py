"""What the office tells everybody who signs in."""

from datetime import date, datetime

from sqlalchemy import Date, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, new_id


class Pengumuman(Base):
    """Shown on the days from `shown_from` to `shown_until`, both included, unless it was taken down before."""

    __tablename__ = "pengumuman"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    title: Mapped[str] = mapped_column(String(120))
    body: Mapped[str] = mapped_column(String(600))
    shown_from: Mapped[date] = mapped_column(Date)
    shown_until: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
