"""Penahanan tugas, temuan dan pemutusan berkas

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_stops",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("task_id", sa.String(length=22), nullable=False),
        sa.Column("cause", sa.String(length=40), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_task_stops_case_id_cases")),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_stops_task_id_tasks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task_stops")),
    )
    op.create_index("ix_task_stops_case", "task_stops", ["case_id"])
    op.add_column("tasks", sa.Column("held_at", UTCDateTime(), nullable=True))
    op.add_column("timers", sa.Column("held_at", UTCDateTime(), nullable=True))
    op.add_column("uploads", sa.Column("findings", sa.JSON(), nullable=True))
    op.add_column("uploads", sa.Column("cut_at", UTCDateTime(), nullable=True))


def downgrade() -> None:
    op.drop_column("uploads", "cut_at")
    op.drop_column("uploads", "findings")
    op.drop_column("timers", "held_at")
    op.drop_column("tasks", "held_at")
    op.drop_index("ix_task_stops_case", table_name="task_stops")
    op.drop_table("task_stops")
