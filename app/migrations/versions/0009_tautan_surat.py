"""Rahasia sekali pakai yang dikirim ke sebuah alamat

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "mail_tokens",
        sa.Column("secret_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("secret_hash", name=op.f("pk_mail_tokens")),
    )
    op.create_index("ix_mail_tokens_user", "mail_tokens", ["user_id", "kind"])
    op.create_index("ix_mail_tokens_expires_at", "mail_tokens", ["expires_at"])


def downgrade() -> None:
    op.drop_table("mail_tokens")
