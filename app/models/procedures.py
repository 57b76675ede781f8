"""Published procedures: immutable bytes under a content hash."""

from datetime import date, datetime

from sqlalchemy import Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, new_id


class ProcedureVersion(Base):
    """One published version. `bundle`: the three files with shared blocks resolved; the engine reads nothing else."""

    __tablename__ = "procedure_versions"
    __table_args__ = (Index("ix_procedure_versions_in_force", "slug", "valid_from", "published_at"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    slug: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]  # 1, 2, 3 … within the slug
    hash: Mapped[str] = mapped_column(String(64), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    bundle: Mapped[bytes] = mapped_column(LargeBinary)
    valid_from: Mapped[date]  # berlaku_mulai, a date in Asia/Jakarta
    published_at: Mapped[datetime]
    published_by: Mapped[str] = mapped_column(String(22))
