"""Akses yang ditolak: indeksnya sendiri

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    refused = sa.text("kind = 'ditolak'")
    op.create_index("ix_access_log_refused", "access_log", ["at", "id"], sqlite_where=refused, postgresql_where=refused)


def downgrade() -> None:
    op.drop_index("ix_access_log_refused", table_name="access_log")
