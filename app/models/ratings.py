"""What residents think of the service they got, by the nine elements of the survey (app.domain.skm)."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Rating(Base):
    """One resident's view of one case that ended; nobody's name. `u1` … `u9`: 1 to 4; `remark`: in their own words."""

    __tablename__ = "ratings"
    __table_args__ = (Index("ix_ratings_at", "at", "case_id"),)

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80))
    unit: Mapped[str] = mapped_column(String(10), default="")
    u1: Mapped[int]
    u2: Mapped[int]
    u3: Mapped[int]
    u4: Mapped[int]
    u5: Mapped[int]
    u6: Mapped[int]
    u7: Mapped[int]
    u8: Mapped[int]
    u9: Mapped[int]
    remark: Mapped[str] = mapped_column(String(1000), default="")
    at: Mapped[datetime]


class RatingSum(Base):
    """All ratings of one service in one month (`2026-11`, in the office's zone), added up as they come."""

    __tablename__ = "rating_sums"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    slug: Mapped[str] = mapped_column(String(80), primary_key=True)
    respondents: Mapped[int]
    u1: Mapped[int]
    u2: Mapped[int]
    u3: Mapped[int]
    u4: Mapped[int]
    u5: Mapped[int]
    u6: Mapped[int]
    u7: Mapped[int]
    u8: Mapped[int]
    u9: Mapped[int]
