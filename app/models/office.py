"""What the office decides for itself, version by version; incidents somebody wants skipped; backups and restores."""

from datetime import datetime

from sqlalchemy import JSON, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict, new_id

_UNDECIDED = text("decided_at IS NULL")


class OfficeVersion(Base):
    """One version of one thing the admin keeps: `kalender`, `kantor`, `logo`, `surat`, `kode`; the highest counts.

    Rows are never changed. `id` rises over all of them, so that one look at the highest tells whether anything is new.
    """

    __tablename__ = "office_versions"
    __table_args__ = (UniqueConstraint("name", "number"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(String(20))
    number: Mapped[int]
    data: Mapped[JsonDict] = mapped_column(JSON)
    about: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(String(300))
    made_by: Mapped[str] = mapped_column(String(22))
    made_at: Mapped[datetime]


class IncidentSkip(Base):
    """A proposal to leave out work that was given up; another person decides. At most one is open for a job."""

    __tablename__ = "incident_skips"
    __table_args__ = (
        Index(
            "ix_incident_skips_open",
            "job_id",
            unique=True,
            sqlite_where=_UNDECIDED,
            postgresql_where=_UNDECIDED,
        ),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    job_id: Mapped[str] = mapped_column(String(22))
    reason: Mapped[str] = mapped_column(String(300))
    proposed_by: Mapped[str] = mapped_column(String(22))
    proposed_at: Mapped[datetime]
    approved: Mapped[bool | None]
    decided_by: Mapped[str | None] = mapped_column(String(22))
    decided_at: Mapped[datetime | None]


class Operation(Base):
    """A backup that was made or a restore that was done. `kind`: "cadangan" | "pemulihan"; `data`: what of it."""

    __tablename__ = "operations"
    __table_args__ = (Index("ix_operations_kind", "kind", "at"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(12))
    at: Mapped[datetime]
    data: Mapped[JsonDict] = mapped_column(JSON)
