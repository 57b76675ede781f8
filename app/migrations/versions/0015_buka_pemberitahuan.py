"""Where each notice leads."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("path", sa.String(length=200), server_default="", nullable=False))


def downgrade() -> None:
    op.drop_column("notices", "path")
