"""What auditors have had done with the whole trail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, new_id


class AuditRun(Base):
    """The whole trail verified, or exported, by a worker. `kind`: periksa | ekspor.

    `done_at` None: not finished; `entries` of about `total` then are read so far.
    `findings`: [place, sentence] each, the first of them only; `broken` counts them all.
    `problem`: why nothing could be proved, "" otherwise.
    """

    __tablename__ = "audit_runs"
    __table_args__ = (Index("ix_audit_runs_asked", "asked_at", "id"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(10))
    asked_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
    entries: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0, server_default="0")
    streams: Mapped[int] = mapped_column(default=0)
    seals: Mapped[int] = mapped_column(default=0)
    last_seal: Mapped[str] = mapped_column(String(90), default="")
    broken: Mapped[int] = mapped_column(default=0)
    findings: Mapped[list[Any]] = mapped_column(JSON, default=list)
    problem: Mapped[str] = mapped_column(String(500), default="")
