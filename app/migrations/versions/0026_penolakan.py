"""Akses yang ditolak: indeksnya sendiri

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    refused = sa.text("kind = 'ditolak'")
    op.create_index("ix_access_log_refused", "access_log", ["at", "id"], sqlite_where=refused, postgresql_where=refused)


def downgrade() -> None:
    op.drop_index("ix_access_log_refused", table_name="access_log")
