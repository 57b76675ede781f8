"""Registrations: what somebody typed who says they read mail at an address, and has not shown it yet."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, new_id


class Registration(Base):
    """Not an account: nothing here is unique but the form it came from, so that nobody keeps a stranger out.

    It goes when its address is confirmed, or some days after it came. `form_key`: a digest of what only one sending of
    the form has. `privacy`, `whatsapp`: versions of the texts agreed to at `created_at`, whatsapp "" = not wanted.
    """

    __tablename__ = "registrations"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    form_key: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    nik: Mapped[str] = mapped_column(String(16))
    nomor_kk: Mapped[str] = mapped_column(String(16))
    email: Mapped[str] = mapped_column(String(254), index=True)
    phone: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(200))
    selfie: Mapped[str] = mapped_column(ForeignKey("stored_files.digest"), index=True)
    privacy: Mapped[str] = mapped_column(String(20))
    whatsapp: Mapped[str] = mapped_column(String(20))
    letters: Mapped[int] = mapped_column(default=0)
    letter_at: Mapped[datetime]
    created_at: Mapped[datetime] = mapped_column(index=True)
