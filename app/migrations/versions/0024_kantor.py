"""Yang diputuskan kantor sendiri, gangguan yang dilewati, cadangan dan pemulihan"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_UNDECIDED = sa.text("decided_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "office_versions",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("about", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("made_by", sa.String(length=22), nullable=False),
        sa.Column("made_at", UTCDateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_office_versions")),
        sa.UniqueConstraint("name", "number", name=op.f("uq_office_versions_name_number")),
    )
    op.create_table(
        "incident_skips",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("job_id", sa.String(length=22), nullable=False),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("proposed_by", sa.String(length=22), nullable=False),
        sa.Column("proposed_at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.String(length=22), nullable=True),
        sa.Column("decided_at", UTCDateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_incident_skips")),
    )
    half = {"sqlite_where": _UNDECIDED, "postgresql_where": _UNDECIDED}
    op.create_index("ix_incident_skips_open", "incident_skips", ["job_id"], unique=True, **half)
    op.create_table(
        "operations",
        sa.Column("id", sa.String(length=22), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("at", UTCDateTime(timezone=True), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
    )
    op.create_index("ix_operations_kind", "operations", ["kind", "at"])


def downgrade() -> None:
    op.drop_table("operations")
    op.drop_table("incident_skips")
    op.drop_table("office_versions")
