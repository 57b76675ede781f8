"""Penilaian pelayanan (SKM)

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "ratings",
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("unit", sa.String(length=10), nullable=False),
        *(sa.Column(f"u{number}", sa.Integer(), nullable=False) for number in range(1, 10)),
        sa.Column("remark", sa.String(length=1000), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_ratings_case_id_cases")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_ratings")),
    )
    op.create_index("ix_ratings_at", "ratings", ["at", "case_id"])
    op.create_table(
        "rating_sums",
        sa.Column("month", sa.String(length=7), nullable=False),
        sa.Column("slug", sa.String(length=80), nullable=False),
        sa.Column("respondents", sa.Integer(), nullable=False),
        *(sa.Column(f"u{number}", sa.Integer(), nullable=False) for number in range(1, 10)),
        sa.PrimaryKeyConstraint("month", "slug", name=op.f("pk_rating_sums")),
    )


def downgrade() -> None:
    op.drop_table("rating_sums")
    op.drop_table("ratings")
