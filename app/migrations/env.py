"""Alembic's entry: runs the revisions over the connection that app.cli.database hands in."""

from typing import Any, Literal

from alembic import context
from alembic.autogenerate.api import AutogenContext
from sqlalchemy import Connection

from app.models import Base
from app.models.base import UTCDateTime


def render_item(kind: str, item: Any, autogen_context: AutogenContext) -> str | Literal[False]:
    """Our own column type by its short name; everything else as Alembic writes it."""
    if kind != "type" or not isinstance(item, UTCDateTime):
        return False
    autogen_context.imports.add("from app.models.base import UTCDateTime")
    return "UTCDateTime()"


def migrate(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        compare_server_default=True,
        render_item=render_item,
        transaction_per_migration=False,
    )
    with context.begin_transaction():
        context.run_migrations()


migrate(context.config.attributes["connection"])
