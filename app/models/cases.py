"""Cases, what was answered in them, and drafts (which are not cases)."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, false, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict, new_id

_RUNS, _ENDED = text("ended_at IS NULL"), text("ended_at IS NOT NULL")
_UNSENT = text("submitted_at IS NULL")
_FOR_ANOTHER, _ASSISTED = text("subject_id IS NOT NULL"), text("assisted_by IS NOT NULL")


class Case(Base):
    """One run of one procedure version.

    `state`: the engine's bytes. `data`: {"answers": step -> answers of the latest visit, "visits": step -> completed
    visits, "actors": step -> ids of everyone who ever completed it, last one last}. `status`: the resident's word.
    `about`: permohonan | akun | konsultasi, as its procedure says.
    `priority`: marked so that officers take it first. `confidential`: its subject's name is for the officers of the
    open step alone (services.flow.discretion).
    """

    __tablename__ = "cases"
    __table_args__ = (
        Index("ix_cases_running", "subject_id", "about", "opened_at", "id", sqlite_where=_RUNS, postgresql_where=_RUNS),
        Index("ix_cases_ended", "subject_id", "about", "opened_at", "id", sqlite_where=_ENDED, postgresql_where=_ENDED),
        Index("ix_cases_version", "version_id"),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    number: Mapped[str] = mapped_column(String(24), unique=True)
    version_id: Mapped[str] = mapped_column(ForeignKey("procedure_versions.id"))
    subject_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    opened_by: Mapped[str] = mapped_column(ForeignKey("users.id"))
    about: Mapped[str] = mapped_column(String(12), default="permohonan", server_default="permohonan")
    unit: Mapped[str] = mapped_column(String(10), default="")
    state: Mapped[bytes] = mapped_column(LargeBinary)
    data: Mapped[JsonDict] = mapped_column(JSON)
    status: Mapped[str] = mapped_column(String(60))
    status_at: Mapped[datetime]
    opened_at: Mapped[datetime]
    outcome_key: Mapped[str] = mapped_column(String(80), default="")
    outcome: Mapped[str] = mapped_column(String(40), default="")
    priority: Mapped[bool] = mapped_column(default=False, server_default=false())
    confidential: Mapped[bool] = mapped_column(default=False, server_default=false())
    ended_at: Mapped[datetime | None]


class CaseLink(Base):
    """A case that was opened because of a task in another one; `task_id` makes it exactly one."""

    __tablename__ = "case_links"
    __table_args__ = (Index("ix_case_links_from", "from_case"),)

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    from_case: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    to_case: Mapped[str] = mapped_column(ForeignKey("cases.id"), unique=True)
    at: Mapped[datetime]


class Permohonan(Base):
    """The request of a resident, 1:1 beside its case.

    `assisted_by`: the officer who filed it at a counter for whoever stood there, at `assisted_at`; `counter`: the
    kapanewon of that counter, "" = the office itself.
    """

    __tablename__ = "permohonan"
    __table_args__ = (
        Index(
            "ix_permohonan_assisted",
            "assisted_by",
            "assisted_at",
            "case_id",
            sqlite_where=_ASSISTED,
            postgresql_where=_ASSISTED,
        ),
    )

    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"), primary_key=True)
    jenis: Mapped[str] = mapped_column(String(40), default="")
    draft_id: Mapped[str] = mapped_column(String(22), unique=True)
    pin_hash: Mapped[str] = mapped_column(String(200), default="")
    receipt_token: Mapped[str] = mapped_column(String(22), unique=True, default=new_id)
    assisted_by: Mapped[str | None] = mapped_column(String(22))
    assisted_at: Mapped[datetime | None]
    counter: Mapped[str] = mapped_column(String(10), default="", server_default="")


class Answer(Base):
    """The answers of one visit to one step, kept for good; `cases.data` holds the latest of each step."""

    __tablename__ = "answers"
    __table_args__ = (Index("ix_answers_case", "case_id", "at"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    task_id: Mapped[str] = mapped_column(String(22))
    step: Mapped[str] = mapped_column(String(80))
    visit: Mapped[int]
    data: Mapped[JsonDict] = mapped_column(JSON)
    # The trail holds a digest of `data` with this salt, so that erasing the row keeps the chain valid.
    salt: Mapped[str] = mapped_column(String(32))
    by: Mapped[str] = mapped_column(String(22))
    at: Mapped[datetime]


class Draft(Base):
    """What a resident has typed so far. `case_id` is set when it was submitted; a draft is never a case.

    `subject_id`: the person for whom an officer (the owner) fills it in at a counter, None = the owner's own;
    `counter`: as in Permohonan.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        Index("ix_drafts_unsent", "owner_id", "updated_at", "id", sqlite_where=_UNSENT, postgresql_where=_UNSENT),
        Index("ix_drafts_subject", "subject_id", sqlite_where=_FOR_ANOTHER, postgresql_where=_FOR_ANOTHER),
    )

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    owner_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    subject_id: Mapped[str | None] = mapped_column(String(22))
    counter: Mapped[str] = mapped_column(String(10), default="", server_default="")
    slug: Mapped[str] = mapped_column(String(80))
    version_id: Mapped[str] = mapped_column(ForeignKey("procedure_versions.id"))
    answers: Mapped[JsonDict] = mapped_column(JSON, default=dict)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    submitted_at: Mapped[datetime | None]
    case_id: Mapped[str | None] = mapped_column(String(22))


class Counter(Base):
    """Numbers without gaps or twins, e.g. `KK-2026` -> 123."""

    __tablename__ = "counters"

    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    value: Mapped[int]


class IdempotencyKey(Base):
    """A form that has been taken once; the same key again changes nothing."""

    __tablename__ = "idempotency_keys"

    actor_id: Mapped[str] = mapped_column(String(22), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    case_id: Mapped[str] = mapped_column(String(22))
    at: Mapped[datetime] = mapped_column(index=True)
