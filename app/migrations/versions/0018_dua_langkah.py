"""Masuk dua langkah untuk orang kantor

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

from app.models.base import UTCDateTime

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sessions", sa.Column("second_step", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.String(length=22), nullable=False),
        sa.Column("secret", sa.String(length=255), nullable=False),
        sa.Column("candidate", sa.String(length=255), nullable=False),
        sa.Column("candidate_at", UTCDateTime(), nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    for name, key in (("recovery_codes", "code_hash"), ("half_logins", "ticket_hash")):
        op.create_table(
            name,
            sa.Column(key, sa.String(length=64), nullable=False),
            sa.Column("user_id", sa.String(length=22), nullable=False),
            sa.Column("created_at" if name == "recovery_codes" else "begun_at", UTCDateTime(), nullable=False),
            sa.Column("used_at", UTCDateTime(), nullable=True),
            sa.ForeignKeyConstraint(
                ["user_id"], ["users.id"], name=op.f(f"fk_{name}_user_id_users"), ondelete="CASCADE"
            ),
            sa.PrimaryKeyConstraint(key, name=op.f(f"pk_{name}")),
        )
        op.create_index(f"ix_{name}_user", name, ["user_id"])


def downgrade() -> None:
    for name in ("half_logins", "recovery_codes", "second_factors"):
        op.drop_table(name)
    op.drop_column("sessions", "second_step")
