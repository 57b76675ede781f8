"""Angka yang mendahului giliran, dan lamanya permohonan menunggu diambil

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_SKIPPED = sa.text("closed_at IS NOT NULL AND skipped <> ''")


def upgrade() -> None:
    op.add_column("task_figures", sa.Column("skipped", sa.String(length=16), nullable=False, server_default=""))
    op.add_column("case_figures", sa.Column("queue_s", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("step_days", sa.Column("skips", sa.JSON(), nullable=False, server_default="{}"))
    op.add_column("case_days", sa.Column("waits", sa.JSON(), nullable=False, server_default="[]"))
    op.create_index(
        "ix_task_figures_skipped",
        "task_figures",
        ["closed_at", "task_id"],
        sqlite_where=_SKIPPED,
        postgresql_where=_SKIPPED,
    )
    # The sweeper counts again from the beginning of the trail; only rows that change are written.
    op.execute("UPDATE figures_tip SET event_id = 0")


def downgrade() -> None:
    op.drop_index("ix_task_figures_skipped", table_name="task_figures")
    for table, column in (
        ("case_days", "waits"),
        ("step_days", "skips"),
        ("case_figures", "queue_s"),
        ("task_figures", "skipped"),
    ):
        with op.batch_alter_table(table) as batch:
            batch.drop_column(column)
