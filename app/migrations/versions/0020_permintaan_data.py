"""Permintaan warga atas datanya"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

_OPEN, _ANSWERED = sa.text("answered_at IS NULL"), sa.text("answered_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "data_requests",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("due_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("decision", sa.String(length=12), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by", sa.String(length=22), nullable=True),
        sa.Column("answered_at", UTCDateTime(timezone=True), nullable=True),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_data_requests_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_requests")),
        sa.UniqueConstraint("number", name=op.f("uq_data_requests_number")),
    )
    half = {"sqlite_where": _OPEN, "postgresql_where": _OPEN}
    op.create_index("ix_data_requests_open", "data_requests", ["due_at", "id"], **half)
    half = {"sqlite_where": _ANSWERED, "postgresql_where": _ANSWERED}
    op.create_index("ix_data_requests_answered", "data_requests", ["answered_at", "id"], **half)
    op.create_index("ix_data_requests_user", "data_requests", ["user_id", "at"])


def downgrade() -> None:
    op.drop_table("data_requests")
