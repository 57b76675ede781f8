"""Dibantu petugas: draf dan permohonan untuk orang di loket

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_FOR_ANOTHER, _ASSISTED = sa.text("subject_id IS NOT NULL"), sa.text("assisted_by IS NOT NULL")
_OF_PERSON = sa.text("case_id IS NULL")


def upgrade() -> None:
    op.add_column("drafts", sa.Column("subject_id", sa.String(length=22), nullable=True))
    op.add_column("drafts", sa.Column("counter", sa.String(length=10), server_default="", nullable=False))
    where = {"sqlite_where": _FOR_ANOTHER, "postgresql_where": _FOR_ANOTHER}
    op.create_index("ix_drafts_subject", "drafts", ["subject_id"], **where)
    op.add_column("permohonan", sa.Column("assisted_by", sa.String(length=22), nullable=True))
    op.add_column("permohonan", sa.Column("assisted_at", UTCDateTime(), nullable=True))
    op.add_column("permohonan", sa.Column("counter", sa.String(length=10), server_default="", nullable=False))
    where = {"sqlite_where": _ASSISTED, "postgresql_where": _ASSISTED}
    op.create_index("ix_permohonan_assisted", "permohonan", ["assisted_by", "assisted_at", "case_id"], **where)
    where = {"sqlite_where": _OF_PERSON, "postgresql_where": _OF_PERSON}
    op.create_index("ix_access_log_person", "access_log", ["object_id", "at"], **where)


def downgrade() -> None:
    op.drop_index("ix_access_log_person", "access_log")
    op.drop_index("ix_permohonan_assisted", "permohonan")
    for column in ("counter", "assisted_at", "assisted_by"):
        op.drop_column("permohonan", column)
    op.drop_index("ix_drafts_subject", "drafts")
    for column in ("counter", "subject_id"):
        op.drop_column("drafts", column)
