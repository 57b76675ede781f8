"""Cuti dan pengganti (Plh./Plt.)

Revision ID: 0022
Revises: 0021
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "absences",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("until_day", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_by", sa.String(length=22), nullable=False),
        sa.Column("made_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(length=22), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_absences_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index("ix_absences_user", "absences", ["user_id", "until_day"])
    op.create_index("ix_absences_until", "absences", ["until_day", "id"])
    op.create_table(
        "stand_ins",
        sa.Column("absence_id", sa.String(length=22), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("substitute_id", sa.String(length=22), nullable=False),
        sa.Column("form", sa.String(length=5), nullable=False),
        sa.ForeignKeyConstraint(
            ["absence_id"], ["absences.id"], name=op.f("fk_stand_ins_absence_id_absences"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["substitute_id"], ["users.id"], name=op.f("fk_stand_ins_substitute_id_users")),
        sa.PrimaryKeyConstraint("absence_id", "role", name=op.f("pk_stand_ins")),
    )
    op.create_index("ix_stand_ins_substitute", "stand_ins", ["substitute_id"])
    reserved = sa.text("closed_at IS NULL AND reserved_for IS NOT NULL")
    op.create_index("ix_tasks_reserved", "tasks", ["reserved_for"], sqlite_where=reserved, postgresql_where=reserved)


def downgrade() -> None:
    op.drop_index("ix_tasks_reserved", table_name="tasks")
    op.drop_table("stand_ins")
    op.drop_table("absences")
