"""Alamat surat orang tanpa akun

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("contact", sa.String(length=254), nullable=True))
    op.create_index("ix_account_blocks_number", "account_blocks", ["number"])


def downgrade() -> None:
    op.drop_index("ix_account_blocks_number", "account_blocks")
    op.drop_column("users", "contact")
