"""Angka pantauan, dihitung dari riwayat

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "task_figures",
        sa.Column("task_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("holder", sa.String(length=22), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("late_at", UTCDateTime(), nullable=True),
        sa.Column("queue_s", sa.Integer(), nullable=False),
        sa.Column("handling_s", sa.Integer(), nullable=False),
        sa.Column("stopped_s", sa.Integer(), nullable=False),
        sa.Column("over_norm", sa.Boolean(), nullable=False),
        sa.Column("returned", sa.Boolean(), nullable=False),
        sa.Column("causes", sa.String(length=1000), nullable=False),
        sa.Column("stops", sa.JSON(), nullable=False),
        sa.Column("to_end_s", sa.Integer(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_task_figures")),
    )
    op.create_index("ix_task_figures_case", "task_figures", ["case_id"], unique=False)
    op.create_index(
        "ix_task_figures_closed",
        "task_figures",
        ["slug", "step", "closed_at", "task_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    )
    op.create_index(
        "ix_task_figures_holder",
        "task_figures",
        ["holder", "opened_at", "task_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL AND holder <> ''"),
        postgresql_where=sa.text("closed_at IS NULL AND holder <> ''"),
    )
    op.create_index(
        "ix_task_figures_late",
        "task_figures",
        ["opened_at", "task_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL AND late_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NULL AND late_at IS NOT NULL"),
    )
    op.create_index(
        "ix_task_figures_open",
        "task_figures",
        ["slug", "step", "opened_at", "task_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_task_figures_sample",
        "task_figures",
        ["slug", "step", "ended_at"],
        unique=False,
        sqlite_where=sa.text("to_end_s IS NOT NULL"),
        postgresql_where=sa.text("to_end_s IS NOT NULL"),
    )
    op.create_index(
        "ix_task_figures_stopped",
        "task_figures",
        ["closed_at", "task_id"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NOT NULL AND stopped_s > 0"),
        postgresql_where=sa.text("closed_at IS NOT NULL AND stopped_s > 0"),
    )
    op.create_index(
        "ix_task_figures_was_late",
        "task_figures",
        ["late_at", "task_id"],
        unique=False,
        sqlite_where=sa.text("late_at IS NOT NULL"),
        postgresql_where=sa.text("late_at IS NOT NULL"),
    )
    op.create_table(
        "case_figures",
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("opened_day", sa.String(length=10), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_day", sa.String(length=10), nullable=False),
        sa.Column("result", sa.String(length=40), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("returns", sa.Integer(), nullable=False),
        sa.Column("elapsed_s", sa.Integer(), nullable=False),
        sa.Column("promise_at", UTCDateTime(), nullable=True),
        sa.Column("kept", sa.Boolean(), nullable=True),
        sa.Column("expect_task", sa.String(length=22), nullable=False),
        sa.Column("expect_low", UTCDateTime(), nullable=True),
        sa.Column("expect_mid", UTCDateTime(), nullable=True),
        sa.Column("expect_high", UTCDateTime(), nullable=True),
        sa.Column("samples", sa.Integer(), nullable=False),
        sa.Column("will_break", sa.Boolean(), nullable=False),
        sa.Column("first_low", UTCDateTime(), nullable=True),
        sa.Column("first_high", UTCDateTime(), nullable=True),
        sa.Column("hit", sa.Boolean(), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_case_figures")),
    )
    op.create_index(
        "ix_case_figures_breaks",
        "case_figures",
        ["promise_at", "case_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL AND will_break = 1"),
        postgresql_where=sa.text("ended_at IS NULL AND will_break"),
    )
    op.create_index("ix_case_figures_ended", "case_figures", ["ended_at", "case_id"], unique=False)
    op.create_index(
        "ix_case_figures_expected",
        "case_figures",
        ["expect_mid", "case_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL AND expect_mid IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND expect_mid IS NOT NULL"),
    )
    op.create_index("ix_case_figures_opened", "case_figures", ["opened_at", "case_id"], unique=False)
    op.create_index(
        "ix_case_figures_promise",
        "case_figures",
        ["promise_at", "case_id"],
        unique=False,
        sqlite_where=sa.text("ended_at IS NULL AND promise_at IS NOT NULL"),
        postgresql_where=sa.text("ended_at IS NULL AND promise_at IS NOT NULL"),
    )
    op.create_table(
        "step_days",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("over_norm", sa.Integer(), nullable=False),
        sa.Column("passed", sa.Integer(), nullable=False),
        sa.Column("queue", sa.JSON(), nullable=False),
        sa.Column("handling", sa.JSON(), nullable=False),
        sa.Column("stopped_s", sa.Integer(), nullable=False),
        sa.Column("stops", sa.JSON(), nullable=False),
        sa.Column("causes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("day", "slug", "step", "unit", name=op.f("pk_step_days")),
    )
    op.create_table(
        "step_present",
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("in_hand", sa.Integer(), nullable=False),
        sa.Column("stopped", sa.Integer(), nullable=False),
        sa.Column("awaited", sa.Integer(), nullable=False),
        sa.Column("late", sa.Integer(), nullable=False),
        sa.Column("oldest_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("slug", "step", "unit", name=op.f("pk_step_present")),
    )
    op.create_table(
        "stale_counts",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.PrimaryKeyConstraint("day", "slug", "step", name=op.f("pk_stale_counts")),
    )
    op.create_table(
        "figures_tip",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figures_tip")),
    )


def downgrade() -> None:
    for table in ("figures_tip", "stale_counts", "step_present", "step_days", "case_figures", "task_figures"):
        op.drop_table(table)
