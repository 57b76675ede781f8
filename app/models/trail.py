"""The trail: append-only events, one hash chain per stream, and the last seal that the database knows of."""

from datetime import datetime

from sqlalchemy import JSON, Index, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, JsonDict


class Stream(Base):
    """The head of one chain. `name`: `kasus:<id>`, `akun:<id>` or `kantor`."""

    __tablename__ = "streams"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int]
    head: Mapped[str] = mapped_column(String(64))


class Event(Base):
    """One act. `hash` covers everything else and the previous hash; rows are never updated or deleted."""

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("stream", "seq"), Index("ix_events_at", "at"))

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    stream: Mapped[str] = mapped_column(String(40))
    seq: Mapped[int]
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(22))
    verb: Mapped[str] = mapped_column(String(40))
    payload: Mapped[JsonDict] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))


class SealTip(Base):
    """The one row that says how far the trail is sealed. Whoever seals holds it; the seals stand outside the database.

    `event_id`: the last event that a seal covers.
    """

    __tablename__ = "seal_tip"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    event_id: Mapped[int]
    at: Mapped[datetime | None]
