"""Akun yang diblokir

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_blocks",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("ground", sa.String(length=40), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_in", sa.String(length=22), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_account_blocks_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_blocks")),
    )
    op.create_index("ix_account_blocks_user", "account_blocks", ["user_id", "at"])
    op.create_table(
        "blocked_contacts",
        sa.Column("block_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("value", sa.String(length=254), nullable=False),
        sa.ForeignKeyConstraint(
            ["block_id"],
            ["account_blocks.id"],
            name=op.f("fk_blocked_contacts_block_id_account_blocks"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("block_id", "kind", "value", name=op.f("pk_blocked_contacts")),
    )
    op.create_index("ix_blocked_contacts_value", "blocked_contacts", ["value", "kind"])


def downgrade() -> None:
    op.drop_table("blocked_contacts")
    op.drop_table("account_blocks")
