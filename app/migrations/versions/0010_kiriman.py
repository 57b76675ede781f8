"""What people wish to be sent, and what became of what was sent."""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice_preferences",
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("changed_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], ondelete="CASCADE", name=op.f("fk_notice_preferences_user_id_users")
        ),
        sa.PrimaryKeyConstraint("user_id", "channel", name=op.f("pk_notice_preferences")),
    )
    op.create_table(
        "deliveries",
        sa.Column("job_id", sa.String(length=22), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("to", sa.String(length=254), nullable=False),
        sa.Column("remote_id", sa.String(length=200), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("state_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("job_id", name=op.f("pk_deliveries")),
        sa.UniqueConstraint("remote_id", name=op.f("uq_deliveries_remote_id")),
    )


def downgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("notice_preferences")
