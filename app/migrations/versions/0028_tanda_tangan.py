"""Surat kantor, yang sudah dilihat, dan tanda tangan

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_letters",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("key", sa.String(length=22), nullable=False),
        sa.Column("number", sa.String(length=80), nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("token", sa.String(length=22), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("upload_id", sa.String(length=22), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("superseded_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_office_letters_case_id_cases")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_letters")),
        sa.UniqueConstraint("key", name=op.f("uq_office_letters_key")),
        sa.UniqueConstraint("token", name=op.f("uq_office_letters_token")),
    )
    op.create_index("ix_office_letters_case", "office_letters", ["case_id", "created_at"])
    op.create_table(
        "sightings",
        sa.Column("task_id", sa.String(length=22), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_sightings_task_id_tasks")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_sightings_user_id_users")),
        sa.PrimaryKeyConstraint("task_id", "user_id", name=op.f("pk_sightings")),
    )
    op.create_table(
        "signatures",
        sa.Column("task_id", sa.String(length=22), nullable=False),
        sa.Column("case_id", sa.String(length=22), nullable=False),
        sa.Column("letter_id", sa.String(length=22), nullable=False),
        sa.Column("batch", sa.String(length=64), nullable=False),
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("capacity", sa.String(length=120), nullable=False),
        sa.Column("way", sa.String(length=10), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("draft", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("cause", sa.String(length=200), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("sent_at", UTCDateTime(), nullable=True),
        sa.Column("signed_at", UTCDateTime(), nullable=True),
        sa.Column("upload_id", sa.String(length=22), nullable=False),
        sa.Column("signed_digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["task_id"], ["tasks.id"], name=op.f("fk_signatures_task_id_tasks")),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_signatures_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["office_letters.id"], name=op.f("fk_signatures_letter_id_office_letters")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_signatures_user_id_users")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_signatures")),
    )
    op.create_index("ix_signatures_batch", "signatures", ["batch", "asked_at", "task_id"])
    op.create_index("ix_signatures_letter", "signatures", ["letter_id"])


def downgrade() -> None:
    op.drop_table("signatures")
    op.drop_table("sightings")
    op.drop_table("office_letters")
