"""Results of cases on their way out: PDFs taken in many at once, work done many at once, and what went wrong after."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict, new_id

_OPEN = text("closed_at IS NULL")


class StagedResult(Base):
    """A signed PDF that an officer took in and has not attached yet: it fits this task, whose case it says.

    `findings`: as of an Upload.
    """

    __tablename__ = "staged_results"
    __table_args__ = (
        UniqueConstraint("owner_id", "task_id"),
        Index("ix_staged_results_digest", "digest"),
        Index("ix_staged_results_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    digest: Mapped[str] = mapped_column(ForeignKey("stored_files.digest"))
    findings: Mapped[JsonDict] = mapped_column(JSON)
    created_at: Mapped[datetime]


class BulkRun(Base):
    """Many tasks of one step that a worker completes for an officer. `key`: of the form that asked, so once only.

    `raw`: the answers for all; a task for which its officer typed something takes that instead.
    """

    __tablename__ = "bulk_runs"
    __table_args__ = (UniqueConstraint("owner_id", "key"), Index("ix_bulk_runs_owner", "owner_id", "created_at"))

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    key: Mapped[str] = mapped_column(String(64))
    step: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(200))
    raw: Mapped[JsonDict] = mapped_column(JSON)
    round: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]


class BulkItem(Base):
    """One task of a run. `state`: menunggu, selesai, gagal; `problem`: why it failed, in words for its officer."""

    __tablename__ = "bulk_items"

    run_id: Mapped[str] = mapped_column(ForeignKey("bulk_runs.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    number: Mapped[str] = mapped_column(String(24))
    state: Mapped[str] = mapped_column(String(10), default="menunggu")
    problem: Mapped[str] = mapped_column(String(400), default="")
    done_at: Mapped[datetime | None]


class DataIncident(Base):
    """Somebody got another person's paper. `uploads`: what was cut; `due_at`: by when the law wants it reported.

    `source`: pemohon (said so) or petugas (found it). Nobody but a supervisor closes it, saying what was done.
    """

    __tablename__ = "data_incidents"
    __table_args__ = (
        Index("ix_data_incidents_case", "case_id"),
        Index("ix_data_incidents_open", "opened_at", "id", sqlite_where=_OPEN, postgresql_where=_OPEN),
        Index("ix_data_incidents_at", "opened_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    source: Mapped[str] = mapped_column(String(10))
    opened_by: Mapped[str] = mapped_column(String(22))
    note: Mapped[str] = mapped_column(String(500), default="")
    uploads: Mapped[list[str]] = mapped_column(JSON)
    opened_at: Mapped[datetime]
    due_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None] = mapped_column(String(22))
    measures: Mapped[str] = mapped_column(String(1000), default="")


class OldCard(Base):
    """The old paper KK of a case, handed in. `fate`: dimusnahkan or disimpan. Once for a case."""

    __tablename__ = "old_cards"

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    handed_in_on: Mapped[str] = mapped_column(String(10))
    received_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    fate: Mapped[str] = mapped_column(String(12))
    note: Mapped[str] = mapped_column(String(200), default="")
    recorded_at: Mapped[datetime]
