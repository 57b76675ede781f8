"""What waits: human tasks, timers and jobs. Each row is the truth; queues and bells only hurry it."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, TextClause, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict, new_id

_OPEN = text("closed_at IS NULL")
# Two things keep planners honest, with and without statistics: an index about the open tasks of one case, and others
# that cannot be mistaken for it because they hold less than all open tasks.
_FREE = "closed_at IS NULL AND claimed_by IS NULL AND held_at IS NULL"
_WITH_LIMIT, _WITHOUT_LIMIT = text(f"{_FREE} AND due_at IS NOT NULL"), text(f"{_FREE} AND due_at IS NULL")
_HELD_BY = text("closed_at IS NULL AND claimed_by IS NOT NULL")
_ASKED_BY = text("closed_at IS NULL AND asked_by IS NOT NULL")
_RESERVED = text("closed_at IS NULL AND reserved_for IS NOT NULL")
_LATE = text("closed_at IS NULL AND late_at IS NOT NULL")


def _partial(name: str, *columns: str, where: TextClause) -> Index:
    return Index(name, *columns, sqlite_where=where, postgresql_where=where)


class Task(Base):
    """One visit to one human step.

    `queue`: the roles that may do it, sorted, joined by "|". `version` rises with every change and is the form's token.
    `reserved_for`: after a return, the officer it goes back to until `reserved_until`.
    `asked_by`: while the office waits for the pemohon, the officer whose decision it was; sees it among what waits.
    `due_at`: lewat batas after this; `late_at`: when the sweeper said so. `norm_minutes`: working minutes of handling.
    `closed_how`: "selesai" (completed) or "batal" (closed by the engine).
    `held_at`: since when it may only be read and its clock stands still; `paused_at`: since when only its clock does,
    for `paused_for`, while its officer waits. Every such stretch, the present one too, is a TaskStop.
    """

    __tablename__ = "tasks"
    __table_args__ = (
        UniqueConstraint("case_id", "token"),
        _partial("ix_tasks_inbox", "queue", "due_at", "id", where=_WITH_LIMIT),
        _partial("ix_tasks_inbox_unlimited", "queue", "opened_at", "id", where=_WITHOUT_LIMIT),
        _partial("ix_tasks_unit", "queue", "unit", "due_at", "id", where=_WITH_LIMIT),
        _partial("ix_tasks_unit_unlimited", "queue", "unit", "opened_at", "id", where=_WITHOUT_LIMIT),
        _partial("ix_tasks_mine", "claimed_by", "due_at", "id", where=_HELD_BY),
        _partial("ix_tasks_asked", "asked_by", "opened_at", "id", where=_ASKED_BY),
        _partial("ix_tasks_reserved", "reserved_for", where=_RESERVED),
        _partial("ix_tasks_late", "step", "unit", where=_LATE),
        _partial("ix_tasks_open", "case_id", where=_OPEN),
        Index("ix_tasks_done", "completed_by", "completed_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    token: Mapped[str] = mapped_column(String(40))
    step: Mapped[str] = mapped_column(String(80))
    lane: Mapped[str] = mapped_column(String(120))
    queue: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(10), default="")
    visit: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    opened_at: Mapped[datetime]
    claimed_at: Mapped[datetime | None]
    claimed_by: Mapped[str | None] = mapped_column(String(22))
    reserved_for: Mapped[str | None] = mapped_column(String(22))
    reserved_until: Mapped[datetime | None]
    asked_by: Mapped[str | None] = mapped_column(String(22))
    due_at: Mapped[datetime | None]
    late_at: Mapped[datetime | None]
    norm_minutes: Mapped[int] = mapped_column(default=0)
    completed_at: Mapped[datetime | None]
    completed_by: Mapped[str | None] = mapped_column(String(22))
    held_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_for: Mapped[str] = mapped_column(String(40), default="", server_default="")
    closed_at: Mapped[datetime | None]
    closed_how: Mapped[str] = mapped_column(String(10), default="")


class TaskStop(Base):
    """A stretch in which the clock of a task stood still, e.g. cause "penarikan"; `ended_at` None: it still does."""

    __tablename__ = "task_stops"
    __table_args__ = (Index("ix_task_stops_case", "case_id"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"))
    cause: Mapped[str] = mapped_column(String(40))
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class TaskDraft(Base):
    """What an officer has typed on a task and not sent: theirs alone, and gone when the task leaves their hands."""

    __tablename__ = "task_drafts"
    __table_args__ = (Index("ix_task_drafts_case", "case_id"),)

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    raw: Mapped[JsonDict] = mapped_column(JSON)
    saved_at: Mapped[datetime]


class Timer(Base):
    """A moment that matters. `kind`: "norma" (a task becomes late), "bpmn" (fires in the diagram), "pengingat".

    `held_at`: it stands still since then; due_at moves on by the working time that passes until it runs again.
    """

    __tablename__ = "timers"
    __table_args__ = (
        UniqueConstraint("case_id", "token", "kind", "element"),
        # Not partial: without statistics PostgreSQL takes a partial index for a short one, and walks it for one case.
        Index("ix_timers_due", "due_at", "id"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    kind: Mapped[str] = mapped_column(String(10))
    token: Mapped[str] = mapped_column(String(40))
    element: Mapped[str] = mapped_column(String(80))
    due_at: Mapped[datetime]
    held_at: Mapped[datetime | None]


class Job(Base):
    """Work outside the transaction that asked for it.

    `key`: what makes it the same job (e.g. case+token), so it can't be written twice. Due, leased, done or failed:
    a failed one (`failed_at`) is an incident that a person sees and can retry.
    """

    __tablename__ = "jobs"
    __table_args__ = (
        _partial("ix_jobs_due", "due_at", where=text("done_at IS NULL AND failed_at IS NULL")),
        _partial("ix_jobs_incidents", "failed_at", "id", where=text("failed_at IS NOT NULL")),
        _partial("ix_jobs_lateness", "due_at", where=text("kind = 'keterlambatan'")),
        Index("ix_jobs_case", "case_id"),
        _partial("ix_jobs_failed", "kind", "failed_at", where=text("failed_at IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[str] = mapped_column(String(40))
    case_id: Mapped[str | None] = mapped_column(String(22))
    payload: Mapped[JsonDict] = mapped_column(JSON)
    due_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    lease_until: Mapped[datetime | None]
    leased_by: Mapped[str | None] = mapped_column(String(80))
    sending_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(String(500), default="")
    created_at: Mapped[datetime]
