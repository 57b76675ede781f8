"""Files: the bytes once, under their digest; uploads are who handed them in, for what."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict, new_id

DISCUSSION = "diskusi"
_UNSENT = text(f"step = '{DISCUSSION}' AND field = ''")


class StoredFile(Base):
    """Bytes in the store. `digest`: sha256 hex of what is stored (after cleaning)."""

    __tablename__ = "stored_files"

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    mime: Mapped[str] = mapped_column(String(60))
    size: Mapped[int]
    pages: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class Upload(Base):
    """One page or document handed in. It belongs to a draft first, to a case once submitted.

    `findings`: what was read in it when it had to fit the case: {"cocok": True | None (nothing read),
    "bertanda_tangan": bool}. `cut_at`: from then on its pemohon may not open it any more.
    `field`: the form field; `requirement`: persyaratan code or "". The name is ours, never the person's.
    `step` DISCUSSION: handed in with a message of the case's discussion, whose number is `field`; "" = not sent yet.
    """

    __tablename__ = "uploads"
    __table_args__ = (
        Index("ix_uploads_case", "case_id"),
        Index("ix_uploads_draft", "draft_id"),
        Index("ix_uploads_unsent", "created_at", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    draft_id: Mapped[str | None] = mapped_column(String(22))
    case_id: Mapped[str | None] = mapped_column(String(22))
    step: Mapped[str] = mapped_column(String(80))
    field: Mapped[str] = mapped_column(String(120))
    requirement: Mapped[str] = mapped_column(String(60), default="")
    digest: Mapped[str] = mapped_column(ForeignKey("stored_files.digest"))
    findings: Mapped[JsonDict | None] = mapped_column(JSON)
    cut_at: Mapped[datetime | None]
    created_at: Mapped[datetime]
