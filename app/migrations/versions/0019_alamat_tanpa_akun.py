"""Alamat surat orang tanpa akun

Revision ID: 0019
Revises: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("contact", sa.String(length=254), nullable=True))
    op.create_index("ix_account_blocks_number", "account_blocks", ["number"])


def downgrade() -> None:
    op.drop_index("ix_account_blocks_number", "account_blocks")
    op.drop_column("users", "contact")
