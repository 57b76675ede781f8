"""Pendaftaran yang emailnya belum dipastikan

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "registrations",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("nik", sa.String(length=16), nullable=False),
        sa.Column("nomor_kk", sa.String(length=16), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("phone", sa.String(length=16), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=False),
        sa.Column("selfie", sa.String(length=64), nullable=False),
        sa.Column("privacy", sa.String(length=20), nullable=False),
        sa.Column("whatsapp", sa.String(length=20), nullable=False),
        sa.Column("letters", sa.Integer(), nullable=False),
        sa.Column("letter_at", UTCDateTime(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["selfie"], ["stored_files.digest"], name=op.f("fk_registrations_selfie_stored_files")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registrations")),
        sa.UniqueConstraint("form_key", name=op.f("uq_registrations_form_key")),
    )
    for column in ("email", "selfie", "created_at"):
        op.create_index(f"ix_registrations_{column}", "registrations", [column])


def downgrade() -> None:
    op.drop_table("registrations")
