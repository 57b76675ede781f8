"""Jeda tugas, isian sementara petugas, kasus terkait dan prioritas"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_FAILED = sa.text("failed_at IS NOT NULL")


def upgrade() -> None:
    op.add_column("tasks", sa.Column("paused_at", UTCDateTime(), nullable=True))
    op.add_column("tasks", sa.Column("paused_for", sa.String(length=40), server_default="", nullable=False))
    op.add_column("cases", sa.Column("priority", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "task_drafts",
        sa.Column("task_id", sa.String(length=22), nullable=False),
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("saved_at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_task_drafts_task_id_tasks")),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_task_drafts_owner_id_users")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_task_drafts_case_id_cases")),
        sa.PrimaryKeyConstraint("task_id", "owner_id", name=op.f("pk_task_drafts")),
    )
    op.create_index("ix_task_drafts_case", "task_drafts", ["case_id"])
    op.create_table(
        "case_links",
        sa.Column("task_id", sa.String(length=22), nullable=False),
        sa.Column("from_case", sa.String(length=22), nullable=False),
        sa.Column("to_case", sa.String(length=22), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_case_links_task_id_tasks")),
        sa.ForeignKeyConstraint(["from_case"], ["cases.id"], name=op.f("fk_case_links_from_case_cases")),
        sa.ForeignKeyConstraint(["to_case"], ["cases.id"], name=op.f("fk_case_links_to_case_cases")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_case_links")),
        sa.UniqueConstraint("to_case", name=op.f("uq_case_links_to_case")),
    )
    op.create_index("ix_case_links_from", "case_links", ["from_case"])
    op.create_index("ix_jobs_failed", "jobs", ["kind", "failed_at"], sqlite_where=_FAILED, postgresql_where=_FAILED)


def downgrade() -> None:
    op.drop_index("ix_jobs_failed", "jobs")
    op.drop_index("ix_case_links_from", "case_links")
    op.drop_table("case_links")
    op.drop_index("ix_task_drafts_case", "task_drafts")
    op.drop_table("task_drafts")
    op.drop_column("cases", "priority")
    op.drop_column("tasks", "paused_for")
    op.drop_column("tasks", "paused_at")
