"""What the running system says of itself."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base


class Heartbeat(Base):
    """A process of ours that works. `kind`: "worker" or "sweeper"; `at`: when it last had its loop in hand."""

    __tablename__ = "heartbeats"

    process: Mapped[str] = mapped_column(String(22), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    host: Mapped[str] = mapped_column(String(80))
    version: Mapped[str] = mapped_column(String(20))
    started_at: Mapped[datetime]
    at: Mapped[datetime]
