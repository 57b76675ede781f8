"""Angka permohonan per hari

Revision ID: 0032
Revises: 0031
"""

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "case_days",
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        sa.Column("channel", sa.String(length=10), nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        sa.Column("ended", sa.Integer(), nullable=False),
        sa.Column("returned", sa.Integer(), nullable=False),
        sa.Column("kept", sa.Integer(), nullable=False),
        sa.Column("broken", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("day", "slug", "unit", "channel", name=op.f("pk_case_days")),
    )
    # What was counted before is added up by the sweeper's next turn.
    for day in ("opened_day", "ended_day"):
        op.execute(
            "INSERT INTO stale_counts (day, slug, step) "
            f"SELECT DISTINCT {day}, slug, '' FROM case_figures WHERE {day} <> '' "
            "AND NOT EXISTS (SELECT 1 FROM stale_counts AS known "
            f"WHERE known.day = case_figures.{day} AND known.slug = case_figures.slug AND known.step = '')"
        )


def downgrade() -> None:
    op.drop_table("case_days")
    op.execute("DELETE FROM stale_counts WHERE step = ''")
