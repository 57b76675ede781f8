"""The trail: append-only events, one hash chain per stream."""

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
