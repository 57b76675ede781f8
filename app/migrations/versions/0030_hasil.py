"""Hasil: PDF yang diunggah sekaligus, pekerjaan sekaligus, insiden data pribadi, KK lama yang diserahkan

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

_OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    _staged()
    _runs()
    _incidents()
    _old_cards()


def _staged() -> None:
    op.create_table(
        "staged_results",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        sa.Column("task_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("findings", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        *_keys("staged_results", owner_id="users.id", task_id="tasks.id", case_id="cases.id"),
        sa.ForeignKeyConstraint(
            ["digest"], ["stored_files.digest"], name=op.f("fk_staged_results_digest_stored_files")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staged_results")),
        sa.UniqueConstraint("owner_id", "task_id", name=op.f("uq_staged_results_owner_id_task_id")),
    )
    op.create_index("ix_staged_results_digest", "staged_results", ["digest"])
    op.create_index("ix_staged_results_at", "staged_results", ["created_at"])


def _runs() -> None:
    op.create_table(
        "bulk_runs",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("owner_id", sa.String(length=22), nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("step", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        *_keys("bulk_runs", owner_id="users.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_runs")),
        sa.UniqueConstraint("owner_id", "key", name=op.f("uq_bulk_runs_owner_id_key")),
    )
    op.create_index("ix_bulk_runs_owner", "bulk_runs", ["owner_id", "created_at"])
    op.create_table(
        "bulk_items",
        sa.Column("run_id", sa.String(length=22), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("task_id", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("problem", sa.String(length=400), nullable=False),
        sa.Column("done_at", UTCDateTime(), nullable=True),
        *_keys("bulk_items", run_id="bulk_runs.id", task_id="tasks.id"),
        sa.PrimaryKeyConstraint("run_id", "position", name=op.f("pk_bulk_items")),
    )


def _incidents() -> None:
    op.create_table(
        "data_incidents",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("source", sa.String(length=10), nullable=False),
        sa.Column("opened_by", sa.String(length=22), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("uploads", sa.JSON(), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("due_at", UTCDateTime(), nullable=False),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("closed_by", sa.String(length=22), nullable=True),
        sa.Column("measures", sa.String(length=1000), nullable=False),
        *_keys("data_incidents", case_id="cases.id"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_data_incidents")),
    )
    op.create_index("ix_data_incidents_case", "data_incidents", ["case_id"])
    op.create_index(
        "ix_data_incidents_open",
        "data_incidents",
        ["opened_at", "id"],
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_index("ix_data_incidents_at", "data_incidents", ["opened_at", "id"])


def _old_cards() -> None:
    op.create_table(
        "old_cards",
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("handed_in_on", sa.String(length=10), nullable=False),
        sa.Column("received_by", sa.String(length=22), nullable=False),
        sa.Column("fate", sa.String(length=12), nullable=False),
        sa.Column("note", sa.String(length=200), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        *_keys("old_cards", case_id="cases.id", received_by="users.id"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_old_cards")),
    )


def _keys(table: str, **columns: str) -> list[sa.ForeignKeyConstraint]:
    return [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}_{target.split('.')[0]}"))
        for column, target in columns.items()
    ]


def downgrade() -> None:
    for table in ("old_cards", "data_incidents", "bulk_items", "bulk_runs", "staged_results"):
        op.drop_table(table)
