"""People who log in, their roles, and the synthetic population registry beside them."""

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, true
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import Base, JsonDict, new_id


class User(Base):
    """A person with an account, or one whom the office knows without (`has_account` False: nobody can log in as them,
    `email` is an address that is nobody's, letters go to `contact`)."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    password_hash: Mapped[str] = mapped_column(String(200))
    active: Mapped[bool] = mapped_column(default=True)
    has_account: Mapped[bool] = mapped_column(default=True, server_default=true())
    demo: Mapped[bool] = mapped_column(default=False)
    nik: Mapped[str | None] = mapped_column(String(16), unique=True)
    nomor_kk: Mapped[str | None] = mapped_column(String(16))
    phone: Mapped[str | None] = mapped_column(String(16))
    contact: Mapped[str | None] = mapped_column(String(254))
    whatsapp_consent: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]

    roles: Mapped[list["UserRole"]] = relationship(cascade="all, delete-orphan", lazy="selectin")


class UserRole(Base):
    """One role of one person; `unit` is a kapanewon code, "" = the whole office."""

    __tablename__ = "user_roles"
    __table_args__ = (Index("ix_user_roles_role", "role", "user_id"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[str] = mapped_column(String(40), primary_key=True)
    unit: Mapped[str] = mapped_column(String(10), primary_key=True, default="")


class OfficerIdentity(Base):
    """The NIK and, "" = unknown, the nomor KK of somebody of the office, so that they never work on a case of their own
    household."""

    __tablename__ = "officer_identities"
    __table_args__ = (Index("ix_officer_identities_kk", "nomor_kk"),)

    user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True)
    nik: Mapped[str] = mapped_column(String(16), unique=True)
    nomor_kk: Mapped[str] = mapped_column(String(16), default="")


class AccountBlock(Base):
    """An account that was blocked. `ground`: one of services.joining.blocks.GROUNDS; `number`: of the case in which it
    was decided. `lifted_at`: None while it holds."""

    __tablename__ = "account_blocks"
    __table_args__ = (Index("ix_account_blocks_user", "user_id", "at"), Index("ix_account_blocks_number", "number"))

    id: Mapped[str] = mapped_column(String(22), primary_key=True, default=new_id)
    user_id: Mapped[str] = mapped_column(ForeignKey("users.id"))
    case_id: Mapped[str] = mapped_column(String(22))
    number: Mapped[str] = mapped_column(String(24))
    ground: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime]
    lifted_at: Mapped[datetime | None]
    lifted_in: Mapped[str | None] = mapped_column(String(22))


class BlockedContact(Base):
    """What nobody may register with while the block holds. `kind`: email | phone | nik."""

    __tablename__ = "blocked_contacts"
    __table_args__ = (Index("ix_blocked_contacts_value", "value", "kind"),)

    block_id: Mapped[str] = mapped_column(ForeignKey("account_blocks.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(10), primary_key=True)
    value: Mapped[str] = mapped_column(String(254), primary_key=True)


class Penduduk(Base):
    """One person of the embedded population registry (synthetic, or imported from CSV)."""

    __tablename__ = "penduduk"

    nik: Mapped[str] = mapped_column(String(16), primary_key=True)
    nomor_kk: Mapped[str] = mapped_column(String(16), index=True)
    nama: Mapped[str] = mapped_column(String(120))
    shdk: Mapped[str] = mapped_column(String(4))
    urutan: Mapped[int] = mapped_column(default=1)
    tanggal_lahir: Mapped[date]
    alamat: Mapped[str] = mapped_column(String(200))
    rt: Mapped[str] = mapped_column(String(3))
    rw: Mapped[str] = mapped_column(String(3))
    kapanewon: Mapped[str] = mapped_column(String(10))
    kalurahan: Mapped[str] = mapped_column(String(13))
    # The other elements of the KK (pekerjaan, agama, …): element id -> code or text, as the forms name them.
    elemen: Mapped[JsonDict] = mapped_column(JSON, default=dict)
