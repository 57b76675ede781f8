"""Letters that the office draws and signs itself, what their signatories have seen, and what became of each signing."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict, new_id


class OfficeLetter(Base):
    """A letter as it was drawn by the job `key`. Its number is there before its bytes, and stays with the case.

    `digest`: sha256 of the draft, "" until it is drawn; `upload_id`: the draft among the case's files; `box`: where the
    signature goes, as adapters.signer.Box. `token`: what its QR leads to. `superseded_at`: another one holds since.
    """

    __tablename__ = "office_letters"
    __table_args__ = (Index("ix_office_letters_case", "case_id", "created_at"),)

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    key: Mapped[str] = mapped_column(String(22), unique=True)
    number: Mapped[str] = mapped_column(String(80))
    title: Mapped[str] = mapped_column(String(300))
    token: Mapped[str] = mapped_column(String(22), unique=True, default=new_id)
    digest: Mapped[str] = mapped_column(String(64), default="")
    upload_id: Mapped[str] = mapped_column(String(22), default="")
    box: Mapped[JsonDict] = mapped_column(JSON, default=dict)
    created_at: Mapped[datetime]
    superseded_at: Mapped[datetime | None]


class Sighting(Base):
    """Somebody looked at everything that a task is about, as it was then. `digest`: sha256 of what was shown."""

    __tablename__ = "sightings"

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]


class Signature(Base):
    """The signing of one task's letter: asked for once, done once, whatever is interrupted in between.

    `state`: menunggu (asked for), dikirim (the signer has it since `sent_at`; its answer is not here yet),
    ditandatangani (here and kept), selesai (and its task is done), gagal (`cause` says why; may be asked for again).
    `batch`: the page that asked; `digest`: of what the signatory had seen; `draft`: of the letter's bytes; `capacity`:
    as what they signed. `upload_id`, `signed_digest`: the signed letter.
    """

    __tablename__ = "signatures"
    __table_args__ = (
        Index("ix_signatures_batch", "batch", "asked_at", "task_id"),
        Index("ix_signatures_letter", "letter_id"),
    )

    task_id: Mapped[str] = mapped_column(ForeignKey("tasks.id"), primary_key=True)
    case_id: Mapped[str] = mapped_column(ForeignKey("cases.id"))
    letter_id: Mapped[str] = mapped_column(ForeignKey("office_letters.id"))
    batch: Mapped[str] = mapped_column(String(64))
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    capacity: Mapped[str] = mapped_column(String(120))
    way: Mapped[str] = mapped_column(String(10))
    digest: Mapped[str] = mapped_column(String(64))
    draft: Mapped[str] = mapped_column(String(64))
    state: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    cause: Mapped[str] = mapped_column(String(200), default="")
    asked_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
    signed_at: Mapped[datetime | None]
    upload_id: Mapped[str] = mapped_column(String(22), default="")
    signed_digest: Mapped[str] = mapped_column(String(64), default="")
