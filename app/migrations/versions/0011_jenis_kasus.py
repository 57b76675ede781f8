"""Jenis kasus, dan orang yang dikenal kantor tanpa akun

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_LISTS = (("ix_cases_running", "ended_at IS NULL"), ("ix_cases_ended", "ended_at IS NOT NULL"))
_BEFORE, _AFTER = ["subject_id", "opened_at", "id"], ["subject_id", "about", "opened_at", "id"]


def upgrade() -> None:
    op.add_column("cases", sa.Column("about", sa.String(length=12), server_default="permohonan", nullable=False))
    op.add_column("users", sa.Column("has_account", sa.Boolean(), server_default=sa.true(), nullable=False))
    _exchange(_AFTER)


def downgrade() -> None:
    _exchange(_BEFORE)
    op.drop_column("users", "has_account")
    op.drop_column("cases", "about")


def _exchange(columns: list[str]) -> None:
    for name, where in _LISTS:
        op.drop_index(name, "cases")
        op.create_index(name, "cases", columns, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
